//! Makes the smallest valid value of a shape as JSON, and several different ones for lists and maps.

use std::{collections::HashMap, rc::Rc};

use lido_model::{Member, Model, ShapeKind};
use serde_json::{Map, Number, Value, json};

use super::view::{View, enum_value};
use crate::pattern::Pattern;

/// Maximum depth of values, which bounds the search for a value of a recursive shape.
const MAX_DEPTH: usize = 32;
/// How many lengths above the shortest are tried.
const LENGTHS: usize = 64;

/// Makes values, and caches the smallest value of each shape.
#[derive(Debug)]
pub(super) struct Samples<'m> {
    pub(super) model: &'m Model,
    smallest: HashMap<String, Option<Value>>,
    patterns: HashMap<String, Option<Rc<Pattern>>>,
    depth: usize,
}

impl<'m> Samples<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self { model, smallest: HashMap::new(), patterns: HashMap::new(), depth: 0 }
    }

    /// Returns the parsed pattern. Returns `None` if it is invalid, which lowering has reported.
    pub(super) fn pattern(&mut self, text: &str) -> Option<Rc<Pattern>> {
        let parse = || Pattern::parse(text).ok().map(Rc::new);
        self.patterns.entry(text.to_owned()).or_insert_with(parse).clone()
    }

    /// Returns the smallest value that satisfies all constraints, or `None` if none was found.
    pub(super) fn smallest(&mut self, view: &View<'m>) -> Option<Value> {
        if let Some(made) = self.smallest.get(&view.name) {
            return made.clone();
        }
        if self.depth > MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let made = self.make(view);
        self.depth -= 1;
        self.smallest.insert(view.name.clone(), made.clone());
        made
    }

    fn make(&mut self, view: &View<'m>) -> Option<Value> {
        let least = usize::try_from(view.lengths().0.unwrap_or_default()).ok()?;
        match &view.shape.kind {
            ShapeKind::Structure(members) => self.structure(view, members, None),
            ShapeKind::Union(members) => members.iter().find_map(|member| {
                let value = self.smallest(&View::of(self.model, view.shape, member)?)?;
                Some(json!({ member.name.as_str(): value }))
            }),
            ShapeKind::List(_) => self.list(view, least),
            ShapeKind::Map { .. } => self.map(view, least),
            _ => self.distinct(view, 1).into_iter().next(),
        }
    }

    /// Returns a structure with its required members. The member `chosen` has the given value, or is absent.
    pub(super) fn structure(
        &mut self,
        view: &View<'m>,
        members: &'m [Member],
        chosen: Option<(&str, Option<Value>)>,
    ) -> Option<Value> {
        let mut object = Map::new();
        for member in members {
            let value = match &chosen {
                Some((name, value)) if *name == member.name => value.clone(),
                _ if member.traits.has("smithy.api#required") => {
                    Some(self.smallest(&View::of(self.model, view.shape, member)?)?)
                }
                _ => None,
            };
            object.extend(value.map(|value| (member.name.clone(), value)));
        }
        Some(Value::Object(object))
    }

    /// Returns a list of `count` elements, which differ only if they must be unique.
    pub(super) fn list(&mut self, view: &View<'m>, count: usize) -> Option<Value> {
        let ShapeKind::List(member) = &view.shape.kind else { return None };
        if count == 0 {
            return Some(json!([]));
        }
        let element = View::of(self.model, view.shape, member)?;
        let items = if view.is_unique() {
            self.distinct(&element, count)
        } else {
            vec![self.smallest(&element)?; count]
        };
        (items.len() == count).then_some(Value::Array(items))
    }

    /// Returns a map of `count` entries.
    pub(super) fn map(&mut self, view: &View<'m>, count: usize) -> Option<Value> {
        let ShapeKind::Map { key, value } = &view.shape.kind else { return None };
        if count == 0 {
            return Some(json!({}));
        }
        let keys = self.distinct(&View::of(self.model, view.shape, key)?, count);
        let value = self.smallest(&View::of(self.model, view.shape, value)?)?;
        let entries: Map<_, _> =
            keys.iter().filter_map(Value::as_str).map(|key| (key.to_owned(), value.clone())).collect();
        (entries.len() == count).then_some(Value::Object(entries))
    }

    /// Returns up to `count` different valid values, the smallest first.
    pub(super) fn distinct(&mut self, view: &View<'m>, count: usize) -> Vec<Value> {
        match &view.shape.kind {
            ShapeKind::Enum(members) | ShapeKind::IntEnum(members) => {
                members.iter().filter_map(enum_value).take(count).cloned().collect()
            }
            ShapeKind::Boolean => [true, false].into_iter().take(count).map(Value::from).collect(),
            ShapeKind::String => self.texts(view, count).into_iter().map(Value::from).collect(),
            ShapeKind::Blob => {
                let least = view.lengths().0.unwrap_or_else(|| view.lengths().1.unwrap_or(1).min(1));
                usize::try_from(least).map(|least| vec![blob(least)]).unwrap_or_default()
            }
            ShapeKind::Byte
            | ShapeKind::Short
            | ShapeKind::Integer
            | ShapeKind::Long
            | ShapeKind::BigInteger
            | ShapeKind::Float
            | ShapeKind::Double
            | ShapeKind::BigDecimal => numbers(view, count),
            ShapeKind::Timestamp => vec![match view.timestamp_format() {
                "date-time" => json!("2000-01-01T00:00:00Z"),
                "http-date" => json!("Sat, 01 Jan 2000 00:00:00 GMT"),
                _ => json!(946_684_800),
            }],
            ShapeKind::Document => vec![json!({})],
            _ => self.smallest(view).into_iter().collect(),
        }
    }

    fn texts(&mut self, view: &View<'m>, count: usize) -> Vec<String> {
        let (least, most) = view.lengths();
        let (least, most) = (least.unwrap_or_default(), most.unwrap_or(u64::MAX));
        let Some((pattern, _)) = view.pattern() else {
            return numbered(least, most, count);
        };
        let Some(pattern) = self.pattern(pattern) else { return Vec::new() };
        let length = |text: &str| text.chars().count() as u64;
        let is_valid = |text: &str| (least..=most).contains(&length(text)) && pattern.is_match(text);
        let shortest = pattern.shortest().map_or(0, |text| length(&text));
        let Ok(first) = usize::try_from(shortest.max(least)) else { return Vec::new() };
        let mut found: Vec<String> = Vec::new();
        for length in first..=first + LENGTHS {
            if found.len() == count {
                return found;
            }
            found.extend(pattern.sample(length).filter(|text| is_valid(text)));
        }
        let words: Vec<&str> = pattern
            .as_str()
            .split(|c| "()|^$?:[]{}\\+*".contains(c))
            .filter(|word| !word.is_empty())
            .collect();
        let mut at = 0;
        while let Some(seed) = found.get(at).filter(|_| found.len() < count).cloned() {
            at += 1;
            for text in variations(&seed, &words) {
                if found.len() < count && !found.contains(&text) && is_valid(&text) {
                    found.push(text);
                }
            }
        }
        found
    }
}

/// Returns variants of `text`: with another last character, and with one word of the pattern replaced by another.
fn variations(text: &str, words: &[&str]) -> Vec<String> {
    let mut made = Vec::new();
    let mut stem = text.to_owned();
    stem.pop();
    made.extend(('a'..='z').chain('0'..='9').map(|last| format!("{stem}{last}")));
    for word in words.iter().filter(|word| text.contains(**word)) {
        made.extend(words.iter().map(|other| text.replacen(word, other, 1)));
    }
    made
}

/// Returns different strings within these lengths: `a`, `a1.`, `a2.`, ….
fn numbered(least: u64, most: u64, count: usize) -> Vec<String> {
    let fill = |text: String| {
        let missing = usize::try_from(least).unwrap_or_default().saturating_sub(text.len());
        text + &"a".repeat(missing)
    };
    let first = if most == 0 { String::new() } else { "a".to_owned() };
    let others = (1..count).map(|number| format!("a{number}."));
    std::iter::once(first)
        .chain(others)
        .take(count)
        .map(fill)
        .filter(|text| text.len() as u64 <= most)
        .collect()
}

/// Returns this number of zero bytes as base64.
pub(super) fn blob(bytes: usize) -> Value {
    let padding = (3 - bytes % 3) % 3;
    let mut text = "A".repeat(bytes.div_ceil(3) * 4 - padding);
    text.extend(std::iter::repeat_n('=', padding));
    Value::String(text)
}

/// Returns different numbers within the range: from 1 if that is inside, or else a bound.
fn numbers(view: &View<'_>, count: usize) -> Vec<Value> {
    let (min, max) = view.range();
    let is_inside = |number: &f64| {
        let at_least = min.as_ref().and_then(Number::as_f64).is_none_or(|min| *number >= min);
        at_least && max.as_ref().and_then(Number::as_f64).is_none_or(|max| *number <= max)
    };
    if is_inside(&1.0) {
        let candidates = (1..=i64::try_from(count).unwrap_or(i64::MAX)).map(|number| (number, number as f64));
        return candidates.filter(|(_, number)| is_inside(number)).map(|(number, _)| json!(number)).collect();
    }
    min.or(max).into_iter().map(Value::Number).collect()
}
