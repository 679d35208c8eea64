//! The command line holds together.

use clap::{CommandFactory as _, Parser as _};

use super::*;

#[test]
fn it_is_sound() {
    Arguments::command().debug_assert();
}

#[test]
fn every_setting_has_a_variable_and_a_help_text() {
    for command in Arguments::command().get_subcommands() {
        for argument in command.get_arguments().filter(|argument| argument.get_id() != "help") {
            let name = argument.get_long().expect("a long name");
            let variable = format!("LIDO_{}", name.to_uppercase().replace('-', "_"));
            assert_eq!(argument.get_env().and_then(|name| name.to_str()), Some(&*variable));
            assert!(argument.get_help().is_some(), "{name} has a help text");
        }
    }
}

#[test]
fn allowing_remote_takes_no_word_that_follows() {
    let parse =
        |line: &str| match Arguments::try_parse_from(line.split(' ')).map(|arguments| arguments.command) {
            Ok(Command::Dev(arguments)) => arguments.allow_remote,
            _ => None,
        };
    assert_eq!(parse("lido dev --allow-remote"), Some(true));
    assert_eq!(parse("lido dev --allow-remote --listen 0.0.0.0:1"), Some(true));
    assert_eq!(parse("lido dev --allow-remote=false"), Some(false));
    assert!(Arguments::try_parse_from(["lido", "serve", "--confirmation-code", "123456"]).is_err());
    assert!(Arguments::try_parse_from(["lido", "serve", "--allow-remote"]).is_err());
}
