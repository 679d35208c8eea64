//! Checks that the documents and paths that hand-written files name exist, so that a reader can follow them.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::Context as _;

use crate::files::{find_handwritten_files, relative};

/// Names of documents that are not in this repository.
const OUTSIDE: [&str; 4] = ["BEHAVIOUR", "API-REST", "CLIENTS-NEED", "contract of the house"];

/// This file, which has to name them.
const OWN_PATH: &str = "xtask/src/architecture/references.rs";

/// The top-level folders whose paths are checked.
const FOLDERS: [&str; 8] =
    ["clients/", "codegen/", "deploy/", "docs/", "facts/", "model/", "server/", "xtask/"];

/// Returns a line for each reference that leads nowhere: to one of [`OUTSIDE`], to a Markdown file with a name in capitals
/// that does not exist, or to a path between backticks that does not exist.
pub(super) fn find() -> anyhow::Result<Vec<String>> {
    let root = crate::workspace()?;
    let files = find_handwritten_files(&root)?;
    let documents: BTreeSet<_> = files.iter().filter_map(|file| file.file_name()?.to_str()).collect();
    let mut found = Vec::new();
    for file in &files {
        let path = relative(file, &root);
        if path == OWN_PATH {
            continue;
        }
        let text = fs::read_to_string(file).with_context(|| format!("reading {path}"))?;
        for (number, line) in text.lines().enumerate() {
            for name in dead_references(line, &documents) {
                found.push(format!(
                    "{path}:{}: {name} is not in this repository; name a fact (facts/) or a page of the documentation",
                    number + 1
                ));
            }
            for name in dead_paths(line, &root) {
                found.push(format!(
                    "{path}:{}: `{name}` does not exist; name a path of the repository",
                    number + 1
                ));
            }
        }
    }
    Ok(found)
}

/// Returns the documents that a line names and that are not among `documents`.
fn dead_references<'l>(line: &'l str, documents: &BTreeSet<&str>) -> Vec<&'l str> {
    let outside = OUTSIDE.iter().flat_map(|name| line.matches(name));
    let markdown = line.match_indices(".md").filter_map(|(at, extension)| {
        let end = at + extension.len();
        let is_capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || "-_".contains(c);
        let before = line.get(..at)?;
        let start = before.trim_end_matches(is_capital).len();
        let is_whole = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let name = line.get(start..end)?;
        let is_name = start < at
            && is_whole(line.get(..start)?.chars().next_back())
            && is_whole(line.get(end..)?.chars().next());
        (is_name && !documents.contains(name)).then_some(name)
    });
    outside.chain(markdown).collect()
}

/// Returns the paths between backticks that do not exist below `root`. A path is relative to the workspace and begins with
/// one of [`FOLDERS`]; one with a placeholder or a pattern is not checked.
fn dead_paths<'l>(line: &'l str, root: &Path) -> Vec<&'l str> {
    let quoted = line.split('`').skip(1).step_by(2);
    let paths = quoted.filter_map(|text| text.split(['#', ':']).next());
    let paths = paths.filter(|path| FOLDERS.iter().any(|folder| path.starts_with(folder)));
    let paths = paths.filter(|path| !path.contains(['<', '*', '{', '…', ' ', '$']));
    paths.filter(|path| !root.join(path).exists()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_do_not_exist_are_found() {
        let root = crate::workspace().unwrap();
        let found = |line| dead_paths(line, &root);
        assert_eq!(
            found("`xtask/src/main.rs`, `model/cognito-idp/` and `xtask/src/gone.rs:7`"),
            ["xtask/src/gone.rs"]
        );
        assert_eq!(
            found("`server/src/<family>/x.rs`, `tests/gone.rs`, xtask/gone, `server/tests/*.rs`"),
            [""; 0]
        );
    }

    #[test]
    fn documents_outside_of_the_repository_are_found() {
        let documents = BTreeSet::from(["README.md", "ARCHITECTURE.md"]);
        let found = |line| dead_references(line, &documents);
        assert_eq!(found("recorded (BEHAVIOUR 1.6), see OTHER-PAGE.md."), ["BEHAVIOUR", "OTHER-PAGE.md"]);
        assert_eq!(found("see ../README.md#top and ARCHITECTURE.md"), [""; 0]);
        assert_eq!(found("docs/getting-started.md, a.md, Case.md, OTHER.mdx"), [""; 0]);
    }
}
