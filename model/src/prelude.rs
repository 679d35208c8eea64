//! The shapes of Smithy's prelude, which every model may use without defining them.
//!
//! It holds the data shapes only. The traits of the prelude are not defined here; `validate` checks their values.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{
    Origin, ShapeId,
    draft::{Draft, Drafts, Type},
};

/// The shape for an operation without input or output, and for union members without a value.
pub(crate) const UNIT: &str = "smithy.api#Unit";

/// The file name of the prelude in messages.
const FILE: &str = "(prelude)";

const SHAPES: [(&str, Type); 14] = [
    ("String", Type::String),
    ("Blob", Type::Blob),
    ("BigInteger", Type::BigInteger),
    ("BigDecimal", Type::BigDecimal),
    ("Timestamp", Type::Timestamp),
    ("Document", Type::Document),
    ("Boolean", Type::Boolean),
    ("Byte", Type::Byte),
    ("Short", Type::Short),
    ("Integer", Type::Integer),
    ("Long", Type::Long),
    ("Float", Type::Float),
    ("Double", Type::Double),
    ("Unit", Type::Structure),
];

/// The primitive shapes, whose default is zero or false.
const PRIMITIVES: [(&str, Type); 7] = [
    ("PrimitiveBoolean", Type::Boolean),
    ("PrimitiveByte", Type::Byte),
    ("PrimitiveShort", Type::Short),
    ("PrimitiveInteger", Type::Integer),
    ("PrimitiveLong", Type::Long),
    ("PrimitiveFloat", Type::Float),
    ("PrimitiveDouble", Type::Double),
];

/// Returns drafts of the prelude's shapes.
pub(crate) fn drafts() -> Drafts {
    let top = Origin::top(&Arc::from(FILE));
    let mut drafts = Drafts::default();
    for (name, of) in SHAPES.into_iter().chain(PRIMITIVES) {
        let id = ShapeId::prelude(name);
        let origin = top.child("shapes").child(&id);
        let mut draft = Draft::new(id.clone(), of, origin.clone());
        if id.as_str() == UNIT {
            draft.traits.set("smithy.api#unitType", Map::new(), &origin);
        }
        if let Some(zero) = zero(of).filter(|_| name.starts_with("Primitive")) {
            draft.traits.set("smithy.api#default", zero, &origin);
        }
        drafts.shapes.insert(id, draft);
    }
    drafts
}

/// Returns whether `draft` is a shape of the prelude and not of a file.
pub(crate) fn is_prelude(draft: &Draft) -> bool {
    &*draft.origin.file == FILE && draft.id.namespace() == "smithy.api"
}

/// Returns the default value that Smithy 1.0 gives to shapes of this type that are not boxed, if it has one.
pub(crate) fn zero(of: Type) -> Option<Value> {
    PRIMITIVES.iter().any(|(_, primitive)| *primitive == of).then(|| match of {
        Type::Boolean => Value::Bool(false),
        _ => 0.into(),
    })
}
