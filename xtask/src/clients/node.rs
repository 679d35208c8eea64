//! Runs the clients in Node.js and in a browser: the scripts of `xtask/clients/node/`.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The paths of Chromium in Debian. The first package is smaller and sufficient.
const CHROMIUM: [&str; 2] = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/// Installs the packages and returns their folder. Returns `None` if npm is not installed, and prints that the clients are
/// skipped.
pub(super) fn install() -> anyhow::Result<Option<PathBuf>> {
    crate::npm::install("clients in Node.js", "xtask/clients/node", "clients/node")
}

/// Runs the scripts against the server at `url`. The one for a browser is skipped if there is none.
pub(super) fn run(folder: &Path, url: &str) -> anyhow::Result<()> {
    let node = |script: &str| {
        let mut node = Command::new("node");
        node.args([script, url]).current_dir(folder);
        node
    };
    super::run_script(&mut node("sign_in.js"))?;
    super::run_script(&mut node("oauth.js"))?;
    match CHROMIUM.iter().find(|path| Path::new(path).is_file()) {
        Some(chromium) => {
            super::run_script(node("browser.js").arg(chromium))?;
            super::run_script(node("browser_oauth.js").arg(chromium))?;
            let mut pages = node("pages.js");
            pages.arg(chromium);
            if std::env::var_os("LIDO_WRITE_PICTURES").is_some() {
                pages.arg(crate::workspace()?.join("docs/pages"));
            }
            super::run_script(&mut pages)
        }
        None => crate::shared::skip("clients in a browser", "Chromium is not installed"),
    }
}
