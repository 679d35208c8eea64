//! Shapes as the files say them: read, but with mixins, `apply` and 1.0 forms still to be worked in.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value;

use crate::{Origin, ShapeId, Traits};

/// Every shape of every file, and what else the files say about shapes.
#[derive(Default)]
pub(crate) struct Drafts {
    /// The shapes, the prelude's first, then in the order of files and places.
    pub(crate) shapes: IndexMap<ShapeId, Draft>,
    /// The `apply` statements, in the same order.
    pub(crate) applies: Vec<Apply>,
    /// Shapes that are there but could not be read. What points at them is not to blame.
    pub(crate) unreadable: BTreeSet<ShapeId>,
}

/// The types of the AST; `set` has become a list.
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

    /// Its name in the AST.
    pub(crate) fn name(self) -> &'static str {
        Self::NAMED.iter().find(|(_, of)| *of == self).map_or("shape", |(name, _)| name)
    }

    /// Its name in a sentence.
    pub(crate) fn in_words(self) -> String {
        let name = self.name();
        match name.starts_with(['e', 'i', 'o']) {
            true => format!("an {name}"),
            false => format!("a {name}"),
        }
    }

    /// Whether a member may point at it.
    pub(crate) fn is_data(self) -> bool {
        !matches!(self, Self::Operation | Self::Resource | Self::Service)
    }

    /// Whether its values are texts.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::String | Self::Enum)
    }

    /// Whether its values are whole numbers.
    pub(crate) fn is_whole(self) -> bool {
        matches!(
            self,
            Self::Byte | Self::Short | Self::Integer | Self::Long | Self::BigInteger | Self::IntEnum
        )
    }

    /// Whether its values are numbers.
    pub(crate) fn is_number(self) -> bool {
        self.is_whole() || matches!(self, Self::Float | Self::Double | Self::BigDecimal)
    }
}

/// A shape.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) id: ShapeId,
    pub(crate) of: Type,
    /// Whether a file of version 1.0 says it.
    pub(crate) is_v1: bool,
    /// Whether parts of it could not be read, so that what it lacks may have been there.
    pub(crate) is_incomplete: bool,
    pub(crate) traits: DraftTraits,
    /// In order; `member`, `key` and `value` for lists and maps.
    pub(crate) members: IndexMap<String, DraftMember>,
    pub(crate) mixins: Vec<Reference>,
    /// What `apply` says of members that must come from mixins.
    pub(crate) patches: IndexMap<String, DraftTraits>,
    pub(crate) bindings: Bindings,
    pub(crate) origin: Origin,
}

impl Draft {
    /// A shape of which nothing is known yet but its type.
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

    /// Whether it may only be mixed in.
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

/// A shape id where it is written.
#[derive(Clone)]
pub(crate) struct Reference {
    pub(crate) target: ShapeId,
    pub(crate) origin: Origin,
}

/// What services, resources and operations hold together.
#[derive(Clone, Default)]
pub(crate) struct Bindings {
    pub(crate) version: Option<String>,
    pub(crate) input: Option<Reference>,
    pub(crate) output: Option<Reference>,
    pub(crate) errors: Vec<Reference>,
    /// Of a resource: those of its life cycle first.
    pub(crate) operations: Vec<Reference>,
    pub(crate) resources: Vec<Reference>,
    /// Identifiers and properties of a resource.
    pub(crate) data: Vec<Reference>,
    pub(crate) rename: IndexMap<ShapeId, Rename>,
}

/// The name a shape bears in a service, where it is written.
#[derive(Clone)]
pub(crate) struct Rename {
    pub(crate) name: String,
    pub(crate) origin: Origin,
}

/// Traits by id, each with the place it was read at, which may be an `apply` or a mixin.
#[derive(Clone, Default)]
pub(crate) struct DraftTraits(pub(crate) IndexMap<String, Applied>);

/// One trait.
#[derive(Clone)]
pub(crate) struct Applied {
    pub(crate) value: Value,
    pub(crate) origin: Origin,
}

impl DraftTraits {
    pub(crate) fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Applied> {
        self.0.get(id)
    }

    /// Sets a trait; one that was there loses.
    pub(crate) fn set(&mut self, id: &str, value: impl Into<Value>, origin: &Origin) {
        self.0.insert(id.to_owned(), Applied { value: value.into(), origin: origin.clone() });
    }

    /// Takes all of `others`, which win over those that were there.
    pub(crate) fn overlay(&mut self, others: &Self) {
        self.0.extend(others.0.iter().map(|(id, applied)| (id.clone(), applied.clone())));
    }

    /// Without the places.
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
