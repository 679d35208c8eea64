//! A copy of a store's file, while a server may write to it.
//!
//! SQLite's online backup copies the pages of one instant: the connection holds a read transaction from before the
//! first page to the last, so that no commit restarts the copy, and none waits for it. The copy is written beside its
//! place, verified, forced to disk, and gets its name last.

use std::{
    fs, io,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};
use tempfile::NamedTempFile;

use super::{OpenError, remedy, steps, tables};
use crate::{
    keys::{self, Keys},
    store::StoreError,
};

/// The pages that are copied between two reports of the progress.
const STEP_PAGES: i32 = 2_000;

/// How often a step is tried that another connection holds up, at most.
const MAX_BUSY: usize = 50;

/// The time between two of these tries, after those of SQLite itself.
const BUSY_PAUSE: Duration = Duration::from_millis(100);

/// A copy that is complete and verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupReport {
    /// The size of the file.
    pub bytes: u64,
    /// The version of its tables.
    pub tables: i64,
    /// Whether keys were given, and have opened the check value of the store in the copy. A store that no server of
    /// this format has opened yet has no check value.
    pub key_is_checked: bool,
}

/// The reason why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is no store.
    #[error("there is no store {path} to back up; check --store")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The store cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The file is a SQLite file of another program, or has no tables yet.
    #[error("{path} has no tables of Lido, so there is nothing to back up; check --store")]
    NoStore {
        /// The file.
        path: PathBuf,
    },
    /// There is a file already.
    #[error("{path} exists, and a backup overwrites nothing; choose another name")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The copy cannot be written.
    #[error("the backup {path} cannot be written: {reason}; check its folder, and the space on its disk")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's or SQLite's error.
        reason: String,
    },
    /// The store cannot be read.
    #[error("the store {path} cannot be read: {reason}; restore it from the last good backup")]
    Read {
        /// The file.
        path: PathBuf,
        /// SQLite's error.
        reason: String,
    },
    /// The copy is not sound, and so neither is the store.
    #[error(
        "the copy of {path} is damaged, so it was removed: {reason}; the store itself is damaged: keep it, and restore the last \
         good backup"
    )]
    Damaged {
        /// The file of the store.
        path: PathBuf,
        /// What SQLite's check found first.
        reason: String,
    },
    /// The keys that were given are not those of the store.
    #[error(
        "the key file does not open the check value of the store {path}, so that a restored backup could not be used with \
         it: {reason}; name the key file of the server"
    )]
    OtherKey {
        /// The file of the store.
        path: PathBuf,
        /// Why the check value does not open.
        reason: keys::OpenError,
    },
    /// The caller ended it.
    #[error("interrupted; nothing was kept")]
    Interrupted,
}

/// Copies the store in `from` to the new file `to`, which only its owner can read, and verifies it. `progress` is
/// told how many pages are copied, of how many, and may end it.
///
/// # Errors
/// `to` exists, one of the files cannot be used, the copy is not sound, or `keys` do not open the check value in it.
/// There is no file `to` then, except the one that was there.
pub fn back_up(
    from: &Path,
    to: &Path,
    keys: Option<&Keys>,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<BackupReport, BackupError> {
    let exists = || BackupError::Exists { path: to.to_owned() };
    let write = |reason: String| BackupError::Write { path: to.to_owned(), reason };
    let source = open(from)?;
    // A link that leads nowhere is there too.
    if to.symlink_metadata().is_ok() {
        return Err(exists());
    }
    // Before the copy, which may take minutes.
    check_keys(&source, from, keys)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unfinished = unfinished(to, folder).map_err(|error| write(error.to_string()))?;
    copy(&source, from, unfinished.path(), progress).map_err(|error| match error {
        // The store was read without an error until then.
        CopyError::Sqlite(error) => write(error.to_string()),
        CopyError::Backup(error) => error,
    })?;
    drop(source);
    let report = verify(unfinished.path(), from, keys)?;
    unfinished.as_file().sync_all().map_err(|error| write(error.to_string()))?;
    unfinished.persist_noclobber(to).map_err(|failed| match failed.error.kind() {
        io::ErrorKind::AlreadyExists => exists(),
        _ => write(failed.error.to_string()),
    })?;
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| write(error.to_string()))?;
    Ok(report)
}

/// Creates the file that becomes `to`, readable by its owner only. Dropping it removes it.
fn unfinished(to: &Path, folder: &Path) -> io::Result<NamedTempFile> {
    let name = to.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let prefix = format!(".{}.", name.to_string_lossy());
    tempfile::Builder::new().prefix(&prefix).suffix(".part").tempfile_in(folder)
}

/// Opens the store and begins the read transaction of the copy. Creates, migrates and changes nothing.
fn open(path: &Path) -> Result<Connection, BackupError> {
    if !path.exists() {
        return Err(BackupError::Missing { path: path.to_owned() });
    }
    let sqlite = |error: rusqlite::Error| OpenError::Sqlite {
        path: path.to_owned(),
        reason: error.to_string(),
        remedy: remedy(&error),
    };
    // SQLite writes to the files beside a WAL even to read it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(path, flags).map_err(sqlite)?;
    source.busy_timeout(Duration::from_secs(5)).map_err(sqlite)?;
    source.execute_batch("BEGIN").map_err(sqlite)?;
    // The first read is what the transaction begins with.
    let found = tables::version(&source).map_err(sqlite)?;
    match found {
        0 => Err(BackupError::NoStore { path: path.to_owned() }),
        found if found > tables::VERSION => {
            Err(OpenError::Newer { path: path.to_owned(), found, known: tables::VERSION }.into())
        }
        _ => Ok(source),
    }
}

/// What ends a copy: SQLite, or what concerns the store or the caller.
enum CopyError {
    Sqlite(rusqlite::Error),
    Backup(BackupError),
}

impl From<rusqlite::Error> for CopyError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Copies all pages into an empty file.
fn copy(
    source: &Connection,
    from: &Path,
    to: &Path,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<(), CopyError> {
    let mut target = Connection::open(to)?;
    // A copy that a crash interrupts is not kept, so that it needs neither a journal nor an fsync before the last one.
    target.pragma_update(None, "journal_mode", "OFF")?;
    target.pragma_update(None, "synchronous", "OFF")?;
    let backup = Backup::new(source, &mut target)?;
    let mut busy = 0;
    loop {
        let step = match backup.step(STEP_PAGES) {
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt) => {
                let (path, reason) = (from.to_owned(), error.to_string());
                return Err(CopyError::Backup(BackupError::Read { path, reason }));
            }
            step => step?,
        };
        let copied = backup.progress();
        let pages = |count: std::ffi::c_int| u64::try_from(count).unwrap_or(0);
        let (total, remaining) = (pages(copied.pagecount), pages(copied.remaining));
        if progress(total.saturating_sub(remaining), total).is_break() {
            return Err(CopyError::Backup(BackupError::Interrupted));
        }
        match step {
            StepResult::Done => return Ok(()),
            StepResult::Busy | StepResult::Locked if busy == MAX_BUSY => {
                let (path, reason) = (from.to_owned(), "another program holds the file".to_owned());
                return Err(CopyError::Backup(BackupError::Read { path, reason }));
            }
            StepResult::Busy | StepResult::Locked => {
                busy += 1;
                std::thread::sleep(BUSY_PAUSE);
            }
            _ => busy = 0,
        }
    }
}

/// Checks the copy as a store that is opened would be, and makes it a file that stands alone.
fn verify(copy: &Path, from: &Path, keys: Option<&Keys>) -> Result<BackupReport, BackupError> {
    let damaged = |reason: String| BackupError::Damaged { path: from.to_owned(), reason };
    let sqlite = |error: rusqlite::Error| damaged(error.to_string());
    let connection = Connection::open(copy).map_err(sqlite)?;
    // The pages say that there is a WAL beside them, as there was beside the store. A server turns it on again.
    connection.pragma_update(None, "journal_mode", "DELETE").map_err(sqlite)?;
    let text: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(sqlite)?;
    if text != "ok" {
        return Err(damaged(text));
    }
    let tables = tables::version(&connection).map_err(sqlite)?;
    let key_is_checked = check_keys(&connection, from, keys)?;
    connection.close().map_err(|(_, error)| sqlite(error))?;
    let bytes = fs::metadata(copy).map_err(|error| damaged(error.to_string()))?.len();
    Ok(BackupReport { bytes, tables, key_is_checked })
}

/// Checks that the keys open the newest check value. Returns `false` if there are no keys, or no check value yet.
fn check_keys(connection: &Connection, from: &Path, keys: Option<&Keys>) -> Result<bool, BackupError> {
    let Some(keys) = keys else { return Ok(false) };
    let unreadable = |reason: String| BackupError::Read { path: from.to_owned(), reason };
    if tables::version(connection).map_err(|error| unreadable(error.to_string()))?
        < tables::STORE_RECORD_VERSION
    {
        return Ok(false);
    }
    let record =
        steps::store_record(connection).map_err(|error: StoreError| unreadable(error.to_string()))?;
    let Some(check) = record.as_ref().and_then(|found| found.record.key_checks.first()) else {
        return Ok(false);
    };
    match keys.open_key_check(check) {
        Ok(()) => Ok(true),
        Err(reason) => Err(BackupError::OtherKey { path: from.to_owned(), reason }),
    }
}

#[cfg(test)]
#[path = "backup_tests.rs"]
mod tests;
