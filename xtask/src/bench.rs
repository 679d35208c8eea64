//! `cargo xtask bench`: speed, as ratios against a baseline of the same run.

use std::{
    fs::File,
    process::Command,
    time::{Instant, SystemTime},
};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};

/// What the command line says.
#[derive(Args)]
pub(crate) struct Arguments {
    /// What is measured
    what: What,
}

/// The benchmarks of `server/benches/`.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// The generated router over bare hyper; also what generating and compiling it takes
    Wire,
    /// The server beside bare hyper and the disk; also its start and its memory at rest
    Server,
    /// Signing in beside the arithmetic that it cannot do without
    SignIn,
}

/// Measures and prints; nothing fails for being slow.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match arguments.what {
        What::Wire => {
            generation()?;
            compilation()?;
            cargo(&["bench", "--quiet", "--package", "lido", "--bench", "wire"])
        }
        What::Server => cargo(&["bench", "--quiet", "--package", "lido", "--bench", "server"]),
        What::SignIn => cargo(&["bench", "--quiet", "--package", "lido", "--bench", "sign_in"]),
    }
}

/// The time in which all files are made and compared, by this program as it would be released.
fn generation() -> anyhow::Result<()> {
    cargo(&["build", "--quiet", "--release", "--package", "xtask"])?;
    let started = Instant::now();
    cargo(&["run", "--quiet", "--release", "--package", "xtask", "--", "codegen", "--check"])?;
    println!("generation: {} ms, start of the program included", started.elapsed().as_millis());
    Ok(())
}

/// The time in which the generated crate compiles when all that it depends on is compiled.
fn compilation() -> anyhow::Result<()> {
    let build = ["build", "--quiet", "--release", "--package", "lido-cognito-idp"];
    cargo(&build)?;
    touch("generated/src/lib.rs")?;
    let started = Instant::now();
    cargo(&build)?;
    println!("release build of the generated crate alone: {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// Makes cargo think that a file has changed.
fn touch(path: &str) -> anyhow::Result<()> {
    let path = crate::workspace()?.join(path);
    let file =
        File::options().append(true).open(&path).with_context(|| format!("opening {}", path.display()))?;
    #[expect(clippy::disallowed_methods, reason = "a tool may know what time it is")]
    let now = SystemTime::now();
    file.set_modified(now).with_context(|| format!("touching {}", path.display()))
}

fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    let status = Command::new(env!("CARGO")).args(arguments).current_dir(crate::workspace()?).status()?;
    if status.success() { Ok(()) } else { bail!("cargo ended with {status}") }
}
