//! `SHA256SUMS`: the checksums of all files of the distribution.

use std::{fs, process::Command};

use anyhow::Context as _;

use super::{Distribution, output};

/// Writes the checksums, and prints the files.
pub(super) fn write(dist: &Distribution) -> anyhow::Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(&dist.folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.push(entry.file_name());
        }
    }
    names.sort();
    let sums = output(Command::new("sha256sum").args(&names).current_dir(&dist.folder))?;
    fs::write(dist.folder.join("SHA256SUMS"), format!("{sums}\n")).context("writing SHA256SUMS")?;
    for name in names {
        let size = fs::metadata(dist.folder.join(&name))?.len();
        println!("target/dist/{}: {size} bytes", name.to_string_lossy());
    }
    Ok(())
}
