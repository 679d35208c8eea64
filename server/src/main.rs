//! The binary `lido`: reads the command line and runs its command.
//!
//! A start-up error is printed here in one line that says what to do about it, with exit code 2 for a wrong command
//! line and 1 for anything else. Next: [`cli`] and [`config`] for the options, [`cli::serve`] for running a server, and
//! the library's `http` for what is served.

mod cli;
mod config;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{CommandFactory as _, Parser as _, error::ErrorKind};
use lido::operations::all_operations;

use crate::{
    cli::{Arguments, Command, serve},
    config::{Config, ConfigError},
};

fn main() -> ExitCode {
    let config = match Arguments::parse().command {
        Command::Dev(arguments) => Config::of_dev(arguments),
        Command::Serve(arguments) => Config::of_serve(arguments),
        Command::Operations => return list_operations(),
    };
    let started = match config {
        Ok(config) => serve::run(config),
        Err(ConfigError::Usage(text)) => {
            Arguments::command().error(ErrorKind::MissingRequiredArgument, text).exit();
        }
        Err(fault @ ConfigError::File(_)) => Err(fault.into()),
    };
    match started {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("lido: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

fn list_operations() -> ExitCode {
    let mut out = io::stdout().lock();
    for one in all_operations() {
        let state = if one.is_served { "served" } else { "validated" };
        let callers = if one.is_signed { "signed" } else { "public" };
        // The reader may close the pipe early.
        if writeln!(out, "{:<44} {callers}  {state}", one.name).is_err() {
            break;
        }
    }
    ExitCode::SUCCESS
}
