//! `cargo xtask check`: everything that CI runs, quick steps first. The last line of a failure says what to do.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use clap::Args;

/// The options of `cargo xtask check`.
#[derive(Args)]
#[command(
    after_help = "Steps: format, architecture, deny, facts, operations, docs, deploy, codegen, clippy, doc, test, \
    postgres, fakes, attack, fuzz, protocol-tests, examples, services, clients, package, dist\n\nExamples:\n  cargo xtask check\n  cargo xtask check --from clippy"
)]
pub(crate) struct Arguments {
    /// First step to run [default: format]
    #[arg(long, value_name = "STEP")]
    from: Option<String>,
}

/// A step of the check.
struct Step {
    name: &'static str,
    run: fn() -> anyhow::Result<()>,
    /// What to do if it fails.
    remedy: &'static str,
}

const STEPS: &[Step] = &[
    Step { name: "format", run: format, remedy: "run: cargo xtask format" },
    Step {
        name: "architecture",
        run: crate::architecture::run,
        remedy: "correct each line above (ARCHITECTURE.md has the rules), then run: cargo xtask check",
    },
    Step { name: "deny", run: deny, remedy: "see it again with: cargo xtask deny" },
    Step { name: "facts", run: facts, remedy: "correct what is named above, then run: cargo xtask facts" },
    Step { name: "operations", run: operations, remedy: "run: cargo xtask operations" },
    Step { name: "docs", run: crate::docs::run, remedy: "correct the page, then run: cargo xtask docs" },
    Step {
        name: "deploy",
        run: crate::deploy::run,
        remedy: "correct the file, then run: cargo xtask deploy",
    },
    Step { name: "codegen", run: codegen, remedy: "run: cargo xtask codegen" },
    Step { name: "clippy", run: clippy, remedy: "see it again with: cargo clippy --workspace --all-targets" },
    Step { name: "doc", run: doc, remedy: "see it again with: cargo doc --workspace --no-deps" },
    Step { name: "test", run: test, remedy: "see it again with: cargo test --workspace" },
    Step {
        name: "postgres",
        run: test_on_postgres,
        remedy: "see it again with: LIDO_TEST_STORE=postgres cargo test -p lido-sdk-tests --test it",
    },
    Step {
        name: "fakes",
        run: crate::fakes::run,
        remedy: "put what is named above behind `#[cfg(any(test, feature = \"fakes\"))]`, then run: cargo xtask check --from fakes",
    },
    Step { name: "attack", run: attack, remedy: "see it again with: cargo xtask attack --short" },
    Step {
        name: "fuzz",
        run: fuzz,
        remedy: "mend what is named above, and keep the input in fuzz/found/ as a test",
    },
    Step {
        name: "protocol-tests",
        run: protocol_tests,
        remedy: "see it again with: cargo xtask protocol-tests",
    },
    Step { name: "examples", run: crate::examples::run, remedy: "see it again with: cargo xtask examples" },
    Step {
        name: "services",
        run: services,
        remedy: "see it again with: cargo xtask services --compile 5 --from WHEEL",
    },
    Step { name: "clients", run: crate::clients::run_all, remedy: "see it again with: cargo xtask clients" },
    Step { name: "package", run: package, remedy: "see it again with: cargo xtask package" },
    Step { name: "dist", run: dist, remedy: "see it again with: cargo xtask dist --quick" },
];

/// Runs the steps in order, and stops at the first that fails.
///
/// # Errors
/// Returns the error of that step, with a last line that says what to do.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let check_started = Instant::now();
    let first = match &arguments.from {
        None => 0,
        Some(name) => STEPS.iter().position(|step| step.name == name).with_context(|| {
            let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
            format!("there is no step `{name}`; use one of: {}", names.join(", "))
        })?,
    };
    crate::model::report_newer();
    let mut times = Vec::new();
    for step in STEPS.iter().skip(first) {
        println!("== {} ==", step.name);
        let step_started = Instant::now();
        if let Err(error) = (step.run)() {
            bail!("{error:#}\n`{}` failed; {}", step.name, step.remedy);
        }
        times.push(format!("{} {}", step.name, seconds(step_started.elapsed())));
    }
    println!("checked in {}: {}", seconds(check_started.elapsed()), times.join(", "));
    Ok(())
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs())
}

/// Formats all packages. Generated files too are as rustfmt leaves them.
pub(crate) fn format_all() -> anyhow::Result<()> {
    cargo(["fmt", "--all"], &[])
}

fn format() -> anyhow::Result<()> {
    cargo(["fmt", "--all", "--check"], &[])
}

fn codegen() -> anyhow::Result<()> {
    crate::codegen::run(&crate::codegen::Arguments { check: true })
}

fn operations() -> anyhow::Result<()> {
    crate::operations::run(&crate::operations::Arguments { check: true })
}

fn facts() -> anyhow::Result<()> {
    crate::facts::run(&crate::facts::Arguments::CHECK)
}

fn deny() -> anyhow::Result<()> {
    crate::deny::run(&crate::deny::Arguments::CHECK)
}

fn attack() -> anyhow::Result<()> {
    crate::attack::run(&crate::attack::Arguments::CHECK)
}

fn fuzz() -> anyhow::Result<()> {
    crate::fuzz::run(&crate::fuzz::Arguments::CHECK)
}

fn clippy() -> anyhow::Result<()> {
    cargo(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"], &[])
}

fn doc() -> anyhow::Result<()> {
    cargo(["doc", "--workspace", "--no-deps", "--quiet"], &[("RUSTDOCFLAGS", "-D warnings")])
}

/// Runs the test command of the README.
fn test() -> anyhow::Result<()> {
    cargo(["test", "--workspace"], &[])
}

/// The tests through the SDK that run on PostgreSQL too, by the beginning of their names: those of sign-up and of what
/// follows it, which show most facts about what is stored. By hand all can be run.
const ON_POSTGRES: [&str; 4] = ["sign_up::", "recovery::", "account::", "sign_in::"];

/// Runs some of the tests through the SDK with the servers on PostgreSQL.
fn test_on_postgres() -> anyhow::Result<()> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    if !versions.into_iter().any(|version| version.path().join("bin/initdb").exists()) {
        return crate::shared::skip("postgres", "PostgreSQL (initdb) is not installed");
    }
    let test = ["test", "--package", "lido-sdk-tests", "--test", "it", "--"];
    cargo(test.into_iter().chain(ON_POSTGRES), &[("LIDO_TEST_STORE", "postgres")])
}

fn protocol_tests() -> anyhow::Result<()> {
    crate::protocol_tests::run(&crate::protocol_tests::Arguments {})
}

/// Generates every JSON service of the botocore wheel that `LIDO_BOTOCORE_WHEEL` names, and compiles the five largest.
fn services() -> anyhow::Result<()> {
    match std::env::var_os("LIDO_BOTOCORE_WHEEL") {
        Some(wheel) => {
            cargo(["xtask", "services", "--compile", "5", "--from", &wheel.to_string_lossy()], &[])
        }
        None => crate::shared::skip("services", "set LIDO_BOTOCORE_WHEEL to the path of a botocore wheel"),
    }
}

fn package() -> anyhow::Result<()> {
    crate::package::run(&crate::package::Arguments::CHECK)
}

/// Builds the packages from a binary that is not optimized, which is ten times as fast.
fn dist() -> anyhow::Result<()> {
    crate::dist::run(&crate::dist::Arguments { quick: true })
}

/// Runs cargo in the workspace.
fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>, variables: &[(&str, &str)]) -> anyhow::Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(crate::workspace()?)
        .status()
        .context("starting cargo")?;
    if status.success() { Ok(()) } else { bail!("cargo ended with {status}") }
}
