//! Matches values against patterns, in the way that the generator chose for each.
//!
//! The generator has parsed the model's ECMA-262 pattern, chosen the cheapest exact way to match it, and checked that
//! the resulting text compiles. Here it is compiled when the first value is matched, so that a server with hundreds of
//! patterns starts at once.

use regex_syntax::hir::{Class, HirKind};
use std::sync::OnceLock;

/// A pattern of the model, for use in a `static`.
#[derive(Debug)]
pub struct Pattern {
    printed: &'static str,
    plan: Plan,
    /// Holds `None` if the text did not compile; then no value matches.
    compiled: OnceLock<Option<Compiled>>,
}

/// A repeated character class, such as `[a-z]{1,8}`.
#[derive(Debug)]
pub struct Run {
    class: &'static str,
    min: u32,
    max: Option<u32>,
}

#[derive(Debug)]
enum Plan {
    Runs(&'static [Run]),
    Linear(&'static str),
    Backtracking(&'static str),
}

#[derive(Debug)]
enum Compiled {
    Runs(Box<[CompiledRun]>),
    Linear(regex::Regex),
    Backtracking(fancy_regex::Regex),
}

impl Run {
    /// Returns the run of `min` to `max` characters of `class`, or of any number from `min` if `max` is `None`.
    ///
    /// `class` is a bracket expression in the syntax of `regex-syntax`.
    pub const fn new(class: &'static str, min: u32, max: Option<u32>) -> Self {
        Self { class, min, max }
    }
}

impl Pattern {
    /// Maximum size in bytes of a compiled pattern. It equals `SIZE_LIMIT` of the generator, so that a pattern that
    /// compiled there compiles here.
    pub const SIZE_LIMIT: usize = 64 << 20;

    /// Returns a pattern that matches the whole value as a sequence of runs, each taking as many characters as it can.
    ///
    /// That is exact only if no run can take a character that a later run needs, which the generator has checked.
    /// `printed` is the text that messages show.
    pub const fn runs(printed: &'static str, runs: &'static [Run]) -> Self {
        Self { printed, plan: Plan::Runs(runs), compiled: OnceLock::new() }
    }

    /// Returns a pattern that the `regex` crate matches, in time linear in the length of the value.
    pub const fn linear(printed: &'static str, regex: &'static str) -> Self {
        Self { printed, plan: Plan::Linear(regex), compiled: OnceLock::new() }
    }

    /// Returns a pattern that `fancy-regex` matches by backtracking.
    ///
    /// A value that needs more steps than the engine's limit (one million) does not match: refusing an unusual value
    /// is better than letting it occupy the server.
    pub const fn backtracking(printed: &'static str, regex: &'static str) -> Self {
        Self { printed, plan: Plan::Backtracking(regex), compiled: OnceLock::new() }
    }

    /// Returns the text of the pattern that messages show.
    pub fn as_str(&self) -> &'static str {
        self.printed
    }

    /// Returns whether `value` matches the pattern.
    ///
    /// # Panics
    /// In debug builds, if the text of the pattern does not compile; in release builds no value matches then. The
    /// generator never emits such a text.
    pub fn is_match(&self, value: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| self.plan.compile());
        debug_assert!(compiled.is_some(), "the pattern {} does not compile", self.printed);
        match compiled {
            Some(Compiled::Runs(runs)) => are_all(runs, value),
            Some(Compiled::Linear(regex)) => regex.is_match(value),
            Some(Compiled::Backtracking(regex)) => regex.is_match(value).unwrap_or(false),
            None => false,
        }
    }
}

impl Plan {
    fn compile(&self) -> Option<Compiled> {
        Some(match self {
            Self::Runs(runs) => Compiled::Runs(runs.iter().map(CompiledRun::new).collect::<Option<_>>()?),
            Self::Linear(text) => {
                Compiled::Linear(regex::RegexBuilder::new(text).size_limit(Pattern::SIZE_LIMIT).build().ok()?)
            }
            Self::Backtracking(text) => Compiled::Backtracking(
                fancy_regex::RegexBuilder::new(text).delegate_size_limit(Pattern::SIZE_LIMIT).build().ok()?,
            ),
        })
    }
}

/// A run whose class is a table for ASCII and sorted ranges for all other characters.
#[derive(Debug)]
struct CompiledRun {
    ascii: [bool; 256],
    others: Box<[(char, char)]>,
    min: usize,
    max: usize,
}

impl CompiledRun {
    fn new(run: &Run) -> Option<Self> {
        let hir = regex_syntax::parse(run.class).ok()?;
        let ranges: Vec<(char, char)> = match hir.kind() {
            HirKind::Class(Class::Unicode(class)) => {
                class.ranges().iter().map(|range| (range.start(), range.end())).collect()
            }
            // A class of no character is read as one of no byte.
            HirKind::Class(Class::Bytes(class)) if class.ranges().is_empty() => Vec::new(),
            // A class of one character is read as that character.
            HirKind::Literal(literal) => {
                std::str::from_utf8(&literal.0).ok()?.chars().map(|c| (c, c)).collect()
            }
            _ => return None,
        };
        let is_ascii = |c: char| ranges.iter().any(|&(first, last)| (first..=last).contains(&c));
        let ascii = std::array::from_fn(|byte| {
            byte < 128 && u8::try_from(byte).is_ok_and(|byte| is_ascii(char::from(byte)))
        });
        Some(Self {
            ascii,
            others: ranges.into_iter().filter(|(_, last)| !last.is_ascii()).collect(),
            min: usize::try_from(run.min).unwrap_or(usize::MAX),
            max: run.max.map_or(usize::MAX, |max| usize::try_from(max).unwrap_or(usize::MAX)),
        })
    }

    /// Returns the rest of `value` after as many characters as the run takes, or `None` if they are fewer than its
    /// minimum.
    fn take<'a>(&self, value: &'a str) -> Option<&'a str> {
        let (mut at, mut count) = (0, 0);
        loop {
            let ascii = self.take_ascii(value.as_bytes().get(at..)?, self.max - count);
            at += ascii;
            count += ascii;
            // It stopped at the end, at the maximum, or at a character that is not ASCII.
            let Some(other) = value.get(at..)?.chars().next().filter(|c| !c.is_ascii()) else { break };
            if count == self.max || !self.takes_other(other) {
                break;
            }
            at += other.len_utf8();
            count += 1;
        }
        if count < self.min { None } else { value.get(at..) }
    }

    /// Returns how many of the first `max` bytes are ASCII characters of the class, up to the first that is not.
    fn take_ascii(&self, bytes: &[u8], max: usize) -> usize {
        let is_member = |byte: &u8| self.ascii.get(usize::from(*byte)).copied().unwrap_or_default();
        bytes.iter().take(max).take_while(|byte| is_member(byte)).count()
    }

    fn takes_other(&self, c: char) -> bool {
        let after = self.others.partition_point(|&(first, _)| first <= c);
        after.checked_sub(1).and_then(|index| self.others.get(index)).is_some_and(|&(_, last)| c <= last)
    }
}

fn are_all(runs: &[CompiledRun], value: &str) -> bool {
    let mut rest = value;
    for run in runs {
        match run.take(rest) {
            Some(left) => rest = left,
            None => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::{Pattern, Run};

    static NAME: Pattern = Pattern::runs(
        r"[a-z]+-[\p{L}]{0,2}",
        &[Run::new("[a-z]", 1, None), Run::new(r"[\-]", 1, Some(1)), Run::new(r"[\p{L}]", 0, Some(2))],
    );
    static CODE: Pattern = Pattern::linear("(ab)+", r"\A(?:ab)+\z");
    static BUCKET: Pattern = Pattern::backtracking(r"[a.]*(?<!\.)", r"\A[a.]*(?<!\.)\z");
    static NOTHING: Pattern = Pattern::runs("", &[Run::new(r"[^\x{0}-\x{10FFFF}]", 1, None)]);

    #[test]
    fn runs_with_characters_of_any_width_match() {
        for value in ["a-", "abc-é", "z-中é", "z-zz"] {
            assert!(NAME.is_match(value), "{value:?}");
        }
        for value in ["", "-", "a", "a-1", "a-ééé", "é-a", "A-", "a-\u{301}", "a- "] {
            assert!(!NAME.is_match(value), "{value:?}");
        }
        assert!(!NOTHING.is_match("") && !NOTHING.is_match("a"));
    }

    #[test]
    fn linear_and_backtracking_patterns_match_with_their_engines() {
        assert!(CODE.is_match("abab") && !CODE.is_match("aba"));
        assert!(BUCKET.is_match("a.a") && !BUCKET.is_match("a."));
    }

    #[test]
    fn as_str_returns_text_of_the_model() {
        assert_eq!(NAME.as_str(), r"[a-z]+-[\p{L}]{0,2}");
    }
}
