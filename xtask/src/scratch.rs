//! A cargo workspace of generated packages below `target/`, to test the generator with many models.
//!
//! The packages are built with the locked versions of this workspace. Only changed files are written, so that a second
//! run compiles nothing again.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};
use lido_codegen::{FileSet, disk};
use serde::Deserialize;

/// A cargo workspace below `target/`.
pub(crate) struct ScratchWorkspace {
    folder: PathBuf,
    packages: BTreeSet<String>,
}

/// The output of a build.
#[derive(Default)]
pub(crate) struct BuildOutput {
    /// The warnings, as the compiler prints them.
    pub(crate) warnings: Vec<String>,
    /// The test binaries, each with the name of its package.
    pub(crate) tests: Vec<(String, PathBuf)>,
    /// What a program printed.
    pub(crate) printed: String,
}

impl ScratchWorkspace {
    /// Creates the workspace `target/{name}`, without a package.
    pub(crate) fn new(name: &str) -> anyhow::Result<Self> {
        let folder = crate::workspace()?.join("target").join(name);
        fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
        Ok(Self { folder, packages: BTreeSet::new() })
    }

    /// Adds a package in a folder of its name.
    pub(crate) fn add(&mut self, package: &str, files: &FileSet) -> anyhow::Result<()> {
        let folder = self.folder.join(package);
        fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
        disk::write(&folder, files)?;
        self.packages.insert(package.to_owned());
        Ok(())
    }

    /// Formats a package of these files with rustfmt.
    ///
    /// # Errors
    /// Returns an error if rustfmt fails, or changes more than the layout.
    pub(crate) fn format(&self, package: &str, files: &FileSet) -> anyhow::Result<()> {
        let folder = self.folder.join(package);
        if !disk::format(&folder, files.keys().map(Path::new)) {
            bail!("rustfmt cannot format {}", folder.display());
        }
        match disk::compare(&folder, files)?.stale.as_slice() {
            [] => Ok(()),
            stale => bail!("rustfmt changes more than the layout of {package}: {stale:?}"),
        }
    }

    /// Runs cargo with `command`, such as `["check"]`, on all packages.
    ///
    /// # Errors
    /// Returns an error if a package does not compile, after the messages of the compiler were printed.
    pub(crate) fn cargo(&self, command: &[&str]) -> anyhow::Result<BuildOutput> {
        self.write_manifest()?;
        self.run(command, &["--workspace", "--keep-going", "--message-format=json"])
    }

    /// Runs cargo with `command` on one package, whose output is printed if it is a program.
    ///
    /// # Errors
    /// Returns an error if it does not compile, or ends with an error.
    pub(crate) fn cargo_package(&self, command: &[&str], package: &str) -> anyhow::Result<()> {
        let output = self.run(command, &["--package", package])?;
        print!("{}", output.printed);
        Ok(())
    }

    /// Makes cargo compile a package again.
    pub(crate) fn touch(&self, package: &str) -> anyhow::Result<()> {
        let path = self.folder.join(package).join("src/lib.rs");
        let text = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
    }

    fn run(&self, command: &[&str], more: &[&str]) -> anyhow::Result<BuildOutput> {
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| crate::workspace().map(|root| root.join("target")), |dir| Ok(dir.into()))?;
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(command)
            .args(more)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", target)
            .stderr(Stdio::inherit())
            .output()
            .context("starting cargo")?;
        let mut built = BuildOutput::default();
        for line in output.stdout.split(|byte| *byte == b'\n') {
            match serde_json::from_slice::<Message>(line) {
                Ok(message) => built.add(message),
                Err(_) if line.is_empty() => {}
                Err(_) => built.printed.push_str(&format!("{}\n", String::from_utf8_lossy(line))),
            }
        }
        if !output.status.success() {
            bail!("the generated packages in {} do not compile; see above", self.folder.display());
        }
        built.tests.sort();
        Ok(built)
    }

    /// Writes `Cargo.toml` and `Cargo.lock`, and deletes packages of earlier runs.
    fn write_manifest(&self) -> anyhow::Result<()> {
        let root = crate::workspace()?;
        let read = |name: &str| {
            fs::read_to_string(root.join(name)).with_context(|| format!("reading {name} of this workspace"))
        };
        write_if_changed(
            &self.folder.join("Cargo.toml"),
            &manifest(&read("Cargo.toml")?, &self.packages, &root)?,
        )?;
        // Cargo removes the entries that it does not need.
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

/// Returns the manifest of this workspace with other members.
fn manifest(own: &str, packages: &BTreeSet<String>, root: &Path) -> anyhow::Result<String> {
    const FIRST: &str = "[workspace.package]";
    let shared = own.find(FIRST).and_then(|at| own.get(at..));
    let shared = shared.with_context(|| format!("Cargo.toml of this workspace has no {FIRST}"))?;
    let shared = shared.replace("path = \"", &format!("path = \"{}/", root.display()));
    let members: String = packages.iter().map(|package| format!("    {package:?},\n")).collect();
    Ok(format!("[workspace]\nresolver = \"3\"\nmembers = [\n{members}]\n\n{shared}"))
}

fn write_if_changed(path: &Path, text: &str) -> anyhow::Result<()> {
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

/// A line of the JSON output of cargo.
#[derive(Deserialize)]
#[serde(tag = "reason")]
enum Message {
    #[serde(rename = "compiler-message")]
    Compiler { message: CompilerMessage },
    #[serde(rename = "compiler-artifact")]
    Artifact { target: Target, manifest_path: PathBuf, executable: Option<PathBuf> },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct CompilerMessage {
    level: String,
    rendered: Option<String>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

impl BuildOutput {
    fn add(&mut self, message: Message) {
        match message {
            Message::Compiler { message: CompilerMessage { level, rendered: Some(text) } } => {
                eprint!("{text}");
                if level == "warning" {
                    self.warnings.push(text);
                }
            }
            Message::Artifact { target, manifest_path, executable: Some(executable) } => {
                let package = manifest_path.parent().and_then(Path::file_name);
                if let (Some(package), true) = (package, target.kind.iter().any(|kind| kind == "test")) {
                    self.tests.push((package.to_string_lossy().into_owned(), executable));
                }
            }
            Message::Compiler { .. } | Message::Artifact { .. } | Message::Other => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use super::manifest;

    #[test]
    fn manifest_has_the_same_versions_and_other_members() {
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
