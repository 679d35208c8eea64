//! The key file: 32 random bytes in base64 a line. Blank lines and lines that begin with `#` are passed over.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::Keys;
use crate::entropy::{Entropy, NoEntropy};

/// Why there are no keys. The texts are for the operator and show no byte of the file.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or written.
    #[error("the key file {path} cannot be used: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line is not 32 bytes of base64.
    #[error("line {line} of the key file {path} is not 32 bytes in base64")]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// There is no key in it.
    #[error("the key file {path} holds no key")]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// No randomness for a new key.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
}

/// Reads the keys of a file.
pub fn load(path: &Path, entropy: &Entropy) -> Result<Keys, KeyFileError> {
    let io = |source| KeyFileError::Io { path: path.to_owned(), source };
    let text = Zeroizing::new(fs::read_to_string(path).map_err(io)?);
    if is_open_to_others(path).map_err(io)? {
        tracing::warn!(path = %path.display(), "the key file can be read by others than its owner");
    }
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let bytes = STANDARD.decode(line).map(Zeroizing::new).ok();
        let key = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
        let key = key.ok_or_else(|| KeyFileError::Line { path: path.to_owned(), line: index + 1 })?;
        lines.push(Zeroizing::new(key));
    }
    if lines.is_empty() {
        return Err(KeyFileError::Empty { path: path.to_owned() });
    }
    let first = lines.remove(0);
    Ok(Keys::new(first, lines, entropy.clone()))
}

/// Reads the keys of a file, or makes one that only its owner can read, as `lido dev` does.
///
/// The file is on disk before anything is sealed under it. If two processes race to make it, one makes and both read.
pub fn load_or_create(path: &Path, entropy: &Entropy) -> Result<Keys, KeyFileError> {
    match create(path, entropy) {
        Err(KeyFileError::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {}
        other => other?,
    }
    load(path, entropy)
}

fn create(path: &Path, entropy: &Entropy) -> Result<(), KeyFileError> {
    let io = |source| KeyFileError::Io { path: path.to_owned(), source };
    if path.exists() {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        fs::create_dir_all(folder).map_err(io)?;
    }
    let key: Zeroizing<[u8; 32]> = Zeroizing::new(entropy.bytes()?);
    let text = Zeroizing::new(format!("{}\n", STANDARD.encode(*key)));
    // It appears under its name complete or not at all, because it is written beside and then linked.
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = owner_only().open(&beside).map_err(io)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| fs::hard_link(&beside, path));
    fs::remove_file(&beside).map_err(io)?;
    linked.map_err(io)?;
    match folder {
        Some(folder) => fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(io),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn owner_only() -> fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options
}

#[cfg(not(unix))]
fn owner_only() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    options
}

/// Whether others than its owner can read a file.
#[cfg(unix)]
pub(crate) fn is_open_to_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

/// Whether others than its owner can read a file: nothing is known of that here.
#[cfg(not(unix))]
pub(crate) fn is_open_to_others(_: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use lido_domain::{code::Code, id::PoolId};

    use super::*;

    #[test]
    fn a_made_file_is_the_owners_and_reads_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deeper").join("key");
        let entropy = Entropy::fake(1);
        let made = load_or_create(&path, &entropy).expect("made");
        let sealed = made.seal_outbox_code(&PoolId::new("p"), "r", &Code::fixed("123456")).expect("seals");
        assert!(!is_open_to_others(&path).expect("there"));
        let again = load_or_create(&path, &Entropy::fake(2)).expect("read");
        assert!(again.open_outbox_code(&PoolId::new("p"), "r", &sealed).is_ok());
        assert_eq!(fs::read_dir(path.parent().expect("a folder")).expect("listed").count(), 1);
    }

    #[test]
    fn what_a_file_may_hold() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let good = STANDARD.encode([7; 32]);
        let cases = [
            (format!("{good}\n"), None),
            (format!("# the new one\n{good}\n\n{good}"), None),
            (String::new(), Some("holds no key")),
            ("# nothing".into(), Some("holds no key")),
            (format!("{good}\nnonsense"), Some("line 2")),
            (STANDARD.encode([7; 31]), Some("line 1")),
        ];
        for (text, fault) in cases {
            fs::write(&path, &text).expect("written");
            let said = load(&path, &Entropy::fake(1)).err().map(|error| error.to_string());
            match fault {
                None => assert_eq!(said, None),
                Some(fault) => {
                    let said = said.expect("refused");
                    assert!(said.contains(fault), "{said}");
                    assert!(!said.contains("nonsense"));
                }
            }
        }
        let absent = load(&folder.path().join("none"), &Entropy::fake(1));
        assert!(matches!(absent, Err(KeyFileError::Io { .. })));
    }
}
