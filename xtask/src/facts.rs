//! `cargo xtask facts`: compares the facts about the live service with the tests that show them.
//!
//! The facts are in `facts/` ([`fact`]). Each must be named by a test ([`mentions`]) or listed with a reason in
//! `server/tests/facts.toml` ([`untested`]); [`coverage`] compares them, and [`page`] writes the result to
//! `server/tests/FACTS.md`. [`marks`] compares the marks of comments with the confidences. [`import`] adds facts that were collected elsewhere.

mod coverage;
mod fact;
mod import;
mod marks;
mod mentions;
mod page;
mod untested;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Args;

use self::{coverage::Coverage, untested::UntestedFacts};

/// The reasons why facts have no test.
const REASONS: &str = "server/tests/facts.toml";
/// The page that lists the tests of each fact.
const PAGE: &str = "server/tests/FACTS.md";

/// The options of `cargo xtask facts`.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    cargo xtask facts\n  \
    cargo xtask facts --check\n  \
    cargo xtask facts --from ../shared/facts/api-rest-behaviour.jsonl")]
pub(crate) struct Arguments {
    /// Compare FACTS.md only, and fail if it is out of date
    #[arg(long)]
    check: bool,
    /// Add the new facts of a collected .jsonl file to facts/, and report those that differ
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    from: Option<PathBuf>,
}

impl Arguments {
    /// The options of `cargo xtask check`.
    pub(crate) const CHECK: Self = Self { check: true, from: None };
}

/// Imports facts, or compares the facts with the tests and writes or checks FACTS.md.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let root = crate::workspace()?;
    match &arguments.from {
        Some(file) => import::run(file, &root),
        None => compare(&root, arguments.check),
    }
}

fn compare(root: &Path, check: bool) -> anyhow::Result<()> {
    let facts = fact::read_all(root)?;
    let reasons = fs::read_to_string(root.join(REASONS)).with_context(|| format!("reading {REASONS}"))?;
    let reasons: UntestedFacts = toml::from_str(&reasons).with_context(|| format!("reading {REASONS}"))?;
    let marks = marks::find_errors(root, &facts)?;
    let coverage = Coverage::new(facts, &reasons, &mentions::find(root)?);
    println!("{}", coverage.counts());
    if !coverage.errors.is_empty() {
        bail!(
            "{}\nname each fact in a test, or list it in {REASONS} with the reason, then run: cargo xtask facts",
            coverage.errors.join("\n")
        );
    }
    if !marks.is_empty() {
        bail!(
            "{}\nmark the comment by the confidence of its fact (facts/README.md), then run: cargo xtask facts",
            marks.join("\n")
        );
    }
    let (path, page) = (root.join(PAGE), page::render(&coverage));
    if fs::read_to_string(&path).is_ok_and(|written| written == page) {
        return Ok(());
    }
    if check {
        bail!("{PAGE} is out of date; run: cargo xtask facts");
    }
    fs::write(&path, page).with_context(|| format!("writing {PAGE}"))?;
    println!("wrote {PAGE}");
    Ok(())
}
