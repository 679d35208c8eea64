//! Installs the npm packages of a folder of this workspace.
//!
//! The folder is copied below `target/` and the packages are installed there, so that nothing changes in the folder itself.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};

/// Copies the folder `from` to `target/{to}`, installs its packages there if they changed, and returns the copy.
///
/// Returns `None` if npm is not installed, and prints that `what` is skipped.
pub(crate) fn install(what: &str, from: &str, to: &str) -> anyhow::Result<Option<PathBuf>> {
    let probe = Command::new("npm").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        crate::shared::skip(what, "npm is not installed")?;
        return Ok(None);
    }
    let root = crate::workspace()?;
    let (from, to) = (root.join(from), root.join("target").join(to));
    let manifest = |folder: &PathBuf| fs::read(folder.join("package.json")).ok();
    // npm writes this file last.
    let is_complete =
        to.join("node_modules/.package-lock.json").is_file() && manifest(&from) == manifest(&to);
    fs::create_dir_all(&to).with_context(|| format!("creating {}", to.display()))?;
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
        .context("starting npm")?;
    if status.success() {
        Ok(Some(to))
    } else {
        bail!("npm install ended with {status}; see it again with: cd {} && npm install", to.display())
    }
}
