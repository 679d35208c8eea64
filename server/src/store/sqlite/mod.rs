//! A backend in one SQLite file.
//!
//! One thread writes, to which tasks send their commits. It puts all waiting commits into one transaction, so that they
//! share one fdatasync (`writer`). A few rows are read by the thread that asks, and many by threads that only read, each
//! with its own connection (`reader`). The journal is a WAL with `synchronous=FULL`: a commit that has returned survives a crash and a power
//! failure. The tables are in `tables`.

mod backup;
mod group;
mod reader;
mod row;
mod search;
mod steps;
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

use super::{
    Backend, Commit, Kind, Lookup, LookupResult, Scope, StoreError, StoreRecord, Stored, Version,
    VersionedStoreRecord,
};

pub use self::backup::{BackupError, BackupReport, back_up};
use self::{reader::Readers, writer::Writer};

/// A backend that keeps records in a SQLite file.
#[derive(Debug)]
pub struct SqliteBackend {
    readers: Readers,
    writer: Writer,
}

/// The reason why a file cannot be used as a store.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file or its folder cannot be created or opened.
    #[error("the store {path} cannot be opened: {reason}; check the path and permissions of --store")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        reason: io::Error,
    },
    /// SQLite cannot use the file.
    #[error("the store {path} cannot be used: {reason}; {remedy}")]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// SQLite's text of its error.
        reason: String,
        /// What the operator can do.
        remedy: &'static str,
    },
    /// A newer Lido may have written records in it.
    #[error(
        "the store {path} may contain records of kind {kind} in format {found}, which this Lido cannot read; start it \
         with the newer Lido that wrote it"
    )]
    NewerRecords {
        /// The file.
        path: PathBuf,
        /// The number of the kind.
        kind: i64,
        /// The format.
        found: i64,
    },
    /// An older Lido has created its tables, or none has.
    #[error(
        "the store {path} has tables of version {found}, and this Lido uses version {known}; start the server of this Lido once, \
         or use the Lido that wrote it"
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// The version of its tables, or 0.
        found: i64,
        /// The version that this Lido creates.
        known: i64,
    },
    /// A newer Lido has created its tables.
    #[error(
        "the store {path} has tables of version {found}, and this Lido knows only version {known}; start it with the \
         newer Lido that created them"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its tables.
        found: i64,
        /// The version that this Lido creates.
        known: i64,
    },
}

impl SqliteBackend {
    /// Opens the file and migrates its tables. If there is no file, creates it, readable by its owner only.
    ///
    /// # Errors
    /// The file cannot be opened or used, or a newer Lido has written it.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let io = |reason| OpenError::Io { path: path.to_owned(), reason };
        create(path).map_err(io)?;
        let sqlite = |error: rusqlite::Error| OpenError::Sqlite {
            path: path.to_owned(),
            reason: error.to_string(),
            remedy: remedy(&error),
        };
        let mut connection = tables::connect_writer(path).map_err(sqlite)?;
        if let Some(found) = tables::migrate(&mut connection).map_err(sqlite)? {
            return Err(OpenError::Newer { path: path.to_owned(), found, known: tables::VERSION });
        }
        if let Some((kind, found)) = tables::record_formats(&mut connection).map_err(sqlite)? {
            return Err(OpenError::NewerRecords { path: path.to_owned(), kind, found });
        }
        Self::start(path, connection).map_err(io)
    }

    /// Opens a file that a server of this version has made or migrated, as it is. The server may use it meanwhile.
    ///
    /// # Errors
    /// There is no file, it cannot be used, or another version has written it.
    pub fn open_existing(path: &Path) -> Result<Self, OpenError> {
        let io = |reason| OpenError::Io { path: path.to_owned(), reason };
        fs::metadata(path).map_err(io)?;
        let sqlite = |error: rusqlite::Error| OpenError::Sqlite {
            path: path.to_owned(),
            reason: error.to_string(),
            remedy: remedy(&error),
        };
        let connection = tables::connect_writer(path).map_err(sqlite)?;
        let (path_of_store, known) = (path.to_owned(), tables::VERSION);
        match tables::version(&connection).map_err(sqlite)? {
            found if found > known => return Err(OpenError::Newer { path: path_of_store, found, known }),
            found if found < known => return Err(OpenError::Older { path: path_of_store, found, known }),
            _ => {}
        }
        if let Some((kind, found)) = tables::newer_format(&connection).map_err(sqlite)? {
            return Err(OpenError::NewerRecords { path: path_of_store, kind, found });
        }
        Self::start(path, connection).map_err(io)
    }

    fn start(path: &Path, connection: rusqlite::Connection) -> io::Result<Self> {
        let writer = Writer::start(connection)?;
        let count = thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 8));
        Ok(Self { readers: Readers::start(path, count)?, writer })
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
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return if path.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(()) };
        }
        other => other.map(drop)?,
    }
    // The entry in the folder must be durable before the file is written.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()
}

/// Returns what the operator can do about a file that SQLite cannot use.
fn remedy(error: &rusqlite::Error) -> &'static str {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseCorrupt, DatabaseLocked, NotADatabase};
    match error.sqlite_error_code() {
        Some(NotADatabase) => "--store must be a SQLite file of Lido or a new file",
        Some(DatabaseCorrupt) => "restore it from a backup",
        Some(DatabaseBusy | DatabaseLocked) => "end the other program that uses the file, and start again",
        _ => "check the path and permissions of --store",
    }
}

/// Converts an error of SQLite.
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
    ) -> Result<Option<(PoolId, Vec<LookupResult>)>, StoreError> {
        if lookups.iter().all(Lookup::is_short)
            && let Some(found) = self.readers.read_here(|reader| reader.read(scope, lookups))
        {
            return found;
        }
        let (scope, lookups) = (scope.clone(), lookups.to_vec());
        self.readers.run(move |reader| reader.read(&scope, &lookups)).await
    }

    async fn list_pools(&self, after: Option<&PoolId>, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let after = after.cloned();
        self.readers.run(move |reader| reader.list_pools(after.as_ref(), limit)).await
    }

    async fn due(
        &self,
        kind: Kind,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Stored)>, StoreError> {
        self.readers.run(move |reader| reader.due(kind, until, limit)).await
    }

    async fn commit(&self, pool: &PoolId, commit: Commit) -> Result<(), StoreError> {
        self.writer.commit(pool.clone(), commit).await
    }

    async fn sweep_expired(&self, kind: Kind, until: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.writer.run_step(move |connection| steps::sweep_expired(connection, kind, until, limit)).await
    }

    async fn sweep_deleted(&self, limit: usize) -> Result<usize, StoreError> {
        self.writer.run_step(move |connection| steps::sweep_deleted(connection, limit)).await
    }

    async fn store_record(&self) -> Result<Option<VersionedStoreRecord>, StoreError> {
        self.readers.run(|reader| steps::store_record(reader.connection)).await
    }

    async fn put_store_record(
        &self,
        expected: Option<Version>,
        version: Version,
        record: StoreRecord,
    ) -> Result<(), StoreError> {
        let body = record.encode()?;
        let put = move |connection: &mut _| steps::put_store_record(connection, expected, version, &body);
        self.writer.run_step(put).await
    }

    async fn check_health(&self) -> Result<(), StoreError> {
        self.readers.run(|reader| reader.check_health()).await
    }

    async fn probe_write(&self) -> Result<(), StoreError> {
        self.writer.run_step(steps::probe_write).await
    }
}
