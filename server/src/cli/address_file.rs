//! The file of `--address-file`: tells the program that started `lido dev` where the server listens.
//!
//! The first screen is for people and may change; this file is for programs, such as the packages in `clients/`
//! (`docs/testing.md`).

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::anyhow;
use serde_json::json;

/// A written address file. It is removed when dropped, unless another server has replaced it.
#[derive(Debug)]
pub(super) struct AddressFile {
    path: PathBuf,
    text: String,
}

impl AddressFile {
    /// Writes the file at `path`, and replaces the file of a former server.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn write(
        path: &Path,
        endpoint: &str,
        region: &str,
        authority: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let mut address = json!({"endpoint": endpoint, "region": region});
        if let Some(authority) = authority {
            // The program that reads it may have another working folder.
            let authority = authority.canonicalize().unwrap_or_else(|_| authority.to_owned());
            address["certificateAuthority"] = authority.to_string_lossy().into();
        }
        let text = format!("{address}\n");
        replace(path, &text).map_err(|error| {
            anyhow!(
                "the address file {} cannot be written: {error}; choose a file in an existing folder with --address-file \
                 FILE",
                path.display()
            )
        })?;
        Ok(Self { path: path.to_owned(), text })
    }
}

impl Drop for AddressFile {
    fn drop(&mut self) {
        if fs::read_to_string(&self.path).is_ok_and(|text| text == self.text) {
            // The server stops all the same.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Writes a file under a temporary name and then renames it, so that a reader never sees a part of it.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(format!(".{}.new", std::process::id()));
    let temporary = PathBuf::from(temporary);
    let written = fs::write(&temporary, text).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_that_another_server_has_replaced_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("address.json");
        let former = AddressFile::write(&path, "http://127.0.0.1:1", "us-east-1", None).expect("written");
        let next = AddressFile::write(&path, "http://127.0.0.1:2", "us-east-1", None).expect("written");
        drop(former);
        assert!(path.exists());
        drop(next);
        assert!(!path.exists());
    }
}
