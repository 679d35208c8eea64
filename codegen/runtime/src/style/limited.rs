//! A text that is written up to a limit.

/// The mark of a place where a text was cut off. *Chosen*.
const CUT: &str = "…";

/// A text whose length is limited. It is measured in bytes of JSON, where some characters take up to six bytes.
#[derive(Debug)]
pub(crate) struct LimitedText {
    text: String,
    room: usize,
    is_cut: bool,
    steps: usize,
}

impl LimitedText {
    pub(crate) fn new(room: usize) -> Self {
        Self { text: String::new(), room, is_cut: false, steps: 0 }
    }

    /// Returns whether this many bytes of JSON fit.
    pub(crate) fn has_room(&self, length: usize) -> bool {
        length <= self.room
    }

    /// Appends `part` as a whole.
    pub(crate) fn push_whole(&mut self, part: &str) {
        self.steps += part.len();
        self.room = self.room.saturating_sub(json_length(part));
        self.text.push_str(part);
    }

    /// Leaves `length` bytes of room for what is written elsewhere.
    pub(crate) fn reserve(&mut self, length: usize) {
        self.steps += length;
        self.room = self.room.saturating_sub(length);
    }

    /// Appends what `write` appends, with room for `after` left behind it, and then `after`.
    pub(crate) fn push_before(&mut self, after: &str, write: impl FnOnce(&mut Self)) {
        let length = json_length(after);
        self.room = self.room.saturating_sub(length);
        write(self);
        self.is_cut = false;
        self.room += length;
        self.push_whole(after);
    }

    /// Appends `part`, or as much of it as fits and a mark. After the mark nothing is appended.
    pub(crate) fn push(&mut self, part: &str) {
        if self.is_cut {
            return;
        }
        self.steps += part.len();
        let length = json_length(part);
        if length <= self.room {
            self.text.push_str(part);
            self.room -= length;
            return;
        }
        for c in part.chars() {
            let length = json_length(c.encode_utf8(&mut [0; 4]));
            let Some(left) = self.room.checked_sub(length) else { break };
            self.text.push(c);
            self.room = left;
        }
        self.cut();
    }

    /// Appends the mark.
    pub(crate) fn cut(&mut self) {
        if !self.is_cut {
            self.text.push_str(CUT);
            self.is_cut = true;
        }
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Counts work on what is written here.
    pub(crate) fn count(&mut self, steps: usize) {
        self.steps += steps;
    }

    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

/// Returns the length of `text` in a JSON string.
pub(crate) fn json_length(text: &str) -> usize {
    let byte = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
        0..=0x1f => 6,
        _ => 1,
    };
    text.bytes().map(byte).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_beyond_limit_is_cut_between_characters() {
        let cases =
            [("abc", 3, "abc"), ("abcd", 3, "abc…"), ("aé", 2, "a…"), ("\u{1}", 5, "…"), ("\"\"", 3, "\"…")];
        for (part, room, expected) in cases {
            let mut text = LimitedText::new(room);
            text.push(part);
            assert_eq!(text.into_text(), expected, "{part:?} in {room}");
        }
        let mut text = LimitedText::new(1);
        text.push("ab");
        text.push("c");
        text.cut();
        assert_eq!(text.into_text(), "a…");
    }
}
