//! A store in one SQLite file.
//!
//! One thread writes and a few read, each with a connection of its own; tasks hand them work and wait. The writer
//! takes every commit that is waiting into one transaction, each in a savepoint, so that one fdatasync serves them
//! all (`writer`). The log is a WAL with `synchronous=FULL`: what was answered survives the process and the power.
//! The tables are in `tables`.

mod reader;
mod row;
mod search;
mod tables;
mod writer;

#[cfg(test)]
mod tests;

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
};

use async_trait::async_trait;
use lido_domain::{Timestamp, id::PoolId};

use super::{Answer, Backend, Commit, Kind, Lookup, Scope, StoreError, Stored};

use self::{reader::Readers, writer::Writer};

/// Records in a SQLite file.
#[derive(Debug)]
pub struct SqliteBackend {
    readers: Readers,
    writer: Writer,
}

/// Why a file cannot serve as a store.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file or its folder cannot be made or opened.
    #[error("the store {path} cannot be opened: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// SQLite refuses it.
    #[error("the store {path} cannot be used: {source}")]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// A newer Lido has written records in it.
    #[error(
        "the store {path} may hold records of kind {kind} in format {found}, which this Lido does not know: use a \
         newer Lido"
    )]
    NewerRecords {
        /// The file.
        path: PathBuf,
        /// The number of the kind.
        kind: i64,
        /// The format.
        found: i64,
    },
    /// A newer Lido has made its tables.
    #[error("the store {path} has tables of version {found}, and this Lido knows {known}: use a newer Lido")]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its tables.
        found: i64,
        /// The version that this Lido writes.
        known: i64,
    },
}

impl SqliteBackend {
    /// Opens the file, or makes it so that only its owner can read it; brings its tables up to date.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        create(path).map_err(|source| OpenError::Io { path: path.to_owned(), source })?;
        let sqlite = |source| OpenError::Sqlite { path: path.to_owned(), source };
        let mut connection = tables::connect(path).map_err(sqlite)?;
        if let Some(found) = tables::migrate(&mut connection).map_err(sqlite)? {
            return Err(OpenError::Newer { path: path.to_owned(), found, known: tables::VERSION });
        }
        if let Some((kind, found)) = tables::note_formats(&mut connection).map_err(sqlite)? {
            return Err(OpenError::NewerRecords { path: path.to_owned(), kind, found });
        }
        let io = |source| OpenError::Io { path: path.to_owned(), source };
        let writer = Writer::start(connection).map_err(io)?;
        let count = thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 8));
        Ok(Self { readers: Readers::start(path, count).map_err(io)?, writer })
    }
}

fn create(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        other => other.map(drop)?,
    }
    // The file's name is in its folder for good before anything is written under it.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()
}

/// What SQLite's error means to a caller.
fn store_error(error: &rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    match error.sqlite_error_code() {
        Some(DatabaseCorrupt | NotADatabase) => StoreError::Corrupt(error.to_string()),
        _ => StoreError::Unavailable(error.to_string()),
    }
}

#[async_trait]
impl Backend for SqliteBackend {
    async fn read(
        &self,
        scope: &Scope,
        lookups: &[Lookup],
    ) -> Result<Option<(PoolId, Vec<Answer>)>, StoreError> {
        let (scope, lookups) = (scope.clone(), lookups.to_vec());
        self.readers.run(move |look| look.read(&scope, &lookups)).await
    }

    async fn list_pools(&self, after: Option<&PoolId>, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let after = after.cloned();
        self.readers.run(move |look| look.list_pools(after.as_ref(), limit)).await
    }

    async fn due(
        &self,
        kind: Kind,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Stored)>, StoreError> {
        self.readers.run(move |look| look.due(kind, until, limit)).await
    }

    async fn commit(&self, pool: &PoolId, commit: Commit) -> Result<(), StoreError> {
        self.writer.commit(pool.clone(), commit).await
    }

    async fn sweep_deleted(&self, limit: usize) -> Result<usize, StoreError> {
        self.writer.sweep_deleted(limit).await
    }

    async fn check_health(&self) -> Result<(), StoreError> {
        self.readers.run(|look| look.check_health()).await
    }
}
