//! A cargo workspace of generated packages below `target/`, to try the generator on many models.
//!
//! It is never committed. Its packages are built with the versions that this workspace has locked,
//! and only what changed is written, so that a second run compiles nothing anew.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};
use lido_codegen::{FileSet, disk};
use serde::Deserialize;

/// A workspace in a folder below `target/`.
pub(crate) struct Scratch {
    folder: PathBuf,
    packages: BTreeSet<String>,
}

/// What came of a build.
#[derive(Default)]
pub(crate) struct Built {
    /// The warnings, as the compiler prints them.
    pub(crate) warnings: Vec<String>,
    /// The test binaries, each with the package it belongs to.
    pub(crate) tests: Vec<(String, PathBuf)>,
}

impl Scratch {
    /// The workspace `target/{name}`, without any package yet.
    pub(crate) fn new(name: &str) -> anyhow::Result<Self> {
        let folder = crate::workspace()?.join("target").join(name);
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(Self { folder, packages: BTreeSet::new() })
    }

    /// Adds a package, whose folder bears its name.
    pub(crate) fn add(&mut self, package: &str, files: &FileSet) -> anyhow::Result<()> {
        let folder = self.folder.join(package);
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        disk::write(&folder, files)?;
        self.packages.insert(package.to_owned());
        Ok(())
    }

    /// Runs cargo on all packages, with `command` such as `["check"]`.
    ///
    /// # Errors
    /// Something does not compile; what, has been printed.
    pub(crate) fn cargo(&self, command: &[&str]) -> anyhow::Result<Built> {
        self.write_manifest()?;
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| crate::workspace().map(|root| root.join("target")), |dir| Ok(dir.into()))?;
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(command)
            .args(["--workspace", "--keep-going", "--message-format=json"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", target)
            .stderr(Stdio::inherit())
            .output()
            .context("starting cargo")?;
        let mut built = Built::default();
        for line in output.stdout.split(|byte| *byte == b'\n') {
            if let Ok(message) = serde_json::from_slice::<Message>(line) {
                built.take(message);
            }
        }
        if !output.status.success() {
            bail!("the generated packages in {} do not compile", self.folder.display());
        }
        built.tests.sort();
        Ok(built)
    }

    /// Writes `Cargo.toml` and `Cargo.lock`, and forgets packages of earlier runs.
    fn write_manifest(&self) -> anyhow::Result<()> {
        let root = crate::workspace()?;
        let read = |name: &str| {
            fs::read_to_string(root.join(name)).with_context(|| format!("reading {name} of this workspace"))
        };
        write_changed(
            &self.folder.join("Cargo.toml"),
            &manifest(&read("Cargo.toml")?, &self.packages, &root)?,
        )?;
        // Cargo takes from it what it needs, and drops the rest.
        fs::write(self.folder.join("Cargo.lock"), read("Cargo.lock")?).context("writing Cargo.lock")?;
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() && !self.packages.contains(name) {
                fs::remove_dir_all(&path).with_context(|| format!("deleting {}", path.display()))?;
            }
        }
        Ok(())
    }
}

/// The manifest of this workspace with other members: the same versions of the same packages.
fn manifest(own: &str, packages: &BTreeSet<String>, root: &Path) -> anyhow::Result<String> {
    const FIRST: &str = "[workspace.package]";
    let shared = own.find(FIRST).and_then(|at| own.get(at..));
    let shared = shared.with_context(|| format!("Cargo.toml of this workspace has no {FIRST}"))?;
    let shared = shared.replace("path = \"", &format!("path = \"{}/", root.display()));
    let members: String = packages.iter().map(|package| format!("    {package:?},\n")).collect();
    Ok(format!("[workspace]\nresolver = \"3\"\nmembers = [\n{members}]\n\n{shared}"))
}

fn write_changed(path: &Path, text: &str) -> anyhow::Result<()> {
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

/// One line of what cargo tells.
#[derive(Deserialize)]
#[serde(tag = "reason")]
enum Message {
    #[serde(rename = "compiler-message")]
    Said { message: Said },
    #[serde(rename = "compiler-artifact")]
    Made { target: Target, manifest_path: PathBuf, executable: Option<PathBuf> },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Said {
    level: String,
    rendered: Option<String>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

impl Built {
    fn take(&mut self, message: Message) {
        match message {
            Message::Said { message: Said { level, rendered: Some(text) } } => {
                eprint!("{text}");
                if level == "warning" {
                    self.warnings.push(text);
                }
            }
            Message::Made { target, manifest_path, executable: Some(executable) } => {
                let package = manifest_path.parent().and_then(Path::file_name);
                if let (Some(package), true) = (package, target.kind.iter().any(|kind| kind == "test")) {
                    self.tests.push((package.to_string_lossy().into_owned(), executable));
                }
            }
            Message::Said { .. } | Message::Made { .. } | Message::Other => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use super::manifest;

    #[test]
    fn the_same_versions_are_used_for_other_members() {
        let own = "[workspace]\nmembers = [\"a\"]\n\n[workspace.package]\nversion = \"1.0.0\"\n\n\
                   [workspace.dependencies]\na = { path = \"a\" }\nb = \"2\"\n";
        let made = manifest(own, &BTreeSet::from(["x".to_owned()]), Path::new("/elsewhere")).unwrap();
        assert_eq!(
            made,
            "[workspace]\nresolver = \"3\"\nmembers = [\n    \"x\",\n]\n\n[workspace.package]\nversion = \"1.0.0\"\n\n\
             [workspace.dependencies]\na = { path = \"/elsewhere/a\" }\nb = \"2\"\n"
        );
        assert!(manifest("[workspace]\n", &BTreeSet::new(), Path::new("/elsewhere")).is_err());
    }
}
