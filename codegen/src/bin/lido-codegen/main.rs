//! The command `lido-codegen`: generates and checks packages, lays out a new crate, and explains diagnostics.

mod explain;
mod generate;
mod init;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The examples at the end of the help text.
const EXAMPLES: &str = "\
Examples:
  lido-codegen init weather
      Lay out the crate `weather`: a model, a handler, a test and a README
  lido-codegen generate model/ --out api --package weather-api
      Generate the package `weather-api` from a model
  lido-codegen check model/ --out api --package weather-api
      Fail if that package is not up to date
  lido-codegen explain M014
      Explain a diagnostic";

/// Generates a Rust server from a Smithy model: types that enforce the model's constraints, and an awsJson router
#[derive(Debug, Parser)]
#[command(version, about, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Generate a package
    Generate(generate::Arguments),
    /// Compare a package with its model, and write nothing
    Check(generate::CheckArguments),
    /// Lay out a new crate with a model, a handler, a test and a README
    Init(init::Arguments),
    /// Explain a diagnostic
    Explain(explain::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Generate(arguments) => generate::run(arguments, false),
        Command::Check(arguments) => generate::run(arguments.generate, true),
        Command::Init(arguments) => init::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
    };
    match result {
        Ok(code) => code,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
