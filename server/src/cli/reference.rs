//! Makes `docs/configuration.md` from the definition of the command line, and checks that the committed page is up to
//! date.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use clap::{Arg, CommandFactory as _};

use super::{Arguments, Command, defaults, is_switch};
use crate::config::{Config, ConfigError, StoreLocation};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration.md");

/// The command that writes the page, from the root of the repository.
const WRITE: &str = "LIDO_WRITE_CONFIGURATION=1 cargo test -p lido-server --bin lido configuration_page";

/// The example of a configuration file in the page.
const EXAMPLE: &str = r#"# Settings of lido serve. Relative paths start from the folder of this file.
listen = "0.0.0.0:9229"
public-url = "https://auth.example.com"
trusted-proxy = ["10.0.0.0/8"]

# lido.db and lido.key, in the folder of this file.
store = "sqlite:lido.db"
key-file = "lido.key"
credentials = "credentials.json"

request-limits = "on,UserCreation=100,UserList=off"
refuse-from = ["192.0.2.0/24", "2001:db8::/32"]

smtp = "smtps://user:password@mail.example.com"
mail-from = "Shop <no-reply@example.com>"

lambda-endpoint = "http://127.0.0.1:3002"

region = "eu-west-1"
account-id = "123456789012"

log = "info,lido::http=debug"
log-format = "json"
"#;

const INTRODUCTION: &str = "\
`lido dev` and `lido serve` read their settings from the command line, from environment variables and from a\n\
configuration file. `lido dev --help` and `lido serve --help` show the same options.\n\
\n\
## Precedence\n\
\n\
A setting has the same name everywhere: the option `--key-file`, the environment variable `LIDO_KEY_FILE` and the file\n\
key `key-file`. The first of these that is set is used:\n\
\n\
1. the option on the command line;\n\
2. the environment variable;\n\
3. the key in the configuration file, which `--config FILE` or `LIDO_CONFIG` selects;\n\
4. the default.\n\
\n\
Lists, such as that of `--refuse-from`, are not merged: only the list with the highest precedence is used.\n\
\n\
Keep passwords and secrets in the environment or in the file, because other users of the machine can see the command\n\
line of a process.\n";

const FILE: &str = "\
The configuration file is TOML. Strings, lists of strings and booleans are written as TOML does; there are no tables.\n\
Relative paths start from the folder of the file. The server does not start if the file has an unknown key, an invalid\n\
value, or, in `lido serve`, a setting that only `lido dev` has; the error names the line.\n";

const ERRORS: &str = "\
A server that cannot start prints one line to standard error: the cause, the place and the remedy. The exit code is 2\n\
for an invalid command line or a missing setting, and 1 for any other error, such as an unreadable file or an address\n\
that is in use.\n";

/// The options of a command, in the order of the help text.
fn options(definition: &clap::Command, command: &str) -> Vec<Arg> {
    let command = definition.find_subcommand(command).expect("the command");
    command.get_arguments().filter(|argument| argument.get_long().is_some()).cloned().collect()
}

fn name(option: &Arg) -> &str {
    option.get_long().unwrap_or_default()
}

fn variable(option: &Arg) -> &str {
    option.get_env().and_then(|variable| variable.to_str()).unwrap_or_default()
}

/// The option as it is typed, such as `--listen HOST:PORT`.
fn usage(option: &Arg) -> String {
    let value = option.get_value_names().into_iter().flatten().next().map(ToString::to_string);
    let value = value.unwrap_or_default();
    if is_switch(option) {
        format!("--{}[={value}]", name(option))
    } else {
        format!("--{} {value}", name(option))
    }
}

fn file_key(option: &Arg) -> Option<String> {
    let kind = match option.get_value_delimiter() {
        _ if is_switch(option) => "a boolean",
        Some(_) => "a list of strings",
        None if option.get_value_names() == Some(&["NUMBER".into()]) => "a number",
        None => "a string",
    };
    (name(option) != "config").then(|| format!("`{}`, {kind}", name(option)))
}

/// The default of an option, as code if it is a literal value.
fn default(command: &str, option: &str) -> String {
    let note = defaults::note(command, option).expect("an entry in the table of defaults");
    match note.strip_prefix("default: ") {
        Some(default) if default.contains(' ') || default == "none" => default.to_owned(),
        Some(default) => format!("`{default}`"),
        None => note,
    }
}

/// Help text as Markdown: a sentence with code for options, paths and URLs.
fn markdown(paragraph: &str) -> String {
    if paragraph.starts_with('{') {
        return format!("`{paragraph}`");
    }
    let words = paragraph.split(' ').map(|word| {
        let text = word.trim_start_matches('(').trim_end_matches([',', ';', ':', '.', ')']);
        let is_code = ["--", "?", "sqlite:", "on,"].iter().any(|start| text.starts_with(start))
            || ["://", "::", "@"].iter().any(|part| text.contains(part));
        if is_code { word.replacen(text, &format!("`{text}`"), 1) } else { word.replace('<', "&lt;") }
    });
    // A From address with a name is one piece of code.
    let mut text = words.collect::<Vec<_>>().join(" ").replace("Shop `<", "`Shop <");
    if !text.ends_with(':') {
        text.push('.');
    }
    text
}

/// The table of all options.
fn overview(page: &mut String, dev: &[Arg], serve: &BTreeSet<String>) {
    page.push_str("| Option | Environment variable | Default in `lido dev` | Default in `lido serve` |\n|---|---|---|---|\n");
    for option in dev {
        let serve = if serve.contains(name(option)) {
            default("serve", name(option))
        } else {
            "not an option".to_owned()
        };
        let dev = default("dev", name(option));
        writeln!(page, "| `--{}` | `{}` | {dev} | {serve} |", name(option), variable(option)).expect("text");
    }
}

/// The section of one option.
fn section(page: &mut String, option: &Arg, is_of_serve: bool) {
    writeln!(page, "\n### `{}`\n", usage(option)).expect("text");
    let help = option.get_long_help().or(option.get_help()).expect("a help text").to_string();
    for paragraph in help.split("\n\n") {
        writeln!(page, "{}\n", markdown(&paragraph.replace('\n', " "))).expect("text");
    }
    writeln!(page, "- Environment variable: `{}`", variable(option)).expect("text");
    if let Some(key) = file_key(option) {
        writeln!(page, "- File key: {key}").expect("text");
    }
    let (dev, serve) = (default("dev", name(option)), default("serve", name(option)));
    match serve.as_str() {
        _ if !is_of_serve => writeln!(page, "- Default: {dev}; only for `lido dev`"),
        "required" => writeln!(page, "- Default in `lido dev`: {dev}; required in `lido serve`"),
        serve if serve == dev => writeln!(page, "- Default: {dev}"),
        serve => writeln!(page, "- Default: {dev} in `lido dev`, {serve} in `lido serve`"),
    }
    .expect("text");
}

fn page() -> String {
    let definition = Arguments::command();
    let dev = options(&definition, "dev");
    let serve: BTreeSet<String> =
        options(&definition, "serve").iter().map(|option| name(option).to_owned()).collect();
    let mut page = format!(
        "# Configuration\n\n<!-- Made from server/src/cli; change it there and run: {WRITE} -->\n\n{INTRODUCTION}\n## Overview\n\n"
    );
    overview(&mut page, &dev, &serve);
    write!(page, "\n## File format\n\n{FILE}\n```toml\n{EXAMPLE}```\n\n## Errors at start-up\n\n{ERRORS}")
        .expect("text");
    let mut headings: Vec<&str> = Vec::new();
    for heading in dev.iter().filter_map(Arg::get_help_heading) {
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    for heading in headings {
        writeln!(page, "\n## {heading}").expect("text");
        for option in dev.iter().filter(|option| option.get_help_heading() == Some(heading)) {
            section(&mut page, option, serve.contains(name(option)));
        }
    }
    page
}

#[test]
fn configuration_page_is_up_to_date() {
    let page = page();
    if std::env::var_os("LIDO_WRITE_CONFIGURATION").is_some() {
        fs::create_dir_all(Path::new(PAGE).parent().expect("a folder")).expect("created");
        fs::write(PAGE, &page).expect("written");
    }
    let committed = fs::read_to_string(PAGE).unwrap_or_default();
    assert!(committed == page, "docs/configuration.md is out of date; run: {WRITE}");
}

/// The configuration of a command with a configuration file that contains `text`.
fn with_file(command: &str, text: &str) -> (tempfile::TempDir, Result<Config, ConfigError>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lido.toml");
    fs::write(&path, text).expect("written");
    let line = ["lido", command, "--config", path.to_str().expect("a name")];
    let config = match Arguments::of_line(line).expect("a command line").command {
        Command::Dev(arguments) => Config::for_dev(arguments),
        Command::Serve(arguments) => Config::for_serve(arguments),
        _ => panic!("the command has no configuration"),
    };
    (folder, config)
}

#[test]
fn example_configuration_file_is_valid() {
    let (folder, config) = with_file("serve", EXAMPLE);
    let config = config.expect("valid");
    assert_eq!(config.store, StoreLocation::Sqlite(folder.path().join("lido.db")));
    assert_eq!((config.region(), config.refuse_from.len()), ("eu-west-1", 2));
    assert!(config.mail.is_some() && config.lambda_endpoint.is_some());
}

#[test]
fn file_key_of_every_option_exists() {
    for option in options(&Arguments::command(), "dev") {
        // No setting is a table, so that a known key is refused for its type.
        let (_folder, config) = with_file("dev", &format!("{} = {{}}\n", name(&option)));
        let error = config.expect_err("no setting is a table").to_string();
        let key = file_key(&option);
        let expected = match key.as_deref().and_then(|key| key.split_once(", ")) {
            Some((_, "a boolean")) => "invalid type: map, expected a boolean",
            Some((_, "a list of strings")) => "invalid type: map, expected a sequence",
            Some((_, "a number")) => "invalid type: map, expected ",
            Some((_, "a string")) => "string",
            _ => "unknown field",
        };
        assert!(error.contains(expected), "{}: {error}", name(&option));
    }
}
