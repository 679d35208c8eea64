//! The binary `lido`: reads the command line and runs its command.
//!
//! A start-up error is printed in one line that contains its remedy, with exit code 2 for a wrong command line and 1 for
//! any other error; `tests/carrier/start_errors.rs` lists them. Next: [`cli`] and [`config`] for the options,
//! [`cli::serve`] for running a server, and the library's `http` for serving requests.

mod cli;
mod config;
mod doctor;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use lido::operations::all_operations;
use mimalloc::MiMalloc;

use crate::{
    cli::{Arguments, Command, SeedCommand, backup, control, export, health, import, manual, seed, serve},
    config::{Config, ConfigError, migration},
};

/// A request makes some hundred allocations, many of which another thread frees. SQLite and the other libraries in C use it
/// too: with every read SQLite frees memory for pages that glibc would give back to the system and fetch again.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    let config = match arguments.command {
        Command::Dev(arguments) => Config::for_dev(arguments),
        Command::Serve(arguments) => Config::for_serve(arguments),
        Command::Operations => return list_operations(),
        Command::Migrate(arguments) => match migration::run(&arguments) {
            Ok(result) => return finish(result),
            Err(error) => Err(error),
        },
        Command::Doctor(arguments) => return finish(doctor::run(arguments)),
        Command::Backup(arguments) => match backup::run(&arguments) {
            Ok(result) => return finish(result),
            Err(error) => Err(error),
        },
        Command::Export(arguments) => match export::run(&arguments) {
            Ok(result) => return finish(result),
            Err(error) => Err(error),
        },
        Command::Import(arguments) => match import::run(&arguments) {
            Ok(result) => return finish(result),
            Err(error) => Err(error),
        },
        Command::Users(arguments) => return finish(control::users(&arguments)),
        Command::Messages(arguments) => return finish(control::messages(&arguments)),
        Command::Confirm(arguments) => return finish(control::confirm(&arguments)),
        Command::Token(arguments) => return finish(control::token(&arguments)),
        Command::Clock(arguments) => return finish(control::clock(&arguments)),
        Command::Reset(arguments) => return finish(control::reset(&arguments)),
        Command::Seed { command: SeedCommand::Export(arguments) } => return finish(seed::export(&arguments)),
        Command::Health(arguments) => return finish(health::run(&arguments)),
        Command::Completions { shell } => return finish(manual::print_completions(shell)),
        Command::Man { command } => return finish(manual::print_page(command.as_deref())),
    };
    finish(config.map_err(Into::into).and_then(serve::run))
}

/// Prints an error, and returns the exit code.
fn finish(result: anyhow::Result<()>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    eprintln!("lido: {}", one_line(&error));
    match error.downcast_ref() {
        Some(ConfigError::Usage(_)) => ExitCode::from(cli::USAGE),
        _ => ExitCode::FAILURE,
    }
}

/// Returns the text of an error in one line, with every cause once: an error may print its cause itself.
fn one_line(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text.replace('\n', " ")
}

fn list_operations() -> ExitCode {
    let mut out = io::stdout().lock();
    for operation in all_operations() {
        let state = if operation.is_served { "served" } else { "validated" };
        let callers = if operation.is_signed { "signed" } else { "public" };
        // The reader may close the pipe early.
        if writeln!(out, "{:<44} {callers}  {state}", operation.name).is_err() {
            break;
        }
    }
    ExitCode::SUCCESS
}
