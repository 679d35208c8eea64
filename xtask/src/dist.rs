//! `cargo xtask dist`: what is installed without a checkout, in `target/dist/`.
//!
//! The binary is linked against glibc 2.17 (2012) by zig, so that it runs on every distribution of the last ten years;
//! glibc, not musl, because Rust's standard library for musl has to be installed by rustup, and because names are then
//! resolved as the machine is configured to. The Debian package and the image are made from that binary.

mod binary;
mod checksums;
mod debian;
mod image;
mod inventory;

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context as _, bail};

/// The options of `cargo xtask dist`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Needs zig and cargo-zigbuild (pip install --require-hashes -r deploy/programs.txt), dpkg-deb and buildah. \
    What is not installed is skipped, or an error if LIDO_REQUIRE_SHARED=1.\n\nExamples:\n  cargo xtask dist"
)]
pub(crate) struct Arguments {
    /// Build without optimization, to test the packages quickly; they are larger than what is released
    #[arg(long)]
    pub(crate) quick: bool,
}

/// What all parts of a distribution are made from.
struct Distribution {
    /// The root of this workspace.
    root: PathBuf,
    /// The folder of the results, which did not exist before.
    folder: PathBuf,
    /// The version of the package `lido`.
    version: &'static str,
    /// The short hash of the commit and its date.
    commit: String,
    /// The seconds since 1970 at which the commit was made; the time of every file, so that builds can be compared.
    time: String,
    is_quick: bool,
}

/// Builds all parts, and tries them.
///
/// # Errors
/// Returns an error if a part cannot be built, or does not work.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let root = crate::workspace()?;
    let folder = root.join("target/dist");
    if folder.is_dir() {
        fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    let git = |arguments: &[&str]| output(Command::new("git").args(arguments).current_dir(&root));
    let commit = git(&["log", "-1", "--format=%h, %cs"])?;
    let time = git(&["log", "-1", "--format=%ct"])?;
    let version = env!("CARGO_PKG_VERSION");
    let dist = Distribution { root, folder, version, commit, time, is_quick: arguments.quick };

    let Some(program) = binary::build(&dist)? else { return Ok(()) };
    inventory::write(&dist)?;
    debian::build(&dist, &program)?;
    image::build(&dist, &program)?;
    checksums::write(&dist)
}

/// Returns whether a program can be started.
fn is_installed(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Runs a command to its end and returns what it prints, without the last line feed.
///
/// # Errors
/// Returns an error with the command's own messages if it fails.
fn output(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("{command:?} cannot be started"))?;
    if !output.status.success() {
        bail!("{command:?} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    let text = String::from_utf8(output.stdout).with_context(|| format!("the output of {command:?}"))?;
    Ok(text.trim_end().to_owned())
}
