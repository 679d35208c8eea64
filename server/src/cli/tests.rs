//! The definition of the command line and its help texts. The generated reference is tested in [`super::reference`].

use super::*;
use crate::config::{Config, LogFormat, Mode, RequestLimits};

#[test]
fn definition_is_valid() {
    Arguments::definition().debug_assert();
}

/// The commands that talk to a running server, whose options are not settings of a server.
const CONTROL: [&str; 6] = ["users", "messages", "confirm", "token", "clock", "reset"];

#[test]
fn every_option_of_a_control_command_has_a_heading_and_a_help_text() {
    let definition = Arguments::definition();
    for name in CONTROL {
        let command = definition.find_subcommand(name).expect("a command");
        let long = |argument: &&clap::Arg| argument.get_long().is_some_and(|name| name != "help");
        for option in command.get_arguments().filter(long) {
            let help = option.get_help().expect("a help text").to_string();
            assert!(option.get_help_heading().is_some() && !help.ends_with('.'), "{name}: {help}");
        }
        let endpoint = command.get_arguments().find(|option| option.get_long() == Some("endpoint"));
        assert!(endpoint.is_some_and(|option| option.get_env().is_some_and(|name| name == "LIDO_ENDPOINT")));
    }
}

#[test]
fn every_option_has_a_variable_a_heading_and_a_help_text() {
    let definition = Arguments::definition();
    for command in definition.get_subcommands().filter(|command| !CONTROL.contains(&command.get_name())) {
        // What has no value says what the command does, and is no setting.
        let options = command
            .get_arguments()
            .filter(|argument| !argument.is_positional() && argument.get_action().takes_values());
        for argument in options.filter(|argument| argument.get_id() != "help") {
            let name = argument.get_long().expect("a long name");
            let variable = format!("LIDO_{}", name.to_uppercase().replace('-', "_"));
            assert_eq!(argument.get_env().and_then(|name| name.to_str()), Some(&*variable));
            assert!(argument.get_help_heading().is_some(), "--{name} has a heading");
            for help in [argument.get_help(), argument.get_long_help()] {
                let help = help.expect("a help text").to_string();
                let (text, note) = help.rsplit_once('[').expect("a note on the default");
                assert!(note.starts_with("default: ") || note == "required]", "--{name}: {help}");
                assert!(!text.trim_end().ends_with('.'), "--{name}: {help}");
            }
        }
    }
}

#[test]
fn every_command_has_examples_and_no_final_full_stop() {
    let definition = Arguments::definition();
    for command in definition.get_subcommands().chain([&definition]) {
        let examples = command.get_after_help().expect("examples").to_string();
        assert!(examples.starts_with("Examples:\n"), "{}", command.get_name());
        for about in [command.get_about(), command.get_long_about()] {
            assert!(!about.expect("a text").to_string().ends_with('.'), "{}", command.get_name());
        }
    }
    let dev = definition.find_subcommand("dev").and_then(|dev| dev.get_after_help()).expect("examples");
    let dev = dev.to_string();
    assert!(dev.contains("/_lido/messages?username=") && dev.contains("/_lido/clock"), "{dev}");
}

/// The configuration of a command with these arguments.
fn config(line: &str) -> Config {
    match Arguments::of_line(line.split(' ')).expect("a command line").command {
        Command::Dev(arguments) => Config::for_dev(arguments).expect("complete"),
        Command::Serve(arguments) => Config::for_serve(arguments).expect("complete"),
        _ => panic!("the command has no configuration"),
    }
}

#[test]
fn shown_default_is_the_applied_one() {
    let dev = config("lido dev");
    let serve = config(
        "lido serve --store memory --key-file k --credentials c --public-url https://auth.example.com",
    );
    for (command, config) in [("dev", &dev), ("serve", &serve)] {
        let limits = if config.request_limits == RequestLimits::Off { "off" } else { "on" };
        let format = if config.log_format == LogFormat::Text { "text" } else { "json" };
        let applied = [
            ("listen", config.listen[0].to_string()),
            ("store-connections", config.store_limits.connections.to_string()),
            ("store-timeout", config.store_limits.timeout.as_secs().to_string()),
            ("standby", config.is_standby.to_string()),
            ("revoke-reused-refresh-tokens", config.revokes_reused_refresh_tokens.to_string()),
            ("strict-oauth", config.is_strict_oauth.to_string()),
            ("require-branding", config.requires_branding.to_string()),
            ("request-limits", limits.to_owned()),
            ("region", format!("the Region of each client; {} if it does not sign", config.region())),
            ("account-id", config.account_id.0.clone()),
            ("log", config.log.0.clone()),
            ("log-format", format.to_owned()),
        ];
        for (option, value) in applied {
            assert_eq!(defaults::note(command, option), Some(format!("default: {value}")), "{option}");
        }
        let are_unset = config.mail.is_none()
            && config.sms.is_none()
            && config.region.is_none()
            && config.issuer.is_none()
            && config.lambda_endpoint.is_none()
            && config.lambda_credentials.is_none()
            && config.sender_key_file.is_none()
            && config.refuse_from.is_empty()
            && config.trusted_proxy.is_empty()
            && !matches!(config.mode, Mode::Dev { address_file: Some(_), .. })
            && !matches!(&config.mode, Mode::Dev { seeds, .. } if !seeds.is_empty());
        assert!(are_unset, "{command}");
    }
    assert_eq!(defaults::note("dev", "store"), Some(format!("default: {}", dev.store)));
    assert!(dev.key_file.is_none() && dev.credentials.is_none() && dev.public_url.is_none());
}

#[test]
fn required_options_of_serve_are_shown_as_required() {
    let required: Vec<_> = defaults::DEFAULTS
        .iter()
        .map(|defaults| defaults.option())
        .filter(|option| defaults::note("serve", option).as_deref() == Some("required"))
        .collect();
    assert_eq!(required, ["public-url", "store", "key-file", "credentials"]);
}

#[test]
fn allow_remote_does_not_take_the_next_argument() {
    let parse = |line: &str| match Arguments::of_line(line.split(' ')).map(|arguments| arguments.command) {
        Ok(Command::Dev(arguments)) => arguments.allow_remote,
        _ => None,
    };
    assert_eq!(parse("lido dev --allow-remote"), Some(true));
    assert_eq!(parse("lido dev --allow-remote --listen 0.0.0.0:1"), Some(true));
    assert_eq!(parse("lido dev --allow-remote=false"), Some(false));
    assert!(Arguments::of_line(["lido", "serve", "--confirmation-code", "123456"]).is_err());
    assert!(Arguments::of_line(["lido", "serve", "--allow-remote"]).is_err());
}

#[test]
fn seed_is_an_option_of_dev_that_serve_refuses_by_name() {
    let dev = config("lido dev --seed a.toml --seed b.json,c.yaml");
    let Mode::Dev { seeds, .. } = dev.mode else { panic!("dev") };
    assert_eq!(seeds, ["a.toml", "b.json", "c.yaml"].map(std::path::PathBuf::from));
    let error = Arguments::of_line(["lido", "serve", "--seed", "a.toml"]).expect_err("no option of serve");
    assert!(error.to_string().contains("unexpected argument '--seed'"), "{error}");
    let standby =
        Arguments::of_line(["lido", "dev", "--standby", "--seed", "a.toml"]).expect("a command line");
    let Command::Dev(standby) = standby.command else { panic!("dev") };
    let error = Config::for_dev(standby).expect_err("contradictory").to_string();
    assert!(error.contains("--seed") && error.contains("--standby"), "{error}");
}

/// A URL may have a password. Logs and terminals keep what a start prints.
#[test]
fn password_in_a_url_is_not_printed() {
    let mut options = Vec::new();
    let mut commands = vec![(vec!["lido".to_owned()], Arguments::definition())];
    while let Some((path, command)) = commands.pop() {
        for inner in command.get_subcommands() {
            let path = path.iter().cloned().chain([inner.get_name().to_owned()]);
            commands.push((path.collect(), inner.clone()));
        }
        for option in command.get_arguments().filter(|option| {
            option
                .get_value_names()
                .is_some_and(|names| names.iter().any(|name| matches!(name.as_str(), "URL" | "STORE")))
        }) {
            let name = option.get_long().expect("an option");
            assert!(option.is_hide_env_values_set() || option.get_env().is_none(), "{path:?} --{name}");
            options.push((path.clone(), format!("--{name}")));
        }
    }
    assert!(options.len() >= 8, "{options:?}");
    assert!(
        options.contains(&(["lido", "seed", "export"].map(str::to_owned).into(), "--endpoint".to_owned()))
    );
    for (path, option) in options {
        for value in ["ftp://mary:hunter2@host/", "http://mary:hunter2@host:port", "http://mary:hunt@er2@[::"]
        {
            let line = path.iter().map(String::as_str).chain([option.as_str(), value]);
            if let Err(error) = Arguments::of_line(line) {
                let text = error.to_string();
                assert!(!text.contains("hunt") && !text.contains("er2"), "{path:?} {option}: {text}");
            }
        }
    }
}
