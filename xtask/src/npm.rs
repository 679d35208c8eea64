//! Packages from npm: a folder of this workspace is copied below `target/`, where what it needs is fetched once.
//!
//! Nothing is fetched into the folder itself, so that it stays as it is committed.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};

/// The copy of the folder `from` as `target/{to}`, with its packages; nothing where there is no npm, which is said
/// by the name of `what` would need it.
pub(crate) fn install(what: &str, from: &str, to: &str) -> anyhow::Result<Option<PathBuf>> {
    let probe = Command::new("npm").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        crate::shared::skip(what, "npm is not installed")?;
        return Ok(None);
    }
    let root = crate::workspace()?;
    let (from, to) = (root.join(from), root.join("target").join(to));
    let manifest = |folder: &PathBuf| fs::read(folder.join("package.json")).ok();
    // Npm writes this file when all is there.
    let is_complete =
        to.join("node_modules/.package-lock.json").is_file() && manifest(&from) == manifest(&to);
    fs::create_dir_all(&to).with_context(|| format!("making {}", to.display()))?;
    for entry in fs::read_dir(&from).with_context(|| format!("reading {}", from.display()))? {
        let file = entry?.path();
        if let (true, Some(name)) = (file.is_file(), file.file_name()) {
            fs::copy(&file, to.join(name)).with_context(|| format!("copying {}", file.display()))?;
        }
    }
    if is_complete {
        return Ok(Some(to));
    }
    let status = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(&to)
        .status()
        .context("npm cannot be started")?;
    if status.success() { Ok(Some(to)) } else { bail!("npm install ended with {status}") }
}
