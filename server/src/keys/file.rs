//! The key file: 32 random bytes in base64 per line. Empty lines and lines that start with `#` are ignored.
//!
//! [`super`] derives the keys for each purpose from them.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::Keys;
use crate::entropy::{Entropy, NoEntropy};

/// The reason why a key file cannot be used. The texts are for the operator and quote no byte of the file.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// There is no file.
    #[error(
        "there is no key file {path}; create one with: (umask 077; head -c 32 /dev/urandom | base64 > {path})"
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("the key file {path} cannot be used: {reason}; check its path and permissions")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        reason: io::Error,
    },
    /// A line is not 32 bytes of base64.
    #[error(
        "line {line} of the key file {path} is not 32 bytes in base64; create a key with: head -c 32 /dev/urandom | base64"
    )]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The file contains no key.
    #[error("the key file {path} contains no key; create one with: head -c 32 /dev/urandom | base64")]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// There were no random bytes for a new key.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
}

/// Reads the keys of a file.
///
/// # Errors
/// The file cannot be read, has a malformed line, or contains no key.
pub fn load(path: &Path, entropy: &Entropy) -> Result<Keys, KeyFileError> {
    let io = |reason| KeyFileError::Io { path: path.to_owned(), reason };
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(KeyFileError::Missing { path: path.to_owned() });
        }
        Err(error) => return Err(io(error)),
    };
    if is_open_to_others(path).map_err(io)? {
        tracing::warn!(path = %path.display(), "other users of this machine can read the key file; restrict it with chmod 600");
    }
    let mut keys = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let bytes = STANDARD.decode(line).map(Zeroizing::new).ok();
        let key = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
        let key = key.ok_or_else(|| KeyFileError::Line { path: path.to_owned(), line: index + 1 })?;
        keys.push(Zeroizing::new(key));
    }
    if keys.is_empty() {
        return Err(KeyFileError::Empty { path: path.to_owned() });
    }
    let first = keys.remove(0);
    Ok(Keys::new(first, keys, entropy.clone()))
}

/// Reads the keys of a file. If there is none, creates it with a new key, readable by its owner only.
///
/// The file is on disk before its key seals anything. If two processes create it at the same time, one file is created
/// and both processes read it.
///
/// # Errors
/// The file can be neither created nor read, or is invalid.
pub fn load_or_create(path: &Path, entropy: &Entropy) -> Result<Keys, KeyFileError> {
    match create(path, entropy) {
        Err(KeyFileError::Io { reason, .. }) if reason.kind() == io::ErrorKind::AlreadyExists => {}
        other => other?,
    }
    load(path, entropy)
}

fn create(path: &Path, entropy: &Entropy) -> Result<(), KeyFileError> {
    let io = |reason| KeyFileError::Io { path: path.to_owned(), reason };
    if path.exists() {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        fs::create_dir_all(folder).map_err(io)?;
    }
    let key: Zeroizing<[u8; 32]> = Zeroizing::new(entropy.bytes()?);
    let text = Zeroizing::new(format!("{}\n", STANDARD.encode(*key)));
    // Written under a temporary name and then linked, so that the file is complete as soon as it exists.
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = create_owner_only(&temporary).map_err(io)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| fs::hard_link(&temporary, path));
    fs::remove_file(&temporary).map_err(io)?;
    linked.map_err(io)?;
    match folder {
        Some(folder) => fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(io),
        None => Ok(()),
    }
}

/// Creates a file that only its owner can read. There must be none.
pub(crate) fn create_owner_only(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Returns whether other users than its owner have access to a file.
#[cfg(unix)]
pub fn is_open_to_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

/// Returns `false`, because permissions are not checked on this system.
#[cfg(not(unix))]
pub fn is_open_to_others(_: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use lido_domain::{code::Code, id::PoolId};

    use super::*;

    #[test]
    fn created_file_is_private_and_can_be_loaded() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deeper").join("key");
        let entropy = Entropy::fake(1);
        let created = load_or_create(&path, &entropy).expect("created");
        let sealed =
            created.seal_outbox_code(&PoolId::new("p"), "r", &Code::from_text("123456")).expect("seals");
        assert!(!is_open_to_others(&path).expect("there"));
        let again = load_or_create(&path, &Entropy::fake(2)).expect("read");
        assert!(again.open_outbox_code(&PoolId::new("p"), "r", &sealed).is_ok());
        assert_eq!(fs::read_dir(path.parent().expect("a folder")).expect("listed").count(), 1);
    }

    #[test]
    fn malformed_file_is_refused_without_its_contents() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let good = STANDARD.encode([7; 32]);
        let cases = [
            (format!("{good}\n"), None),
            (format!("# the new one\n{good}\n\n{good}"), None),
            (String::new(), Some("contains no key")),
            ("# nothing".into(), Some("contains no key")),
            (format!("{good}\nnonsense"), Some("line 2")),
            (STANDARD.encode([7; 31]), Some("line 1")),
        ];
        for (text, expected) in cases {
            fs::write(&path, &text).expect("written");
            let error = load(&path, &Entropy::fake(1)).err().map(|error| error.to_string());
            match expected {
                None => assert_eq!(error, None),
                Some(expected) => {
                    let error = error.expect("refused");
                    assert!(error.contains(expected), "{error}");
                    assert!(!error.contains("nonsense"));
                }
            }
        }
        let missing = load(&folder.path().join("none"), &Entropy::fake(1));
        assert!(matches!(missing, Err(KeyFileError::Missing { .. })));
    }
}
