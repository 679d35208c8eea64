//! Drafts: shapes as they are read from files, before mixins, `apply` statements and 1.0 forms are resolved.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value;

use crate::{Origin, ShapeId, Traits};

/// The shapes and `apply` statements of all files.
#[derive(Default)]
pub(crate) struct Drafts {
    /// The shapes: those of the prelude, then those of the files in their order.
    pub(crate) shapes: IndexMap<ShapeId, Draft>,
    /// The `apply` statements, in the same order.
    pub(crate) applies: Vec<Apply>,
    /// Shapes that exist but could not be read. References to them are not reported.
    pub(crate) unreadable: BTreeSet<ShapeId>,
}

/// The types of shapes. A `set` is read as a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Blob,
    Boolean,
    String,
    Byte,
    Short,
    Integer,
    Long,
    Float,
    Double,
    BigInteger,
    BigDecimal,
    Timestamp,
    Document,
    Enum,
    IntEnum,
    List,
    Map,
    Structure,
    Union,
    Operation,
    Resource,
    Service,
}

impl Type {
    /// Every type with its name in the AST.
    pub(crate) const NAMED: [(&'static str, Self); 22] = [
        ("blob", Self::Blob),
        ("boolean", Self::Boolean),
        ("string", Self::String),
        ("byte", Self::Byte),
        ("short", Self::Short),
        ("integer", Self::Integer),
        ("long", Self::Long),
        ("float", Self::Float),
        ("double", Self::Double),
        ("bigInteger", Self::BigInteger),
        ("bigDecimal", Self::BigDecimal),
        ("timestamp", Self::Timestamp),
        ("document", Self::Document),
        ("enum", Self::Enum),
        ("intEnum", Self::IntEnum),
        ("list", Self::List),
        ("map", Self::Map),
        ("structure", Self::Structure),
        ("union", Self::Union),
        ("operation", Self::Operation),
        ("resource", Self::Resource),
        ("service", Self::Service),
    ];

    /// Returns its name in the AST.
    pub(crate) fn name(self) -> &'static str {
        Self::NAMED.iter().find(|(_, of)| *of == self).map_or("shape", |(name, _)| name)
    }

    /// Returns its name with an article, for messages.
    pub(crate) fn with_article(self) -> String {
        let name = self.name();
        match name.starts_with(['e', 'i', 'o']) {
            true => format!("an {name}"),
            false => format!("a {name}"),
        }
    }

    /// Returns whether a member may target it.
    pub(crate) fn is_data(self) -> bool {
        !matches!(self, Self::Operation | Self::Resource | Self::Service)
    }

    /// Returns whether its values are strings.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::String | Self::Enum)
    }

    /// Returns whether its values are integers.
    pub(crate) fn is_whole(self) -> bool {
        matches!(
            self,
            Self::Byte | Self::Short | Self::Integer | Self::Long | Self::BigInteger | Self::IntEnum
        )
    }

    /// Returns whether its values are numbers.
    pub(crate) fn is_number(self) -> bool {
        self.is_whole() || matches!(self, Self::Float | Self::Double | Self::BigDecimal)
    }
}

/// A shape.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) id: ShapeId,
    pub(crate) of: Type,
    /// Whether it is defined in a file of Smithy 1.0.
    pub(crate) is_v1: bool,
    /// Whether parts of it could not be read. Then missing parts are not reported.
    pub(crate) is_incomplete: bool,
    pub(crate) traits: DraftTraits,
    /// The members in their order; `member`, `key` and `value` for lists and maps.
    pub(crate) members: IndexMap<String, DraftMember>,
    pub(crate) mixins: Vec<Reference>,
    /// Traits from `apply` statements for members that must come from mixins.
    pub(crate) patches: IndexMap<String, DraftTraits>,
    pub(crate) bindings: Bindings,
    pub(crate) origin: Origin,
}

impl Draft {
    /// Returns a shape without members and traits.
    pub(crate) fn new(id: ShapeId, of: Type, origin: Origin) -> Self {
        Self {
            id,
            of,
            is_v1: false,
            is_incomplete: false,
            traits: DraftTraits::default(),
            members: IndexMap::new(),
            mixins: Vec::new(),
            patches: IndexMap::new(),
            bindings: Bindings::default(),
            origin,
        }
    }

    /// Returns whether it is a mixin, which nothing but `mixins` may refer to.
    pub(crate) fn is_mixin(&self) -> bool {
        self.traits.has(MIXIN)
    }
}

pub(crate) const MIXIN: &str = "smithy.api#mixin";

/// A member.
#[derive(Clone)]
pub(crate) struct DraftMember {
    pub(crate) target: ShapeId,
    pub(crate) traits: DraftTraits,
    pub(crate) origin: Origin,
}

/// A shape id with the position of the reference.
#[derive(Clone)]
pub(crate) struct Reference {
    pub(crate) target: ShapeId,
    pub(crate) origin: Origin,
}

/// The references of services, resources and operations.
#[derive(Clone, Default)]
pub(crate) struct Bindings {
    pub(crate) version: Option<String>,
    pub(crate) input: Option<Reference>,
    pub(crate) output: Option<Reference>,
    pub(crate) errors: Vec<Reference>,
    /// The operations; for a resource, those of its life cycle come first.
    pub(crate) operations: Vec<Reference>,
    pub(crate) resources: Vec<Reference>,
    /// Identifiers and properties of a resource.
    pub(crate) data: Vec<Reference>,
    pub(crate) rename: IndexMap<ShapeId, Rename>,
}

/// The name of a shape within a service, with the position of the `rename` entry.
#[derive(Clone)]
pub(crate) struct Rename {
    pub(crate) name: String,
    pub(crate) origin: Origin,
}

/// Traits by id, each with its position, which may be in an `apply` statement or a mixin.
#[derive(Clone, Default)]
pub(crate) struct DraftTraits(pub(crate) IndexMap<String, AppliedTrait>);

/// The value of a trait, with its position.
#[derive(Clone)]
pub(crate) struct AppliedTrait {
    pub(crate) value: Value,
    pub(crate) origin: Origin,
}

impl DraftTraits {
    pub(crate) fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    pub(crate) fn get(&self, id: &str) -> Option<&AppliedTrait> {
        self.0.get(id)
    }

    /// Sets a trait and replaces an existing one.
    pub(crate) fn set(&mut self, id: &str, value: impl Into<Value>, origin: &Origin) {
        self.0.insert(id.to_owned(), AppliedTrait { value: value.into(), origin: origin.clone() });
    }

    /// Adds all of `others`, which replace existing ones.
    pub(crate) fn overlay(&mut self, others: &Self) {
        self.0.extend(others.0.iter().map(|(id, applied)| (id.clone(), applied.clone())));
    }

    /// Returns the traits without their positions.
    pub(crate) fn finish(self) -> Traits {
        Traits(self.0.into_iter().map(|(id, applied)| (id, applied.value)).collect())
    }
}

/// An `apply` statement.
pub(crate) struct Apply {
    pub(crate) target: ShapeId,
    pub(crate) member: Option<String>,
    pub(crate) traits: DraftTraits,
    pub(crate) origin: Origin,
}
