//! `cargo xtask facts --from FILE`: adds facts that were collected outside of this repository.
//!
//! Facts that the repository does not have are added. Facts that it has are kept, and reported if `FILE` differs.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde::Deserialize;

use super::{
    REASONS,
    fact::{self, Answer, Confidence, Fact},
};
use crate::files::relative;

/// A fact as it is collected: the answer is not a structure of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CollectedFact {
    id: String,
    #[serde(alias = "where")]
    operation: String,
    situation: String,
    status: Option<u16>,
    #[serde(rename = "type")]
    error_type: Option<String>,
    message: Option<String>,
    /// The answer in words.
    #[serde(alias = "answer")]
    expected: Option<String>,
    confidence: Confidence,
    source: String,
    note: Option<String>,
}

impl From<CollectedFact> for Fact {
    fn from(collected: CollectedFact) -> Self {
        let CollectedFact {
            id,
            operation,
            situation,
            status,
            error_type,
            message,
            mut expected,
            confidence,
            source,
            mut note,
        } = collected;
        // Without a type and a text, the note says what the answer is.
        if error_type.is_none() && message.is_none() && expected.is_none() {
            expected = note.take();
        }
        let operation = if operation == "any" { "*".to_owned() } else { operation };
        let answer = Answer { status, error_type, message, description: expected };
        Self { id, operation, situation, answer, confidence, source, note }
    }
}

/// Adds the new facts of `from` to the file of the same name in `facts/`, and prints what was added and what differs.
pub(super) fn run(from: &Path, root: &Path) -> anyhow::Result<()> {
    let name = from.file_name().with_context(|| format!("{} is not a file", from.display()))?;
    let text = fs::read_to_string(from).with_context(|| format!("reading {}", from.display()))?;
    let collected: Vec<CollectedFact> = fact::parse_lines(&text, from)?;
    let path: PathBuf = fact::file(root, &name.to_string_lossy());
    let known = if path.exists() { fact::read(&path)? } else { Vec::new() };
    let merged = Merged::new(known, collected.into_iter().map(Fact::from));
    if !merged.added.is_empty() {
        fact::write(&path, &merged.facts)?;
    }
    print!("{}", merged.report(&relative(&path, root))?);
    Ok(())
}

/// The facts of the repository with those of a collected file.
#[derive(Debug)]
struct Merged {
    /// All of them, by id.
    facts: Vec<Fact>,
    /// The ids of new facts, by operation.
    added: BTreeMap<String, Vec<String>>,
    /// Facts that differ: that of the repository, and that of the file.
    changed: Vec<(Fact, Fact)>,
}

impl Merged {
    fn new(known: Vec<Fact>, collected: impl Iterator<Item = Fact>) -> Self {
        let mut facts: BTreeMap<_, _> = known.into_iter().map(|fact| (fact.id.clone(), fact)).collect();
        let (mut added, mut changed) = (BTreeMap::<String, Vec<String>>::new(), Vec::new());
        for fact in collected {
            match facts.get(&fact.id) {
                Some(own) if *own == fact => {}
                Some(own) => changed.push((own.clone(), fact)),
                None => {
                    added.entry(fact.operation.clone()).or_default().push(fact.id.clone());
                    facts.insert(fact.id.clone(), fact);
                }
            }
        }
        Self { facts: facts.into_values().collect(), added, changed }
    }

    /// Returns what was added and what differs, and what is to be done about it.
    fn report(&self, path: &str) -> anyhow::Result<String> {
        let mut report = String::new();
        for (own, other) in &self.changed {
            writeln!(report, "{} differs:", own.id)?;
            writeln!(report, "  repository: {}", serde_json::to_string(own)?)?;
            writeln!(report, "  file:       {}", serde_json::to_string(other)?)?;
        }
        if !self.changed.is_empty() {
            writeln!(report, "Nothing was changed: edit {path} where the file is right.")?;
        }
        let added: usize = self.added.values().map(Vec::len).sum();
        writeln!(report, "{added} facts added to {path}, {} differ", self.changed.len())?;
        if added > 0 {
            writeln!(
                report,
                "\nName each in a test. Until then, list them in {REASONS} under [not_served_yet]:"
            )?;
            for (operation, ids) in &self.added {
                let is_bare = operation.bytes().all(|byte| byte.is_ascii_alphanumeric());
                let key = if is_bare { operation.clone() } else { format!("{operation:?}") };
                writeln!(report, "{key} = {ids:?}")?;
            }
            writeln!(report, "\nThen run: cargo xtask facts")?;
        }
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(line: &str) -> Fact {
        serde_json::from_str::<CollectedFact>(line).unwrap().into()
    }

    const COGNITO: &str = r#"{"id": "cog-0001", "operation": "SignUp", "situation": "s", "status": 400,
        "type": "T", "message": "m", "confidence": "recorded", "source": "x", "note": "n"}"#;
    const REST: &str = r#"{"id": "cog-0002", "operation": "any", "situation": "s", "status": 200, "type": null,
        "message": null, "expected": "e", "confidence": "inferred", "source": "x", "note": null}"#;
    const OAUTH: &str = r#"{"id": "cog-0003", "where": "GET /logout", "situation": "s", "status": null,
        "answer": "a", "confidence": "documented", "source": "x"}"#;

    #[test]
    fn collected_facts_get_the_schema_of_the_repository() {
        let written = [COGNITO, REST, OAUTH].map(|line| serde_json::to_string(&collected(line)).unwrap());
        assert_eq!(
            written,
            [
                r#"{"id":"cog-0001","operation":"SignUp","situation":"s","answer":{"status":400,"type":"T","message":"m"},"confidence":"recorded","source":"x","note":"n"}"#,
                r#"{"id":"cog-0002","operation":"*","situation":"s","answer":{"status":200,"description":"e"},"confidence":"inferred","source":"x"}"#,
                r#"{"id":"cog-0003","operation":"GET /logout","situation":"s","answer":{"description":"a"},"confidence":"documented","source":"x"}"#,
            ]
        );
    }

    #[test]
    fn note_of_a_fact_without_type_and_message_is_its_answer() {
        let line = COGNITO.replace(r#""T""#, "null").replace(r#""m""#, "null");
        let fact = collected(&line);
        assert_eq!((fact.answer.description.as_deref(), fact.note), (Some("n"), None));
    }

    #[test]
    fn new_facts_are_added_and_known_facts_are_kept() {
        let known = vec![collected(COGNITO), collected(OAUTH)];
        let changed = collected(&COGNITO.replace("400", "403"));
        let merged =
            Merged::new(known.clone(), [changed.clone(), collected(REST), collected(OAUTH)].into_iter());
        let ids: Vec<_> = merged.facts.iter().map(|fact| fact.id.as_str()).collect();
        assert_eq!(ids, ["cog-0001", "cog-0002", "cog-0003"]);
        assert_eq!(merged.facts[0], known[0]);
        assert_eq!(merged.changed, [(known[0].clone(), changed)]);
        let report = merged.report("facts/x.jsonl").unwrap();
        assert!(report.contains("cog-0001 differs:\n"), "{report}");
        assert!(report.contains("1 facts added to facts/x.jsonl, 1 differ\n"), "{report}");
        assert!(report.contains("\n\"*\" = [\"cog-0002\"]\n"), "{report}");
    }
}
