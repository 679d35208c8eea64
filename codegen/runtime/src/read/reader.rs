//! The JSON reader: a cursor over text that is known to be UTF-8.
//!
//! Its answers to what JSON leaves open: a nesting deeper than [`MAX_DEPTH`], a lone surrogate, a
//! control character in a string, `NaN` and trailing text are malformed; of a duplicate name the
//! last value counts; unknown members are skipped, but must be JSON.

use std::borrow::Cow;

use super::Read;
use crate::{
    Rules, Stop, Violation,
    rules::Violated,
    stop::{Found, Wanted},
    style::coral,
    violation::{Broken, Container, Path, Segment},
};

/// How deep lists and objects may nest. *Chosen*: what serde_json allows too.
pub const MAX_DEPTH: u32 = 128;

/// Reads one JSON text and notes the constraints that its values violate.
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    pub(crate) violations: Vec<Violation>,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `text`.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0, violations: Vec::new() }
    }

    // Tokens.

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn blanks(&mut self) {
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

    fn take_word(&mut self, word: &str) -> Result<(), Stop> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(Stop::MALFORMED);
        }
        self.at += word.len();
        Ok(())
    }

    /// The type of the value that comes next.
    #[inline]
    pub(crate) fn peek(&mut self) -> Result<Found, Stop> {
        self.blanks();
        match self.byte() {
            Some(b'"') => Ok(Found::Text),
            Some(b'{') => Ok(Found::Object),
            Some(b'[') => Ok(Found::List),
            Some(b'-' | b'0'..=b'9') => Ok(Found::Number),
            Some(b't') => Ok(Found::True),
            Some(b'f') => Ok(Found::False),
            Some(b'n') => Ok(Found::Null),
            _ => Err(Stop::MALFORMED),
        }
    }

    #[cold]
    pub(crate) fn mismatch<T>(&mut self, wanted: Wanted) -> Result<T, Stop> {
        Err(Stop::mismatch(self.peek()?, wanted))
    }

    /// Takes a `null` if that is what comes next.
    #[inline]
    pub(crate) fn take_null(&mut self) -> Result<bool, Stop> {
        self.blanks();
        if self.byte() != Some(b'n') {
            return Ok(false);
        }
        self.take_word("null").map(|()| true)
    }

    pub(crate) fn boolean(&mut self) -> Result<bool, Stop> {
        match self.peek()? {
            Found::True => self.take_word("true").map(|()| true),
            Found::False => self.take_word("false").map(|()| false),
            _ => self.mismatch(Wanted::Scalar("a Boolean")),
        }
    }

    /// The text of a number, checked against JSON's grammar.
    pub(crate) fn number(&mut self, wanted: &'static str) -> Result<&'a str, Stop> {
        if self.peek()? != Found::Number {
            return self.mismatch(Wanted::Scalar(wanted));
        }
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') && self.digits() == 0 {
            return Err(Stop::MALFORMED);
        }
        if self.take(b'.') && self.digits() == 0 {
            return Err(Stop::MALFORMED);
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            if self.digits() == 0 {
                return Err(Stop::MALFORMED);
            }
        }
        self.text.get(start..self.at).ok_or(Stop::MALFORMED)
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.byte(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    /// A string, borrowed where it holds no escape.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, Stop> {
        if self.peek()? != Found::Text {
            return self.mismatch(Wanted::Scalar("a String"));
        }
        self.quoted()
    }

    #[inline]
    fn quoted(&mut self) -> Result<Cow<'a, str>, Stop> {
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

    /// What stands before the next quote or escape.
    #[inline]
    fn plain(&mut self) -> Result<&'a str, Stop> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        self.at += plain_length(rest);
        match self.byte() {
            Some(b'"' | b'\\') => self.text.get(start..self.at).ok_or(Stop::MALFORMED),
            _ => Err(Stop::MALFORMED),
        }
    }

    fn escape(&mut self) -> Result<char, Stop> {
        self.at += 1;
        let byte = self.byte().ok_or(Stop::MALFORMED)?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.code_point(),
            _ => return Err(Stop::MALFORMED),
        })
    }

    fn code_point(&mut self) -> Result<char, Stop> {
        let first = self.code_unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or(Stop::MALFORMED);
        }
        self.take_word("\\u")?;
        let second = self.code_unit()?;
        let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or(Stop::MALFORMED)?;
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + low).ok_or(Stop::MALFORMED)
    }

    fn code_unit(&mut self) -> Result<u32, Stop> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).ok_or(Stop::MALFORMED)?;
        self.at += 4;
        digits.iter().try_fold(0, |unit, digit| {
            Ok(unit * 16 + char::from(*digit).to_digit(16).ok_or(Stop::MALFORMED)?)
        })
    }

    // Lists and objects.

    pub(crate) fn open(&mut self, found: Found, wanted: Wanted) -> Result<(), Stop> {
        if self.peek()? != found {
            return self.mismatch(wanted);
        }
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Stop::MALFORMED) } else { Ok(()) }
    }

    /// Whether another element comes; takes the comma before it, or the bracket that ends the list.
    pub(crate) fn next_element(&mut self, first: bool) -> Result<bool, Stop> {
        self.next_item(b']', first)
    }

    /// The name of the next member or entry with its colon, or `None` and the brace taken.
    pub(crate) fn next_name(&mut self, first: bool) -> Result<Option<Cow<'a, str>>, Stop> {
        if !self.next_item(b'}', first)? {
            return Ok(None);
        }
        self.blanks();
        if self.byte() != Some(b'"') {
            return Err(Stop::MALFORMED);
        }
        let name = self.quoted()?;
        self.blanks();
        if self.take(b':') { Ok(Some(name)) } else { Err(Stop::MALFORMED) }
    }

    #[inline]
    fn next_item(&mut self, end: u8, first: bool) -> Result<bool, Stop> {
        self.blanks();
        if self.take(end) {
            self.depth -= 1;
            return Ok(false);
        }
        if first || self.take(b',') { Ok(true) } else { Err(Stop::MALFORMED) }
    }

    /// Passes over one value of any type.
    pub(crate) fn skip(&mut self) -> Result<(), Stop> {
        match self.peek()? {
            Found::Text => self.quoted().map(drop),
            Found::Number => self.number("").map(drop),
            Found::True => self.take_word("true"),
            Found::False => self.take_word("false"),
            Found::Null => self.take_word("null"),
            Found::List => {
                self.open(Found::List, Wanted::List)?;
                let mut first = true;
                while self.next_element(first)? {
                    self.skip()?;
                    first = false;
                }
                Ok(())
            }
            Found::Object => {
                self.open(Found::Object, Wanted::Map)?;
                let mut first = true;
                while self.next_name(first)?.is_some() {
                    self.skip()?;
                    first = false;
                }
                Ok(())
            }
        }
    }

    /// A body is an object. *Observed*: a list is named as such, anything else is just malformed.
    pub(crate) fn check_top(&mut self) -> Result<(), Stop> {
        match self.peek()? {
            Found::Object => Ok(()),
            Found::List => self.mismatch(Wanted::Structure),
            _ => Err(Stop::MALFORMED),
        }
    }

    pub(crate) fn check_end(&mut self) -> Result<(), Stop> {
        self.blanks();
        if self.at == self.text.len() { Ok(()) } else { Err(Stop::MALFORMED) }
    }

    // Violations.

    /// Where the next value starts, for [`Reader::admit`].
    pub fn position(&mut self) -> usize {
        self.blanks();
        self.at
    }

    /// The JSON text of the value read since `start`.
    pub(crate) fn text_since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// How many violations are noted so far.
    #[inline]
    pub(crate) fn mark(&self) -> usize {
        self.violations.len()
    }

    /// Notes that the value at hand is missing.
    #[cold]
    pub(crate) fn violate_required(&mut self) {
        self.violations.push(Violation {
            path: Path::default(),
            shown: None,
            broken: Broken::Required,
            within: None,
        });
    }

    /// Notes what the value read since `start` breaks, and shows the value where `rules` allow it.
    #[cold]
    pub(crate) fn violate_shown(
        &mut self,
        start: usize,
        rules: &Rules,
        broken: impl IntoIterator<Item = Broken>,
    ) {
        let shown = rules.may_show().then(|| coral::show(self.text_since(start))).flatten();
        self.violations.extend(broken.into_iter().map(|broken| Violation {
            path: Path::default(),
            shown: shown.clone(),
            broken,
            within: None,
        }));
    }

    /// Notes what a key of a map breaks; the map around it is what an answer shows.
    #[cold]
    pub(crate) fn violate_key(&mut self, violated: Violated) {
        self.violate_shown(self.at, &Rules::NONE.concealed(), violated.0);
    }

    /// Whether the value read since `start` keeps the rules of its shape; what it breaks is noted.
    pub fn admit(&mut self, start: usize, rules: &Rules, violated: Violated) -> bool {
        let kept = violated.0.is_empty();
        if !kept {
            self.violate_shown(start, rules, violated.0);
        }
        kept
    }

    /// Says of the violations noted since `mark` that they are inside `segment`.
    #[inline]
    pub(crate) fn locate(&mut self, mark: usize, segment: impl FnOnce() -> Segment) {
        if self.violations.len() > mark {
            self.locate_each(mark, &segment());
        }
    }

    #[cold]
    fn locate_each(&mut self, mark: usize, segment: &Segment) {
        for violation in self.violations.iter_mut().skip(mark) {
            violation.path.push(segment.clone());
        }
    }

    /// Says of the violations since `mark` that a direct element or entry of `container` has.
    #[cold]
    pub(crate) fn enclose(&mut self, mark: usize, container: &Container) {
        for violation in self.violations.iter_mut().skip(mark) {
            if violation.path.len() == 1 && violation.within.is_none() {
                violation.within = Some(container.clone());
            }
        }
    }

    /// Takes back what was noted since `base` about the member at `segment`: a duplicate replaces it.
    #[cold]
    pub(crate) fn forget(&mut self, base: usize, segment: &Segment) {
        let mut index = 0;
        self.violations.retain(|violation| {
            index += 1;
            index <= base || violation.path.outermost() != Some(segment)
        });
    }

    /// Reads with `read` and shows no value of what it finds violated.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn concealed<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        let mark = self.mark();
        let value = read(self)?;
        for violation in self.violations.iter_mut().skip(mark) {
            violation.conceal();
        }
        Ok(value)
    }

    /// The violations in model order: by the place of the value, and at one place as they were found.
    pub(crate) fn into_violations(mut self) -> Vec<Violation> {
        self.violations.sort_by(|one, other| one.path.cmp(&other.path));
        self.violations
    }
}

/// How many bytes come before the first quote, backslash or control character. Eight at a time: most
/// bytes of a body stand in strings.
#[inline]
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // The high bit of each byte that is zero; a byte above a zero one may be marked wrongly, which
    // does no harm, since only the first mark counts.
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
