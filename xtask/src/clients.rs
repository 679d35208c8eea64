//! `cargo xtask clients`: runs SDKs, the AWS CLI, Amplify and other clients against binaries of this workspace.
//!
//! Each runs a script of `xtask/clients/`, or one that the documentation prints (`transcripts`). The packages of `clients/` run
//! tests of their own (`packages`).

mod node;
mod packages;
mod production;
mod terraform;
mod transcripts;

use std::{
    fs,
    io::{self, BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, bail};

use self::transcripts::pages;
pub(crate) use self::transcripts::{Page, Transcript};
use crate::serverless::Serverless;

/// Runs the scripts of `xtask/clients/` against the example and against servers with and without the credentials file that
/// docs/iam.md prints, and the transcripts of each page against a server of its own.
pub(crate) fn run() -> anyhow::Result<()> {
    let imports = "import authlib, awscli, boto3, jwt, pycognito, requests_oauthlib";
    let probe = Command::new("python3").args(["-c", imports]).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        let why = "Python packages are missing; run: pip install awscli boto3 pycognito PyJWT Authlib requests-oauthlib";
        return crate::shared::skip("clients", why);
    }
    let root = crate::workspace()?;
    cargo_build(&["--package", "lido-server", "--example", "two_operations"])?;
    // Built alone, so that it is the server that is released, without the features that examples enable.
    cargo_build(&["--package", "lido-server", "--bins"])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);

    let mut example = Command::new(target.join("debug/examples/two_operations"));
    example.args(["--listen", "127.0.0.1:0", "--user", "mary=123456", "--user", "bob=654321"]);
    let server = Server::start(&mut example)?;
    run_script(Command::new("python3").arg(root.join("xtask/clients/two_operations.py")).arg(&server.url))?;

    let iam = fs::read_to_string(root.join("docs/iam.md")).context("reading docs/iam.md")?;
    let lido = || {
        let mut lido = Command::new(target.join("debug/lido"));
        lido.args(["dev", "--store", "memory", "--listen", "127.0.0.1:0"]).stderr(Stdio::null());
        lido
    };
    let file = target.join("clients/credentials.json");
    let (_, users) =
        iam.split_once("<!-- credentials -->\n```json\n").context("docs/iam.md has no credentials")?;
    fs::create_dir_all(target.join("clients"))?;
    fs::write(&file, users.split("```").next().unwrap_or_default())?;
    let mut with_credentials = lido();
    with_credentials.arg("--credentials").arg(&file);
    with_credentials.args(["--trusted-proxy", "127.0.0.1", "--refuse-from", "192.0.2.0/24"]);
    // With a Region of its own the server refuses signatures for another one.
    with_credentials.args(["--request-limits", "on,UserPoolClientRead=2", "--region", "us-east-1"]);
    let server = Server::start(&mut with_credentials)?;
    run_script(Command::new("python3").arg(root.join("xtask/clients/iam.py")).arg(&server.url).arg(&file))?;

    let server = Server::start(&mut lido())?;
    run_script(Command::new("python3").arg(root.join("xtask/clients/sign_in.py")).arg(&server.url))?;
    run_script(Command::new("python3").arg(root.join("xtask/clients/oauth.py")).arg(&server.url))?;
    run_script(Command::new("python3").arg(root.join("xtask/clients/branding.py")).arg(&server.url))?;
    run_script(Command::new("python3").arg(root.join("xtask/clients/other_services.py")).arg(&server.url))?;
    terraform::run(&root, &server.url)?;
    let node = node::install()?;
    if let Some(folder) = &node {
        node::run(folder, &server.url)?;
    }

    let binary = std::path::absolute(target.join("debug/lido")).context("the binary has no path")?;
    packages::test_python(&root, &binary, &server.url)?;
    packages::test_javascript(&binary)?;
    production::run(&root, &binary)?;

    let functions = Serverless::start()?;
    let mut passed = 0;
    for page in pages(&root)? {
        let mut transcripts = page.transcripts()?;
        let needs_node = |transcript: &Transcript<'_>| {
            transcript.interpreter == "node" || transcript.script.contains("npx ")
        };
        transcripts.retain(|transcript| node.is_some() || !needs_node(transcript));
        transcripts.retain(|transcript| !transcript.script.contains("LambdaConfig") || functions.is_some());
        if transcripts.is_empty() {
            continue;
        }
        // Its own server, because a transcript may set the clock forward.
        let mut lido = lido();
        lido.args(page.server_options());
        if let Some(functions) = &functions {
            lido.args(["--lambda-endpoint", &functions.endpoint]);
        }
        let server = Server::start(&mut lido)?;
        for transcript in &transcripts {
            let folder = node.as_ref().filter(|_| transcript.interpreter == "node");
            transcript.run(&server.url, &binary, folder.unwrap_or(&root))?;
        }
        println!("{}: {} transcripts", page.name, transcripts.len());
        passed += transcripts.len();
    }
    println!("documentation: {passed} passed, 0 failed");
    Ok(())
}

/// Runs a script to its end; the script prints what passed.
fn run_script(script: &mut Command) -> anyhow::Result<()> {
    let status = script.status().with_context(|| format!("{script:?} cannot be started"))?;
    if status.success() { Ok(()) } else { bail!("{script:?} ended with {status}") }
}

/// A running server of this workspace, killed when dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts it and waits for the line that names its address.
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn().context("the server cannot be started")?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let mut server = Self { child, url: String::new() };
        let (mut output, mut line) = (BufReader::new(stdout), String::new());
        while output.read_line(&mut line)? > 0 {
            if let Some((_, url)) = line.split_once("listening on ") {
                url.trim().clone_into(&mut server.url);
                // What it prints later must be read, or printing would fail.
                std::thread::spawn(move || io::copy(&mut output, &mut io::sink()));
                return Ok(server);
            }
            line.clear();
        }
        bail!("the server ended before it listened; see it again with: {command:?}")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It keeps nothing, so there is no need to stop it gently.
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
