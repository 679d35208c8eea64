//! `serverless-offline` with the functions of `server/examples/triggers/`, as the README starts it.
//!
//! It is installed from npm into `target/triggers`, once, and serves while [`Serverless`] lives.

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

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

/// Two ports that nobody listens on just now.
fn free_ports() -> anyhow::Result<(u16, u16)> {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free");
    let (one, other) = (listen()?, listen()?);
    Ok((one.local_addr()?.port(), other.local_addr()?.port()))
}
