//! A pattern that is matched against the whole text, and what of it is shown to clients.

/// A pattern as Smithy has it, found anywhere in a text, and the text that messages print where
/// that differs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) searched: String,
    pub(super) printed: Option<String>,
}

/// The service matches the whole of a value, with anchors or without, and prints the pattern as it
/// holds it.
pub(super) fn of(text: &str) -> Pattern {
    if is_anchored(text) {
        return Pattern { searched: text.to_owned(), printed: None };
    }
    Pattern { searched: format!("^(?:{text})$"), printed: Some(text.to_owned()) }
}

/// Whether the anchors hold the whole of the pattern. They bind more tightly than `|`: `^a|b$`
/// would be found in `ax`. Where in doubt the answer is no, which is always right.
fn is_anchored(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut in_class = false;
    let mut last = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        last = Some(letter);
        match letter {
            '\\' => {
                letters.next();
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => depth = depth.saturating_sub(1),
            '|' if !in_class && depth == 0 => return false,
            _ => {}
        }
    }
    text.starts_with('^') && last == Some('$') && depth == 0 && !in_class
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_added_where_they_are_missing() {
        for text in [r"[\w+]+", "(?s).*", "", "^a", "a$", r"^a\$", "^a|b$", "^a$|^b$", "^[a$", "^(a$"] {
            let Pattern { searched, printed } = of(text);
            assert_eq!(searched, format!("^(?:{text})$"));
            assert_eq!(printed.as_deref(), Some(text));
        }
    }

    #[test]
    fn anchored_patterns_are_taken_as_they_are() {
        for text in ["^$", "^a$", "^(a|b)$", "^[a|b]$", r"^a\|b$", r"^[0-9A-Za-z\.\-_]*(?<!\.)$", r"^[\]|]$"]
        {
            assert_eq!(of(text), Pattern { searched: text.to_owned(), printed: None });
        }
    }
}
