//! The schema of `facts/*.jsonl`; `facts/README.md` describes it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use serde::{Deserialize, Serialize};

/// The folder of the facts.
const FOLDER: &str = "facts";

/// One fact about the live service: a line of a file.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fact {
    /// Three letters and four digits, such as `cog-0001`.
    pub(super) id: String,
    /// An operation, an endpoint or a subject; `*` for every operation.
    pub(super) operation: String,
    pub(super) situation: String,
    pub(super) answer: Answer,
    pub(super) confidence: Confidence,
    pub(super) source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<String>,
}

/// What the service answers, as far as it is known.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) error_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
}

/// How a fact is known.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Confidence {
    Recorded,
    Documented,
    Reported,
    Inferred,
}

impl Confidence {
    /// Returns the name that the files have for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Documented => "documented",
            Self::Reported => "reported",
            Self::Inferred => "inferred",
        }
    }
}

/// Returns the path of the file of facts with this name.
pub(super) fn file(root: &Path, name: &str) -> PathBuf {
    root.join(FOLDER).join(name)
}

/// Reads every file of facts, in the order of their names.
///
/// # Errors
/// Returns an error that names the file and the line if a line does not fit the schema, or if ids are not in order or
/// occur twice.
pub(super) fn read_all(root: &Path) -> anyhow::Result<Vec<Fact>> {
    let folder = root.join(FOLDER);
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            files.push(path);
        }
    }
    files.sort();
    let mut facts: Vec<Fact> = Vec::new();
    for path in &files {
        let own = read(path)?;
        if let Some(twice) = own.iter().find(|fact| facts.iter().any(|other| other.id == fact.id)) {
            bail!("{}: {} is in another file of {FOLDER}/ too; remove one", path.display(), twice.id);
        }
        facts.extend(own);
    }
    Ok(facts)
}

/// Reads one file of facts.
///
/// # Errors
/// As [`read_all`].
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Fact>> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let facts: Vec<Fact> = parse_lines(&text, path)?;
    for pair in facts.windows(2) {
        if let [one, next] = pair {
            let ordered = one.id < next.id;
            ensure!(ordered, "{}: {} must stand before {}", path.display(), next.id, one.id);
        }
    }
    Ok(facts)
}

/// Writes one file of facts.
pub(super) fn write(path: &Path, facts: &[Fact]) -> anyhow::Result<()> {
    let mut text = String::new();
    for fact in facts {
        text.push_str(&serde_json::to_string(fact)?);
        text.push('\n');
    }
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

/// Parses each line of `text` that is not blank; `path` is for error messages.
pub(super) fn parse_lines<T: for<'de> Deserialize<'de>>(text: &str, path: &Path) -> anyhow::Result<Vec<T>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| {
            serde_json::from_str(line).with_context(|| format!("{}:{}", path.display(), at + 1))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_written_as_it_was_read() {
        let folder = crate::workspace().unwrap().join(FOLDER);
        let copy = tempfile::NamedTempFile::new().unwrap();
        let facts = folder.join("cognito-behaviour.jsonl");
        write(copy.path(), &read(&facts).unwrap()).unwrap();
        assert!(
            fs::read(copy.path()).unwrap() == fs::read(&facts).unwrap(),
            "a line is not in its usual form"
        );
    }

    #[test]
    fn file_with_wrong_order_or_unknown_member_is_refused() {
        let line = |id: &str, more: &str| {
            format!(
                "{{\"id\":\"{id}\",\"operation\":\"*\",\"situation\":\"s\",\"answer\":{{}},\
                 \"confidence\":\"recorded\",\"source\":\"s\"{more}}}\n"
            )
        };
        let refused = |text: String| {
            let file = tempfile::NamedTempFile::new().unwrap();
            fs::write(file.path(), text).unwrap();
            format!("{:#}", read(file.path()).unwrap_err())
        };
        let unordered = refused(line("cog-0002", "") + &line("cog-0001", ""));
        assert!(unordered.ends_with("cog-0001 must stand before cog-0002"), "{unordered}");
        let unknown = refused(line("cog-0001", "") + &line("cog-0002", ",\"where\":\"x\""));
        assert!(unknown.contains(":2: unknown field `where`"), "{unknown}");
    }
}
