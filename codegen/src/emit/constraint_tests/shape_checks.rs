//! Finds the values with which each constraint of a shape is tested: values at its bound, which pass, and values beyond
//! it, with every rule that they break. A constraint that no value breaks is listed with the reason.

use lido_model::{Member, ShapeKind};
use serde_json::{Number, Value, json};

use super::{
    message,
    sample::{Samples, blob},
    strings::Strings,
    view::{Constraint, View, enum_value},
};

/// The room in a body for everything but the tested value, in bytes.
const REST_OF_BODY: usize = 64 * 1024;

/// The checks of a shape, which are run wherever the shape is used.
#[derive(Debug)]
pub(super) struct ShapeChecks {
    /// The rules that a message lists if the value is in a list or map.
    pub(super) quoted: Vec<String>,
    pub(super) checks: Vec<Check>,
    /// Constraints that no value breaks: the rule and the reason.
    pub(super) unbreakable: Vec<(String, String)>,
}

/// The check of one constraint.
#[derive(Debug)]
pub(super) struct Check {
    /// The constraint, in the words of a message.
    pub(super) rule: String,
    pub(super) passes: Vec<Value>,
    /// Values with the rules that they break, in the order of the message.
    pub(super) refused: Vec<(Value, Vec<String>)>,
}

/// Values that satisfy a constraint, and values that violate it, each with every rule that it breaks.
pub(super) type Values = (Vec<Value>, Vec<(Value, Vec<String>)>);

/// The values, or the reason why no value violates the constraint.
pub(super) type ValuesResult = Result<Values, String>;

impl ShapeChecks {
    /// Returns the checks of the shape, with values that fit into a body of `body_limit` bytes.
    pub(super) fn of<'m>(samples: &mut Samples<'m>, view: &View<'m>, body_limit: usize) -> Self {
        let constraints = view.constraints();
        let mut made =
            Self { quoted: message::quoted(&constraints), checks: Vec::new(), unbreakable: Vec::new() };
        let mut builder = CheckBuilder { samples, view, constraints: &constraints, body_limit };
        for constraint in &constraints {
            let rule = message::rule(constraint);
            match builder.check_values(constraint) {
                Ok((passes, refused)) => made.checks.push(Check { rule, passes, refused }),
                Err(reason) => made.unbreakable.push((rule, reason)),
            }
        }
        made
    }
}

struct CheckBuilder<'s, 'm> {
    samples: &'s mut Samples<'m>,
    view: &'s View<'m>,
    constraints: &'s [Constraint<'m>],
    body_limit: usize,
}

impl<'m> CheckBuilder<'_, 'm> {
    fn check_values(&mut self, constraint: &Constraint<'m>) -> ValuesResult {
        let (passes, refused) = match constraint {
            Constraint::Pattern(..) => self.strings().refused()?,
            Constraint::MinLength(0) => return Err("no length is below 0".to_owned()),
            Constraint::MinLength(min) => {
                let min = size(*min)?;
                self.length(min, min.saturating_sub(1))?
            }
            Constraint::MaxLength(max) => {
                let max = size(*max)?;
                self.length(max, max.saturating_add(1))?
            }
            Constraint::Min(min) => self.bound(min, -1)?,
            Constraint::Max(max) => self.bound(max, 1)?,
            Constraint::Enum(_) => self.enumeration()?,
            Constraint::Unique => self.unique()?,
        };
        if refused.is_empty() {
            return Err("no value was found that violates it".to_owned());
        }
        let mut tried = passes.iter().chain(refused.iter().map(|(value, _)| value));
        if tried.any(|value| json_length(value) + REST_OF_BODY > self.body_limit) {
            return Err(self.too_long());
        }
        Ok((passes, refused))
    }

    fn too_long(&self) -> String {
        format!("such a value does not fit into a body of {} bytes", self.body_limit)
    }

    fn strings(&mut self) -> Strings<'_, 'm> {
        Strings::new(self.samples, self.view, self.constraints)
    }

    // Lengths.

    /// Returns values of the length `bound`, the last that passes, and `beyond`, the first that does not.
    fn length(&mut self, bound: usize, beyond: usize) -> ValuesResult {
        match &self.view.shape.kind {
            ShapeKind::Blob => Ok((vec![blob(bound)], vec![(blob(beyond), self.length_broken_by(beyond))])),
            ShapeKind::List(_) => self.list_length(bound, beyond),
            ShapeKind::Map { key, .. } => self.map_length(key, bound, beyond),
            _ if bound.max(beyond) > self.body_limit => Err(self.too_long()),
            _ => Ok(self.strings().length(bound, beyond)),
        }
    }

    fn length_broken_by(&self, length: usize) -> Vec<String> {
        let length = length as u64;
        let breaks = |constraint: &&Constraint<'_>| match constraint {
            Constraint::MinLength(min) => length < *min,
            Constraint::MaxLength(max) => length > *max,
            _ => false,
        };
        self.constraints.iter().filter(breaks).map(message::rule).collect()
    }

    fn list_length(&mut self, bound: usize, beyond: usize) -> ValuesResult {
        let mut broken = self.length_broken_by(beyond);
        let passes: Vec<_> = self.samples.list(self.view, bound).into_iter().collect();
        if let Some(refused) = self.samples.list(self.view, beyond) {
            return Ok((passes, vec![(refused, broken)]));
        }
        // There are not enough different elements, so one is repeated, which violates uniqueness too.
        let fewer = self.samples.list(self.view, beyond.saturating_sub(1));
        let Some(Value::Array(mut items)) = fewer.filter(|_| self.view.is_unique()) else {
            return Err("not enough different elements were found".to_owned());
        };
        items.extend(items.first().cloned());
        broken.push(message::rule(&Constraint::Unique));
        Ok((passes, vec![(Value::Array(items), broken)]))
    }

    fn map_length(&mut self, key: &'m Member, bound: usize, beyond: usize) -> ValuesResult {
        let passes: Vec<_> = self.samples.map(self.view, bound).into_iter().collect();
        let mut broken = self.length_broken_by(beyond);
        if let Some(refused) = self.samples.map(self.view, beyond) {
            return Ok((passes, vec![(refused, broken)]));
        }
        // There are not enough valid keys, so an invalid one is added, which is a violation too.
        let Some(key) = View::of(self.samples.model, self.view.shape, key) else { return Err(String::new()) };
        let Some(Value::Object(mut entries)) = self.samples.map(self.view, beyond.saturating_sub(1)) else {
            return Err("not enough different keys were found".to_owned());
        };
        let invalid = ShapeChecks::of(self.samples, &key, self.body_limit)
            .checks
            .into_iter()
            .flat_map(|check| check.refused)
            .find_map(|(value, _)| value.as_str().map(str::to_owned));
        let value = entries.values().next().cloned();
        let (Some(invalid), Some(value)) = (invalid, value) else {
            return Err("not enough different keys were found".to_owned());
        };
        entries.insert(invalid, value);
        broken.push(format!(
            "Map keys must satisfy constraint: [{}]",
            message::quoted(&key.constraints()).join(", ")
        ));
        Ok((passes, vec![(Value::Object(entries), broken)]))
    }

    // Numbers, enums and lists.

    fn bound(&self, bound: &Number, outwards: i64) -> ValuesResult {
        let (least, most) = match self.view.shape.kind {
            ShapeKind::Byte => (i64::from(i8::MIN), i64::from(i8::MAX)),
            ShapeKind::Short => (i64::from(i16::MIN), i64::from(i16::MAX)),
            ShapeKind::Integer => (i64::from(i32::MIN), i64::from(i32::MAX)),
            _ => (i64::MIN, i64::MAX),
        };
        let is_fraction =
            matches!(self.view.shape.kind, ShapeKind::Float | ShapeKind::Double | ShapeKind::BigDecimal);
        let beyond = match bound.as_i64() {
            Some(bound) => {
                bound.checked_add(outwards).filter(|beyond| (least..=most).contains(beyond)).map(Number::from)
            }
            None if is_fraction => {
                let outwards = if outwards < 0 { -1.0 } else { 1.0 };
                bound.as_f64().and_then(|bound| Number::from_f64(bound + outwards))
            }
            None => None,
        };
        let beyond = beyond.ok_or("the type has no number beyond the bound")?;
        let refused = self.numbers_broken_by(&beyond);
        let mut passes = vec![Value::Number(bound.clone())];
        passes.retain(|value| {
            value.as_number().is_some_and(|number| self.numbers_broken_by(number).is_empty())
        });
        Ok((passes, vec![(Value::Number(beyond), refused)]))
    }

    fn numbers_broken_by(&self, number: &Number) -> Vec<String> {
        let number = number.as_f64();
        let breaks = |constraint: &&Constraint<'_>| match constraint {
            Constraint::Min(min) => number < min.as_f64(),
            Constraint::Max(max) => number > max.as_f64(),
            _ => false,
        };
        self.constraints.iter().filter(breaks).map(message::rule).collect()
    }

    fn enumeration(&self) -> ValuesResult {
        let members: &[Member] = match &self.view.shape.kind {
            ShapeKind::Enum(members) | ShapeKind::IntEnum(members) => members,
            _ => &[],
        };
        let values: Vec<Value> = members.iter().filter_map(enum_value).cloned().collect();
        let near = match values.first() {
            // Enum values are case-sensitive.
            Some(Value::String(first)) => vec![
                json!(first.to_lowercase()),
                json!(first.to_uppercase()),
                json!(format!("{first}_")),
                json!(""),
            ],
            Some(Value::Number(_)) => {
                let greatest = values.iter().filter_map(Value::as_i64).max().unwrap_or_default();
                (greatest < i64::from(i32::MAX)).then(|| json!(greatest + 1)).into_iter().collect()
            }
            _ => Vec::new(),
        };
        let broken: Vec<String> = self.constraints.iter().map(message::rule).collect();
        let refused =
            near.into_iter().filter(|near| !values.contains(near)).map(|near| (near, broken.clone()));
        Ok((values.clone(), refused.collect()))
    }

    fn unique(&mut self) -> ValuesResult {
        let least = size(self.view.lengths().0.unwrap_or_default())?;
        let passes =
            self.samples.list(self.view, least.max(2)).or_else(|| self.samples.list(self.view, least.max(1)));
        let Some(Value::Array(mut items)) = self.samples.list(self.view, least.max(1)) else {
            return Err("not enough different elements were found".to_owned());
        };
        items.extend(items.first().cloned());
        let mut broken = self.length_broken_by(items.len());
        broken.push(message::rule(&Constraint::Unique));
        Ok((passes.into_iter().collect(), vec![(Value::Array(items), broken)]))
    }
}

pub(super) fn size(length: u64) -> Result<usize, String> {
    usize::try_from(length).map_err(|_| "no value has this length".to_owned())
}

/// Returns the approximate length of a value's JSON text.
fn json_length(value: &Value) -> usize {
    match value {
        // Long texts contain few characters that are escaped.
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(|item| json_length(item) + 1).sum::<usize>() + 2,
        Value::Object(entries) => {
            entries.iter().map(|(key, value)| key.len() + json_length(value) + 4).sum::<usize>() + 2
        }
        other => other.to_string().len(),
    }
}
