//! Converts patterns. botocore's match the whole text; Smithy's match anywhere in it.

/// A pattern for Smithy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The pattern with anchors.
    pub(super) searched: String,
    /// The pattern as error messages print it, if it differs.
    pub(super) printed: Option<String>,
}

/// Converts a pattern. The service matches the whole value, with anchors or without, and prints the pattern unchanged.
pub(super) fn convert(text: &str) -> Pattern {
    if is_anchored(text) {
        return Pattern { searched: text.to_owned(), printed: None };
    }
    Pattern { searched: format!("^(?:{text})$"), printed: Some(text.to_owned()) }
}

/// Returns whether the whole pattern is between anchors. Anchors bind more tightly than `|`: `^a|b$` matches `ax`. Returns
/// `false` if in doubt, since additional anchors do no harm.
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
    fn pattern_without_anchors_gets_anchors() {
        for text in [r"[\w+]+", "(?s).*", "", "^a", "a$", r"^a\$", "^a|b$", "^a$|^b$", "^[a$", "^(a$"] {
            let Pattern { searched, printed } = convert(text);
            assert_eq!(searched, format!("^(?:{text})$"));
            assert_eq!(printed.as_deref(), Some(text));
        }
    }

    #[test]
    fn anchored_pattern_is_unchanged() {
        for text in ["^$", "^a$", "^(a|b)$", "^[a|b]$", r"^a\|b$", r"^[0-9A-Za-z\.\-_]*(?<!\.)$", r"^[\]|]$"]
        {
            assert_eq!(convert(text), Pattern { searched: text.to_owned(), printed: None });
        }
    }
}
