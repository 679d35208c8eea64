//! `cargo xtask clients`: SDKs, the AWS CLI, Amplify and other clients against binaries of this workspace.
//!
//! What each of them does is a script in `xtask/clients/`, or one that the README prints.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, bail};

use crate::serverless::Serverless;

/// Runs the scripts of `xtask/clients/` against the example and against a server that knows the README's users, and the
/// README's transcripts against one that knows nobody.
pub(crate) fn run() -> anyhow::Result<()> {
    let imports = "import awscli, boto3, jwt, pycognito";
    if !is_there(Command::new("python3").args(["-c", imports])) {
        let why = "Python's packages are not installed (pip install awscli boto3 pycognito PyJWT)";
        return crate::shared::skip("clients", why);
    }
    let root = crate::workspace()?;
    cargo_build(&["--package", "lido", "--bins", "--example", "two_operations"])?;
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
    in_node(&server.url)?;

    let mut transcripts = transcripts(&readme)?;
    let (mut lido, functions) = (lido(), Serverless::start()?);
    match &functions {
        Some(functions) => {
            lido.args(["--lambda-endpoint", &functions.endpoint]);
        }
        None => transcripts.retain(|transcript| !transcript.script.contains("LambdaConfig")),
    }
    let server = Server::start(&mut lido)?;
    for transcript in &transcripts {
        transcript.run(&server.url)?;
    }
    println!("README: {} transcripts passed, 0 failed", transcripts.len());
    Ok(())
}

/// Runs the scripts of `xtask/clients/node/` against a server, those of a browser where there is one.
fn in_node(url: &str) -> anyhow::Result<()> {
    let folder = crate::npm::install("clients in Node.js", "xtask/clients/node", "clients/node")?;
    let Some(folder) = folder else { return Ok(()) };
    let node = |script: &str| {
        let mut node = Command::new("node");
        node.args([script, url]).current_dir(&folder);
        node
    };
    run_script(&mut node("sign_in.js"))?;
    match CHROMIUM.iter().find(|name| is_there(Command::new(name).arg("--version"))) {
        Some(chromium) => run_script(node("browser.js").arg(chromium)),
        None => crate::shared::skip("clients in a browser", "Chromium is not installed"),
    }
}

/// Where Debian puts Chromium; the first package is smaller and enough.
const CHROMIUM: [&str; 2] = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/// Whether a command can be run here.
fn is_there(probe: &mut Command) -> bool {
    probe.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Runs a script to its end, which says what passed.
fn run_script(script: &mut Command) -> anyhow::Result<()> {
    let status = script.status().with_context(|| format!("{script:?} cannot be started"))?;
    if status.success() { Ok(()) } else { bail!("{script:?} ended with {status}") }
}

/// A block of the README that is marked to be run, with those that go on where it ends, and what it says that they
/// print.
struct Transcript<'r> {
    interpreter: &'r str,
    script: String,
    prints: String,
}

/// Where the README lets the server listen.
const README_URL: &str = "http://127.0.0.1:9229";

/// The transcripts: `<!-- run: python3 -->` begins one, `<!-- run on: python3 -->` goes on with it.
fn transcripts(readme: &str) -> anyhow::Result<Vec<Transcript<'_>>> {
    let mut transcripts: Vec<Transcript<'_>> = Vec::new();
    for marked in readme.split("<!-- run").skip(1) {
        let (mark, rest) = marked.split_once(" -->").context("a mark of the README does not end")?;
        let mut blocks = rest.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
        let (Some((_, script)), Some((_, prints))) = (blocks.next(), blocks.next()) else {
            bail!("`<!-- run{mark} -->` in the README is not followed by a script and by what it prints");
        };
        match (mark.split_once(": "), transcripts.last_mut()) {
            (Some(("", interpreter)), _) => {
                let (script, prints) = (script.to_owned(), prints.to_owned());
                transcripts.push(Transcript { interpreter, script, prints });
            }
            (Some((" on", interpreter)), Some(before)) if before.interpreter == interpreter => {
                before.script.push_str(script);
                before.prints.push_str(prints);
            }
            _ => bail!("`<!-- run{mark} -->` in the README is neither a transcript nor goes on with one"),
        }
    }
    Ok(transcripts)
}

impl Transcript<'_> {
    /// Runs the block against the server at `url` and compares what it prints.
    fn run(&self, url: &str) -> anyhow::Result<()> {
        let mut command = Command::new(self.interpreter);
        if self.interpreter == "bash" {
            command.args(["-euo", "pipefail"]);
        }
        let script = self.script.replace(README_URL, url);
        let output = command.arg("-c").arg(script).stderr(Stdio::inherit()).output();
        let output = output.with_context(|| format!("{} cannot be started", self.interpreter))?;
        let printed = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || printed.trim_end() != self.prints.trim_end() {
            bail!(
                "the {} transcript of the README ended with {} and printed\n{printed}\ninstead of\n{}",
                self.interpreter,
                output.status,
                self.prints
            );
        }
        Ok(())
    }
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
