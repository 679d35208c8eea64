//! What the README prints to be run, and what it says comes of it.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};

/// A block of the README that is marked to be run, with those that go on where it ends, and what it says that they
/// print.
pub(super) struct Transcript<'r> {
    pub(super) interpreter: &'r str,
    pub(super) script: String,
    prints: String,
}

/// Where the README lets the server listen.
const README_URL: &str = "http://127.0.0.1:9229";

/// The transcripts: `<!-- run: python3 -->` begins one, `<!-- run on: python3 -->` goes on with it.
pub(super) fn transcripts(readme: &str) -> anyhow::Result<Vec<Transcript<'_>>> {
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
    /// Runs the block in `folder` against the server at `url` and compares what it prints.
    pub(super) fn run(&self, url: &str, folder: &Path) -> anyhow::Result<()> {
        let mut command = Command::new(self.interpreter);
        command.args(match self.interpreter {
            "bash" => ["-euo", "pipefail", "-c"].as_slice(),
            "node" => &["--input-type=module", "-e"],
            _ => &["-c"],
        });
        let script = self.script.replace(README_URL, url);
        let output = command.arg(script).current_dir(folder).stderr(Stdio::inherit()).output();
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
