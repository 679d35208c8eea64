//! `serverless-offline` with the functions of `server/examples/triggers/`, as the README starts it.
//!
//! It is installed from npm into `target/triggers`, once, and serves while [`Serverless`] lives.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

const EXAMPLE: [&str; 3] = ["handler.js", "package.json", "serverless.yml"];

/// How long it may take until it listens; it reads some six hundred packages first.
const PATIENCE: Duration = Duration::from_secs(90);

/// A running `serverless offline`.
pub(crate) struct Serverless {
    child: Child,
    /// Where Lambda's Invoke is spoken.
    pub(crate) endpoint: String,
}

impl Serverless {
    /// Installs and starts it; nothing where there is no npm, which is said by name.
    pub(crate) fn start() -> anyhow::Result<Option<Self>> {
        let probe = Command::new("npm").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !probe.is_ok_and(|status| status.success()) {
            crate::shared::skip("triggers by serverless-offline", "npm is not installed")?;
            return Ok(None);
        }
        let root = crate::workspace()?;
        let folder = root.join("target/triggers");
        install(&root.join("server/examples/triggers"), &folder)?;
        let (http, lambda) = free_ports()?;
        let child = Command::new("node")
            .args(["node_modules/serverless/bin/serverless.js", "offline", "--host", "127.0.0.1"])
            .args(["--httpPort", &http.to_string(), "--lambdaPort", &lambda.to_string()])
            .env("SLS_TELEMETRY_DISABLED", "1")
            .env("SLS_NOTIFICATIONS_MODE", "off")
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("node cannot be started")?;
        let mut server = Self { child, endpoint: format!("http://127.0.0.1:{lambda}") };
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, lambda)).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("serverless offline ended with {status}; try it: cd target/triggers && npm start");
            }
            if began.elapsed() > PATIENCE {
                bail!("serverless offline does not listen; try it: cd target/triggers && npm start");
            }
            sleep(Duration::from_millis(100));
        }
        Ok(Some(server))
    }
}

impl Drop for Serverless {
    fn drop(&mut self) {
        // It was made for this test alone and keeps nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Copies the example and fetches what it needs, unless that is there already.
fn install(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    for name in EXAMPLE {
        fs::copy(from.join(name), to.join(name)).with_context(|| format!("copying {name}"))?;
    }
    if to.join("node_modules/serverless-offline").is_dir() {
        return Ok(());
    }
    let status = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(to)
        .status()
        .context("npm cannot be started")?;
    if status.success() { Ok(()) } else { bail!("npm install ended with {status}") }
}

/// Two ports that nobody listens on just now.
fn free_ports() -> anyhow::Result<(u16, u16)> {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free");
    let (one, other) = (listen()?, listen()?);
    Ok((one.local_addr()?.port(), other.local_addr()?.port()))
}
