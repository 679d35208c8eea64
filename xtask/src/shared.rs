//! The folder `shared` beside this workspace: models and tests that are too large, or not ours, to be
//! kept here.

use std::{env, path::PathBuf};

use anyhow::bail;

/// The folder, wherever `LIDO_SHARED` says it is, or else beside this workspace.
///
/// Where it is absent, what needs it is skipped by name; a run that must not skip anything sets
/// `LIDO_REQUIRE_SHARED=1`, and then its absence is an error.
pub(crate) fn find(for_what: &str) -> anyhow::Result<Option<PathBuf>> {
    let root = crate::workspace()?;
    let folder = env::var_os("LIDO_SHARED").map_or_else(|| "../shared".into(), PathBuf::from);
    let folder = root.join(folder);
    if folder.is_dir() {
        return Ok(Some(folder));
    }
    let missing = format!(
        "there is no {}; let LIDO_SHARED name the folder with facts/ and protocol-tests/",
        folder.display()
    );
    skip(for_what, &missing).map(|()| None)
}

/// Says that `what` is skipped and why; an error where a run must not skip anything.
pub(crate) fn skip(what: &str, why: &str) -> anyhow::Result<()> {
    let skipped = format!("{what} are skipped: {why}");
    if env::var_os("LIDO_REQUIRE_SHARED").is_some_and(|required| required == "1") {
        bail!("{skipped}");
    }
    println!("{skipped}");
    Ok(())
}
