//! A shape as the member that points at it sees it: constraints of the member take precedence.

use lido_model::{Member, Model, Shape, ShapeKind, Traits};
use serde_json::{Number, Value};

/// Traits of a member that make it see another shape than the target as such.
const OF_MEMBER: [&str; 5] = [
    "smithy.api#length",
    "smithy.api#pattern",
    "smithy.api#range",
    "smithy.api#uniqueItems",
    "smithy.api#timestampFormat",
];

/// A shape, and the member's traits where they say more than the shape's own.
#[derive(Debug, Clone)]
pub(super) struct View<'m> {
    /// The target.
    pub(super) shape: &'m Shape,
    member: Option<&'m Traits>,
    /// What tells it from every other view; also what a reader may call it.
    pub(super) name: String,
}

/// One constraint of a value by itself, whatever it is a part of.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Constraint<'m> {
    /// The pattern, and the text that messages print.
    Pattern(&'m str, &'m str),
    MinLength(u64),
    MaxLength(u64),
    Min(Number),
    Max(Number),
    /// The values that messages print.
    Enum(Vec<String>),
    Unique,
}

impl<'m> View<'m> {
    /// What `member` of `owner` points at.
    pub(super) fn of(model: &'m Model, owner: &Shape, member: &'m Member) -> Option<Self> {
        let shape = model.find_shape(member.target.as_str())?;
        let says_more = OF_MEMBER.iter().any(|id| member.traits.has(id));
        let name = if says_more { format!("{}${}", owner.id, member.name) } else { shape.id.to_string() };
        Some(Self { shape, member: says_more.then_some(&member.traits), name })
    }

    /// The shape as such.
    pub(super) fn shape(shape: &'m Shape) -> Self {
        Self { shape, member: None, name: shape.id.to_string() }
    }

    fn first<T>(&self, of: impl Fn(&'m Traits) -> Option<T>) -> Option<T> {
        self.member.and_then(&of).or_else(|| of(&self.shape.traits))
    }

    /// Whether no message may show the value.
    pub(super) fn is_sensitive(&self) -> bool {
        self.shape.traits.has("smithy.api#sensitive")
    }

    pub(super) fn is_sparse(&self) -> bool {
        self.shape.traits.has("smithy.api#sparse")
    }

    pub(super) fn timestamp_format(&self) -> &'m str {
        self.first(|traits| traits.text("smithy.api#timestampFormat")).unwrap_or("epoch-seconds")
    }

    pub(super) fn is_unique(&self) -> bool {
        self.first(|traits| traits.has("smithy.api#uniqueItems").then_some(())).is_some()
    }

    /// The least and the greatest length.
    pub(super) fn lengths(&self) -> (Option<u64>, Option<u64>) {
        self.first(Traits::length).map_or((None, None), |length| (length.min, length.max))
    }

    /// The least and the greatest number.
    pub(super) fn range(&self) -> (Option<Number>, Option<Number>) {
        self.first(Traits::range).map_or((None, None), |range| (range.min, range.max))
    }

    /// The pattern, and the text that messages print.
    pub(super) fn pattern(&self) -> Option<(&'m str, &'m str)> {
        self.first(|traits| {
            let pattern = traits.pattern()?;
            Some((pattern, traits.text("lido.api#printedPattern").unwrap_or(pattern)))
        })
    }

    /// Every constraint, in the order in which a message tells those that one value breaks.
    pub(super) fn constraints(&self) -> Vec<Constraint<'m>> {
        let (min_length, max_length) = self.lengths();
        let (min, max) = self.range();
        let mut all = Vec::new();
        all.extend(self.pattern().map(|(pattern, printed)| Constraint::Pattern(pattern, printed)));
        all.extend(min_length.map(Constraint::MinLength));
        all.extend(max_length.map(Constraint::MaxLength));
        all.extend(min.map(Constraint::Min));
        all.extend(max.map(Constraint::Max));
        if let ShapeKind::Enum(members) | ShapeKind::IntEnum(members) = &self.shape.kind {
            // What is internal is accepted, but not told to clients.
            let told = members.iter().filter(|member| !member.traits.has("smithy.api#internal"));
            all.push(Constraint::Enum(told.filter_map(enum_value).map(shown).collect()));
        }
        all.extend(self.is_unique().then_some(Constraint::Unique));
        all
    }
}

/// The value of a member of an enum.
pub(super) fn enum_value(member: &Member) -> Option<&Value> {
    member.traits.get("smithy.api#enumValue")
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
