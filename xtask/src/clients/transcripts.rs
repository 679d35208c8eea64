//! The scripts that the documentation prints, and the output that it prints after each.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};

use super::packages::BINARY;

/// The address at which the documentation lets the server listen.
const DOCUMENTED_URL: &str = "http://127.0.0.1:9229";

/// A page of the documentation.
pub(crate) struct Page {
    /// Its path in the workspace.
    pub(super) name: String,
    /// Its text.
    pub(super) text: String,
}

/// A block of a page that is marked to be run, with the blocks that continue it, and the output that the page prints.
pub(crate) struct Transcript<'p> {
    pub(super) interpreter: &'p str,
    pub(crate) script: String,
    expected: String,
    page: &'p str,
}

/// Returns README.md and the pages of `docs/`.
pub(super) fn pages(root: &Path) -> anyhow::Result<Vec<Page>> {
    let mut names = vec!["README.md".to_owned()];
    for entry in fs::read_dir(root.join("docs")).context("reading docs/")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") {
            names.push(format!("docs/{name}"));
        }
    }
    names.sort();
    let read = |name: String| {
        let text = fs::read_to_string(root.join(&name)).with_context(|| format!("reading {name}"))?;
        Ok(Page { name, text })
    };
    names.into_iter().map(read).collect()
}

impl Page {
    /// Reads the page at `path`.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        Ok(Self { name: path.display().to_string(), text })
    }

    /// Returns the options of the page's server, which `<!-- server: OPTIONS -->` adds to those of every page.
    pub(super) fn server_options(&self) -> impl Iterator<Item = &str> {
        let mark = self.text.split_once("<!-- server: ").and_then(|(_, rest)| rest.split_once(" -->"));
        mark.map_or("", |(options, _)| options).split_whitespace()
    }

    /// Returns the transcripts of the page: `<!-- run: python3 -->` begins one, `<!-- run on: python3 -->` continues it.
    pub(crate) fn transcripts(&self) -> anyhow::Result<Vec<Transcript<'_>>> {
        let mut transcripts: Vec<Transcript<'_>> = Vec::new();
        for marked in self.text.split("<!-- run").skip(1) {
            let name = &self.name;
            let (mark, rest) =
                marked.split_once(" -->").with_context(|| format!("a mark in {name} does not end"))?;
            let mut blocks = rest.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
            let (Some((_, script)), Some((_, output))) = (blocks.next(), blocks.next()) else {
                bail!("`<!-- run{mark} -->` in {name} is not followed by a script and its output");
            };
            match (mark.split_once(": "), transcripts.last_mut()) {
                (Some(("", interpreter)), _) => {
                    let (script, expected) = (script.to_owned(), output.to_owned());
                    transcripts.push(Transcript { interpreter, script, expected, page: name });
                }
                (Some((" on", interpreter)), Some(before)) if before.interpreter == interpreter => {
                    before.script.push_str(script);
                    before.expected.push_str(output);
                }
                _ => bail!("`<!-- run{mark} -->` in {name} neither begins a transcript nor continues one"),
            }
        }
        Ok(transcripts)
    }
}

impl Transcript<'_> {
    /// Runs the script in `folder` against the server at `url`, or one that it starts from the binary `lido`, and compares
    /// its output.
    pub(super) fn run(&self, url: &str, lido: &Path, folder: &Path) -> anyhow::Result<()> {
        let script = self.script.replace(DOCUMENTED_URL, url);
        self.run_script(&script, &[(BINARY, lido)], folder, "cargo xtask clients")
    }

    /// Runs `script`, which was made from that of the transcript, with these variables in `folder`, and compares its output.
    /// `again` is the command to see a failure again.
    pub(crate) fn run_script(
        &self,
        script: &str,
        variables: &[(&str, &Path)],
        folder: &Path,
        again: &str,
    ) -> anyhow::Result<()> {
        let mut command = Command::new(self.interpreter);
        command.args(match self.interpreter {
            "bash" => ["-euo", "pipefail", "-c"].as_slice(),
            "node" => &["--input-type=module", "-e"],
            _ => &["-c"],
        });
        command.arg(script).envs(variables.iter().copied()).current_dir(folder);
        let output = command.stderr(Stdio::inherit()).output();
        let output = output.with_context(|| format!("{} cannot be started", self.interpreter))?;
        let printed = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || printed.trim_end() != self.expected.trim_end() {
            bail!(
                "the {} transcript of {} ended with {} and printed\n{printed}\ninstead of\n{}\ncorrect the page or the server, then run: {again}",
                self.interpreter,
                self.page,
                output.status,
                self.expected
            );
        }
        Ok(())
    }
}
