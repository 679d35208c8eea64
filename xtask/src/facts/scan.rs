//! Which test names which fact.
//!
//! A fact is named by its id, `cog-` and four digits, in the text of a hand-written test: anywhere in a file below a
//! folder `tests` or in one called `tests.rs` or `…_tests.rs`, and elsewhere from the line on that opens the test
//! module of the file. What stands in other code, or in what is generated, explains and shows nothing; but an id that
//! is named there must be one.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

/// Where tests that speak of the live service live.
const ROOTS: [&str; 2] = ["codegen/runtime", "server"];

/// Every id that is named, with the files that name it.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    /// By tests.
    pub(super) tests: BTreeMap<String, Vec<String>>,
    /// By anything else.
    pub(super) elsewhere: BTreeMap<String, Vec<String>>,
}

impl Mentions {
    /// Notes what the file at `path` names.
    fn add(&mut self, path: &str, text: &str) {
        let (code, tests) = text.split_at(tests_begin_at(path, text));
        for (mentions, text) in [(&mut self.elsewhere, code), (&mut self.tests, tests)] {
            for id in ids(text) {
                let files = mentions.entry(id.to_owned()).or_default();
                if files.last().is_none_or(|last| last != path) {
                    files.push(path.to_owned());
                }
            }
        }
    }
}

/// Reads every hand-written file below `root` that may hold a test.
pub(super) fn mentions(root: &Path) -> anyhow::Result<Mentions> {
    let mut mentions = Mentions::default();
    for file in
        ROOTS.iter().map(|folder| rust_files(&root.join(folder))).collect::<Result<Vec<_>, _>>()?.concat()
    {
        let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        let path = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        mentions.add(&path, &text);
    }
    Ok(mentions)
}

fn rust_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("reading {}", next.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Where in `text` its tests begin; at the end, if it has none.
fn tests_begin_at(path: &str, text: &str) -> usize {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    if folders.split('/').any(|folder| folder == "tests") || name == "tests.rs" || name.ends_with("_tests.rs")
    {
        return 0;
    }
    let mut at = 0;
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let opens = |next: &&str| next.starts_with("mod ") && next.trim_end().ends_with('{');
        if line.trim_end() == "#[cfg(test)]" && lines.peek().is_some_and(opens) {
            return at;
        }
        at += line.len();
    }
    at
}

/// The ids in a text, in the order in which they stand.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    const BEGIN: &str = "cog-";
    text.match_indices(BEGIN).filter_map(|(at, _)| {
        let id = text.get(at..at + BEGIN.len() + 4)?;
        id.get(BEGIN.len()..)?.bytes().all(|byte| byte.is_ascii_digit()).then_some(id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_four_digits() {
        assert_eq!(ids("cog-0001, cog-12 and cog-0345.").collect::<Vec<_>>(), ["cog-0001", "cog-0345"]);
        assert_eq!(ids("cog-").count(), 0);
    }

    #[test]
    fn only_tests_show_something() {
        let inline = "// cog-0001\n#[cfg(test)]\nmod fixture;\n// cog-0002\n#[cfg(test)]\nmod tests {\n// cog-0003\n}\n";
        let mut mentions = Mentions::default();
        mentions.add("server/src/a.rs", inline);
        mentions.add("server/src/a_tests.rs", "cog-0001 cog-0001");
        mentions.add("server/tests/it/b.rs", "cog-0003");
        assert_eq!(mentions.elsewhere.keys().collect::<Vec<_>>(), ["cog-0001", "cog-0002"]);
        assert_eq!(mentions.tests["cog-0001"], ["server/src/a_tests.rs"]);
        assert_eq!(mentions.tests["cog-0003"], ["server/src/a.rs", "server/tests/it/b.rs"]);
        assert!(!mentions.tests.contains_key("cog-0002"));
    }
}
