//! Installs the npm packages of a folder of this workspace.
//!
//! The folder is copied below `target/` and the packages are installed there, so that nothing changes in the folder itself.

use std::{
    fs,
    path::{Path, PathBuf},
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
    let is_same = |name: &str| fs::read(from.join(name)).ok() == fs::read(to.join(name)).ok();
    // npm writes the first file last. Without a lock file in the source, npm makes one in the copy.
    let is_complete = to.join("node_modules/.package-lock.json").is_file()
        && is_same("package.json")
        && (!from.join("package-lock.json").is_file() || is_same("package-lock.json"));
    copy(&from, &to)?;
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

/// Copies the files of a folder, and replaces the folders in it. Installed packages are left out, and kept in the copy.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("creating {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let source = entry?.path();
        let Some(name) = source.file_name().filter(|name| *name != "node_modules") else { continue };
        let target = to.join(name);
        if source.is_file() {
            fs::copy(&source, &target).with_context(|| format!("copying {}", source.display()))?;
        } else {
            if target.is_dir() {
                // A file that was removed must not stay.
                fs::remove_dir_all(&target).with_context(|| format!("removing {}", target.display()))?;
            }
            copy(&source, &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copy_replaces_folders_and_keeps_installed_packages() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        let write = |path: PathBuf| {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        };
        for path in ["package.json", "src/a.js", "node_modules/of-source.js"] {
            write(from.join(path));
        }
        for path in ["src/removed.js", "node_modules/of-copy.js"] {
            write(to.join(path));
        }
        copy(&from, &to).unwrap();
        let copied = ["package.json", "src/a.js", "node_modules/of-copy.js"];
        assert!(copied.iter().all(|path| to.join(path).is_file()));
        let left_out = ["src/removed.js", "node_modules/of-source.js"];
        assert!(!left_out.iter().any(|path| to.join(path).exists()));
    }
}
