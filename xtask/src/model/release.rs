//! Says when the machine has a newer release of botocore than the one that the model was written from.
//!
//! A newer release is no fault of a change, so [`report_newer`] prints a line and never fails. Importing a release is the
//! work of [`super`].

use std::{env, path::PathBuf, process::Command};

use anyhow::Context as _;
use serde_json::Value;

use super::{SERVICE, source};

/// The key of the model's metadata that has the release of botocore.
pub(super) const METADATA: &str = "lido.botocore";

/// The numbers of a release, such as 1, 44 and 8.
type Release = Vec<u64>;

/// Prints a line if a release on the machine is newer than that of the model.
///
/// The releases on the machine are the one that the Python on `PATH` has installed and the wheel that
/// `LIDO_BOTOCORE_WHEEL` names.
pub(crate) fn report_newer() {
    let found = [installed(), wheel()].into_iter().flatten();
    match of_model() {
        Ok(model) => {
            if let Some(line) = newer(&model, found) {
                println!("{line}");
            }
        }
        Err(error) => println!("model: the release of botocore is unknown: {error:#}"),
    }
}

/// Returns a line about the newest of the releases in `found`, if it is newer than `model`.
fn newer(model: &str, found: impl Iterator<Item = String>) -> Option<String> {
    let newest = found.filter_map(|release| Some((parse(&release)?, release))).max()?;
    if parse(model)? >= newest.0 {
        return None;
    }
    Some(format!(
        "model: botocore {} is on this machine, and the model is of {model}; take it over with: \
         cargo xtask model --from WHEEL",
        newest.1
    ))
}

/// Returns the numbers of a release, or `None` for one that is not made of numbers, such as a development version.
fn parse(release: &str) -> Option<Release> {
    release.split('.').map(|number| number.parse().ok()).collect()
}

/// Returns the release that the committed model is from.
fn of_model() -> anyhow::Result<String> {
    let path = crate::workspace()?.join("model").join(SERVICE).join("service.json");
    let text = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let file: Value = serde_json::from_slice(&text).with_context(|| format!("reading {}", path.display()))?;
    let release = file["metadata"][METADATA].as_str();
    Ok(release.with_context(|| format!("{} does not name one", path.display()))?.to_owned())
}

/// Returns the release that Python has installed, or `None` if there is none.
fn installed() -> Option<String> {
    const SCRIPT: &str = "from importlib.metadata import version; print(version(\"botocore\"))";
    let output = Command::new("python3").args(["-c", SCRIPT]).output().ok()?;
    let release = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| release.trim().to_owned())
}

/// Returns the release of the wheel in the environment, or `None` if there is none.
fn wheel() -> Option<String> {
    source::release(&PathBuf::from(env::var_os("LIDO_BOTOCORE_WHEEL")?)).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_release_is_reported_if_it_is_newer_than_the_model() {
        let line =
            |model: &str, found: &[&str]| newer(model, found.iter().map(|release| (*release).to_owned()));
        for found in [&["1.44.8"][..], &["1.43.11", "1.44.7"], &["1.9.99"], &["2.0.dev1"], &[]] {
            assert_eq!(line("1.44.8", found), None, "{found:?}");
        }
        for (found, newest) in
            [(&["1.44.9"][..], "1.44.9"), (&["1.44.10", "1.44.9"], "1.44.10"), (&["2.0.0"], "2.0.0")]
        {
            let line = line("1.44.8", found).unwrap();
            assert!(
                line.contains(&format!("botocore {newest} ")) && line.contains("is of 1.44.8;"),
                "{line}"
            );
        }
    }

    #[test]
    fn committed_model_names_its_release() {
        assert!(parse(&of_model().unwrap()).is_some_and(|release| release.len() == 3));
    }
}
