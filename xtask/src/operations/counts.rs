//! The numbers of operations in pages that are written by hand.
//!
//! [`PAGES`] has the phrases that contain them. A phrase that is not in its page is an error, so that a page cannot be
//! reworded out of the check; a number of operations outside these phrases is one, too.

use anyhow::bail;

/// The pages, and the phrases in each; `{all}` and `{served}` stand for the numbers.
pub(super) const PAGES: [(&str, &[&str]); 4] = [
    (
        "README.md",
        &[
            "Lido knows all {all} operations of the API and serves {served} of them.",
            "| operations of user pools | {served} of {all} |",
            "the {all} operations of Cognito take",
        ],
    ),
    // Of the section *Unreleased*: a release freezes the numbers, and removes this row.
    ("CHANGELOG.md", &["- {served} of the {all} operations of Amazon Cognito user pools:"]),
    ("docs/compatibility.md", &["that of the AWS SDKs: {all} operations with"]),
    ("codegen/README.md", &["Lido's own API of {all} operations,"]),
];

/// The numbers of operations.
#[derive(Clone, Copy)]
pub(super) struct Counts {
    /// All operations of the model.
    pub(super) all: usize,
    /// Those that are served.
    pub(super) served: usize,
}

impl Counts {
    /// Returns `text` with the numbers in its phrases.
    ///
    /// # Errors
    /// Returns an error if a phrase is not in `text` exactly once, or if `text` counts operations elsewhere.
    pub(super) fn put(self, text: &str, phrases: &[&str]) -> anyhow::Result<String> {
        let mut text = text.to_owned();
        let mut rest = text.clone();
        for phrase in phrases {
            let pieces = pieces(phrase);
            let found: Vec<_> =
                (0..text.len()).filter_map(|at| Some((at, length(text.get(at..)?, &pieces)?))).collect();
            let &[(at, length)] = found.as_slice() else {
                bail!(
                    "the phrase `{phrase}` is there {} times; xtask/src/operations/counts.rs has it",
                    found.len()
                );
            };
            let former = text[at..at + length].to_owned();
            rest = rest.replace(&former, "");
            let now =
                phrase.replace("{all}", &self.all.to_string()).replace("{served}", &self.served.to_string());
            text.replace_range(at..at + length, &now);
        }
        if let Some(line) = rest.lines().find(|line| counts_operations(line)) {
            bail!("`{line}` counts operations; add the phrase to xtask/src/operations/counts.rs");
        }
        Ok(text)
    }
}

/// Returns the parts of a phrase around its numbers.
fn pieces(phrase: &str) -> Vec<&str> {
    phrase.split(['{', '}']).step_by(2).collect()
}

/// Returns the length of the phrase at the beginning of `text`, or `None` if `text` begins with something else.
fn length(text: &str, pieces: &[&str]) -> Option<usize> {
    let mut rest = text;
    for (index, piece) in pieces.iter().enumerate() {
        if index > 0 {
            let after = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
            rest = (after.len() < rest.len()).then_some(after)?;
        }
        rest = rest.strip_prefix(piece)?;
    }
    Some(text.len() - rest.len())
}

/// Returns whether a line has a number of two digits or more before the word "operations".
fn counts_operations(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_count = |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_digit());
    words
        .windows(2)
        .any(|pair| matches!(pair, [number, word] if is_count(number) && word.starts_with("operations")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTS: Counts = Counts { all: 153, served: 82 };
    const PHRASE: &str = "all {all}, of them {served}.";

    #[test]
    fn numbers_of_phrases_are_replaced() {
        let put = |text: &str| COUNTS.put(text, &[PHRASE, "x {all}"]).unwrap();
        assert_eq!(put("é: all 1, of them 2. x 3"), "é: all 153, of them 82. x 153");
        assert_eq!(put("all 153, of them 82. x 153"), "all 153, of them 82. x 153");
    }

    #[test]
    fn phrase_that_is_absent_or_repeated_is_refused() {
        for text in ["", "all, of them.", "all 1, of them .", "all 1, of them 2. all 3, of them 4."] {
            let error = COUNTS.put(text, &[PHRASE]).unwrap_err().to_string();
            assert!(error.contains(PHRASE), "{error}");
        }
    }

    #[test]
    fn count_outside_of_a_phrase_is_refused() {
        let text = "all 1, of them 2. There are 141 operations here.";
        assert!(COUNTS.put(text, &[PHRASE]).unwrap_err().to_string().contains("counts operations"));
        assert!(COUNTS.put("all 1, of them 2. Two operations, 2 operations.", &[PHRASE]).is_ok());
    }
}
