//! What is looked for among users, as a backend's index has it.
//!
//! The texts are [`lido_domain::user::search::index_texts`]'s: in lower case, and of users only. An index may be behind or
//! know too little, but never lack a user.

use lido_domain::user::search::{Comparison, Filter, folded};

/// A text that users may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// Which of their texts.
    pub field: &'static str,
    /// The text, or its beginning, in lower case.
    pub text: String,
    /// Whether it is the whole text.
    pub whole: bool,
}

impl Search {
    /// The search that a filter asks of an index, if there is one for its field.
    pub fn of(filter: &Filter) -> Option<Self> {
        filter.field.is_indexed().then(|| Self {
            field: filter.field.as_str(),
            text: folded(&filter.value),
            whole: filter.comparison == Comparison::Is,
        })
    }

    /// Whether `text` is what is looked for.
    pub fn finds(&self, text: &str) -> bool {
        if self.whole { text == self.text } else { text.starts_with(&self.text) }
    }

    /// The first text that sorts after every one that is looked for; nothing, if all that come are.
    pub fn end(&self) -> Option<String> {
        let mut end = self.text.clone();
        if self.whole {
            end.push(char::MIN);
            return Some(end);
        }
        while let Some(last) = end.pop() {
            // The range leaps over the surrogates, which no text has.
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
    fn where_a_search_ends() {
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
        assert!(search("an", false).finds("ann") && !search("an", true).finds("ann"));
    }
}
