//! Finds the ids of facts in the files that are written by hand.
//!
//! A test shows the facts that it names. Tests are the Rust files of the server and the runtime below a folder `tests`
//! or called `tests.rs` or `…_tests.rs`, and the test module at the end of any other of their files. Ids elsewhere, in
//! comments for example, show nothing, but the facts must exist.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context as _;

use super::{PAGE, REASONS};
use crate::files::{find_handwritten_files, relative};

/// The folders whose tests are about the live service.
const TESTED: [&str; 2] = ["codegen/runtime/", "server/"];

/// The ids that are named.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    /// For each id the files with a test that names it.
    pub(super) tests: BTreeMap<String, Vec<String>>,
    /// For each id every place that names it, as `file:line`.
    pub(super) places: BTreeMap<String, Vec<String>>,
}

impl Mentions {
    /// Adds the ids in the file at `path`, which is relative to the workspace.
    fn add(&mut self, path: &str, text: &str) {
        for (number, line) in text.lines().enumerate() {
            for id in ids(line) {
                self.places.entry(id.to_owned()).or_default().push(format!("{path}:{}", number + 1));
            }
        }
        if !path.ends_with(".rs") || !TESTED.iter().any(|folder| path.starts_with(folder)) {
            return;
        }
        let (_, tests) = text.split_at(find_tests(path, text));
        for id in ids(tests) {
            let files = self.tests.entry(id.to_owned()).or_default();
            if files.last().is_none_or(|last| last != path) {
                files.push(path.to_owned());
            }
        }
    }
}

/// Reads every file of the workspace that is written by hand, except the page and the list of reasons.
pub(super) fn find(root: &Path) -> anyhow::Result<Mentions> {
    let mut mentions = Mentions::default();
    for file in find_handwritten_files(root)? {
        let path = relative(&file, root);
        if [PAGE, REASONS].contains(&path.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&file).with_context(|| format!("reading {path}"))?;
        mentions.add(&path, &text);
    }
    Ok(mentions)
}

/// Returns the offset at which the tests of a file begin, which is its end if it has none.
fn find_tests(path: &str, text: &str) -> usize {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    if folders.split('/').any(|folder| folder == "tests") || name == "tests.rs" || name.ends_with("_tests.rs")
    {
        return 0;
    }
    let mut at = 0;
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let opens_module = |next: &&str| next.starts_with("mod ") && next.trim_end().ends_with('{');
        if line.trim_end() == "#[cfg(test)]" && lines.peek().is_some_and(opens_module) {
            return at;
        }
        at += line.len();
    }
    at
}

/// Returns the ids in a text, in order: three lower-case letters, a hyphen and four digits that form a word.
pub(super) fn ids(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_');
    words.filter(|word| {
        word.split_once('-').is_some_and(|(prefix, number)| {
            let is_prefix = prefix.len() == 3 && prefix.bytes().all(|byte| byte.is_ascii_lowercase());
            is_prefix && number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_words_of_three_letters_and_four_digits() {
        let text = "cog-0001, cog-12, (cog-0345). utf-0008x a-cog-0002 Cog-0003";
        assert_eq!(ids(text).collect::<Vec<_>>(), ["cog-0001", "cog-0345"]);
        assert_eq!(ids("cog-").count(), 0);
    }

    #[test]
    fn only_tests_show_facts() {
        let inline = "// cog-0001\n#[cfg(test)]\nmod fixture;\n// cog-0002\n#[cfg(test)]\nmod tests {\n// cog-0003\n}\n";
        let mut mentions = Mentions::default();
        mentions.add("server/src/a.rs", inline);
        mentions.add("server/src/a_tests.rs", "cog-0001 cog-0001");
        mentions.add("server/tests/it/b.rs", "cog-0003");
        mentions.add("server/tests/c.md", "cog-0002");
        mentions.add("xtask/src/tests.rs", "cog-0002");
        assert_eq!(mentions.tests["cog-0001"], ["server/src/a_tests.rs"]);
        assert_eq!(mentions.tests["cog-0003"], ["server/src/a.rs", "server/tests/it/b.rs"]);
        assert!(!mentions.tests.contains_key("cog-0002"));
        let places = ["server/src/a.rs:4", "server/tests/c.md:1", "xtask/src/tests.rs:1"];
        assert_eq!(mentions.places["cog-0002"], places);
    }
}
