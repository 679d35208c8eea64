//! Smithy's `pattern` trait at generation time.
//!
//! A pattern is read once (`parse`), rewritten in simpler terms (`simplify`), and then answers three
//! questions: how should the runtime match it (`plan`), does a string match (`reference`), and which
//! strings do or do not (`sample`, `counterexample`), which is what generated tests need.
//! It is not what matches requests: that is the runtime crate's `pattern`, which only executes plans.

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
use sample::Sized;
use std::ops::RangeInclusive;

/// Different strings that are tried where look-around decides which of them matches.
const ATTEMPTS: u64 = 100;
/// The same where it is only a matter of anchors, or of one length among many.
const FEW_ATTEMPTS: u64 = 10;
/// How many lengths above the shortest conceivable one are tried for the shortest match, thoroughly at
/// first.
const SHORT: usize = 60;
const SHORTEST: usize = 10;
/// Longer samples are not made; no length in AWS's models that anyone would test comes near.
const LONGEST: usize = 1 << 20;

/// A pattern that is part of the dialect: ECMA-262 with the `u` flag, and what AWS's models use of
/// Java's.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    node: Node,
    /// Only for patterns with back-references, which the reference matcher leaves to the engine.
    engine: Option<fancy_regex::Regex>,
}

impl Pattern {
    /// Reads a pattern as a model has it. It is not anchored unless it says so.
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

    /// The pattern as the model has it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How the runtime should match the pattern. What is planned has been compiled once.
    pub fn plan(&self) -> Result<Plan, PatternError> {
        plan::plan(&self.node)
    }

    /// Whether the pattern matches anywhere in `value`, decided without the engines that plans are for.
    pub fn is_match(&self, value: &str) -> bool {
        match &self.engine {
            Some(engine) => engine.is_match(value).unwrap_or(false),
            None => reference::is_match(&self.node, value),
        }
    }

    /// Whether the pattern certainly matches every string.
    pub fn is_always(&self) -> bool {
        is_always(&self.node)
    }

    /// A string of exactly `length` code points that matches, if one is found: readable, and always the
    /// same one.
    pub fn sample(&self, length: usize) -> Option<String> {
        if length > LONGEST {
            return None;
        }
        self.sample_of(length, ATTEMPTS)
    }

    /// The shortest string that is found to match.
    pub fn shortest(&self) -> Option<String> {
        let conceivable = [16, 256, 4096, 1 << 16]
            .iter()
            .find_map(|&limit| Sized::new(&self.node, limit).lengths().shortest())?;
        (conceivable..=conceivable + SHORT).find_map(|length| {
            let is_thorough = length < conceivable + SHORTEST;
            self.sample_of(length, if is_thorough { ATTEMPTS } else { FEW_ATTEMPTS })
        })
    }

    /// A string that does not match, of a length within `lengths`, if one is found: a blank, an inner
    /// blank or the empty string where these do.
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
            // Where the pattern is not anchored, a match may stand within other characters.
            let is_anchored = self.node.starts_with(Assertion::Start) && self.node.ends_with(Assertion::End);
            if is_anchored {
                return None;
            }
            self.sample_from(&sample::padded(&self.node), length, attempts)
        })
    }

    fn sample_from(&self, node: &Node, length: usize, attempts: u64) -> Option<String> {
        let sized = Sized::new(node, length);
        if !sized.lengths().contains(length) {
            return None;
        }
        let is_luck = |kind: &Kind| {
            matches!(kind, Kind::Look(_) | Kind::BackReference(_))
                || matches!(kind, Kind::Assert(assertion) if assertion.is_word_boundary())
        };
        let attempts = if node.contains(&is_luck) { attempts } else { FEW_ATTEMPTS };
        let made = |sized: &Sized<'_>, attempt| {
            let mut text = String::new();
            let is_written = sized.write(length, &mut Choice::new(attempt), &mut text);
            (is_written && text.chars().count() == length && self.is_match(&text)).then_some(text)
        };
        (0..attempts).find_map(|attempt| made(&sized, attempt)).or_else(|| {
            // What a look-ahead asks for may be what the whole is.
            let wanted = sample::looked_for(node);
            let wanted: Vec<_> = wanted.iter().map(|node| Sized::new(node, length)).collect();
            (0..FEW_ATTEMPTS).find_map(|attempt| wanted.iter().find_map(|sized| made(sized, attempt)))
        })
    }
}

/// A search always succeeds if the empty string matches at the start, or at the end, of every string, or
/// if a part takes any characters and what stands around it may be nothing.
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
        Kind::Empty | Kind::Class(_) | Kind::Assert(_) | Kind::Look(_) | Kind::BackReference(_) => false,
    }
}
