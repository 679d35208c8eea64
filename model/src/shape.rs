//! A resolved model: what the rest of the workspace works with.

use std::collections::BTreeMap;

use crate::{Origin, ShapeId, Traits};

/// Every shape of a model, the prelude's included, by its id.
#[derive(Debug, Clone, Default)]
pub struct Model {
    pub(crate) shapes: BTreeMap<ShapeId, Shape>,
}

impl Model {
    /// The shape with this absolute id.
    pub fn find_shape(&self, id: &str) -> Option<&Shape> {
        self.shapes.get(id)
    }

    /// Every shape, in the order of ids.
    pub fn shapes(&self) -> impl Iterator<Item = &Shape> {
        self.shapes.values()
    }

    /// Every service, in the order of ids.
    pub fn services(&self) -> impl Iterator<Item = &Shape> {
        self.shapes().filter(|shape| matches!(shape.kind, ShapeKind::Service { .. }))
    }
}

/// One shape with its own traits.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Its absolute id.
    pub id: ShapeId,
    /// What kind of shape, with what belongs to the kind.
    pub kind: ShapeKind,
    /// Its traits, those that `apply` and mixins brought included.
    pub traits: Traits,
    /// Where it was read.
    pub origin: Origin,
}

/// The kinds of the Smithy 2.0 specification; `set` is a list with `uniqueItems`.
#[derive(Debug, Clone)]
pub enum ShapeKind {
    /// Bytes.
    Blob,
    /// True or false.
    Boolean,
    /// Text.
    String,
    /// Eight bits, signed.
    Byte,
    /// Sixteen bits, signed.
    Short,
    /// Thirty-two bits, signed.
    Integer,
    /// Sixty-four bits, signed.
    Long,
    /// IEEE 754, single precision.
    Float,
    /// IEEE 754, double precision.
    Double,
    /// A whole number of any size.
    BigInteger,
    /// A decimal number of any size and precision.
    BigDecimal,
    /// An instant.
    Timestamp,
    /// Anything JSON can say.
    Document,
    /// A string out of a set: members in model order, each with its `enumValue` (always present).
    Enum(Vec<Member>),
    /// A number out of a set: members in model order, each with its `enumValue` (always present).
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
    /// A structure: members in model order, mixed-in ones first.
    Structure(Vec<Member>),
    /// A union: members in model order.
    Union(Vec<Member>),
    /// An operation.
    Operation {
        /// The input structure, or `smithy.api#Unit`.
        input: ShapeId,
        /// The output structure, or `smithy.api#Unit`.
        output: ShapeId,
        /// The errors it declares, in model order.
        errors: Vec<ShapeId>,
    },
    /// A resource; its operations are already among those of its service.
    Resource,
    /// A service.
    Service {
        /// The model's version, perhaps empty.
        version: String,
        /// Every operation: the service's own and those of its resources at any depth, in model order.
        operations: Vec<ShapeId>,
        /// Errors common to all operations.
        errors: Vec<ShapeId>,
        /// Other names that shapes bear in this service.
        rename: BTreeMap<ShapeId, String>,
    },
}

/// A member of an aggregate shape or an enum.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name: `member`, `key`, `value`, or what the model calls it.
    pub name: String,
    /// The shape it points at (`smithy.api#Unit` for the members of enums).
    pub target: ShapeId,
    /// Its own traits only; the target's stand at the target.
    pub traits: Traits,
    /// Where it was read.
    pub origin: Origin,
}
