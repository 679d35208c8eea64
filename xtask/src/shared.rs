//! Finds the folder `shared`, which holds models and tests that are too large for this repository, or not ours.

use std::{env, path::PathBuf};

use anyhow::bail;

/// Returns the folder: `LIDO_SHARED`, or `../shared` beside this workspace by default.
///
/// Returns `None` if it does not exist, and prints that `what` is skipped.
///
/// # Errors
/// Returns an error if the folder does not exist and `LIDO_REQUIRE_SHARED=1`.
pub(crate) fn find(what: &str) -> anyhow::Result<Option<PathBuf>> {
    let root = crate::workspace()?;
    let folder = env::var_os("LIDO_SHARED").map_or_else(|| "../shared".into(), PathBuf::from);
    let folder = root.join(folder);
    if folder.is_dir() {
        return Ok(Some(folder));
    }
    let why = format!(
        "{} does not exist; set LIDO_SHARED to the folder that contains protocol-tests/",
        folder.display()
    );
    skip(what, &why).map(|()| None)
}

/// Prints that `what` is skipped, and why.
///
/// # Errors
/// Returns the same as an error if nothing may be skipped (`LIDO_REQUIRE_SHARED=1`).
pub(crate) fn skip(what: &str, why: &str) -> anyhow::Result<()> {
    let skipped = format!("{what}: skipped: {why}");
    if env::var_os("LIDO_REQUIRE_SHARED").is_some_and(|required| required == "1") {
        bail!("{skipped}");
    }
    println!("{skipped}");
    Ok(())
}
