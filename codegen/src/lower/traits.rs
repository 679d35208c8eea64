//! Lowers the constraint traits of a shape, and of members that target it, to rules.

use lido_model::{Diagnostic, Shape, ShapeKind, Traits};
use serde_json::Number;

use super::Lowering;
use crate::{codes, ir};

/// The constraint traits.
const CONSTRAINTS: [&str; 4] =
    ["smithy.api#length", "smithy.api#pattern", "smithy.api#range", "smithy.api#uniqueItems"];

/// Returns whether one of the traits is a constraint.
pub(super) fn has_constraints(traits: &Traits) -> bool {
    CONSTRAINTS.iter().any(|id| traits.has(id))
}

impl Lowering<'_> {
    /// Returns the rules of `shape`. The traits of `member`, which targets it, take precedence.
    pub(super) fn rules(&mut self, shape: &Shape, member: Option<&Traits>) -> ir::Rules {
        let member = member.unwrap_or(&shape.traits);
        let length = member.length().or_else(|| shape.traits.length());
        let range = member.range().or_else(|| shape.traits.range());
        let printed = |traits: &Traits| {
            let pattern = traits.pattern()?;
            Some((pattern.to_owned(), traits.text("lido.api#printedPattern").unwrap_or(pattern).to_owned()))
        };
        let pattern = printed(member).or_else(|| printed(&shape.traits));
        let is_unique = |traits: &Traits| traits.has("smithy.api#uniqueItems");
        let mut rules = ir::Rules {
            min_length: length.and_then(|length| length.min),
            max_length: length.and_then(|length| length.max),
            min: range.as_ref().and_then(|range| range.min.clone()),
            max: range.and_then(|range| range.max),
            pattern,
            unique: is_unique(member) || is_unique(&shape.traits),
            unshowable: false,
        };
        self.check_range(shape, &mut rules);
        rules
    }

    /// Rounds a fractional bound of an integer shape to the next integer within the range.
    fn check_range(&mut self, shape: &Shape, rules: &mut ir::Rules) {
        let whole = match shape.kind {
            ShapeKind::Byte | ShapeKind::Short | ShapeKind::Integer | ShapeKind::Long => true,
            // Bounds of big numbers are compared as text, and need no rounding.
            ShapeKind::BigInteger | ShapeKind::BigDecimal => return,
            _ => false,
        };
        for (bound, round) in [(&mut rules.min, f64::ceil as fn(f64) -> f64), (&mut rules.max, f64::floor)] {
            let Some(number) = bound else { continue };
            if whole && number.as_i64().is_none() {
                match number.as_f64().map(round).filter(|rounded| rounded.abs() < 9e15) {
                    #[expect(
                        clippy::cast_possible_truncation,
                        reason = "it is whole and fits by the line before"
                    )]
                    Some(rounded) => *number = Number::from(rounded as i64),
                    None => self.diagnostics.push(
                        Diagnostic::error(
                            &codes::BOUND,
                            format!("the bound {number} exceeds the range of a {}", "long"),
                            "set a bound between -9e15 and 9e15, or remove it",
                        )
                        .at(&shape.origin)
                        .about(&shape.id),
                    ),
                }
            }
        }
    }
}
