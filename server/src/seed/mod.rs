//! Seed files: what `lido dev --seed` puts into the store at its start, and what `lido seed export` writes.
//!
//! A file is read into a tree of values with their lines (`document`), checked as a whole (`check`), and then put
//! entry by entry by the nouns of `crate::operations::seed`, which know what an entry means. `export` writes the
//! same nouns. A reset reads and checks the files again before it deletes anything. Nothing of this exists in `lido serve`.

mod check;
mod document;
mod export;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use lido_domain::id::PoolId;
use serde_json::Value;

use self::{
    check::{CheckedPool, check_file},
    document::Node,
};
pub use self::{
    document::{SeedFormat, WriteError},
    export::export,
};
use crate::{
    app::App,
    operations::seed::{CLIENTS, NOUNS, Rejection, SeedOutcome, put_pool},
};

/// Why a seed file cannot be used: one sentence for the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    /// The file cannot be read.
    #[error("the seed file {} cannot be read: {reason}; check --seed", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        reason: String,
    },
    /// The extension is that of no format.
    #[error("{}: the format of a seed file follows from its name; name it .toml, .json, .yaml or .yml", .0.display())]
    Extension(PathBuf),
    /// The file has no contents.
    #[error("{}: the seed file is empty; begin with [[UserPools]] and PoolName", .0.display())]
    Empty(PathBuf),
    /// The file is larger than a seed file may be.
    #[error("{}: the seed file is larger than 16 MiB; split it, and name each part by --seed", .0.display())]
    TooLarge(PathBuf),
    /// Something in the file is wrong.
    #[error("{}, line {line}: {reason}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong, and what to write.
        reason: String,
    },
}

/// What the seed files did: how many entries were created, changed, and as described before, and the pools that they
/// describe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeedReport {
    /// The entries that were created.
    pub created: usize,
    /// The entries that were changed.
    pub changed: usize,
    /// The entries that were as described.
    pub unchanged: usize,
    /// The user pools, in the order of the files.
    pub pools: Vec<SeededPool>,
}

/// A user pool that seed files describe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeededPool {
    /// The id.
    pub id: PoolId,
    /// The name.
    pub name: String,
    /// The app clients whose ids the files fix: id and name.
    pub clients: Vec<(String, String)>,
}

impl SeedReport {
    /// Returns the number of entries.
    pub fn entries(&self) -> usize {
        self.created + self.changed + self.unchanged
    }

    fn count(&mut self, outcome: SeedOutcome) {
        *match outcome {
            SeedOutcome::Created => &mut self.created,
            SeedOutcome::Changed => &mut self.changed,
            SeedOutcome::Unchanged => &mut self.unchanged,
        } += 1;
    }
}

/// Seed files that were read.
#[derive(Debug)]
pub(crate) struct SeedFiles(Vec<(PathBuf, Node)>);

/// The contents of seed files, checked as a whole.
#[derive(Debug)]
pub(crate) struct CheckedSeed<'a>(Vec<(&'a Path, CheckedPool<'a>)>);

impl SeedFiles {
    /// Reads files.
    ///
    /// # Errors
    /// The first file that cannot be read, or is not of its format.
    pub(crate) fn read(files: &[PathBuf]) -> Result<Self, SeedError> {
        let read = files.iter().map(|path| Ok((path.clone(), Node::read(path)?)));
        read.collect::<Result<_, _>>().map(Self)
    }

    /// Checks all files, without the store.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub(crate) fn check(&self) -> Result<CheckedSeed<'_>, SeedError> {
        let mut pools = Vec::new();
        for (path, node) in &self.0 {
            let checked = check_file(path, node)?;
            pools.extend(checked.into_iter().map(|pool| (path.as_path(), pool)));
        }
        check::check_unique(&pools)?;
        Ok(CheckedSeed(pools))
    }
}

impl CheckedSeed<'_> {
    /// Puts the contents into the store, in the order of the files and of the entries in them.
    ///
    /// # Errors
    /// The first entry that the rules refuse. It is put as a whole or not at all; those before it have been put.
    pub(crate) async fn put(&self, app: &App) -> Result<SeedReport, SeedError> {
        let mut report = SeedReport::default();
        for (path, pool) in &self.0 {
            put(app, path, pool, &mut report).await?;
        }
        Ok(report)
    }
}

/// Puts the contents of seed files into the store, in the order of the files and of the entries in them.
///
/// All files are read and checked before the first entry is put. What the files do not mention stays.
///
/// # Errors
/// The first thing that is wrong, with its file and line. An entry is put as a whole or not at all; those before the wrong
/// one have been put.
pub async fn seed(app: &App, files: &[PathBuf]) -> Result<SeedReport, SeedError> {
    SeedFiles::read(files)?.check()?.put(app).await
}

async fn put(
    app: &App,
    path: &Path,
    pool: &CheckedPool<'_>,
    report: &mut SeedReport,
) -> Result<(), SeedError> {
    let (id, outcome) = put_pool(app, &pool.described)
        .await
        .map_err(|rejection| at(path, &pool.title(), pool.node, rejection))?;
    report.count(outcome);
    let clients = pool.entries.iter().filter(|entry| entry.noun.list_key() == CLIENTS);
    let clients = clients.filter_map(|entry| {
        let text = |key: &str| entry.entry.get(key).and_then(Value::as_str).map(str::to_owned);
        Some((text(entry.noun.id_key()?)?, text(entry.noun.name_key())?))
    });
    report.pools.push(SeededPool { id: id.clone(), name: pool.name.clone(), clients: clients.collect() });
    for noun in NOUNS {
        for entry in pool.entries.iter().filter(|entry| entry.noun.list_key() == noun.list_key()) {
            let outcome = noun.put(app, &id, &entry.entry).await;
            report
                .count(outcome.map_err(|failure| {
                    at(path, &entry.title(), entry.node, failure.into_rejection(*noun))
                })?);
        }
    }
    Ok(())
}

/// Returns the error of an entry, with the line of the value that is wrong.
fn at(path: &Path, title: &str, node: &Node, rejection: Rejection) -> SeedError {
    let line = node.line_at(&rejection.path);
    SeedError::Line { path: path.to_owned(), line, reason: format!("{title}: {}", rejection.reason) }
}
