//! `cargo xtask clients`: the AWS CLI and boto3 against binaries of this workspace.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, bail};

/// Runs each script of `xtask/clients/` against the binary that it is about.
pub(crate) fn run() -> anyhow::Result<()> {
    let probe = Command::new("python3").args(["-c", "import boto3, awscli"]).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        return crate::shared::skip(
            "clients",
            "python3 with boto3 and awscli is not installed (pip install awscli boto3)",
        );
    }
    let root = crate::workspace()?;
    cargo_build(&["--package", "lido", "--example", "two_operations"])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let mut example = Command::new(target.join("debug/examples/two_operations"));
    example.args(["--listen", "127.0.0.1:0", "--user", "mary=123456", "--user", "bob=654321"]);
    let server = Server::start(&mut example)?;
    let script = root.join("xtask/clients/two_operations.py");
    let status =
        Command::new("python3").arg(script).arg(&server.url).status().context("python3 cannot be started")?;
    if status.success() { Ok(()) } else { bail!("two_operations.py ended with {status}") }
}

/// A server of this workspace while a client talks to it.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts it and waits for the line in which it says where it listens.
    fn start(command: &mut Command) -> anyhow::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn().context("the server cannot be started")?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let mut server = Self { child, url: String::new() };
        for line in BufReader::new(stdout).lines() {
            if let Some((_, url)) = line?.split_once("listening on ") {
                url.trim().clone_into(&mut server.url);
                return Ok(server);
            }
        }
        bail!("the server ended before it listened")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It was made for this test alone and keeps nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn cargo_build(arguments: &[&str]) -> anyhow::Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet"])
        .args(arguments)
        .current_dir(crate::workspace()?)
        .status()?;
    if status.success() { Ok(()) } else { bail!("cargo build ended with {status}") }
}
