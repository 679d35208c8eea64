//! `cargo xtask check`: all that CI runs, quick things first. The last line of a failure names its cure.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use clap::Args;

/// What the command line says.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Begins at this step, such as `test`, when the steps before it are known to pass
    #[arg(long, value_name = "STEP")]
    from: Option<String>,
}

/// One thing that must hold.
struct Step {
    name: &'static str,
    run: fn() -> anyhow::Result<()>,
    cure: &'static str,
}

const STEPS: &[Step] = &[
    Step { name: "format", run: format, cure: "run: cargo xtask format" },
    Step {
        name: "house",
        run: crate::house::run,
        cure: "move the line to the room that may hold it (ARCHITECTURE.md)",
    },
    Step { name: "facts", run: facts, cure: "account for what is named above, then run: cargo xtask facts" },
    Step { name: "codegen", run: codegen, cure: "run: cargo xtask codegen" },
    Step {
        name: "clippy",
        run: clippy,
        cure: "mend what clippy says; see it again with: cargo clippy --workspace --all-targets",
    },
    Step {
        name: "doc",
        run: doc,
        cure: "mend what rustdoc says; see it again with: cargo doc --workspace --no-deps",
    },
    Step { name: "test", run: test, cure: "mend what fails; see it again with: cargo test --workspace" },
    Step {
        name: "fakes",
        run: crate::fakes::run,
        cure: "put what is named above behind `#[cfg(any(test, feature = \"fakes\"))]`",
    },
    Step {
        name: "protocol-tests",
        run: protocol_tests,
        cure: "see it again with: cargo xtask protocol-tests",
    },
    Step {
        name: "services",
        run: services,
        cure: "see it again with: cargo xtask services --compile 5 --from WHEEL",
    },
    Step { name: "clients", run: crate::clients::run, cure: "see it again with: cargo xtask clients" },
];

/// Runs every step and stops at the first that fails.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let started = Instant::now();
    let first = match &arguments.from {
        None => 0,
        Some(name) => STEPS.iter().position(|step| step.name == name).with_context(|| {
            let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
            format!("there is no step `{name}`; there are: {}", names.join(", "))
        })?,
    };
    let mut times = Vec::new();
    for step in STEPS.iter().skip(first) {
        println!("== {} ==", step.name);
        let began = Instant::now();
        if let Err(error) = (step.run)() {
            bail!("{error:#}\n`{}` failed; {}", step.name, step.cure);
        }
        times.push(format!("{} {}", step.name, seconds(began.elapsed())));
    }
    println!("checked in {}: {}", seconds(started.elapsed()), times.join(", "));
    Ok(())
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs())
}

/// The packages that are written by hand; generated ones have the generator's own format.
const BY_HAND: [&str; 8] = [
    "lido-model",
    "lido-codegen",
    "lido-runtime",
    "lido-domain",
    "lido-iam",
    "lido",
    "lido-sdk-tests",
    "xtask",
];

/// Formats what is written by hand.
pub(crate) fn reformat() -> anyhow::Result<()> {
    cargo(["fmt"].into_iter().chain(BY_HAND.iter().flat_map(|name| ["-p", name])), &[])
}

fn format() -> anyhow::Result<()> {
    cargo(["fmt", "--check"].into_iter().chain(BY_HAND.iter().flat_map(|name| ["-p", name])), &[])
}

fn codegen() -> anyhow::Result<()> {
    crate::codegen::run(&crate::codegen::Arguments { check: true })
}

fn facts() -> anyhow::Result<()> {
    crate::facts::run(&crate::facts::Arguments { check: true })
}

fn clippy() -> anyhow::Result<()> {
    cargo(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"], &[])
}

fn doc() -> anyhow::Result<()> {
    cargo(["doc", "--workspace", "--no-deps", "--quiet"], &[("RUSTDOCFLAGS", "-D warnings")])
}

/// The test command of the README.
fn test() -> anyhow::Result<()> {
    cargo(["test", "--workspace"], &[])
}

fn protocol_tests() -> anyhow::Result<()> {
    crate::protocol_tests::run(&crate::protocol_tests::Arguments {})
}

/// The generator on every JSON service of a botocore wheel, where one is at hand.
fn services() -> anyhow::Result<()> {
    match std::env::var_os("LIDO_BOTOCORE_WHEEL") {
        Some(wheel) => {
            cargo(["xtask", "services", "--compile", "5", "--from", &wheel.to_string_lossy()], &[])
        }
        None => crate::shared::skip("all services", "LIDO_BOTOCORE_WHEEL names no botocore wheel"),
    }
}

/// Runs cargo in the workspace.
fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>, variables: &[(&str, &str)]) -> anyhow::Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(crate::workspace()?)
        .status()
        .context("cargo cannot be started")?;
    if status.success() { Ok(()) } else { bail!("cargo ended with {status}") }
}
