//! `cargo xtask deploy`: checks the files of `deploy/` that start servers: for Docker Compose, for Kubernetes and for systemd.
//!
//! None of them runs here. systemd itself judges its unit ([`units`]). The form of the others is checked by linters ([`lint`]), and by [`containers`] that each server in them runs
//! without privileges, with options that exist. `cargo xtask dist` runs the command of the compose file in the image.

mod containers;
mod lint;
mod units;

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::files::find_with_extension;

/// The compose files.
pub(crate) const COMPOSE: [&str; 2] = ["deploy/compose.yaml", "deploy/compose.production.yaml"];

/// The folder of the manifests for Kubernetes.
const KUBERNETES: &str = "deploy/kubernetes";

/// Prints the documents of a YAML file as a JSON array.
const YAML_TO_JSON: &str = "import json, sys, yaml; json.dump(list(yaml.safe_load_all(open(sys.argv[1], encoding='utf-8'))), sys.stdout)";

/// Checks the files.
///
/// # Errors
/// Returns an error that names each file that is wrong.
pub(crate) fn run() -> anyhow::Result<()> {
    let root = crate::workspace()?;
    units::check(&root)?;
    if let Some(missing) = lint::missing_program() {
        let why = format!(
            "{missing} is not installed (pip install --require-hashes -r deploy/programs.txt, and pip install -r \
             deploy/requirements.txt)"
        );
        return crate::shared::skip("the files of deploy/", &why);
    }
    let files = find_with_extension(&root.join("deploy"), "yaml")?;
    lint::yaml(&root, &files)?;
    lint::compose(&root)?;
    lint::caddy(&root)?;
    let manifests = lint::kubernetes(&root)?;

    let configuration =
        fs::read_to_string(root.join("docs/configuration.md")).context("reading docs/configuration.md")?;
    let mut found = Vec::new();
    let mut servers = 0;
    for path in COMPOSE {
        for document in documents(&root.join(path))? {
            let containers = containers::of_compose(&document);
            servers += containers.len();
            found.extend(
                containers
                    .iter()
                    .flat_map(|container| container.faults(&configuration))
                    .map(|fault| format!("{path}: {fault}")),
            );
        }
    }
    for document in documents(&manifests)? {
        let containers = containers::of_manifest(&document);
        servers += containers.len();
        found.extend(
            containers
                .iter()
                .flat_map(|container| container.faults(&configuration))
                .map(|fault| format!("{KUBERNETES}: {fault}")),
        );
    }
    if !found.is_empty() {
        bail!("{}", found.join("\n"));
    }
    println!(
        "deploy/: {} files are well formed, {servers} servers run without privileges (checked, not run)",
        files.len()
    );
    Ok(())
}

/// Returns the documents of a YAML file.
///
/// # Errors
/// The file cannot be read, or Python has no PyYAML.
pub(crate) fn documents(path: &Path) -> anyhow::Result<Vec<Value>> {
    let output =
        Command::new("python3").args(["-c", YAML_TO_JSON]).arg(path).output().context("starting python3")?;
    if !output.status.success() {
        bail!("reading {}: {}", path.display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).with_context(|| format!("the documents of {}", path.display()))
}
