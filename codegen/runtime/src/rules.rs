//! The constraints of one shape, and the check of a value against them.
//!
//! The path to a violating value is recorded by the reader (`violation.rs`), and [`Style`](crate::Style) words messages.

use std::fmt;

use aws_smithy_types::{BigDecimal, BigInteger, Blob};

use crate::{Pattern, decimal, violation::BrokenRule};

/// A bound of the trait `range`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// The bound of an integer shape.
    Whole(i64),
    /// The bound of a number that may have a fraction.
    Fraction(f64),
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bound) => bound.fmt(f),
            Self::Fraction(bound) => bound.fmt(f),
        }
    }
}

/// The constraints of a shape, for use in a `static`.
///
/// # Examples
///
/// ```
/// use lido_runtime::{CheckRules as _, Rules};
///
/// static RULES: Rules = Rules::NONE.min_length(1).max_length(3);
///
/// assert!(String::from("abc").check_rules(&RULES).is_empty());
/// assert!(!String::from("abcd").check_rules(&RULES).is_empty());
/// ```
#[derive(Debug)]
pub struct Rules {
    pub(crate) pattern: Option<&'static Pattern>,
    pub(crate) min_length: Option<u64>,
    pub(crate) max_length: Option<u64>,
    pub(crate) min: Option<Bound>,
    pub(crate) max: Option<Bound>,
    pub(crate) values: Option<&'static [&'static str]>,
    concealed: bool,
}

impl Rules {
    /// No constraint.
    pub const NONE: Self = Self {
        pattern: None,
        min_length: None,
        max_length: None,
        min: None,
        max: None,
        values: None,
        concealed: false,
    };

    /// Requires a string to match `pattern`.
    #[must_use]
    pub const fn pattern(mut self, pattern: &'static Pattern) -> Self {
        self.pattern = Some(pattern);
        self
    }

    /// Sets the minimum length: of a string in code points, of a blob in bytes, of a list or map in elements.
    #[must_use]
    pub const fn min_length(mut self, min: u64) -> Self {
        self.min_length = Some(min);
        self
    }

    /// Sets the maximum length, counted as in [`Rules::min_length`].
    #[must_use]
    pub const fn max_length(mut self, max: u64) -> Self {
        self.max_length = Some(max);
        self
    }

    /// Sets the minimum of a number.
    #[must_use]
    pub const fn min(mut self, min: Bound) -> Self {
        self.min = Some(min);
        self
    }

    /// Sets the maximum of a number.
    #[must_use]
    pub const fn max(mut self, max: Bound) -> Self {
        self.max = Some(max);
        self
    }

    /// Sets the values of an enum that messages list, in the order in which they list them.
    #[must_use]
    pub const fn values(mut self, values: &'static [&'static str]) -> Self {
        self.values = Some(values);
        self
    }

    /// Keeps messages from showing the value: the shape is sensitive, or contains one that is.
    #[must_use]
    pub const fn concealed(mut self) -> Self {
        self.concealed = true;
        self
    }

    /// Returns the broken rules of a value that is not one of the enum's values.
    pub fn not_a_value(&self) -> BrokenRules {
        BrokenRules(vec![BrokenRule::Enum(self.values.unwrap_or_default())])
    }

    pub(crate) const fn may_show(&self) -> bool {
        !self.concealed
    }

    /// Returns every rule that `text` breaks, the pattern before the length. *Chosen*: recordings of the live service
    /// show both orders.
    fn broken_by_text(&self, text: &str) -> Vec<BrokenRule> {
        let pattern = self.pattern.filter(|pattern| !pattern.is_match(text));
        let pattern = pattern.map(|pattern| BrokenRule::Pattern(pattern.as_str()));
        pattern.into_iter().chain(self.broken_by_code_points(text)).collect()
    }

    fn broken_by_code_points(&self, text: &str) -> Option<BrokenRule> {
        // A code point takes one to four bytes, so that most texts need not be counted.
        let bytes = text.len() as u64;
        let long_enough = self.min_length.is_none_or(|min| bytes >= min.saturating_mul(4));
        let short_enough = self.max_length.is_none_or(|max| bytes <= max);
        if long_enough && short_enough { None } else { self.broken_by_length(text.chars().count() as u64) }
    }

    pub(crate) fn broken_by_length(&self, actual: u64) -> Option<BrokenRule> {
        let (min, max) = (self.min_length, self.max_length);
        let kept = min.is_none_or(|min| actual >= min) && max.is_none_or(|max| actual <= max);
        (!kept).then_some(BrokenRule::Length { actual, min, max })
    }

    fn broken_by_bounds(
        &self,
        at_least: impl Fn(Bound) -> bool,
        at_most: impl Fn(Bound) -> bool,
    ) -> Vec<BrokenRule> {
        let below = self.min.is_some_and(|min| !at_least(min));
        let above = self.max.is_some_and(|max| !at_most(max));
        let broken = BrokenRule::Range { below, min: self.min, max: self.max };
        if below || above { vec![broken] } else { Vec::new() }
    }
}

/// A value that can be checked against rules.
pub trait CheckRules {
    /// Returns every rule that the value breaks, in the order in which a message lists them.
    fn check_rules(&self, rules: &Rules) -> BrokenRules;
}

/// The rules of its shape that a value breaks; empty if it breaks none.
///
/// It is the error of making a constrained value: `ClientId::try_from(text)` returns it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BrokenRules(pub(crate) Vec<BrokenRule>);

impl BrokenRules {
    /// Returns whether no rule is broken.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the rule `uniqueItems` if `unique` is false.
    #[must_use]
    pub fn and_unique(mut self, unique: bool) -> Self {
        if !unique {
            self.0.push(BrokenRule::UniqueItems);
        }
        self
    }

    /// Returns `value` if no rule is broken.
    ///
    /// # Errors
    /// Returns the broken rules.
    pub fn or_accept<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for BrokenRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, broken) in self.0.iter().enumerate() {
            f.write_str(if index > 0 { "; " } else { "" })?;
            f.write_str(&crate::style::coral::rule(broken))?;
        }
        Ok(())
    }
}

impl std::error::Error for BrokenRules {}

impl CheckRules for String {
    fn check_rules(&self, rules: &Rules) -> BrokenRules {
        BrokenRules(rules.broken_by_text(self))
    }
}

impl CheckRules for Blob {
    fn check_rules(&self, rules: &Rules) -> BrokenRules {
        BrokenRules(rules.broken_by_length(self.as_ref().len() as u64).into_iter().collect())
    }
}

impl<T> CheckRules for Vec<T> {
    fn check_rules(&self, rules: &Rules) -> BrokenRules {
        BrokenRules(rules.broken_by_length(self.len() as u64).into_iter().collect())
    }
}

impl<K, V> CheckRules for std::collections::BTreeMap<K, V> {
    fn check_rules(&self, rules: &Rules) -> BrokenRules {
        BrokenRules(rules.broken_by_length(self.len() as u64).into_iter().collect())
    }
}

macro_rules! checked_whole {
    ($($type:ty),*) => {$(
        impl CheckRules for $type {
            fn check_rules(&self, rules: &Rules) -> BrokenRules {
                let value = i64::from(*self);
                BrokenRules(rules.broken_by_bounds(
                    |min| matches!(min, Bound::Whole(min) if value >= min),
                    |max| matches!(max, Bound::Whole(max) if value <= max),
                ))
            }
        }
    )*};
}
checked_whole!(i8, i16, i32, i64);

// NaN is in no range: all comparisons with it are false.
impl CheckRules for f32 {
    fn check_rules(&self, rules: &Rules) -> BrokenRules {
        #[expect(clippy::cast_possible_truncation, reason = "a bound of a float is meant as a float")]
        let bound = |bound| if let Bound::Fraction(bound) = bound { bound as Self } else { Self::NAN };
        BrokenRules(rules.broken_by_bounds(|min| *self >= bound(min), |max| *self <= bound(max)))
    }
}

impl CheckRules for f64 {
    fn check_rules(&self, rules: &Rules) -> BrokenRules {
        let bound = |bound| if let Bound::Fraction(bound) = bound { bound } else { Self::NAN };
        BrokenRules(rules.broken_by_bounds(|min| *self >= bound(min), |max| *self <= bound(max)))
    }
}

macro_rules! checked_decimal {
    ($($type:ty),*) => {$(
        impl CheckRules for $type {
            fn check_rules(&self, rules: &Rules) -> BrokenRules {
                let compare = |bound: Bound| decimal::compare(self.as_ref(), &bound.to_string());
                BrokenRules(rules.broken_by_bounds(|min| compare(min).is_ge(), |max| compare(max).is_le()))
            }
        }
    )*};
}
checked_decimal!(BigInteger, BigDecimal);
