//! `cargo xtask facts`: which recorded or documented fact of the live service is shown by which test.
//!
//! The facts lie in the folder `shared` beside this workspace, a line each. A fact is accounted for if a test names
//! its id (`scan`), or if `server/tests/facts.toml` lists it with the reason why no test does (`list`). What both say
//! together is written to `server/tests/FACTS.md` (`page`); `--check` only compares, and `cargo xtask check` runs
//! that.

mod account;
mod list;
mod page;
mod scan;

use std::fs;

use anyhow::{Context as _, bail};
use clap::Args;
use serde::Deserialize;

use self::{account::Accounts, list::List};
use crate::shared;

const FACTS: &str = "facts/cognito-behaviour.jsonl";
const LIST: &str = "server/tests/facts.toml";
const PAGE: &str = "server/tests/FACTS.md";

/// What the command line says.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Only compares, and fails where FACTS.md is not what tests and list say
    #[arg(long)]
    pub(crate) check: bool,
}

/// One thing that is known of the live service, as far as it is shown here.
#[derive(Clone, Debug, Deserialize)]
struct Fact {
    id: String,
    operation: String,
    situation: String,
    confidence: String,
}

/// Accounts for every fact, prints the counts, and writes or compares the page.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let Some(shared) = shared::find("the facts")? else { return Ok(()) };
    let facts = read(&fs::read_to_string(shared.join(FACTS)).with_context(|| format!("reading {FACTS}"))?)?;
    let root = crate::workspace()?;
    let list = fs::read_to_string(root.join(LIST)).with_context(|| format!("reading {LIST}"))?;
    let list: List = toml::from_str(&list).with_context(|| format!("reading {LIST}"))?;
    let accounts = Accounts::take(facts, &list, &scan::mentions(&root)?);
    println!("{}", accounts.counts());
    if !accounts.faults.is_empty() {
        bail!(
            "{}\na fact must be named in a test, or listed in {LIST} with the reason, and never both",
            accounts.faults.join("\n")
        );
    }
    let (path, page) = (root.join(PAGE), page::of(&accounts));
    if fs::read_to_string(&path).is_ok_and(|written| written == page) {
        return Ok(());
    }
    if arguments.check {
        bail!("{PAGE} is not what tests and {LIST} say; run: cargo xtask facts");
    }
    fs::write(&path, page).with_context(|| format!("writing {PAGE}"))?;
    println!("{PAGE} is written");
    Ok(())
}

/// The facts, in the order of the file.
fn read(lines: &str) -> anyhow::Result<Vec<Fact>> {
    lines
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| serde_json::from_str(line).with_context(|| format!("{FACTS}, line {}", at + 1)))
        .collect()
}
