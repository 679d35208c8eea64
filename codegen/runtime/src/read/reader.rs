//! The JSON reader: a cursor over UTF-8 text.
//!
//! Where JSON leaves a choice, it decides as follows: nesting deeper than [`MAX_DEPTH`], a lone surrogate, a control
//! character in a string, `NaN` and trailing text are malformed; the last value of a duplicate name counts; unknown
//! members are skipped, but must be JSON.

use std::{borrow::Cow, collections::HashSet};

use super::{ReadResult, violation_log::ViolationLog};
use crate::{
    Form, Rules, SerializationError, Style, Violations,
    rules::BrokenRules,
    serialization_error::{ExpectedType, JsonType},
    violation::{BrokenRule, Excerpt, Segment, Violation},
};

/// Maximum nesting of lists and objects. *Chosen*: the limit of serde_json.
pub const MAX_DEPTH: u32 = 128;

/// Maximum number of values in all documents of a text. A document takes many times the memory of its text, `[[],[]]` most
/// of all, and has no constraints. *Chosen*: far more than any document of the AWS services has.
pub const MAX_DOCUMENT_VALUES: u32 = 65_536;

/// Reads a JSON text and records the constraints that its values violate.
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    document_values: u32,
    pub(crate) log: ViolationLog,
}

impl<'a> Reader<'a> {
    /// Returns a reader at the start of `text`. `style` words the message about violations.
    pub fn new(text: &'a str, style: Style) -> Self {
        Self { text, at: 0, depth: 0, document_values: 0, log: ViolationLog::new(style) }
    }

    /// Counts one more value of a document.
    ///
    /// # Errors
    /// [`MAX_DOCUMENT_VALUES`] are counted already.
    pub(super) fn count_document_value(&mut self) -> Result<(), SerializationError> {
        self.document_values += 1;
        if self.document_values > MAX_DOCUMENT_VALUES {
            let message = format!("Documents have more than {MAX_DOCUMENT_VALUES} values");
            let text = format!("must have at most {MAX_DOCUMENT_VALUES} values, as all documents together");
            return Err(SerializationError::new(Some(message.into()), text));
        }
        Ok(())
    }

    /// Returns the style of the messages.
    pub(crate) fn style(&self) -> Style {
        self.log.style()
    }

    // Tokens.

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn skip_blanks(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        let there = self.byte() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn take_word(&mut self, word: &str) -> Result<(), SerializationError> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(SerializationError::MALFORMED);
        }
        self.at += word.len();
        Ok(())
    }

    /// Returns the type of the next value.
    #[inline]
    pub(crate) fn peek(&mut self) -> Result<JsonType, SerializationError> {
        self.skip_blanks();
        match self.byte() {
            Some(b'"') => Ok(JsonType::Text),
            Some(b'{') => Ok(JsonType::Object),
            Some(b'[') => Ok(JsonType::List),
            Some(b'-' | b'0'..=b'9') => Ok(JsonType::Number),
            Some(b't') => Ok(JsonType::True),
            Some(b'f') => Ok(JsonType::False),
            Some(b'n') => Ok(JsonType::Null),
            _ => Err(SerializationError::MALFORMED),
        }
    }

    #[cold]
    pub(crate) fn mismatch<T>(&mut self, expected: ExpectedType) -> Result<T, SerializationError> {
        Err(SerializationError::mismatch(self.peek()?, expected))
    }

    /// Consumes the next value if it is `null`, and returns whether it was.
    #[inline]
    pub(crate) fn take_null(&mut self) -> Result<bool, SerializationError> {
        self.skip_blanks();
        if self.byte() != Some(b'n') {
            return Ok(false);
        }
        self.take_word("null").map(|()| true)
    }

    pub(crate) fn boolean(&mut self) -> Result<bool, SerializationError> {
        match self.peek()? {
            JsonType::True => self.take_word("true").map(|()| true),
            JsonType::False => self.take_word("false").map(|()| false),
            _ => self.mismatch(ExpectedType::Scalar("a Boolean")),
        }
    }

    /// Reads a number and returns its text, checked against JSON's grammar. `expected` names the type of the model.
    pub(crate) fn number(&mut self, expected: &'static str) -> Result<&'a str, SerializationError> {
        if self.peek()? != JsonType::Number {
            return self.mismatch(ExpectedType::Scalar(expected));
        }
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') && self.digits() == 0 {
            return Err(SerializationError::MALFORMED);
        }
        if self.take(b'.') && self.digits() == 0 {
            return Err(SerializationError::MALFORMED);
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            if self.digits() == 0 {
                return Err(SerializationError::MALFORMED);
            }
        }
        self.text.get(start..self.at).ok_or(SerializationError::MALFORMED)
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.byte(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    /// Reads a string, borrowed if it contains no escape.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, SerializationError> {
        if self.peek()? != JsonType::Text {
            return self.mismatch(ExpectedType::Scalar("a String"));
        }
        self.quoted()
    }

    #[inline]
    fn quoted(&mut self) -> Result<Cow<'a, str>, SerializationError> {
        self.at += 1;
        let plain = self.plain()?;
        if self.take(b'"') {
            return Ok(Cow::Borrowed(plain));
        }
        let mut unescaped = plain.to_owned();
        while !self.take(b'"') {
            unescaped.push(self.escape()?);
            unescaped.push_str(self.plain()?);
        }
        Ok(Cow::Owned(unescaped))
    }

    /// Reads the characters before the next quote or escape.
    #[inline]
    fn plain(&mut self) -> Result<&'a str, SerializationError> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        self.at += plain_length(rest);
        match self.byte() {
            Some(b'"' | b'\\') => self.text.get(start..self.at).ok_or(SerializationError::MALFORMED),
            _ => Err(SerializationError::MALFORMED),
        }
    }

    fn escape(&mut self) -> Result<char, SerializationError> {
        self.at += 1;
        let byte = self.byte().ok_or(SerializationError::MALFORMED)?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.code_point(),
            _ => return Err(SerializationError::MALFORMED),
        })
    }

    fn code_point(&mut self) -> Result<char, SerializationError> {
        let first = self.code_unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or(SerializationError::MALFORMED);
        }
        self.take_word("\\u")?;
        let second = self.code_unit()?;
        let low =
            second.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or(SerializationError::MALFORMED)?;
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + low).ok_or(SerializationError::MALFORMED)
    }

    fn code_unit(&mut self) -> Result<u32, SerializationError> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).ok_or(SerializationError::MALFORMED)?;
        self.at += 4;
        digits.iter().try_fold(0, |unit, digit| {
            Ok(unit * 16 + char::from(*digit).to_digit(16).ok_or(SerializationError::MALFORMED)?)
        })
    }

    // Lists and objects.

    /// Consumes the opening bracket or brace of a value of type `start`.
    pub(crate) fn open(&mut self, start: JsonType, expected: ExpectedType) -> Result<(), SerializationError> {
        if self.peek()? != start {
            return self.mismatch(expected);
        }
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(SerializationError::MALFORMED) } else { Ok(()) }
    }

    /// Returns whether another element follows. Consumes the comma before it, or the bracket that ends the list.
    pub(crate) fn next_element(&mut self, first: bool) -> Result<bool, SerializationError> {
        self.next_item(b']', first)
    }

    /// Reads the name of the next member or entry and its colon. Returns `None` at the end of the object, whose brace it
    /// consumes.
    pub(crate) fn next_name(&mut self, first: bool) -> Result<Option<Cow<'a, str>>, SerializationError> {
        if !self.next_item(b'}', first)? {
            return Ok(None);
        }
        self.skip_blanks();
        if self.byte() != Some(b'"') {
            return Err(SerializationError::MALFORMED);
        }
        let name = self.quoted()?;
        self.skip_blanks();
        if self.take(b':') { Ok(Some(name)) } else { Err(SerializationError::MALFORMED) }
    }

    #[inline]
    fn next_item(&mut self, end: u8, first: bool) -> Result<bool, SerializationError> {
        self.skip_blanks();
        if self.take(end) {
            self.depth -= 1;
            return Ok(false);
        }
        if first || self.take(b',') { Ok(true) } else { Err(SerializationError::MALFORMED) }
    }

    /// Skips one value of any type.
    pub(crate) fn skip(&mut self) -> Result<(), SerializationError> {
        match self.peek()? {
            JsonType::Text => self.quoted().map(drop),
            JsonType::Number => self.number("").map(drop),
            JsonType::True => self.take_word("true"),
            JsonType::False => self.take_word("false"),
            JsonType::Null => self.take_word("null"),
            JsonType::List => {
                self.open(JsonType::List, ExpectedType::List)?;
                let mut first = true;
                while self.next_element(first)? {
                    self.skip()?;
                    first = false;
                }
                Ok(())
            }
            JsonType::Object => {
                self.open(JsonType::Object, ExpectedType::Map)?;
                let mut first = true;
                while self.next_name(first)?.is_some() {
                    self.skip()?;
                    first = false;
                }
                Ok(())
            }
        }
    }

    /// Checks that the body is an object. *Observed*: a list has a message of its own, anything else is malformed.
    pub(crate) fn check_top(&mut self) -> Result<(), SerializationError> {
        match self.peek()? {
            JsonType::Object => Ok(()),
            JsonType::List => self.mismatch(ExpectedType::Structure),
            _ if self.style() == Style::Smithy => self.mismatch(ExpectedType::Structure),
            _ => Err(SerializationError::MALFORMED),
        }
    }

    pub(crate) fn check_end(&mut self) -> Result<(), SerializationError> {
        self.skip_blanks();
        if self.at == self.text.len() { Ok(()) } else { Err(SerializationError::MALFORMED) }
    }

    // Violations.

    /// Returns the position at which the next value starts, for [`Reader::admit`].
    pub fn position(&mut self) -> usize {
        self.skip_blanks();
        self.at
    }

    /// Returns whether two elements of the list that starts at `start` and ends here are written equally. It reads the list
    /// again, which is JSON.
    #[cold]
    pub(crate) fn has_equal_elements(&mut self, start: usize) -> Result<bool, SerializationError> {
        let end = self.at;
        self.log.count(end - start);
        self.at = start;
        self.open(JsonType::List, ExpectedType::List)?;
        let mut seen = HashSet::new();
        let mut is_equal = false;
        let mut first = true;
        while self.next_element(first)? {
            first = false;
            let from = self.position();
            self.skip()?;
            is_equal |= !seen.insert(self.text.get(from..self.at));
        }
        self.at = end;
        Ok(is_equal)
    }

    /// Continues at the position `at`, which [`Reader::position`] has returned before a value.
    pub(crate) fn seek(&mut self, at: usize) {
        self.at = at;
    }

    /// Returns the value that starts at `start` and ends here, for messages, if `rules` allow it to be shown.
    pub(crate) fn excerpt(&self, start: usize, form: Form, rules: Option<&Rules>) -> Option<Excerpt> {
        rules.is_some_and(Rules::may_show).then_some(Excerpt { start, end: self.at, form })
    }

    /// Returns the number of violations recorded so far.
    #[inline]
    pub(crate) fn mark(&self) -> usize {
        self.log.mark()
    }

    /// Records that a required value is missing.
    #[cold]
    pub(crate) fn record_required(&mut self) {
        self.log.push(Violation::new(None, BrokenRule::Required));
    }

    /// Records the rules that the value starting at `start` breaks, with the value if `rules` allow it to be shown.
    #[cold]
    pub(crate) fn record_shown(
        &mut self,
        start: usize,
        rules: &Rules,
        form: Form,
        broken: impl IntoIterator<Item = BrokenRule>,
    ) {
        let shown = self.excerpt(start, form, Some(rules));
        broken.into_iter().for_each(|broken| self.log.push(Violation::new(shown, broken)));
    }

    /// Records the rules that a map's key breaks. The message shows the map, not the key.
    #[cold]
    pub(crate) fn record_key(&mut self, broken: BrokenRules) {
        broken.0.into_iter().for_each(|broken| self.log.push(Violation::new(None, broken)));
    }

    /// Records the `broken` rules of the value that starts at `start`. Returns whether there are none.
    pub fn admit(&mut self, start: usize, rules: &Rules, form: Form, broken: BrokenRules) -> bool {
        let is_valid = broken.is_empty();
        if !is_valid {
            self.record_shown(start, rules, form, broken.0);
        }
        is_valid
    }

    /// Adds `segment` to the paths of the violations recorded since `mark`.
    #[inline]
    pub(crate) fn locate(&mut self, mark: usize, segment: impl FnOnce() -> Segment) {
        if self.log.mark() > mark {
            self.log.locate(mark, &segment());
        }
    }

    /// Calls `read` and removes the values from the violations that it records.
    ///
    /// # Errors
    /// Returns the error of `read`.
    pub fn concealed<T>(&mut self, read: impl FnOnce(&mut Self) -> ReadResult<T>) -> ReadResult<T> {
        let mark = self.mark();
        let value = read(self)?;
        if self.mark() > mark {
            self.log.conceal(mark);
        }
        Ok(value)
    }

    /// Returns the violations, or `None` if there are none.
    pub(crate) fn finish(self) -> Option<Violations> {
        self.log.finish(self.text)
    }
}

/// Returns the number of bytes before the first quote, backslash or control character.
///
/// It tests eight bytes at a time, because most bytes of a body are in strings.
#[inline]
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // Sets the high bit of each byte that is zero. A byte after a zero one may be marked wrongly, which is harmless:
    // only the first mark counts.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let mut length = 0;
    let (words, _) = bytes.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        let quotes = zeros(word ^ (ONES * u64::from(b'"')));
        let backslashes = zeros(word ^ (ONES * u64::from(b'\\')));
        let controls = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
        let found = quotes | backslashes | controls;
        if found != 0 {
            return length + found.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    let rest = bytes.get(length..).unwrap_or_default();
    length + rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)).unwrap_or(rest.len())
}
