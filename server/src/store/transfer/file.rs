//! The file of an export: written under another name until it is complete, and continued if it was interrupted.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lido_domain::secret::Sealed;
use sha2::{Digest as _, Sha256};

use super::{
    TransferError,
    export::{Exporter, Position},
    line::{End, Header, Tally},
    reader::{Line, Lines, MAX_LINE},
};
use crate::store::{Store, StoreError};

/// What an export has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportReport {
    /// The number of records.
    pub records: u64,
    /// How many of them an earlier run had written that was interrupted.
    pub continued: u64,
}

/// Writes all pools of a store to the new file `to`, which only its owner can read. It has another name until it is
/// complete; if there is such a file of an earlier run, the export goes on where that one ended. `progress` is told
/// the number of lines, and may end it.
///
/// `lido` is the version of this build and `now` the time, for the header.
///
/// # Errors
/// `to` exists, a file or the store cannot be used, or the unfinished file is that of another store or another Lido.
pub async fn export(
    store: &Store,
    to: &Path,
    (lido, now): (&str, String),
    progress: &mut (dyn FnMut(u64) -> ControlFlow<()> + Send),
) -> Result<ExportReport, TransferError> {
    let foreign = |text: String| TransferError::Foreign(text);
    if to.symlink_metadata().is_ok() {
        return Err(foreign(format!(
            "{} exists, and an export overwrites nothing; choose another name",
            to.display()
        )));
    }
    let record = store.store_record().await?.map(|read| read.record);
    let checks: Vec<_> = record.iter().flat_map(|record| &record.key_checks).collect();
    let keys = checks.iter().filter_map(|check| crate::keys::Keys::key_id(check)).map(str::to_owned);
    let header = Header::new(lido, now, keys.collect(), digest_of(&checks));
    let path = unfinished(to)?;
    let mut part = Part::open(&path, &header)?;
    let continued = part.tally.lines().saturating_sub(1);
    part.file.seek(SeekFrom::End(0))?;
    let mut exporter = Exporter { store, output: BufWriter::new(&part.file), tally: part.tally, progress };
    if exporter.tally.lines() == 0 {
        exporter.write(&json_line(&header)?)?;
    }
    if !part.is_whole {
        let written = exporter.write_pools(part.after.as_ref()).await;
        // What was read is kept for the next run.
        exporter.output.flush()?;
        written?;
    }
    let totals = exporter.tally.totals();
    if !part.is_whole {
        exporter.output.write_all(&json_line(&End { end: totals.clone() })?)?;
    }
    exporter.output.flush()?;
    drop(exporter);
    part.file.sync_all()?;
    drop(part.file);
    let named = tempfile::TempPath::try_from_path(&path)?.persist_noclobber(to);
    if let Err(failed) = named {
        // It is complete, so that the next run has only to name it.
        failed.path.keep().map_err(|kept| kept.error)?;
        return Err(failed.error.into());
    }
    fs::File::open(folder_of(to)).and_then(|folder| folder.sync_all())?;
    Ok(ExportReport { records: totals.lines.saturating_sub(1), continued })
}

/// Returns the digest of the check values, which no two stores share: each is sealed with random bytes.
fn digest_of(checks: &[&Sealed]) -> String {
    let mut digest = Sha256::new();
    for check in checks {
        digest.update(check.as_text());
    }
    if checks.is_empty() { String::new() } else { STANDARD.encode(digest.finalize()) }
}

fn json_line(value: &impl serde::Serialize) -> Result<Vec<u8>, TransferError> {
    let unencodable = |error| StoreError::Corrupt(format!("a line cannot be encoded: {error}"));
    let mut line = serde_json::to_vec(value).map_err(unencodable)?;
    line.push(b'\n');
    Ok(line)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Returns the name of an export until it is complete.
pub(super) fn unfinished(to: &Path) -> io::Result<PathBuf> {
    let mut name = OsString::from(".");
    name.push(to.file_name().ok_or(io::ErrorKind::InvalidInput)?);
    name.push(".part");
    Ok(folder_of(to).join(name))
}

/// Opens or creates a file that is of this user alone.
///
/// # Errors
/// It is a symbolic link, no file, or of another user.
fn open_private(path: &Path) -> Result<File, TransferError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
        let no_link = rustix::fs::OFlags::NOFOLLOW.bits();
        options.mode(0o600).custom_flags(i32::try_from(no_link).unwrap_or(0));
        let refused = || {
            TransferError::Foreign(format!("{} is not a file of yours; remove it to begin", path.display()))
        };
        let file = match options.open(path) {
            Err(_) if path.is_symlink() => return Err(refused()),
            opened => opened?,
        };
        let found = file.metadata()?;
        if !found.is_file() || found.uid() != rustix::process::geteuid().as_raw() {
            return Err(refused());
        }
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        Ok(file)
    }
    #[cfg(not(unix))]
    Ok(options.open(path)?)
}

/// An unfinished file.
struct Part {
    file: File,
    tally: Tally,
    /// The last record in it.
    after: Option<Position>,
    /// Whether it has its end, and lacks only its name.
    is_whole: bool,
}

impl Part {
    /// Creates the file, or reads what an earlier run has written, and cuts off a line that is not whole.
    fn open(path: &Path, header: &Header) -> Result<Self, TransferError> {
        let file = open_private(path)?;
        if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
            return Err(TransferError::Foreign(format!(
                "another export writes {}; wait for its end",
                path.display()
            )));
        }
        let mut part = Self { file, tally: Tally::default(), after: None, is_whole: false };
        if part.file.metadata()?.len() > 0 {
            let good = part.read(path, header)?;
            part.file.set_len(good)?;
        }
        Ok(part)
    }

    /// Returns 0 if not even the header was written as a whole.
    fn read_part_of_header(&mut self, path: &Path) -> Result<u64, TransferError> {
        let mut text = String::new();
        self.file.seek(SeekFrom::Start(0))?;
        let read = (&self.file).take(MAX_LINE as u64).read_to_string(&mut text);
        if read.is_ok() && !text.contains('\n') && text.starts_with("{\"lido_export\"") {
            return Ok(0);
        }
        let text = format!("{} is no unfinished export; remove it, or choose another name", path.display());
        Err(TransferError::Foreign(text))
    }

    /// Reads the lines that are whole, and returns their length.
    fn read(&mut self, path: &Path, header: &Header) -> Result<u64, TransferError> {
        let (found, mut lines) = match Lines::open(BufReader::new(&self.file)) {
            Ok(opened) => opened,
            Err(TransferError::Foreign(_)) => return self.read_part_of_header(path),
            Err(error) => return Err(error),
        };
        let is_same = |one: &Header, other: &Header| {
            (&one.formats, &one.keys, &one.lido, &one.store)
                == (&other.formats, &other.keys, &other.lido, &other.store)
        };
        if header.store.is_empty() || !is_same(&found, header) {
            return Err(TransferError::Foreign(format!(
                "{} is the unfinished export of another store, or of another Lido; remove it to begin anew",
                path.display()
            )));
        }
        (self.tally, self.after) = (lines.tally(), None);
        let mut good = lines.bytes();
        while let Some(line) = lines.next()? {
            match line {
                Line::Record(line) => {
                    let (pool, kind, id) = (line.pool, line.key.kind(), line.key.id().to_owned());
                    self.after = Some(Position { pool, kind, id });
                    (self.tally, good) = (lines.tally(), lines.bytes());
                }
                Line::End { is_whole: true } => {
                    self.is_whole = true;
                    return Ok(lines.bytes());
                }
                Line::End { is_whole: false } | Line::Damaged(_) => break,
            }
        }
        Ok(good)
    }
}
