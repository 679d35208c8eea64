//! Checks the unit of systemd: that systemd understands it, and how far it is confined.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use anyhow::{Context as _, bail};

const UNIT: &str = "deploy/debian/lido.service";

/// The program of the unit. Where the files are checked it is not installed.
const PROGRAM: &str = "/usr/bin/lido";

/// The highest exposure that is allowed, in tenths: 100 is a service without any confinement.
const EXPOSURE: &str = "15";

/// Checks the unit, or says that there is no systemd to do so.
///
/// # Errors
/// systemd does not understand the unit, or it is confined less than it was.
pub(super) fn check(root: &Path) -> anyhow::Result<()> {
    let text = fs::read_to_string(root.join(UNIT)).with_context(|| format!("reading {UNIT}"))?;
    if !text.contains(PROGRAM) {
        bail!("{UNIT} does not start {PROGRAM}");
    }
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        println!("{UNIT}: skipped: systemd-analyze is not installed");
        return Ok(());
    }
    let folder = root.join("target/units");
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    let unit = folder.join("lido.service");
    fs::write(&unit, text.replace(PROGRAM, "/bin/true")).context("writing the unit")?;
    let verified = analyze(&unit, &["verify", "--man=no"])?;
    let said = String::from_utf8_lossy(&verified.stderr);
    // An unknown setting is said and is no failure.
    if !verified.status.success() || !said.trim().is_empty() {
        bail!("{UNIT}: {}", said.trim());
    }
    let rated = analyze(&unit, &["security", "--offline=true", "--threshold", EXPOSURE])?;
    let rating = String::from_utf8_lossy(&rated.stdout);
    let overall = rating.lines().rfind(|line| line.contains("Overall exposure")).unwrap_or_default();
    if !rated.status.success() {
        bail!("{UNIT} is confined less than it was: {overall}");
    }
    println!("{UNIT}: verified; {}", overall.trim_start_matches(['→', ' ']));
    Ok(())
}

fn analyze(unit: &Path, arguments: &[&str]) -> anyhow::Result<Output> {
    Command::new("systemd-analyze")
        .args(arguments)
        .arg("--no-pager")
        .arg(unit)
        .output()
        .context("starting systemd-analyze")
}
