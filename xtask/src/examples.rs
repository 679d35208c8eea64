//! `cargo xtask examples`: lints and tests the examples of generated servers, runs the commands of their READMEs, and
//! does the same with a crate that `lido-codegen init` lays out, as the generator's README tells a newcomer.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use crate::clients::{Page, Server};

/// The packages in `examples/`.
const EXAMPLES: [&str; 3] = ["key-value", "pokemon", "ticket-shop"];

/// How long a server may take to complete what has begun.
const SHUTDOWN: Duration = Duration::from_secs(10);

/// Lints, tests and calls the examples and a new crate.
///
/// # Errors
/// Returns an error if clippy warns, if a test fails, or if a command prints something else than its README.
pub(crate) fn run() -> anyhow::Result<()> {
    let root = crate::workspace()?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let examples = root.join("examples");
    cargo(&examples, &["fmt", "--all", "--check"])?;
    test(&root, &examples, &target)?;
    for name in EXAMPLES {
        let readme = examples.join(name).join("README.md");
        let binary = target.join("debug").join(name);
        println!("{name}: {} transcripts", transcripts(&readme, &binary)?);
    }
    let folder = target.join("examples/weather");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("deleting the crate of a former run")?;
    }
    let folder = folder.to_str().context("the target folder is not UTF-8")?;
    cargo(&root, &["run", "--quiet", "--package", "lido-codegen", "--", "init", folder, "--source", "."])?;
    test(&root, folder.as_ref(), &target)?;
    let binary = target.join("debug/weather");
    println!("a new crate: {} transcripts", transcripts(&root.join("codegen/README.md"), &binary)?);
    Ok(())
}

/// Gives the packages in `folder` to clippy, and tests them, with the locked versions of this workspace.
fn test(root: &Path, folder: &Path, target: &Path) -> anyhow::Result<()> {
    // Cargo removes the entries that it does not need.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).context("copying Cargo.lock")?;
    let target = target.to_str().context("the target folder is not UTF-8")?;
    let clippy = ["clippy", "--quiet", "--workspace", "--all-targets", "--target-dir", target];
    cargo(folder, &[&clippy[..], &["--", "--deny", "warnings"]].concat())?;
    cargo(folder, &["test", "--quiet", "--workspace", "--target-dir", target])
}

fn cargo(folder: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status =
        Command::new(program).args(arguments).current_dir(folder).status().context("starting cargo")?;
    if status.success() {
        Ok(())
    } else {
        bail!("cargo {} in {} ended with {status}", arguments.join(" "), folder.display())
    }
}

/// Runs the transcripts of a README against a server of its own, which is interrupted then and must end well. Returns how
/// many there are.
fn transcripts(readme: &Path, binary: &Path) -> anyhow::Result<usize> {
    let page = Page::read(readme)?;
    let mut server = Server::start(Command::new(binary).arg("127.0.0.1:0"))?;
    let transcripts = page.transcripts()?;
    for transcript in &transcripts {
        let script = with_address(&transcript.script, &server.url);
        transcript.run_script(&script, &[], readme.parent().unwrap_or(readme), "cargo xtask examples")?;
    }
    if transcripts.is_empty() {
        bail!("{} has no transcript", readme.display());
    }
    interrupt(&mut server).with_context(|| format!("stopping {}", binary.display()))?;
    Ok(transcripts.len())
}

/// Returns the script with another address in the place of the documented one, `http://127.0.0.1:809…`.
fn with_address(script: &str, url: &str) -> String {
    const DOCUMENTED: &str = "http://127.0.0.1:809";
    let mut text = String::new();
    let mut rest = script;
    while let Some((before, after)) = rest.split_once(DOCUMENTED) {
        text.push_str(before);
        text.push_str(url);
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    text + rest
}

/// Interrupts a server, and waits until it has ended.
fn interrupt(server: &mut Server) -> anyhow::Result<()> {
    let id = server.child.id().to_string();
    Command::new("kill").args(["-INT", &id]).status().context("starting kill")?;
    let started = Instant::now();
    while started.elapsed() < SHUTDOWN {
        if let Some(status) = server.child.try_wait()? {
            return if status.success() { Ok(()) } else { bail!("the server ended with {status}") };
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    bail!("the server did not end within {} s", SHUTDOWN.as_secs())
}

#[cfg(test)]
mod tests {
    use super::with_address;

    #[test]
    fn documented_address_is_replaced_with_its_port() {
        assert_eq!(with_address("curl http://127.0.0.1:8091/ -d 1", "http://x:1"), "curl http://x:1/ -d 1");
        assert_eq!(with_address("true", "http://x:1"), "true");
    }
}
