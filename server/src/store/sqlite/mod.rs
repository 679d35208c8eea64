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
use lido_domain::{
    Timestamp,
    id::{ClientId, PoolId},
};

use super::{Backend, Expect, Key, Kind, Search, StoreError, Stored, UserQuery, UserRows, Write};

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
    /// A newer Lido has written it.
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
    async fn read(&self, pool: &PoolId, keys: &[Key]) -> Result<Vec<Option<Stored>>, StoreError> {
        let (pool, keys) = (pool.clone(), keys.to_vec());
        self.readers.run(move |look| keys.iter().map(|key| look.get(&pool, key)).collect()).await
    }

    async fn read_user(&self, pool: &PoolId, query: &UserQuery) -> Result<UserRows, StoreError> {
        let (pool, query) = (pool.clone(), query.clone());
        self.readers.run(move |look| super::follow::follow(&query, |key| look.get(&pool, key))).await
    }

    async fn find_client(&self, client: &ClientId) -> Result<Option<(Stored, Stored)>, StoreError> {
        let client = client.clone();
        self.readers
            .run(move |look| {
                let Some(pool) = look.pool_of_client(&client)? else { return Ok(None) };
                Ok(look.get(&pool, &Key::pool())?.zip(look.get(&pool, &Key::client(&client))?))
            })
            .await
    }

    async fn list(
        &self,
        pool: &PoolId,
        kind: Kind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Stored>, StoreError> {
        let (pool, after) = (pool.clone(), after.map(str::to_owned));
        self.readers.run(move |look| look.list(&pool, kind, after.as_deref(), limit)).await
    }

    async fn search(
        &self,
        pool: &PoolId,
        search: &Search,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Stored>, StoreError> {
        let (pool, search, after) = (pool.clone(), search.clone(), after.map(str::to_owned));
        self.readers.run(move |look| look.search(&pool, &search, after.as_deref(), limit)).await
    }

    async fn count(&self, pool: &PoolId, kind: Kind) -> Result<usize, StoreError> {
        let pool = pool.clone();
        self.readers.run(move |look| look.count(&pool, kind)).await
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

    async fn commit(
        &self,
        pool: &PoolId,
        expects: Vec<Expect>,
        writes: Vec<Write>,
    ) -> Result<(), StoreError> {
        self.writer.commit(pool.clone(), expects, writes).await
    }

    async fn check_health(&self) -> Result<(), StoreError> {
        self.readers.run(|look| look.check_health()).await
    }
}
