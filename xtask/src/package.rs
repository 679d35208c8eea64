//! `cargo xtask package`: packs the crates that are meant for a registry, as `cargo publish` does, and checks what is in them.
//!
//! Nothing is published. The names were free on crates.io in November 2026, except `lido`, so the server is `lido-server`
//! there; its binary is `lido`.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::Value;

/// The options of `cargo xtask package`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask package\n  cargo xtask package --verify    before a release"
)]
pub(crate) struct Arguments {
    /// Compile each crate from its package, in the order of publishing
    #[arg(long)]
    verify: bool,
}

impl Arguments {
    /// Without compiling: the workspace is compiled by other steps.
    pub(crate) const CHECK: Self = Self { verify: false };
}

/// The most bytes of a package that crates.io takes.
const MAX_SIZE: u64 = 10_000_000;

/// Files that each package has.
const FILES: [&str; 5] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "src/lib.rs"];

/// The categories of crates.io that the crates use.
const CATEGORIES: [&str; 5] = [
    "authentication",
    "development-tools",
    "development-tools::testing",
    "parser-implementations",
    "web-programming::http-server",
];

/// A package of the workspace, as `cargo metadata` describes it.
#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    version: String,
    description: Option<String>,
    license: Option<String>,
    repository: Option<String>,
    readme: Option<String>,
    keywords: Vec<String>,
    categories: Vec<String>,
    /// The registries that it may be published to; `None` for all.
    publish: Option<Vec<String>>,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    req: String,
    /// The folder of a package of this workspace.
    path: Option<String>,
    kind: Option<String>,
}

/// Packs the crates, and checks them.
///
/// # Errors
/// Returns an error that names what is missing in which crate.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let root = crate::workspace()?;
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--no-deps", "--format-version", "1"])
        .current_dir(&root)
        .output()
        .context("starting cargo")?;
    let metadata: Value = serde_json::from_slice(&metadata.stdout).context("the output of cargo metadata")?;
    let packages: Vec<Package> =
        serde_json::from_value(metadata["packages"].clone()).context("the packages of cargo metadata")?;
    let packages: Vec<&Package> = packages.iter().filter(|package| package.publish.is_none()).collect();
    let target =
        Path::new(metadata["target_directory"].as_str().context("cargo metadata names no target folder")?);

    let mut cargo = Command::new(env!("CARGO"));
    // The working folder is packed, committed or not; CI has a clean one.
    cargo.args(["package", "--locked", "--quiet", "--allow-dirty"]).current_dir(&root);
    if arguments.verify {
        // Otherwise each crate is compiled in a folder of its own, with all of its dependencies.
        cargo.env("CARGO_TARGET_DIR", target);
    } else {
        cargo.arg("--no-verify");
    }
    cargo.args(packages.iter().flat_map(|package| ["--package", &package.name]));
    let status = cargo.status().context("starting cargo")?;
    if !status.success() {
        bail!("cargo package ended with {status}");
    }

    let mut found = Vec::new();
    for package in &packages {
        let path = target.join("package").join(format!("{}-{}.crate", package.name, package.version));
        let size = fs::metadata(&path).with_context(|| format!("reading {}", path.display()))?.len();
        let files = files(&path)?;
        let faults = package.faults().into_iter().chain(faults_of_contents(&files, size));
        found.extend(faults.map(|fault| format!("{}: {fault}", package.name)));
        println!("{} {}: {} files, {size} bytes", package.name, package.version, files.len());
    }
    if !found.is_empty() {
        bail!("{}", found.join("\n"));
    }
    Ok(())
}

/// Returns the files of a package, without the folder that they are all in.
fn files(package: &Path) -> anyhow::Result<BTreeSet<String>> {
    let output =
        Command::new("tar").arg("--list").arg("--file").arg(package).output().context("starting tar")?;
    if !output.status.success() {
        bail!("{}: {}", package.display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    let list = String::from_utf8_lossy(&output.stdout);
    Ok(list.lines().filter_map(|line| Some(line.split_once('/')?.1.to_owned())).collect())
}

fn faults_of_contents(files: &BTreeSet<String>, size: u64) -> Vec<String> {
    let missing = FILES.iter().filter(|name| !files.contains(**name)).map(|name| format!("has no {name}"));
    let tests = files
        .iter()
        .filter(|name| name.starts_with("tests/"))
        .map(|name| format!("has {name}; exclude /tests"));
    let large = (size > MAX_SIZE).then(|| format!("has {size} bytes, more than {MAX_SIZE}"));
    missing.chain(tests).chain(large).collect()
}

impl Package {
    /// Returns what a registry or a reader of it would miss.
    fn faults(&self) -> Vec<String> {
        let has = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        let rules = [
            (has(&self.description), "has no description"),
            (has(&self.license), "has no license"),
            (has(&self.repository), "has no repository"),
            (has(&self.readme), "has no readme"),
            (matches!(self.keywords.len(), 1..=5), "has no keyword, or more than five"),
            (self.keywords.iter().all(|keyword| is_keyword(keyword)), "has a keyword that crates.io refuses"),
            (!self.categories.is_empty(), "has no category"),
            (self.categories.iter().all(|one| CATEGORIES.contains(&one.as_str())), "has an unknown category"),
            // `cargo publish` takes no path without a version, except for tests.
            (self.dependencies.iter().all(Dependency::is_publishable), "has a dependency without a version"),
        ];
        rules.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault.to_owned()).collect()
    }
}

impl Dependency {
    fn is_publishable(&self) -> bool {
        let is_of_tests = self.kind.as_deref() == Some("dev");
        is_of_tests || self.path.is_none() || (self.req != "*" && !self.name.is_empty())
    }
}

/// Returns whether crates.io takes a keyword.
fn is_keyword(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "-_+".contains(c);
    text.len() <= 20 && text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(is_letter)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package() -> Value {
        json!({
            "name": "a", "version": "0.1.0", "description": "b", "license": "MIT", "repository": "c", "readme": "README.md",
            "keywords": ["d"], "categories": ["authentication"], "publish": null,
            "dependencies": [
                {"name": "e", "req": "^0.1.0", "path": "/e", "kind": null},
                {"name": "f", "req": "*", "path": "/f", "kind": "dev"},
            ],
        })
    }

    fn faults(package: Value) -> Vec<String> {
        serde_json::from_value::<Package>(package).expect("a package").faults()
    }

    #[test]
    fn package_without_metadata_is_a_fault() {
        assert_eq!(faults(package()), Vec::<String>::new());
        for (path, value) in [
            ("/description", json!("")),
            ("/license", json!(null)),
            ("/repository", json!(null)),
            ("/readme", json!(null)),
            ("/keywords", json!([])),
            ("/keywords", json!(["a b"])),
            ("/categories", json!([])),
            ("/categories", json!(["unknown"])),
            ("/dependencies/0/req", json!("*")),
        ] {
            let mut package = package();
            *package.pointer_mut(path).expect(path) = value;
            assert_eq!(faults(package).len(), 1, "{path}");
        }
    }

    #[test]
    fn contents_without_license_or_with_tests_are_faults() {
        let complete: BTreeSet<String> = FILES.map(str::to_owned).into();
        assert!(faults_of_contents(&complete, MAX_SIZE).is_empty());
        assert_eq!(faults_of_contents(&complete, MAX_SIZE + 1).len(), 1);
        let mut other = complete.clone();
        other.remove("LICENSE-MIT");
        other.insert("tests/a.json".to_owned());
        assert_eq!(faults_of_contents(&other, 1).len(), 2);
    }
}
