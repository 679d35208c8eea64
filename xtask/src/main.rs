//! What is done to this workspace: one subcommand, one module each.
//!
//! A new task is a module with `Arguments` and `run`, and one line in [`Task`] and in [`main`].

mod bench;
mod check;
mod clients;
mod codegen;
mod facts;
mod fakes;
mod house;
mod model;
mod npm;
mod protocol_tests;
mod scratch;
mod serverless;
mod services;
mod shared;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Parser, Subcommand};

/// What is done to this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Measures speed, as ratios against a baseline
    Bench(bench::Arguments),
    /// Runs all that CI runs, quick things first
    Check(check::Arguments),
    /// Runs SDKs, the AWS CLI, Amplify and other clients against the binaries of this workspace
    Clients,
    /// Generates generated/ from model/
    Codegen(codegen::Arguments),
    /// Accounts for every known fact of the live service: which test shows it, or why none does
    Facts(facts::Arguments),
    /// Formats what is written by hand
    Format,
    /// Writes model/cognito-idp from a release of botocore
    Model(model::Arguments),
    /// Runs Smithy's tests of the awsJson protocols against what is generated
    ProtocolTests(protocol_tests::Arguments),
    /// Generates every JSON service of a botocore wheel
    Services(services::Arguments),
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without a backtrace, whatever the environment: the last line is to name the cure.
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    match task {
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Check(arguments) => check::run(&arguments),
        Task::Clients => clients::run(),
        Task::Codegen(arguments) => codegen::run(&arguments),
        Task::Facts(arguments) => facts::run(&arguments),
        Task::Format => check::reformat(),
        Task::Model(arguments) => model::run(&arguments),
        Task::ProtocolTests(arguments) => protocol_tests::run(&arguments),
        Task::Services(arguments) => services::run(&arguments),
    }
}

/// The folder that holds the workspace, wherever the command is run.
fn workspace() -> anyhow::Result<PathBuf> {
    let xtask = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(xtask.parent().context("xtask lies in no folder")?.to_path_buf())
}
