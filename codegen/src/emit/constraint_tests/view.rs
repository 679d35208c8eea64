//! A shape together with the constraints of the member that targets it, which take precedence.

use lido_model::{Member, Model, Shape, ShapeKind, Traits};
use serde_json::{Number, Value};

/// The traits of a member that override those of its target.
const OF_MEMBER: [&str; 5] = [
    "smithy.api#length",
    "smithy.api#pattern",
    "smithy.api#range",
    "smithy.api#uniqueItems",
    "smithy.api#timestampFormat",
];

/// A shape, and the traits of the member if they override those of the shape.
#[derive(Debug, Clone)]
pub(super) struct View<'m> {
    /// The target.
    pub(super) shape: &'m Shape,
    member: Option<&'m Traits>,
    /// The unique name of the view.
    pub(super) name: String,
}

/// One constraint of a value.
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
    /// Returns the view of the target of `member`.
    pub(super) fn of(model: &'m Model, owner: &Shape, member: &'m Member) -> Option<Self> {
        let shape = model.find_shape(member.target.as_str())?;
        let overrides = OF_MEMBER.iter().any(|id| member.traits.has(id));
        let name = if overrides { format!("{}${}", owner.id, member.name) } else { shape.id.to_string() };
        Some(Self { shape, member: overrides.then_some(&member.traits), name })
    }

    /// Returns the view of a shape without a member.
    pub(super) fn shape(shape: &'m Shape) -> Self {
        Self { shape, member: None, name: shape.id.to_string() }
    }

    fn first<T>(&self, of: impl Fn(&'m Traits) -> Option<T>) -> Option<T> {
        self.member.and_then(&of).or_else(|| of(&self.shape.traits))
    }

    /// Returns whether messages must not show the value.
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

    /// Returns the minimum and maximum length.
    pub(super) fn lengths(&self) -> (Option<u64>, Option<u64>) {
        self.first(Traits::length).map_or((None, None), |length| (length.min, length.max))
    }

    /// Returns the minimum and maximum number.
    pub(super) fn range(&self) -> (Option<Number>, Option<Number>) {
        self.first(Traits::range).map_or((None, None), |range| (range.min, range.max))
    }

    /// Returns the pattern, and the text that messages print.
    pub(super) fn pattern(&self) -> Option<(&'m str, &'m str)> {
        self.first(|traits| {
            let pattern = traits.pattern()?;
            Some((pattern, traits.text("lido.api#printedPattern").unwrap_or(pattern)))
        })
    }

    /// Returns every constraint, in the order in which a message lists those that a value violates.
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
            // An internal value is accepted, but not listed.
            let listed = members.iter().filter(|member| !member.traits.has("smithy.api#internal"));
            let printed = self.shape.traits.get("lido.api#printedValues").and_then(Value::as_array);
            all.push(Constraint::Enum(match printed {
                Some(values) => values.iter().map(shown).collect(),
                None => listed.filter_map(enum_value).map(shown).collect(),
            }));
        }
        all.extend(self.is_unique().then_some(Constraint::Unique));
        all
    }
}

/// Returns the value of a member of an enum.
pub(super) fn enum_value(member: &Member) -> Option<&Value> {
    member.traits.get("smithy.api#enumValue")
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
