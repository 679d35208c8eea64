//! The resolved model: shapes, their kinds and members.

use std::{collections::BTreeMap, sync::Arc};

use crate::{Diagnostic, Origin, ShapeId, Traits, place};

/// A resolved model: every shape by its id, including those of Smithy's prelude.
#[derive(Debug, Clone, Default)]
pub struct Model {
    pub(crate) shapes: BTreeMap<ShapeId, Shape>,
    pub(crate) warnings: Vec<Diagnostic>,
    /// The files, to find lines and columns in.
    pub(crate) sources: Vec<(Arc<str>, Vec<u8>)>,
}

impl Model {
    /// Returns the shape with this absolute id, or `None` if there is none.
    pub fn find_shape(&self, id: &str) -> Option<&Shape> {
        self.shapes.get(id)
    }

    /// Iterates over all shapes, sorted by id.
    pub fn shapes(&self) -> impl Iterator<Item = &Shape> {
        self.shapes.values()
    }

    /// Returns the warnings about the files, sorted by file and position.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Adds line and column to diagnostics about the files of the model.
    pub fn locate(&self, diagnostics: &mut [Diagnostic]) {
        let sources: Vec<_> = self.sources.iter().map(|(file, bytes)| (&**file, bytes.as_slice())).collect();
        place::locate(diagnostics, &sources);
    }

    /// Iterates over all services, sorted by id.
    pub fn services(&self) -> impl Iterator<Item = &Shape> {
        self.shapes().filter(|shape| matches!(shape.kind, ShapeKind::Service { .. }))
    }
}

/// A shape with its traits.
#[derive(Debug, Clone)]
pub struct Shape {
    /// The absolute id.
    pub id: ShapeId,
    /// The kind, with its members or references.
    pub kind: ShapeKind,
    /// The traits, including those of `apply` statements and mixins.
    pub traits: Traits,
    /// The position of its definition.
    pub origin: Origin,
}

/// The kind of a shape. A `set` of Smithy 1.0 is a list with the trait `uniqueItems`.
#[derive(Debug, Clone)]
pub enum ShapeKind {
    /// A sequence of bytes.
    Blob,
    /// A boolean.
    Boolean,
    /// A string.
    String,
    /// A signed integer of 8 bits.
    Byte,
    /// A signed integer of 16 bits.
    Short,
    /// A signed integer of 32 bits.
    Integer,
    /// A signed integer of 64 bits.
    Long,
    /// An IEEE 754 number of single precision.
    Float,
    /// An IEEE 754 number of double precision.
    Double,
    /// An integer of any size.
    BigInteger,
    /// A decimal number of any size and precision.
    BigDecimal,
    /// An instant.
    Timestamp,
    /// Any JSON value.
    Document,
    /// A closed set of strings: the members in model order, each with the trait `enumValue`.
    Enum(Vec<Member>),
    /// A closed set of integers: the members in model order, each with the trait `enumValue`.
    IntEnum(Vec<Member>),
    /// A list.
    List(Member),
    /// A map.
    Map {
        /// The member `key`.
        key: Member,
        /// The member `value`.
        value: Member,
    },
    /// A structure: the members in model order, those of mixins first.
    Structure(Vec<Member>),
    /// A union: the members in model order.
    Union(Vec<Member>),
    /// An operation.
    Operation {
        /// The input structure, or `smithy.api#Unit`.
        input: ShapeId,
        /// The output structure, or `smithy.api#Unit`.
        output: ShapeId,
        /// The declared errors, in model order.
        errors: Vec<ShapeId>,
    },
    /// A resource. Its operations are listed in its service.
    Resource,
    /// A service.
    Service {
        /// The version of the service, or an empty string.
        version: String,
        /// The operations of the service and of its resources, at any depth, in model order.
        operations: Vec<ShapeId>,
        /// The errors that every operation declares.
        errors: Vec<ShapeId>,
        /// The shapes that have another name in this service.
        rename: BTreeMap<ShapeId, String>,
    },
}

/// A member of an aggregate shape or an enum.
#[derive(Debug, Clone)]
pub struct Member {
    /// The name; `member`, `key` or `value` in lists and maps.
    pub name: String,
    /// The target shape; `smithy.api#Unit` for members of enums.
    pub target: ShapeId,
    /// The traits of the member, without those of its target.
    pub traits: Traits,
    /// The position of its definition.
    pub origin: Origin,
}
