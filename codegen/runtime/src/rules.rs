//! The constraints of one shape, and the check of a value against them.

use std::fmt;

use aws_smithy_types::{BigDecimal, BigInteger, Blob};

use crate::{Pattern, decimal, violation::Broken};

/// A bound of a range: whole for whole numbers, with a fraction for all others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// Of a whole number.
    Whole(i64),
    /// Of a number that may have a fraction.
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

/// The constraints of a shape.
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

    /// A string must match.
    #[must_use]
    pub const fn pattern(mut self, pattern: &'static Pattern) -> Self {
        self.pattern = Some(pattern);
        self
    }

    /// The least length.
    #[must_use]
    pub const fn min_length(mut self, min: u64) -> Self {
        self.min_length = Some(min);
        self
    }

    /// The greatest length.
    #[must_use]
    pub const fn max_length(mut self, max: u64) -> Self {
        self.max_length = Some(max);
        self
    }

    /// The least number.
    #[must_use]
    pub const fn min(mut self, min: Bound) -> Self {
        self.min = Some(min);
        self
    }

    /// The greatest number.
    #[must_use]
    pub const fn max(mut self, max: Bound) -> Self {
        self.max = Some(max);
        self
    }

    /// The values of an enum, in model order.
    #[must_use]
    pub const fn values(mut self, values: &'static [&'static str]) -> Self {
        self.values = Some(values);
        self
    }

    /// No message shows the value: the shape is sensitive, or holds what has no agreed form.
    #[must_use]
    pub const fn concealed(mut self) -> Self {
        self.concealed = true;
        self
    }

    /// What is broken by a value that is none of an enum's.
    pub fn not_a_value(&self) -> Violated {
        Violated(vec![Broken::Enum(self.values.unwrap_or_default())])
    }

    pub(crate) const fn may_show(&self) -> bool {
        !self.concealed
    }

    /// Every rule that `text` breaks, the pattern before the length. *Chosen*: recordings of the
    /// live service show both orders.
    fn broken_by_text(&self, text: &str) -> Vec<Broken> {
        let pattern = self.pattern.filter(|pattern| !pattern.is_match(text));
        let pattern = pattern.map(|pattern| Broken::Pattern(pattern.as_str()));
        pattern.into_iter().chain(self.broken_by_code_points(text)).collect()
    }

    fn broken_by_code_points(&self, text: &str) -> Option<Broken> {
        // A code point takes one to four bytes, so that most texts need no counting.
        let bytes = text.len() as u64;
        let long_enough = self.min_length.is_none_or(|min| bytes >= min.saturating_mul(4));
        let short_enough = self.max_length.is_none_or(|max| bytes <= max);
        if long_enough && short_enough { None } else { self.broken_by_length(text.chars().count() as u64) }
    }

    pub(crate) fn broken_by_length(&self, actual: u64) -> Option<Broken> {
        let (min, max) = (self.min_length, self.max_length);
        let kept = min.is_none_or(|min| actual >= min) && max.is_none_or(|max| actual <= max);
        (!kept).then_some(Broken::Length { actual, min, max })
    }

    fn broken_by_bounds(
        &self,
        at_least: impl Fn(Bound) -> bool,
        at_most: impl Fn(Bound) -> bool,
    ) -> Vec<Broken> {
        let below = self.min.is_some_and(|min| !at_least(min));
        let above = self.max.is_some_and(|max| !at_most(max));
        let broken = Broken::Range { below, min: self.min, max: self.max };
        if below || above { vec![broken] } else { Vec::new() }
    }
}

/// A value that rules are checked on.
pub trait Checked {
    /// Every rule that it breaks, in the order in which they are told.
    fn check(&self, rules: &Rules) -> Violated;
}

/// What a value breaks of the rules of its shape: nothing, if it is empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Violated(pub(crate) Vec<Broken>);

impl Violated {
    /// The same, with whether the elements of a list are unique where they must be.
    #[must_use]
    pub fn and_unique(mut self, unique: bool) -> Self {
        if !unique {
            self.0.push(Broken::UniqueItems);
        }
        self
    }

    /// Gives `value` back if nothing is broken.
    ///
    /// # Errors
    /// What is broken.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Violated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, broken) in self.0.iter().enumerate() {
            f.write_str(if index > 0 { "; " } else { "" })?;
            f.write_str(&crate::style::coral::rule(broken))?;
        }
        Ok(())
    }
}

impl std::error::Error for Violated {}

impl Checked for String {
    fn check(&self, rules: &Rules) -> Violated {
        Violated(rules.broken_by_text(self))
    }
}

impl Checked for Blob {
    fn check(&self, rules: &Rules) -> Violated {
        Violated(rules.broken_by_length(self.as_ref().len() as u64).into_iter().collect())
    }
}

impl<T> Checked for Vec<T> {
    fn check(&self, rules: &Rules) -> Violated {
        Violated(rules.broken_by_length(self.len() as u64).into_iter().collect())
    }
}

impl<K, V> Checked for std::collections::BTreeMap<K, V> {
    fn check(&self, rules: &Rules) -> Violated {
        Violated(rules.broken_by_length(self.len() as u64).into_iter().collect())
    }
}

macro_rules! checked_whole {
    ($($type:ty),*) => {$(
        impl Checked for $type {
            fn check(&self, rules: &Rules) -> Violated {
                let value = i64::from(*self);
                Violated(rules.broken_by_bounds(
                    |min| matches!(min, Bound::Whole(min) if value >= min),
                    |max| matches!(max, Bound::Whole(max) if value <= max),
                ))
            }
        }
    )*};
}
checked_whole!(i8, i16, i32, i64);

// A NaN is in no range: it is neither at least nor at most anything.
impl Checked for f32 {
    fn check(&self, rules: &Rules) -> Violated {
        #[expect(clippy::cast_possible_truncation, reason = "a bound of a float is meant as a float")]
        let bound = |bound| if let Bound::Fraction(bound) = bound { bound as Self } else { Self::NAN };
        Violated(rules.broken_by_bounds(|min| *self >= bound(min), |max| *self <= bound(max)))
    }
}

impl Checked for f64 {
    fn check(&self, rules: &Rules) -> Violated {
        let bound = |bound| if let Bound::Fraction(bound) = bound { bound } else { Self::NAN };
        Violated(rules.broken_by_bounds(|min| *self >= bound(min), |max| *self <= bound(max)))
    }
}

macro_rules! checked_decimal {
    ($($type:ty),*) => {$(
        impl Checked for $type {
            fn check(&self, rules: &Rules) -> Violated {
                let compare = |bound: Bound| decimal::compare(self.as_ref(), &bound.to_string());
                Violated(rules.broken_by_bounds(|min| compare(min).is_ge(), |max| compare(max).is_le()))
            }
        }
    )*};
}
checked_decimal!(BigInteger, BigDecimal);
