//! Searches in the index of users.
//!
//! [`lido_domain::user::search::index_texts`] returns the texts in the index, in lower case. A search may find too many
//! users, but never too few.

use lido_domain::user::search::{Comparison, Filter, folded};

/// A search for users by one of their texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// The field of the text.
    pub field: &'static str,
    /// The text, or its prefix, in lower case.
    pub text: String,
    /// Whether the whole text must match, and not only the prefix.
    pub whole: bool,
}

impl Search {
    /// Returns the search for a filter, or `None` if its field is not in the index.
    pub fn of(filter: &Filter) -> Option<Self> {
        filter.field.is_indexed().then(|| Self {
            field: filter.field.as_str(),
            text: folded(&filter.value),
            whole: filter.comparison == Comparison::Is,
        })
    }

    /// Returns whether `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        if self.whole { text == self.text } else { text.starts_with(&self.text) }
    }

    /// Returns the first text that sorts after every match, or `None` if every text from the prefix on matches.
    pub fn end(&self) -> Option<String> {
        let mut end = self.text.clone();
        if self.whole {
            end.push(char::MIN);
            return Some(end);
        }
        while let Some(last) = end.pop() {
            // The range skips the surrogates, which no text contains.
            if let Some(next) = (last..=char::MAX).nth(1) {
                end.push(next);
                return Some(end);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn end_sorts_after_every_match() {
        let search = |text: &str, whole| Search { field: "name", text: text.to_owned(), whole };
        let cases = [
            (search("ann", true), Some("ann\0")),
            (search("ann", false), Some("ano")),
            (search("an\u{10ffff}", false), Some("ao")),
            (search("\u{d7ff}", false), Some("\u{e000}")),
            (search("\u{10ffff}", false), None),
            (search("", false), None),
            (search("", true), Some("\0")),
        ];
        for (search, end) in cases {
            assert_eq!(search.end().as_deref(), end, "{search:?}");
        }
        assert!(search("an", false).matches("ann") && !search("an", true).matches("ann"));
    }
}
