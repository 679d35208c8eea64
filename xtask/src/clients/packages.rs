//! Tests the packages of `clients/`, which start the server in tests of other languages, against the binary.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::Context as _;

/// The variable by which the packages, and scripts of the documentation, find the binary.
pub(super) const BINARY: &str = "LIDO_BINARY";

/// Checks the types of the Python package, and runs its tests in a virtual environment below `target/`, in which it is
/// installed as users install it. Checks the OpenAPI document of the server at `url` in the same environment.
pub(super) fn test_python(root: &Path, lido: &Path, url: &str) -> anyhow::Result<()> {
    let probe = Command::new("python3")
        .args(["-m", "venv", "--help"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !probe.is_ok_and(|status| status.success()) {
        return crate::shared::skip(
            "clients/python",
            "python3 has no venv; run: apt-get install python3-venv",
        );
    }
    let package = root.join("clients/python");
    let environment = root.join("target/clients/python");
    let python = environment.join("bin/python");
    let requirements = package.join("tests/requirements.txt");
    // Copied last, so that an installation that was interrupted is repeated.
    let installed = environment.join("requirements.txt");
    if fs::read(&requirements).ok() != fs::read(&installed).ok() {
        super::run_script(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
        super::run_script(pip_install(&python).arg("--requirement").arg(&requirements))?;
        fs::copy(&requirements, &installed)
            .with_context(|| format!("copying {} to target/", requirements.display()))?;
    }
    super::run_script(Command::new(&python).arg(root.join("xtask/clients/openapi.py")).arg(url))?;
    super::run_script(pip_install(&python).args(["--no-deps", "--force-reinstall"]).arg(&package))?;
    let mut types = Command::new(&python);
    types.args(["-m", "mypy", "--cache-dir", "../../target/clients/mypy", "src"]).current_dir(&package);
    super::run_script(&mut types)?;
    let mut tests = Command::new(&python);
    tests.args(["-m", "pytest", "--quiet", "--numprocesses", "2", "-p", "no:cacheprovider"]);
    super::run_script(tests.env(BINARY, lido).env("PYTHONDONTWRITEBYTECODE", "1").current_dir(&package))
}

/// Checks the types of the JavaScript package, and runs its tests and its sample projects for Vitest and Jest in a copy
/// below `target/`.
pub(super) fn test_javascript(lido: &Path) -> anyhow::Result<()> {
    let package = "clients/javascript";
    match crate::npm::install(package, package, package)? {
        Some(folder) => {
            let mut tests = Command::new("npm");
            super::run_script(tests.args(["test", "--silent"]).env(BINARY, lido).current_dir(folder))
        }
        None => Ok(()),
    }
}

fn pip_install(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    command
}
