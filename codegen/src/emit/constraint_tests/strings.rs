//! Finds strings at the bounds of their constraints and beyond.

use std::rc::Rc;

use serde_json::Value;

use super::{
    message,
    sample::Samples,
    shape_checks::{Values, ValuesResult, size},
    view::{Constraint, View},
};
use crate::pattern::Pattern;

/// How far from a bound a valid string is searched if the pattern has none of that length.
const SEARCH_DISTANCE: usize = 64;
/// Maximum length of strings that are also tested with characters of four bytes only.
const MAX_WIDE: usize = 256;
/// Maximum length of strings that the pattern refuses.
const MAX_REFUSED: usize = 4096;

/// Makes strings for one shape.
pub(super) struct Strings<'s, 'm> {
    samples: &'s mut Samples<'m>,
    view: &'s View<'m>,
    constraints: &'s [Constraint<'m>],
    pattern: Option<Rc<Pattern>>,
}

impl<'s, 'm> Strings<'s, 'm> {
    pub(super) fn new(
        samples: &'s mut Samples<'m>,
        view: &'s View<'m>,
        constraints: &'s [Constraint<'m>],
    ) -> Self {
        let pattern = view.pattern().and_then(|(pattern, _)| samples.pattern(pattern));
        Self { samples, view, constraints, pattern }
    }

    /// Returns a string that the pattern refuses, of a valid length if there is one.
    pub(super) fn refused(&mut self) -> ValuesResult {
        let Some(pattern) = &self.pattern else { return Err("the pattern cannot be parsed".to_owned()) };
        if pattern.is_always() {
            return Err("the pattern matches every string".to_owned());
        }
        let (least, most) = self.view.lengths();
        let least = size(least.unwrap_or_default())?;
        let most = most.map_or(Ok(MAX_REFUSED), size)?.clamp(least, MAX_REFUSED.max(least));
        let refused = pattern
            .counterexample(least..=most)
            .or_else(|| pattern.counterexample(0..=MAX_REFUSED))
            .ok_or("no string was found that the pattern refuses")?;
        let broken = self.broken_by(&refused, false);
        Ok((self.samples.smallest(self.view).into_iter().collect(), vec![(Value::String(refused), broken)]))
    }

    /// Returns strings of the length `bound`, the last that passes, and `beyond`, the first that does not.
    pub(super) fn length(&mut self, bound: usize, beyond: usize) -> Values {
        // If the pattern has no string of this length, the nearest valid length is used.
        let lengths = (0..=SEARCH_DISTANCE).map(|distance| match beyond < bound {
            true => bound + distance,
            false => bound.saturating_sub(distance),
        });
        let nearest = lengths.map(|length| self.text(length)).find(|(_, matches)| *matches);
        let passes: Vec<String> = match nearest {
            Some((text, _)) => std::iter::once(text.clone()).chain(self.wide(&text)).collect(),
            None => {
                self.samples.smallest(self.view).iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
        };
        let (text, matches) = self.text(beyond);
        let mut refused = vec![(Value::String(text.clone()), self.broken_by(&text, matches))];
        if let Some(wide) = self.wide(&text).pop().filter(|_| matches) {
            let broken = self.broken_by(&wide, true);
            refused.push((Value::String(wide), broken));
        }
        (passes.into_iter().map(Value::String).collect(), refused)
    }

    /// Returns a string of this length, and whether the pattern matches it.
    fn text(&self, length: usize) -> (String, bool) {
        match &self.pattern {
            None => ("a".repeat(length), true),
            Some(pattern) => match pattern.sample(length) {
                Some(text) => (text, true),
                None => ("a".repeat(length), false),
            },
        }
    }

    /// Returns strings of the same length with characters of two and four bytes, if the pattern allows them. Lengths are
    /// counted in code points.
    fn wide(&self, text: &str) -> Vec<String> {
        let length = text.chars().count();
        let mut stem = text.to_owned();
        if stem.pop().is_none() {
            return Vec::new();
        }
        let mut made = vec![format!("{stem}😀")];
        if length <= MAX_WIDE {
            made.extend([format!("{stem}é"), "😀".repeat(length)]);
        }
        made.retain(|text| self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(text)));
        made
    }

    /// Returns every rule that `text` breaks.
    fn broken_by(&self, text: &str, matches: bool) -> Vec<String> {
        let length = text.chars().count() as u64;
        let breaks = |constraint: &&Constraint<'_>| match constraint {
            Constraint::Pattern(..) => !matches,
            Constraint::MinLength(min) => length < *min,
            Constraint::MaxLength(max) => length > *max,
            _ => false,
        };
        self.constraints.iter().filter(breaks).map(message::rule).collect()
    }
}
