//! Compares the marks in comments with the confidences of the facts that they name.
//!
//! `*Observed*` needs a recorded fact. `*Documented*` needs a documented one; a recorded fact may be documented too.
//! Only the ids that follow a mark directly, such as in `*Observed* (cog-0001, cog-0002)`, belong to it.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context as _;

use super::{
    fact::{Confidence, Fact},
    mentions::ids,
};
use crate::files::{find_handwritten_files, relative};

/// The marks, with the confidences that each allows.
const MARKS: [(&str, &[Confidence]); 2] = [
    ("*Observed*", &[Confidence::Recorded]),
    ("*Documented*", &[Confidence::Documented, Confidence::Recorded]),
];

/// Returns an error for each mark whose fact has another confidence.
pub(super) fn find_errors(root: &Path, facts: &[Fact]) -> anyhow::Result<Vec<String>> {
    let confidences: BTreeMap<&str, Confidence> =
        facts.iter().map(|fact| (fact.id.as_str(), fact.confidence)).collect();
    let mut errors = Vec::new();
    for file in find_handwritten_files(root)? {
        let path = relative(&file, root);
        if path.ends_with(".rs") {
            let text = fs::read_to_string(&file).with_context(|| format!("reading {path}"))?;
            errors.extend(check(&path, &text, &confidences));
        }
    }
    Ok(errors)
}

fn check(path: &str, text: &str, confidences: &BTreeMap<&str, Confidence>) -> Vec<String> {
    let mut errors = Vec::new();
    for (line, comment) in comments(text) {
        for (mark, allowed) in MARKS {
            for (at, _) in comment.match_indices(mark) {
                for id in ids_after(&comment[at + mark.len()..]) {
                    // An id without a fact is reported elsewhere.
                    let Some(confidence) = confidences.get(id) else { continue };
                    if !allowed.contains(confidence) {
                        let name = confidence.name();
                        errors.push(format!("{path}:{line}: {mark} names {id}, which is {name} only"));
                    }
                }
            }
        }
    }
    errors
}

/// Returns the comments of a file, each with the number of its first line. The lines of a comment are joined.
fn comments(text: &str) -> Vec<(usize, String)> {
    let mut comments: Vec<(usize, String)> = Vec::new();
    let mut continues = false;
    for (number, line) in text.lines().enumerate() {
        let Some((code, comment)) = line.split_once("//") else {
            continues = false;
            continue;
        };
        let words = comment.trim_start_matches(['/', '!']).trim();
        match comments.last_mut() {
            Some((_, last)) if continues && code.trim().is_empty() => {
                last.push(' ');
                last.push_str(words);
            }
            _ => comments.push((number + 1, words.to_owned())),
        }
        continues = code.trim().is_empty();
    }
    comments
}

/// Returns the ids at the beginning of a text, separated by punctuation and `and`.
fn ids_after(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for word in text.split([' ', ',', ':', '(', ')', '.', ';']) {
        match ids(word).next() {
            Some(id) => found.push(id),
            None if ["", "and", "in", "there", "compare"].contains(&word) => {}
            None => break,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mark_with_a_fact_of_another_confidence_is_an_error() {
        let confidences = BTreeMap::from([
            ("cog-0001", Confidence::Recorded),
            ("cog-0002", Confidence::Reported),
            ("cog-0003", Confidence::Documented),
        ]);
        let errors = |text: &str| check("a.rs", text, &confidences);
        for right in [
            "// *Observed* (cog-0001).",
            "let a = 1; // *Observed*, cog-0001",
            "// *Documented* (cog-0001, cog-0003).",
            "// *Observed* for users (cog-0002).",
            "// *Observed* (cog-0001). Reported too (cog-0002).",
            "// *Chosen* (cog-0002).",
        ] {
            assert_eq!(errors(right), [""; 0], "{right}");
        }
        let wrong = "a.rs:1: *Observed* names cog-0002, which is reported only";
        assert_eq!(errors("// *Observed*: cog-0001 and cog-0002"), [wrong]);
        assert_eq!(errors("/// One (*Observed*,\n/// cog-0002)."), [wrong], "a comment of two lines");
        assert_eq!(errors("a(); // *Observed*\n// cog-0002"), [""; 0], "two comments");
        let wrong = "a.rs:2: *Documented* names cog-0002, which is reported only";
        assert_eq!(errors("\n//! *Documented* (cog-0002)"), [wrong]);
    }
}
