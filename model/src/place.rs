//! Finds the line and column of a JSON pointer in the text of a file.

use std::borrow::Cow;

use crate::{Diagnostic, Place, diagnostic::escaped};

/// How many diagnostics get a line and column. Each costs a pass over its file, and a reader mends a few at a time.
const MAX_LOCATED: usize = 200;

/// Sets the places of the first diagnostics with an origin in one of these files.
pub(crate) fn locate(diagnostics: &mut [Diagnostic], sources: &[(&str, &[u8])]) {
    let unknown = diagnostics.iter_mut().filter(|diagnostic| diagnostic.place.is_none());
    for diagnostic in unknown.take(MAX_LOCATED) {
        let Some(origin) = &diagnostic.origin else { continue };
        let source = sources.iter().find(|(file, _)| **file == *origin.file);
        diagnostic.place = source.and_then(|(_, bytes)| place_of(bytes, &origin.pointer));
    }
}

/// Returns the place of the value that `pointer` leads to, or `None` if the text has no such value.
fn place_of(bytes: &[u8], pointer: &str) -> Option<Place> {
    let mut text = Scan { bytes, at: 0 };
    for step in pointer.split('/').skip(1) {
        text.enter(step)?;
    }
    text.skip_space();
    let before = bytes.get(..text.at)?;
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column =
        String::from_utf8_lossy(before.get(line_start..)?).trim_start_matches('\u{feff}').chars().count() + 1;
    Some(Place { line: u32::try_from(line).ok()?, column: u32::try_from(column).ok()? })
}

/// A position in a JSON text, which may be malformed.
struct Scan<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Scan<'b> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Skips white space and a byte order mark.
    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf)) {
            self.at += 1;
        }
    }

    /// Moves from an object or list to the value of the last key, or of the element, that `step` names.
    fn enter(&mut self, step: &str) -> Option<()> {
        self.skip_space();
        let is_object = match self.peek()? {
            b'{' => true,
            b'[' => false,
            _ => return None,
        };
        self.at += 1;
        let (mut found, mut index) = (None, 0);
        loop {
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                None | Some(b'}' | b']') => break,
                Some(_) => {
                    let name = match is_object {
                        true => self.key()?,
                        false => index.to_string().into(),
                    };
                    if escaped(&name) == step {
                        found = Some(self.at);
                    }
                    index += 1;
                    self.skip_value();
                }
            }
        }
        self.at = found?;
        Some(())
    }

    /// Reads a key and its colon.
    fn key(&mut self) -> Option<Cow<'b, str>> {
        let start = self.at;
        self.skip_string();
        let key = serde_json::from_slice::<String>(self.bytes.get(start..self.at)?).ok()?;
        self.skip_space();
        if self.peek()? != b':' {
            return None;
        }
        self.at += 1;
        Some(key.into())
    }

    fn skip_string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'"' => return,
                b'\\' => self.at += 1,
                _ => {}
            }
        }
    }

    /// Skips a value of any depth. It always moves forward.
    fn skip_value(&mut self) {
        let mut depth = 0_usize;
        self.skip_space();
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => self.skip_string(),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' | b',' if depth == 0 => return,
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, place_of};

    #[test]
    fn place_of_pointer_is_that_of_its_value() {
        let text =
            "\u{feff}{\n  \"ä\": [1, {\"b/c\": 2, \"q\\\"\": \"}]\"}],\n  \"twice\": 1,\n  \"twice\": 2\n}";
        for (pointer, place) in [
            ("", Some((1, 1))),
            ("/ä", Some((2, 8))),
            ("/ä/0", Some((2, 9))),
            ("/ä/1/b~1c", Some((2, 20))),
            ("/ä/1/q\"", Some((2, 30))),
            ("/twice", Some((4, 12))),
            ("/absent", None),
            ("/ä/2", None),
            ("/ä/0/deeper", None),
        ] {
            let expected = place.map(|(line, column)| Place { line, column });
            assert_eq!(place_of(text.as_bytes(), pointer), expected, "{pointer}");
        }
    }

    #[test]
    fn place_of_pointer_in_text_that_is_cut_is_none_or_within() {
        let text = r#"{"a": {"b": [1, "x\"", {"c": null}]}}"#;
        for end in 0..text.len() {
            let cut = text.as_bytes().get(..end).unwrap_or_default();
            for pointer in ["", "/a", "/a/b/2/c"] {
                let place = place_of(cut, pointer);
                assert!(
                    place.is_none_or(|place| place.line == 1 && place.column as usize <= end + 1),
                    "{end} {pointer}"
                );
            }
        }
    }
}
