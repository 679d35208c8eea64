//! Runs `serverless-offline` with the functions of `server/examples/triggers/`, as the documentation starts it.
//!
//! It is installed from npm into `target/triggers`, and stopped when [`Serverless`] is dropped.

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

/// How long to wait until it listens. It loads some six hundred packages first.
const START_TIMEOUT: Duration = Duration::from_secs(90);

/// A running `serverless offline`.
pub(crate) struct Serverless {
    child: Child,
    /// The URL of its Lambda API.
    pub(crate) endpoint: String,
}

impl Serverless {
    /// Installs and starts it. Returns `None` if npm is not installed, and prints that the triggers are skipped.
    pub(crate) fn start() -> anyhow::Result<Option<Self>> {
        let what = "triggers by serverless-offline";
        let Some(folder) = crate::npm::install(what, "server/examples/triggers", "triggers")? else {
            return Ok(None);
        };
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
            .context("starting node")?;
        let mut server = Self { child, endpoint: format!("http://127.0.0.1:{lambda}") };
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, lambda)).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!(
                    "serverless offline ended with {status}; see it again with: cd target/triggers && npm start"
                );
            }
            if started.elapsed() > START_TIMEOUT {
                bail!(
                    "serverless offline does not listen; see it again with: cd target/triggers && npm start"
                );
            }
            sleep(Duration::from_millis(100));
        }
        Ok(Some(server))
    }
}

impl Drop for Serverless {
    fn drop(&mut self) {
        // It keeps no state, so that it can be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns two ports that are free at the moment.
fn free_ports() -> anyhow::Result<(u16, u16)> {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("listening on a free port");
    let (one, other) = (listen()?, listen()?);
    Ok((one.local_addr()?.port(), other.local_addr()?.port()))
}
