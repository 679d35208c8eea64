//! The software bill of materials: every crate in the binary, in the format of CycloneDX 1.5.

use std::{collections::BTreeSet, fs, process::Command};

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Distribution, output};

/// What `cargo metadata` says about a package.
#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
}

/// Writes `lido.cdx.json`.
pub(super) fn write(dist: &Distribution) -> anyhow::Result<()> {
    // The packages that the binary is built from, on this target, without those that only tests need.
    let tree = output(Command::new(env!("CARGO")).current_dir(&dist.root).args([
        "tree",
        "--locked",
        "--package",
        "lido-server",
        "--edges",
        "normal",
        "--target",
        "x86_64-unknown-linux-gnu",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]))?;
    let used: BTreeSet<(&str, &str)> = tree.lines().filter_map(name_and_version).collect();
    let metadata = output(
        Command::new(env!("CARGO"))
            .args(["metadata", "--locked", "--format-version", "1"])
            .current_dir(&dist.root),
    )?;
    let metadata: Value = serde_json::from_str(&metadata).context("the output of cargo metadata")?;
    let packages: Vec<Package> =
        serde_json::from_value(metadata["packages"].clone()).context("the packages of cargo metadata")?;
    let components: Vec<Value> = packages
        .iter()
        .filter(|package| package.name != "lido-server" && used.contains(&(&package.name, &package.version)))
        .map(component)
        .collect();
    let count = components.len();
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": format!("pkg:cargo/lido-server@{}", dist.version), "name": "lido-server", "version": dist.version,
                "purl": format!("pkg:cargo/lido-server@{}", dist.version),
                "properties": [{"name": "commit", "value": dist.commit}],
            }
        },
        "components": components,
    });
    let path = dist.folder.join("lido.cdx.json");
    fs::write(&path, format!("{document:#}\n")).with_context(|| format!("writing {}", path.display()))?;
    println!("lido.cdx.json: {count} crates");
    Ok(())
}

/// Reads a line of `cargo tree`, such as `serde v1.0.2 (*)`.
fn name_and_version(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    Some((words.next()?, words.next()?.strip_prefix('v')?))
}

fn component(package: &Package) -> Value {
    let purl = format!("pkg:cargo/{}@{}", package.name, package.version);
    let mut component = json!({
        "type": "library", "bom-ref": purl, "name": package.name, "version": package.version, "purl": purl,
    });
    // `/` for "or" is not SPDX, but older crates have it.
    if let Some(license) = &package.license {
        component["licenses"] = json!([{"expression": license.replace('/', " OR ").replace("  ", " ")}]);
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_of_cargo_tree_is_read() {
        assert_eq!(name_and_version("serde v1.0.2 (*)"), Some(("serde", "1.0.2")));
        assert_eq!(name_and_version(""), None);
    }

    #[test]
    fn license_of_older_crate_becomes_an_expression() {
        let package = Package {
            name: "a".to_owned(),
            version: "1.0.0".to_owned(),
            license: Some("MIT/Apache-2.0".to_owned()),
        };
        assert_eq!(component(&package)["licenses"][0]["expression"], "MIT OR Apache-2.0");
    }
}
