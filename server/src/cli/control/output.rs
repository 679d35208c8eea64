//! What the commands print. Texts that users have chosen are printed without control characters, so that no name can move
//! the cursor, hide a line or reorder the text of a terminal.

use std::io::{self, Write as _};

use anyhow::Context as _;
use serde_json::Value;

/// Returns a text in which every character that a terminal may obey is escaped, as Rust escapes it.
pub(super) fn plain(text: &str) -> String {
    let escape = |char: char| match is_obeyed(char) {
        true => char.escape_unicode().to_string(),
        false => char.to_string(),
    };
    text.chars().map(escape).collect()
}

/// Returns JSON on one line, in which such characters are escaped as JSON has it.
fn plain_json(value: &Value) -> String {
    let text = value.to_string();
    let mut plain = String::with_capacity(text.len());
    for char in text.chars() {
        if is_obeyed(char) {
            // They are inside strings alone, and each is one unit of UTF-16.
            plain.push_str(&format!("\\u{:04x}", u32::from(char)));
        } else {
            plain.push(char);
        }
    }
    plain
}

/// Returns whether a character is one of control, or one that separates lines or sets the direction of the text.
fn is_obeyed(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Prints a line. The text must be [`plain`].
///
/// # Errors
/// Standard output cannot be written. `Ok(false)` if its reader has closed it.
pub(super) fn line(text: &str) -> anyhow::Result<bool> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error).context("writing to standard output"),
    }
}

/// Prints JSON on one line, as [`line`] does.
pub(super) fn json(value: &Value) -> anyhow::Result<bool> {
    line(&plain_json(value))
}

/// Returns the text of a member, [`plain`]; empty if there is none.
pub(super) fn text(value: &Value, member: &str) -> String {
    plain(value[member].as_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_character_that_a_terminal_obeys_is_printed() {
        let cases = [
            ("ann ä 漢字 👩‍💻", "ann ä 漢字 👩‍💻"),
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("a\r\n\tb\u{7f}", "a\\u{d}\\u{a}\\u{9}b\\u{7f}"),
            ("a\u{9b}2J", "a\\u{9b}2J"),
            ("a\u{202e}b\u{2066}c\u{2028}", "a\\u{202e}b\\u{2066}c\\u{2028}"),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text), expected);
            let value = json!({ "name": text });
            let printed = plain_json(&value);
            assert!(!printed.chars().any(is_obeyed), "{printed}");
            assert_eq!(serde_json::from_str::<Value>(&printed).expect("JSON"), value);
        }
    }
}
