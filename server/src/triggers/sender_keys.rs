//! The keys that encrypt codes for custom senders, in place of KMS.
//!
//! A line of the file is the KMSKeyID of a pool, a space, and 32 random bytes in base64. Empty lines and lines that
//! start with `#` are ignored. A function decrypts with a raw AES keyring of the AWS Encryption SDK whose namespace is
//! [`NAMESPACE`], whose name is the KMSKeyID, and whose key is the same 32 bytes.

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::keys::file::is_open_to_others;

/// The keyring namespace of every key.
pub const NAMESPACE: &str = "lido";

/// Keys by KMSKeyID.
#[derive(Default)]
pub struct SenderKeys(BTreeMap<String, SenderKey>);

/// A key and its name.
pub struct SenderKey {
    /// The KMSKeyID.
    pub(super) name: String,
    /// The 256 bits.
    pub(super) bytes: Zeroizing<[u8; 32]>,
}

/// The reason why a sender key file cannot be used. The texts are for the operator and quote no byte of a key.
#[derive(Debug, thiserror::Error)]
pub enum SenderKeysError {
    /// The file cannot be read.
    #[error("the sender key file {path} cannot be read: {reason}; check --sender-key-file")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        reason: io::Error,
    },
    /// A line is malformed.
    #[error("line {line} of the sender key file {path} must be a KMSKeyID, a space and 32 bytes in base64")]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// Two lines have the same KMSKeyID.
    #[error(
        "line {line} of the sender key file {path} repeats the KMSKeyID of an earlier line; remove one of them"
    )]
    Duplicate {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

impl SenderKeys {
    /// Reads the keys of a file.
    ///
    /// # Errors
    /// The file cannot be read, has a malformed line, or repeats a KMSKeyID.
    pub fn load(path: &Path) -> Result<Self, SenderKeysError> {
        let io = |reason| SenderKeysError::Io { path: path.to_owned(), reason };
        let text = Zeroizing::new(fs::read_to_string(path).map_err(io)?);
        if is_open_to_others(path).map_err(io)? {
            tracing::warn!(path = %path.display(), "other users of this machine can read the sender key file; restrict it with chmod 600");
        }
        let mut keys = Self::default();
        for (index, line) in text.lines().enumerate() {
            let (path, number, line) = (|| path.to_owned(), index + 1, line.trim());
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let key =
                SenderKey::parse(line).ok_or_else(|| SenderKeysError::Line { path: path(), line: number })?;
            if keys.0.insert(key.name.clone(), key).is_some() {
                return Err(SenderKeysError::Duplicate { path: path(), line: number });
            }
        }
        Ok(keys)
    }

    /// Returns the keys with a single key.
    pub fn of(id: impl Into<String>, bytes: [u8; 32]) -> Self {
        let (name, bytes) = (id.into(), Zeroizing::new(bytes));
        Self(BTreeMap::from([(name.clone(), SenderKey { name, bytes })]))
    }

    /// Returns the key with this KMSKeyID.
    pub(super) fn get(&self, id: &str) -> Option<&SenderKey> {
        self.0.get(id)
    }
}

impl SenderKey {
    fn parse(line: &str) -> Option<Self> {
        let (name, text) = line.split_once(char::is_whitespace)?;
        let bytes = STANDARD.decode(text.trim()).map(Zeroizing::new).ok()?;
        let bytes = Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).ok()?);
        Some(Self { name: name.to_owned(), bytes })
    }
}

impl fmt::Debug for SenderKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl fmt::Debug for SenderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SenderKey({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_file_is_refused_without_its_keys() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys");
        let (id, key) = ("arn:aws:kms:us-east-1:000000000000:key/one", STANDARD.encode([7; 32]));
        let cases = [
            (String::new(), Ok(0)),
            (format!("# a comment\n\n{id} {key}\nother\t {key}\n"), Ok(2)),
            (format!("{id} {key}\n{id} {key}"), Err("line 2 of the sender key file")),
            (key.clone(), Err("line 1")),
            (format!("{id} {}", STANDARD.encode([7; 31])), Err("line 1")),
        ];
        for (text, expected) in cases {
            fs::write(&path, &text).expect("written");
            match (SenderKeys::load(&path), expected) {
                (Ok(keys), Ok(count)) => {
                    assert_eq!(keys.0.len(), count);
                    assert!(!format!("{keys:?}").contains(&key));
                    assert!(count == 0 || keys.get(id).is_some_and(|key| *key.bytes == [7; 32]));
                }
                (Err(error), Err(expected)) => {
                    let error = error.to_string();
                    assert!(error.contains(expected) && !error.contains(&key), "{error}");
                }
                (loaded, _) => panic!("{text}: {loaded:?}"),
            }
        }
        assert!(SenderKeys::load(&folder.path().join("none")).is_err());
    }
}
