//! `cargo xtask clients`: SDKs, the AWS CLI, Amplify and other clients against binaries of this workspace.
//!
//! What each of them does is a script in `xtask/clients/`, or one that the README prints.

mod node;
mod transcripts;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, bail};

use self::transcripts::transcripts;
use crate::serverless::Serverless;

/// Runs the scripts of `xtask/clients/` against the example and against a server that knows the README's users, and the
/// README's transcripts against one that knows nobody.
pub(crate) fn run() -> anyhow::Result<()> {
    let imports = "import awscli, boto3, jwt, pycognito";
    let probe = Command::new("python3").args(["-c", imports]).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        let why = "Python's packages are not installed (pip install awscli boto3 pycognito PyJWT)";
        return crate::shared::skip("clients", why);
    }
    let root = crate::workspace()?;
    cargo_build(&["--package", "lido", "--example", "two_operations"])?;
    // By itself, so that it is the server that is shipped, without what examples turn on.
    cargo_build(&["--package", "lido", "--bins"])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);

    let mut example = Command::new(target.join("debug/examples/two_operations"));
    example.args(["--listen", "127.0.0.1:0", "--user", "mary=123456", "--user", "bob=654321"]);
    let server = Server::start(&mut example)?;
    run_script(Command::new("python3").arg(root.join("xtask/clients/two_operations.py")).arg(&server.url))?;

    let readme = fs::read_to_string(root.join("README.md")).context("reading README.md")?;
    let lido = || {
        let mut lido = Command::new(target.join("debug/lido"));
        lido.args(["dev", "--store", "memory", "--listen", "127.0.0.1:0"]).stderr(Stdio::null());
        lido
    };
    let file = target.join("clients/credentials.json");
    let (_, users) =
        readme.split_once("<!-- credentials -->\n```json\n").context("README.md has no credentials")?;
    fs::create_dir_all(target.join("clients"))?;
    fs::write(&file, users.split("```").next().unwrap_or_default())?;
    let mut knowing = lido();
    knowing.arg("--credentials").arg(&file);
    knowing.args(["--trusted-proxy", "127.0.0.1", "--refuse-from", "192.0.2.0/24"]);
    knowing.args(["--request-limits", "on,UserPoolClientRead=2"]);
    let server = Server::start(&mut knowing)?;
    run_script(Command::new("python3").arg(root.join("xtask/clients/iam.py")).arg(&server.url).arg(&file))?;

    let server = Server::start(&mut lido())?;
    run_script(Command::new("python3").arg(root.join("xtask/clients/sign_in.py")).arg(&server.url))?;
    let node = node::install()?;
    if let Some(folder) = &node {
        node::run(folder, &server.url)?;
    }

    let mut transcripts = transcripts(&readme)?;
    transcripts.retain(|transcript| transcript.interpreter != "node" || node.is_some());
    let (mut lido, functions) = (lido(), Serverless::start()?);
    match &functions {
        Some(functions) => {
            lido.args(["--lambda-endpoint", &functions.endpoint]);
        }
        None => transcripts.retain(|transcript| !transcript.script.contains("LambdaConfig")),
    }
    let server = Server::start(&mut lido)?;
    for transcript in &transcripts {
        let folder = node.as_ref().filter(|_| transcript.interpreter == "node");
        transcript.run(&server.url, folder.unwrap_or(&root))?;
    }
    println!("README: {} transcripts passed, 0 failed", transcripts.len());
    Ok(())
}

/// Runs a script to its end, which says what passed.
fn run_script(script: &mut Command) -> anyhow::Result<()> {
    let status = script.status().with_context(|| format!("{script:?} cannot be started"))?;
    if status.success() { Ok(()) } else { bail!("{script:?} ended with {status}") }
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
