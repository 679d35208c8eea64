//! Parses the patterns of Smithy's `pattern` trait, plans how to match them, and makes strings for tests.
//!
//! A pattern is parsed (`parse`) and simplified (`simplify`). Then it gives the plan by which the runtime matches it
//! (`plan`), matches strings itself (`reference`), and makes strings that match or do not match (`sample`,
//! `counterexample`).
//! Requests are not matched here, but by `Pattern` of `lido-runtime`, which executes the plan.

mod ast;
mod captures;
mod class;
mod counterexample;
mod error;
mod lengths;
mod letters;
mod parse;
mod plan;
mod print;
mod property;
mod reference;
mod sample;
mod simplify;

pub use error::PatternError;
pub use plan::{Plan, Run, SIZE_LIMIT};

use ast::{Assertion, Kind, Node, Repeat};
use letters::Choice;
use sample::SizedNode;
use std::ops::RangeInclusive;

/// How many strings are tried for patterns with look-around or back-references.
const ATTEMPTS: u64 = 100;
/// How many strings are tried for other patterns, or for a less likely length.
const FEW_ATTEMPTS: u64 = 10;
/// How many lengths above the lower bound are tried for the shortest match.
const SHORTEST_LENGTHS: usize = 60;
/// For how many of these lengths all attempts are made.
const THOROUGH_LENGTHS: usize = 10;
/// Maximum length of samples, far above the tested lengths in AWS's models.
const MAX_SAMPLE: usize = 1 << 20;

/// A parsed pattern.
///
/// The dialect is ECMA-262 with the `u` flag, plus the Java forms that AWS's models use.
///
/// # Examples
///
/// ```
/// use lido_codegen::pattern::Pattern;
///
/// let pattern = Pattern::parse("^[a-z]{2,4}$").unwrap();
/// assert!(pattern.is_match("abc"));
/// assert_eq!(pattern.sample(3).as_deref(), Some("abc"));
/// assert_eq!(pattern.counterexample(2..=4).as_deref(), Some("a "));
///
/// let error = Pattern::parse("a**").unwrap_err();
/// assert_eq!(error.message, "a quantifier follows a quantifier");
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    node: Node,
    /// The engine for patterns with back-references, which the reference matcher does not support.
    engine: Option<fancy_regex::Regex>,
}

impl Pattern {
    /// Parses a pattern of a model. It matches anywhere in a value unless it is anchored.
    ///
    /// # Errors
    /// Returns an error if the pattern is not part of the dialect.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let mut node = parse::parse(text)?;
        captures::settle(&mut node)?;
        let node = simplify::simplify(&node);
        let reference = node.find(&|kind| matches!(kind, Kind::BackReference(_)));
        let engine = match reference {
            None => None,
            Some(reference) => match fancy_regex::Regex::new(&print::print(&node, true)) {
                Ok(engine) => Some(engine),
                Err(error) => return Err(plan::refused(reference.at, &error)),
            },
        };
        Ok(Self { text: text.to_owned(), node, engine })
    }

    /// Returns the text of the pattern.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns how the runtime matches the pattern. The texts of the plan have been compiled.
    ///
    /// # Errors
    /// Returns an error if no engine compiles the pattern.
    pub fn plan(&self) -> Result<Plan, PatternError> {
        plan::plan(&self.node)
    }

    /// Returns whether the pattern matches anywhere in `value`, with the reference matcher.
    pub fn is_match(&self, value: &str) -> bool {
        match &self.engine {
            Some(engine) => engine.is_match(value).unwrap_or(false),
            None => reference::is_match(&self.node, value),
        }
    }

    /// Returns whether the pattern certainly matches every string.
    pub fn is_always(&self) -> bool {
        is_always(&self.node)
    }

    /// Returns a readable string of exactly `length` code points that matches, or `None` if none is found. The same
    /// pattern and length always give the same string.
    pub fn sample(&self, length: usize) -> Option<String> {
        if length > MAX_SAMPLE {
            return None;
        }
        self.sample_of(length, ATTEMPTS)
    }

    /// Returns the shortest matching string that is found.
    pub fn shortest(&self) -> Option<String> {
        let conceivable = [16, 256, 4096, 1 << 16]
            .iter()
            .find_map(|&limit| SizedNode::new(&self.node, limit).lengths().shortest())?;
        (conceivable..=conceivable + SHORTEST_LENGTHS).find_map(|length| {
            let is_thorough = length < conceivable + THOROUGH_LENGTHS;
            self.sample_of(length, if is_thorough { ATTEMPTS } else { FEW_ATTEMPTS })
        })
    }

    /// Returns a string that does not match, of a length within `lengths`, or `None` if none is found. A blank, a string
    /// with a blank inside and the empty string are tried first.
    pub fn counterexample(&self, lengths: RangeInclusive<usize>) -> Option<String> {
        if self.is_always() {
            return None;
        }
        let least = *lengths.start();
        let matching = self
            .sample(least)
            .or_else(|| self.shortest().filter(|text| lengths.contains(&text.chars().count())));
        counterexample::candidates(&self.node, &lengths, matching.as_deref())
            .into_iter()
            .find(|text| !self.is_match(text))
    }

    fn sample_of(&self, length: usize, attempts: u64) -> Option<String> {
        self.sample_from(&self.node, length, attempts).or_else(|| {
            // A pattern that is not anchored may match within other characters.
            let is_anchored = self.node.starts_with(Assertion::Start) && self.node.ends_with(Assertion::End);
            if is_anchored {
                return None;
            }
            self.sample_from(&sample::padded(&self.node), length, attempts)
        })
    }

    fn sample_from(&self, node: &Node, length: usize, attempts: u64) -> Option<String> {
        let sized = SizedNode::new(node, length);
        if !sized.lengths().contains(length) {
            return None;
        }
        let needs_attempts = |kind: &Kind| {
            matches!(kind, Kind::LookAround(_) | Kind::BackReference(_))
                || matches!(kind, Kind::Assert(assertion) if assertion.is_word_boundary())
        };
        let attempts = if node.contains(&needs_attempts) { attempts } else { FEW_ATTEMPTS };
        let made = |sized: &SizedNode<'_>, attempt| {
            let mut text = String::new();
            let is_written = sized.write(length, &mut Choice::new(attempt), &mut text);
            (is_written && text.chars().count() == length && self.is_match(&text)).then_some(text)
        };
        (0..attempts).find_map(|attempt| made(&sized, attempt)).or_else(|| {
            // A string that satisfies a look-ahead may match the whole pattern.
            let look_aheads = sample::look_aheads(node);
            let look_aheads: Vec<_> = look_aheads.iter().map(|node| SizedNode::new(node, length)).collect();
            (0..FEW_ATTEMPTS).find_map(|attempt| look_aheads.iter().find_map(|sized| made(sized, attempt)))
        })
    }
}

/// A search always succeeds if the empty string matches at the start or at the end of every string, or if a part matches
/// any characters and its neighbours match the empty string.
fn is_always(node: &Node) -> bool {
    takes_anything(node)
        || node.matches_empty(&|assertion| assertion == Assertion::Start)
        || node.matches_empty(&|assertion| assertion == Assertion::End)
}

fn takes_anything(node: &Node) -> bool {
    match &node.kind {
        Kind::Repeat(Repeat { min: 0, max: None, node, .. }) => match &node.kind {
            Kind::Class(class) => class.is_any(),
            _ => takes_anything(node),
        },
        Kind::Repeat(repeat) => repeat.max != Some(0) && takes_anything(&repeat.node),
        Kind::Capture(_, node) => takes_anything(node),
        Kind::Alternate(nodes) => nodes.iter().any(takes_anything),
        Kind::Concat(nodes) => nodes.iter().position(takes_anything).is_some_and(|index| {
            let (before, after) = nodes.split_at(index);
            before.iter().all(|node| node.matches_empty(&|assertion| assertion == Assertion::Start))
                && after
                    .iter()
                    .skip(1)
                    .all(|node| node.matches_empty(&|assertion| assertion == Assertion::End))
        }),
        Kind::Empty | Kind::Class(_) | Kind::Assert(_) | Kind::LookAround(_) | Kind::BackReference(_) => {
            false
        }
    }
}
