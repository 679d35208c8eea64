//! Sets of characters, and how they are printed for the engines.

use regex_syntax::hir::{self, ClassUnicode, ClassUnicodeRange, HirKind};

/// Maximum length of a printed list of ranges. A longer set is printed by its named sets, such as `\p{L}`.
const MAX_PLAIN_LENGTH: usize = 96;

/// A set of characters. Two classes are equal if they contain the same characters, however they are written.
#[derive(Clone, Debug)]
pub(super) struct Class {
    set: ClassUnicode,
    /// A bracket expression with named sets, which is shorter than the ranges.
    named: Option<String>,
}

impl PartialEq for Class {
    fn eq(&self, other: &Self) -> bool {
        self.set == other.set
    }
}

impl Class {
    /// Joins ranges that end at U+D7FF and start at U+E000, which are adjacent because surrogates are not characters.
    /// `regex-syntax` does not join them, and its complement of such ranges is wrong.
    fn joined(set: &ClassUnicode) -> ClassUnicode {
        let ends = |end: char| set.ranges().iter().any(|range| range.end() == end);
        let starts = |start: char| set.ranges().iter().any(|range| range.start() == start);
        let mut joined = set.clone();
        if ends('\u{D7FF}') && starts('\u{E000}') {
            joined.push(ClassUnicodeRange::new('\u{D7FF}', '\u{E000}'));
        }
        joined
    }

    /// Returns the code points from `first` to `last`, without surrogates, which no Rust string contains.
    pub(super) fn span(first: u32, last: u32) -> Self {
        let below = (first, last.min(0xD7FF));
        let above = (first.max(0xE000), last);
        let ranges = [below, above].into_iter().filter_map(|(first, last)| {
            let range = ClassUnicodeRange::new(char::from_u32(first)?, char::from_u32(last)?);
            (first <= last).then_some(range)
        });
        Self { set: Self::joined(&ClassUnicode::new(ranges)), named: None }
    }

    pub(super) fn of(ranges: &[(char, char)]) -> Self {
        let ranges = ranges.iter().map(|&(first, last)| ClassUnicodeRange::new(first, last));
        Self { set: Self::joined(&ClassUnicode::new(ranges)), named: None }
    }

    pub(super) fn empty() -> Self {
        Self::of(&[])
    }

    pub(super) fn any() -> Self {
        Self::of(&[('\0', char::MAX)])
    }

    /// Returns the set that `regex-syntax` names `text`, such as `\p{L}`.
    pub(super) fn named(text: &str) -> Option<Self> {
        let parsed = regex_syntax::parse(text).ok()?;
        let set = match parsed.kind() {
            HirKind::Class(hir::Class::Unicode(set)) => set.clone(),
            _ => return None,
        };
        Some(Self { set: Self::joined(&set), named: Some(format!("[{text}]")) })
    }

    pub(super) fn ascii_word() -> Self {
        Self::of(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')])
    }

    pub(super) fn digit() -> Self {
        Self::of(&[('0', '9')])
    }

    /// Returns the characters of ECMA-262's WhiteSpace and LineTerminator.
    pub(super) fn space() -> Self {
        Self::of(&[
            ('\t', '\r'),
            (' ', ' '),
            ('\u{A0}', '\u{A0}'),
            ('\u{1680}', '\u{1680}'),
            ('\u{2000}', '\u{200A}'),
            ('\u{2028}', '\u{2029}'),
            ('\u{202F}', '\u{202F}'),
            ('\u{205F}', '\u{205F}'),
            ('\u{3000}', '\u{3000}'),
            ('\u{FEFF}', '\u{FEFF}'),
        ])
    }

    /// Returns the characters that `.` matches without `(?s)`: all but ECMA-262's LineTerminator.
    pub(super) fn not_line_end() -> Self {
        Self::of(&[('\n', '\n'), ('\r', '\r'), ('\u{2028}', '\u{2029}')]).negated()
    }

    pub(super) fn negated(mut self) -> Self {
        self.set.negate();
        self.named = self.named.map(|text| match text.strip_prefix("[^") {
            Some(rest) => format!("[{rest}"),
            None => format!("[^{}", text.get(1..).unwrap_or_default()),
        });
        self
    }

    pub(super) fn union(mut self, other: &Self) -> Self {
        self.named = match (self.named.is_some(), other.named.is_some()) {
            (false, false) => None,
            _ if other.set.ranges().is_empty() => self.named,
            _ if self.set.ranges().is_empty() => other.named.clone(),
            _ => Some(format!("[{}{}]", inner(&self.symbolic()), inner(&other.symbolic()))),
        };
        self.set.union(&other.set);
        self.set = Self::joined(&self.set);
        self
    }

    pub(super) fn intersection(mut self, other: &Self) -> Self {
        self.named = match (self.named.is_some(), other.named.is_some()) {
            (false, false) => None,
            _ => Some(format!("[{}&&{}]", self.symbolic(), other.symbolic())),
        };
        self.set.intersect(&other.set);
        self
    }

    /// Returns the set with both cases of every ASCII letter, which is the meaning of Java's `(?i)`.
    pub(super) fn ignoring_ascii_case(self) -> Self {
        let other_case = |first: char, last: char, to: fn(&char) -> char| {
            let letters = (first..=last).filter(|letter| self.contains(*letter)).map(|letter| to(&letter));
            ClassUnicode::new(letters.map(|letter| ClassUnicodeRange::new(letter, letter)))
        };
        let mut extra = other_case('a', 'z', char::to_ascii_uppercase);
        extra.union(&other_case('A', 'Z', char::to_ascii_lowercase));
        extra.difference(&self.set);
        if extra.ranges().is_empty() { self } else { self.union(&Self { set: extra, named: None }) }
    }

    pub(super) fn contains(&self, wanted: char) -> bool {
        self.set
            .ranges()
            .binary_search_by(|range| {
                if range.end() < wanted {
                    std::cmp::Ordering::Less
                } else if range.start() > wanted {
                    std::cmp::Ordering::Greater
                } else {
                    std::cmp::Ordering::Equal
                }
            })
            .is_ok()
    }

    pub(super) fn is_any(&self) -> bool {
        self == &Self::any()
    }

    pub(super) fn is_disjoint(&self, other: &Self) -> bool {
        let mut common = self.set.clone();
        common.intersect(&other.set);
        common.ranges().is_empty()
    }

    /// Returns the character of a set with exactly one.
    pub(super) fn single(&self) -> Option<char> {
        match self.set.ranges() {
            [range] if range.start() == range.end() => Some(range.start()),
            _ => None,
        }
    }

    pub(super) fn ranges(&self) -> impl Iterator<Item = (char, char)> + '_ {
        self.set.ranges().iter().map(|range| (range.start(), range.end()))
    }

    /// Returns a bracket expression in the syntax of `regex-syntax`: sorted ranges if they are short, else named sets.
    pub(super) fn text(&self) -> String {
        let plain = self.plain();
        match &self.named {
            Some(named)
                if plain.len() > MAX_PLAIN_LENGTH
                    && named.len() < plain.len()
                    && self.is_read_from(named) =>
            {
                named.clone()
            }
            _ => plain,
        }
    }

    /// Returns whether `regex-syntax` parses the text back to this set, which the runtime relies on.
    pub(super) fn round_trips(&self) -> bool {
        self.is_read_from(&self.text())
    }

    fn is_read_from(&self, text: &str) -> bool {
        let Ok(parsed) = regex_syntax::parse(text) else {
            return false;
        };
        match parsed.kind() {
            HirKind::Class(hir::Class::Unicode(set)) => Self::joined(set) == self.set,
            // `regex-syntax` has other representations for classes with one character and with none.
            HirKind::Literal(literal) => {
                let character = self.single().map(|character| character.to_string());
                character.is_some_and(|character| character.as_bytes() == &*literal.0)
            }
            HirKind::Class(hir::Class::Bytes(set)) => set.ranges().is_empty() && self.set.ranges().is_empty(),
            _ => false,
        }
    }

    fn symbolic(&self) -> String {
        self.named.clone().unwrap_or_else(|| self.plain())
    }

    fn plain(&self) -> String {
        let direct = format!("[{}]", ranges_text(&self.set));
        let mut rest = self.set.clone();
        rest.negate();
        let inverse = format!("[^{}]", ranges_text(&rest));
        let is_any = rest.ranges().is_empty();
        let is_empty = self.set.ranges().is_empty();
        if is_empty || (!is_any && inverse.len() < direct.len()) { inverse } else { direct }
    }
}

/// Returns the text between the brackets, or the whole text if it is a complement or intersection.
fn inner(bracketed: &str) -> &str {
    let open = bracketed.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    match open {
        Some(text) if !text.starts_with('^') && !text.contains("&&") => text,
        _ => bracketed,
    }
}

fn ranges_text(set: &ClassUnicode) -> String {
    let mut text = String::new();
    for range in set.ranges() {
        push_char(&mut text, range.start(), IN_BRACKETS);
        if range.start() != range.end() {
            if u32::from(range.end()) - u32::from(range.start()) > 1 {
                text.push('-');
            }
            push_char(&mut text, range.end(), IN_BRACKETS);
        }
    }
    text
}

/// The characters that are escaped inside brackets. `&`, `-` and `~` are special if doubled.
const IN_BRACKETS: &str = r"\[]^-&~";
/// The characters that are escaped outside brackets.
const OUTSIDE_BRACKETS: &str = r"\.+*?()|[]{}^$";

/// Returns a literal character as text outside brackets.
pub(super) fn literal(character: char) -> String {
    let mut text = String::new();
    push_char(&mut text, character, OUTSIDE_BRACKETS);
    text
}

fn push_char(text: &mut String, character: char, special: &str) {
    match character {
        '\t' => text.push_str(r"\t"),
        '\n' => text.push_str(r"\n"),
        '\r' => text.push_str(r"\r"),
        ' '..='~' => {
            if special.contains(character) {
                text.push('\\');
            }
            text.push(character);
        }
        _ => text.push_str(&format!("\\x{{{:X}}}", u32::from(character))),
    }
}
