//! Runs the clients in Node.js and in a browser: the scripts of `xtask/clients/node/`.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{Part, Server};

/// The paths of Chromium in Debian. The first package is smaller and sufficient.
const CHROMIUM: [&str; 2] = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/// Installs the packages and returns their folder. Returns `None` if npm is not installed, and prints that the clients are
/// skipped.
pub(super) fn install() -> anyhow::Result<Option<PathBuf>> {
    crate::npm::install("clients in Node.js", "xtask/clients/node", "clients/node")
}

/// Runs the scripts of one part against the server at `url`. Those for a browser are skipped if there is none.
pub(super) fn run(root: &Path, folder: &Path, part: Part, url: &str) -> anyhow::Result<()> {
    let node = |script: &str| {
        let mut node = Command::new("node");
        node.args([script, url]).current_dir(folder);
        node
    };
    if part == Part::Node {
        super::run_script(&mut node("sign_in.js"))?;
        return super::run_script(&mut node("oauth.js"));
    }
    let Some(chromium) = CHROMIUM.iter().find(|path| Path::new(path).is_file()) else {
        return crate::shared::skip("clients in a browser", "Chromium is not installed");
    };
    match part {
        Part::Pages => {
            let mut pages = node("pages.js");
            pages.arg(chromium);
            if std::env::var_os("LIDO_WRITE_PICTURES").is_some() {
                pages.arg(root.join("docs/pages"));
            }
            super::run_script(&mut pages)
        }
        _ => {
            super::run_script(node("browser.js").arg(chromium))?;
            super::run_script(node("browser_oauth.js").arg(chromium))
        }
    }
}

/// Runs Amplify's signInWithRedirect in a browser against a server that speaks TLS, if there is a browser. `lido` is the
/// binary.
pub(super) fn run_over_tls(folder: &Path, lido: &Path) -> anyhow::Result<()> {
    let Some(chromium) = CHROMIUM.iter().find(|path| Path::new(path).is_file()) else { return Ok(()) };
    let mut server = Command::new(lido);
    server.args(["dev", "--tls", "--store", "memory", "--listen", "127.0.0.1:0"]);
    // The certificate is in a folder below this one.
    server.current_dir(folder).stderr(Stdio::null());
    let server = Server::start(&mut server)?;
    let mut node = Command::new("node");
    node.args(["browser_redirect.js", &server.url, chromium]).current_dir(folder);
    super::run_script(node.env("NODE_EXTRA_CA_CERTS", folder.join(".lido/tls-ca.pem")))
}
