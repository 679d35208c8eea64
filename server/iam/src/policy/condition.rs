//! Conditions of a statement: a condition key, an operator, and the expected values.
//!
//! *Documented* in the IAM reference, "Condition operators" and "Multivalued context keys". An absent key satisfies
//! only negated operators, `…IfExists`, `ForAllValues:` and `Null`.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{
    context::ContextKeys,
    document::Effect,
    error::PolicyError,
    json::JsonValue,
    pattern::{Pattern, PatternSyntax, Wildcards},
};

/// A parsed condition on one key.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    /// In lower case.
    key: String,
    quantifier: Quantifier,
    is_negated: bool,
    if_exists: bool,
    test: Test,
}

/// The number of the request's values that must satisfy the condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantifier {
    /// The only value.
    One,
    /// `ForAnyValue:`: at least one value.
    Any,
    /// `ForAllValues:`: all values.
    All,
}

/// The type of a comparison, with the expected values. A value must be equal to one of them.
#[derive(Clone, Debug, PartialEq)]
enum Test {
    Text(Vec<Pattern>),
    Number(Comparison, Vec<f64>),
    Date(Comparison, Vec<jiff::Timestamp>),
    Truth(Vec<bool>),
    Address(Vec<IpNet>),
    /// The key must be absent (true) or present (false).
    Absent(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// The kind of an operator.
enum Operator {
    Text { wildcards: Wildcards, has_variables: bool, ignores_case: bool },
    Number(Comparison),
    Date(Comparison),
    Truth,
    Address,
    Absent,
}

const OPERATORS: &str = "an operator is one of String…, Numeric…, Date…, Arn…, Bool, BinaryEquals, IpAddress, \
                         NotIpAddress or Null as the IAM reference lists them, upper and lower case as there";

/// Returns the operator with this name and whether it is negated, or `None` if there is no such operator.
fn operator(name: &str) -> Option<(Operator, bool)> {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    let text = |wildcards, ignores_case| Operator::Text { wildcards, has_variables: true, ignores_case };
    Some(match name {
        "StringEquals" => (text(Wildcards::Literal, false), false),
        "StringNotEquals" => (text(Wildcards::Literal, false), true),
        "StringEqualsIgnoreCase" => (text(Wildcards::Literal, true), false),
        "StringNotEqualsIgnoreCase" => (text(Wildcards::Literal, true), true),
        "StringLike" => (text(Wildcards::Anything, false), false),
        "StringNotLike" => (text(Wildcards::Anything, false), true),
        // *Documented*: for ARNs, Equals and Like are the same.
        "ArnEquals" | "ArnLike" => (text(Wildcards::WithinComponents, false), false),
        "ArnNotEquals" | "ArnNotLike" => (text(Wildcards::WithinComponents, false), true),
        // Both sides of the comparison are Base64.
        "BinaryEquals" => (
            Operator::Text { wildcards: Wildcards::Literal, has_variables: false, ignores_case: false },
            false,
        ),
        "NumericEquals" => (Operator::Number(Equal), false),
        "NumericNotEquals" => (Operator::Number(Equal), true),
        "NumericLessThan" => (Operator::Number(Less), false),
        "NumericLessThanEquals" => (Operator::Number(LessOrEqual), false),
        "NumericGreaterThan" => (Operator::Number(Greater), false),
        "NumericGreaterThanEquals" => (Operator::Number(GreaterOrEqual), false),
        "DateEquals" => (Operator::Date(Equal), false),
        "DateNotEquals" => (Operator::Date(Equal), true),
        "DateLessThan" => (Operator::Date(Less), false),
        "DateLessThanEquals" => (Operator::Date(LessOrEqual), false),
        "DateGreaterThan" => (Operator::Date(Greater), false),
        "DateGreaterThanEquals" => (Operator::Date(GreaterOrEqual), false),
        "Bool" => (Operator::Truth, false),
        "IpAddress" => (Operator::Address, false),
        "NotIpAddress" => (Operator::Address, true),
        "Null" => (Operator::Absent, false),
        _ => return None,
    })
}

impl Condition {
    /// Parses a condition from the name of its operator, its key and its values.
    pub(super) fn read(
        operator_name: &str,
        key: &str,
        values: &JsonValue,
        has_variables: bool,
    ) -> Result<Self, PolicyError> {
        let (quantifier, rest) =
            match (operator_name.strip_prefix("ForAnyValue:"), operator_name.strip_prefix("ForAllValues:")) {
                (Some(rest), _) => (Quantifier::Any, rest),
                (_, Some(rest)) => (Quantifier::All, rest),
                _ => (Quantifier::One, operator_name),
            };
        let (name, if_exists) = match rest.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (rest, false),
        };
        let known = operator(name);
        let (operator, is_negated) = known.ok_or_else(|| {
            PolicyError::new(format!("`{operator_name}` is not a condition operator"), OPERATORS)
        })?;
        let texts = values.one_or_many().iter().map(|value| value.text(&format!("a value of `{key}`")));
        let texts = texts.collect::<Result<Vec<&str>, PolicyError>>()?;
        if texts.is_empty() {
            return Err(PolicyError::new(format!("`{key}` has no values"), "write at least one value"));
        }
        let test = match operator {
            Operator::Text { wildcards, has_variables: takes_them, ignores_case } => {
                let syntax =
                    PatternSyntax { wildcards, has_variables: takes_them && has_variables, ignores_case };
                let patterns = texts.iter().map(|text| Pattern::read(text, syntax));
                Test::Text(patterns.collect::<Result<_, _>>()?)
            }
            Operator::Number(comparison) => {
                Test::Number(comparison, all(&texts, number, "not a number", "12.5")?)
            }
            Operator::Date(comparison) => {
                let example = "2026-11-21T07:30:00Z or seconds since 1970";
                Test::Date(comparison, all(&texts, date, "not a date", example)?)
            }
            Operator::Truth => Test::Truth(all(&texts, truth, "neither true nor false", "true or false")?),
            Operator::Address => {
                let example = "192.0.2.0/24 or 2001:db8::/32";
                Test::Address(all(&texts, range, "not an IP address or range", example)?)
            }
            Operator::Absent => {
                if quantifier != Quantifier::One || if_exists {
                    let problem = format!("`{operator_name}` is not a condition operator");
                    return Err(PolicyError::new(problem, "write Null without prefix or suffix"));
                }
                match all(&texts, truth, "neither true nor false", "true or false")?.as_slice() {
                    [is_absent] => Test::Absent(*is_absent),
                    _ => return Err(PolicyError::new("Null has several values", "write true or false")),
                }
            }
        };
        Ok(Self { key: key.to_lowercase(), quantifier, is_negated, if_exists, test })
    }

    /// Returns the keys that the condition uses, in lower case, including those of variables.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let patterns: &[Pattern] = match &self.test {
            Test::Text(patterns) => patterns,
            _ => &[],
        };
        std::iter::once(self.key.as_str()).chain(patterns.iter().flat_map(Pattern::keys))
    }

    /// Returns whether the request satisfies the condition.
    pub(super) fn holds(&self, context: &ContextKeys, effect: Effect) -> bool {
        let values = context.get(&self.key);
        if let Test::Absent(is_absent) = self.test {
            return values.is_empty() == is_absent;
        }
        if values.is_empty() {
            return self.if_exists
                || match self.quantifier {
                    Quantifier::One => self.is_negated,
                    Quantifier::Any => false,
                    Quantifier::All => true,
                };
        }
        let unresolved_matches = effect.treats_unresolved_as_match(self.is_negated);
        let fits = |value: &String| self.test.is_met(value, context, unresolved_matches) != self.is_negated;
        let needs_all = match self.quantifier {
            // *Chosen*, for an operator for single values and a key with several: in an Allow all values must satisfy
            // the condition, in a Deny one is enough.
            Quantifier::One => effect == Effect::Allow,
            Quantifier::Any => false,
            Quantifier::All => true,
        };
        if needs_all { values.iter().all(fits) } else { values.iter().any(fits) }
    }
}

impl Test {
    /// Returns whether the value is one of the expected ones. A value of another type is not.
    fn is_met(&self, value: &str, context: &ContextKeys, unresolved_matches: bool) -> bool {
        match self {
            Test::Text(patterns) => {
                patterns.iter().any(|pattern| pattern.matches(value, context).unwrap_or(unresolved_matches))
            }
            Test::Number(comparison, wanted) => number(value)
                .is_some_and(|value| wanted.iter().any(|wanted| comparison.holds(&value, wanted))),
            Test::Date(comparison, wanted) => {
                date(value).is_some_and(|value| wanted.iter().any(|wanted| comparison.holds(&value, wanted)))
            }
            Test::Truth(wanted) => truth(value).is_some_and(|value| wanted.contains(&value)),
            Test::Address(ranges) => {
                let address = value.parse::<IpAddr>().map(|address| address.to_canonical());
                address.is_ok_and(|address| ranges.iter().any(|range| range.contains(&address)))
            }
            Test::Absent(_) => false,
        }
    }
}

impl Comparison {
    fn holds<T: PartialOrd>(self, value: &T, wanted: &T) -> bool {
        match self {
            Comparison::Equal => value == wanted,
            Comparison::Less => value < wanted,
            Comparison::LessOrEqual => value <= wanted,
            Comparison::Greater => value > wanted,
            Comparison::GreaterOrEqual => value >= wanted,
        }
    }
}

fn all<T>(
    texts: &[&str],
    read: fn(&str) -> Option<T>,
    what: &str,
    example: &str,
) -> Result<Vec<T>, PolicyError> {
    let read = |text: &&str| {
        read(text).ok_or_else(|| PolicyError::new(format!("`{text}` is {what}"), format!("write {example}")))
    };
    texts.iter().map(read).collect()
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Parses a date in the W3C profile of ISO 8601, or in seconds since 1970 (*Documented*).
fn date(text: &str) -> Option<jiff::Timestamp> {
    if let Ok(seconds) = text.parse() {
        return jiff::Timestamp::from_second(seconds).ok();
    }
    let of_day =
        |day: jiff::civil::Date| day.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|day| day.timestamp());
    text.parse().ok().or_else(|| text.parse().ok().and_then(of_day))
}

fn truth(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn range(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse().ok().map(|address: IpAddr| IpNet::from(address.to_canonical())))
}
