//! The parts of `deploy/compose.production.yaml`, run together without containers: PostgreSQL, three servers and Caddy.

use std::{
    path::Path,
    process::{Command, Stdio},
};

/// Where Debian puts the programs of PostgreSQL, a folder for each version.
const POSTGRES: &str = "/usr/lib/postgresql";

/// Runs them with the server `lido`, and uses them through boto3.
pub(super) fn run(root: &Path, lido: &Path) -> anyhow::Result<()> {
    let what = "the parts of compose.production.yaml";
    if !Path::new(POSTGRES).is_dir() {
        return crate::shared::skip(what, "PostgreSQL is not installed; run: apt-get install postgresql");
    }
    let probe = Command::new("caddy").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        return crate::shared::skip(
            what,
            "caddy is not installed; run: pip install --require-hashes -r deploy/programs.txt",
        );
    }
    super::run_script(
        Command::new("python3").arg(root.join("xtask/clients/production.py")).arg(lido).arg(root),
    )
}
