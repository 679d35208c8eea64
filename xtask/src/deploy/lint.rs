//! The linters: the form of YAML, the schemas of Compose and Kubernetes, and Caddy's own check of its file.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail};

use super::{COMPOSE, KUBERNETES};

/// The programs, each with the argument by which it says its version.
const PROGRAMS: [(&str, &str); 5] = [
    ("yamllint", "--version"),
    ("check-jsonschema", "--version"),
    ("kubectl", "kustomize --help"),
    ("kubernetes-validate", "--version"),
    ("caddy", "version"),
];

/// The rules of yamllint: the default ones, with the line length of this repository, and without `---`.
const YAML_RULES: &str = "{extends: default, rules: {line-length: {max: 130}, document-start: disable, octal-values: enable, \
                          comments: {min-spaces-from-content: 1}}}";

/// The version of Kubernetes whose schemas the manifests have to satisfy: the newest that kubernetes-validate has.
const KUBERNETES_VERSION: &str = "1.37";

/// Returns the first program that is not installed.
pub(super) fn missing_program() -> Option<&'static str> {
    let is_missing = |(program, arguments): &&(&str, &str)| {
        let output = Command::new(program).args(arguments.split(' ')).output();
        !output.is_ok_and(|output| output.status.success())
    };
    PROGRAMS.iter().find(is_missing).map(|(program, _)| *program)
}

/// Checks the form of YAML files.
pub(super) fn yaml(root: &Path, files: &[PathBuf]) -> anyhow::Result<()> {
    run(Command::new("yamllint")
        .args(["--strict", "--config-data", YAML_RULES])
        .args(files)
        .current_dir(root))
    .map(drop)
}

/// Checks the compose files by the schema of the Compose Specification.
pub(super) fn compose(root: &Path) -> anyhow::Result<()> {
    let schema = ["--builtin-schema", "vendor.compose-spec"];
    run(Command::new("check-jsonschema").args(schema).args(COMPOSE).current_dir(root)).map(drop)
}

/// Lets Caddy check its file, without starting it.
pub(super) fn caddy(root: &Path) -> anyhow::Result<()> {
    let file = "deploy/compose/Caddyfile";
    let validate = ["validate", "--adapter", "caddyfile", "--config", file];
    run(Command::new("caddy").args(validate).env("LIDO_HOST", "localhost").current_dir(root))?;
    // Prints the file as Caddy formats it.
    let formatted = run(Command::new("caddy").args(["fmt", file]).current_dir(root))?;
    let text = fs::read_to_string(root.join(file)).with_context(|| format!("reading {file}"))?;
    if formatted.trim_end() != text.trim_end() {
        bail!("{file} is not formatted; run: caddy fmt --overwrite {file}");
    }
    Ok(())
}

/// Puts the manifests together as `kubectl apply --kustomize` does, checks them by the schemas of Kubernetes, and returns
/// the path of the result.
pub(super) fn kubernetes(root: &Path) -> anyhow::Result<PathBuf> {
    let manifests = run(Command::new("kubectl").args(["kustomize", KUBERNETES]).current_dir(root))?;
    let folder = root.join("target/deploy");
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    let path = folder.join("kubernetes.yaml");
    fs::write(&path, manifests).with_context(|| format!("writing {}", path.display()))?;
    let arguments = ["--strict", "--quiet", "--kubernetes-version", KUBERNETES_VERSION];
    run(Command::new("kubernetes-validate").args(arguments).arg(&path))?;
    Ok(path)
}

/// Runs a linter and returns what it prints.
fn run(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("starting {command:?}"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!(
            "{command:?} ended with {}:\n{printed}{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(printed.into_owned())
}
