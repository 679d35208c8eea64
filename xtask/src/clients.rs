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
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, bail};

use self::transcripts::pages;
pub(crate) use self::transcripts::{Page, Transcript};
use crate::serverless::Serverless;

#[derive(Debug, Default, clap::Args)]
#[command(
    after_help = "Needs Python with awscli, boto3, pycognito, PyJWT, Authlib and requests-oauthlib; Node.js clients need npm. What is \
    not installed is skipped, or an error if LIDO_REQUIRE_SHARED=1.\n\nExamples:\n  \
    cargo xtask clients\n  \
    cargo xtask clients --only pages,browser\n  \
    LIDO_WRITE_PICTURES=1 cargo xtask clients --only pages    takes the pictures in docs/pages/, too"
)]
pub(crate) struct Arguments {
    /// Parts to run, separated by commas; default: all
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
}

/// A part of the clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The example with two operations
    Example,
    /// Signed requests, with credentials
    Iam,
    /// SDKs and tools in Python
    Python,
    /// Terraform
    Terraform,
    /// SDKs and libraries in Node.js
    Node,
    /// Amplify and other libraries in a browser
    Browser,
    /// The pages of managed login in a browser
    Pages,
    /// The packages of clients/
    Packages,
    /// A server as it is run for real
    Production,
    /// The transcripts of the documentation
    Docs,
}

/// Runs all clients.
pub(crate) fn run_all() -> anyhow::Result<()> {
    run(&Arguments::default())
}

/// Runs the scripts of `xtask/clients/` against the example and against servers with and without the credentials file that
/// docs/iam.md prints, and the transcripts of each page against a server of its own.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let has = |part: Part| arguments.only.is_empty() || arguments.only.contains(&part);
    let imports = "import authlib, awscli, boto3, jwt, pycognito, requests_oauthlib";
    let probe = Command::new("python3").args(["-c", imports]).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        let why = "Python packages are missing; run: pip install awscli boto3 pycognito PyJWT Authlib requests-oauthlib";
        return crate::shared::skip("clients", why);
    }
    let root = crate::workspace()?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    if has(Part::Example) {
        cargo_build(&["--package", "lido-server", "--example", "two_operations"])?;
    }
    // Built alone, so that it is the server that is released, without the features that examples enable.
    cargo_build(&["--package", "lido-server", "--bins"])?;

    if has(Part::Example) {
        let mut example = Command::new(target.join("debug/examples/two_operations"));
        example.args(["--listen", "127.0.0.1:0", "--user", "mary=123456", "--user", "bob=654321"]);
        let server = Server::start(&mut example)?;
        run_script(
            Command::new("python3").arg(root.join("xtask/clients/two_operations.py")).arg(&server.url),
        )?;
    }

    let lido = || {
        let mut lido = Command::new(target.join("debug/lido"));
        lido.args(["dev", "--store", "memory", "--listen", "127.0.0.1:0"]).stderr(Stdio::null());
        lido
    };
    if has(Part::Iam) {
        run_iam(&root, &target, lido())?;
    }

    let server = Server::start(&mut lido())?;
    if has(Part::Python) {
        for script in ["sign_in.py", "oauth.py", "branding.py", "other_services.py"] {
            run_script(
                Command::new("python3").arg(root.join("xtask/clients").join(script)).arg(&server.url),
            )?;
        }
    }
    if has(Part::Terraform) {
        terraform::run(&root, &server.url)?;
    }
    let binary = std::path::absolute(target.join("debug/lido")).context("the binary has no path")?;
    let needs_node = [Part::Node, Part::Browser, Part::Pages, Part::Docs].into_iter().any(has);
    let node = if needs_node { node::install()? } else { None };
    if let Some(folder) = &node {
        for part in [Part::Node, Part::Browser, Part::Pages].into_iter().filter(|part| has(*part)) {
            node::run(&root, folder, part, &server.url)?;
        }
        if has(Part::Browser) {
            node::run_over_tls(folder, &binary)?;
        }
    }

    if has(Part::Packages) {
        packages::test_python(&root, &binary, &server.url)?;
        packages::test_javascript(&binary)?;
    }
    if has(Part::Production) {
        production::run(&root, &binary)?;
    }
    if has(Part::Docs) { run_transcripts(&root, &binary, node.as_deref(), lido) } else { Ok(()) }
}

/// Runs the script about signed requests against a server with the credentials file that docs/iam.md prints.
fn run_iam(root: &Path, target: &Path, mut lido: Command) -> anyhow::Result<()> {
    let iam = fs::read_to_string(root.join("docs/iam.md")).context("reading docs/iam.md")?;
    let file = target.join("clients/credentials.json");
    let (_, users) =
        iam.split_once("<!-- credentials -->\n```json\n").context("docs/iam.md has no credentials")?;
    fs::create_dir_all(target.join("clients"))?;
    fs::write(&file, users.split("```").next().unwrap_or_default())?;
    lido.arg("--credentials").arg(&file);
    lido.args(["--trusted-proxy", "127.0.0.1", "--refuse-from", "192.0.2.0/24"]);
    // With a Region of its own the server refuses signatures for another one.
    lido.args(["--request-limits", "on,UserPoolClientRead=2", "--region", "us-east-1"]);
    let server = Server::start(&mut lido)?;
    run_script(Command::new("python3").arg(root.join("xtask/clients/iam.py")).arg(&server.url).arg(&file))
}

/// Runs the transcripts of each page of the documentation.
fn run_transcripts(
    root: &Path,
    binary: &Path,
    node: Option<&Path>,
    lido: impl Fn() -> Command,
) -> anyhow::Result<()> {
    let functions = Serverless::start()?;
    let mut passed = 0;
    for page in pages(root)? {
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
            let folder = node.filter(|_| transcript.interpreter == "node");
            transcript.run(&server.url, binary, folder.unwrap_or(root))?;
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
