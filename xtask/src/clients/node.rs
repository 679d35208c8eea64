//! Clients in Node.js and in a browser: the scripts of `xtask/clients/node/`, with their packages.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Where Debian puts Chromium; the first package is smaller and enough.
const CHROMIUM: [&str; 2] = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/// The folder in which Node.js finds the clients; nothing where they cannot be had, which is said by name.
pub(super) fn install() -> anyhow::Result<Option<PathBuf>> {
    crate::npm::install("clients in Node.js", "xtask/clients/node", "clients/node")
}

/// Runs the scripts against the server at `url`, that of a browser where there is one.
pub(super) fn run(folder: &Path, url: &str) -> anyhow::Result<()> {
    let node = |script: &str| {
        let mut node = Command::new("node");
        node.args([script, url]).current_dir(folder);
        node
    };
    super::run_script(&mut node("sign_in.js"))?;
    match CHROMIUM.iter().find(|path| Path::new(path).is_file()) {
        Some(chromium) => super::run_script(node("browser.js").arg(chromium)),
        None => crate::shared::skip("clients in a browser", "Chromium is not installed"),
    }
}
