//! The shapes that every model may use without defining them.
//!
//! Only those of its data: the definitions of the prelude's traits are not shapes here, and what they
//! demand of trait values is checked in `validate`.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{
    Origin, ShapeId,
    draft::{Draft, Drafts, Type},
};

/// The shape that stands for "nothing".
pub(crate) const UNIT: &str = "smithy.api#Unit";

/// The name under which messages speak of the prelude as a file.
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

/// Types of which the prelude has a second shape that is never absent: it is zero or false instead.
const PRIMITIVES: [(&str, Type); 7] = [
    ("PrimitiveBoolean", Type::Boolean),
    ("PrimitiveByte", Type::Byte),
    ("PrimitiveShort", Type::Short),
    ("PrimitiveInteger", Type::Integer),
    ("PrimitiveLong", Type::Long),
    ("PrimitiveFloat", Type::Float),
    ("PrimitiveDouble", Type::Double),
];

/// Drafts of nothing but the prelude.
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

/// Whether `draft` is one of ours and not of a file.
pub(crate) fn is_prelude(draft: &Draft) -> bool {
    &*draft.origin.file == FILE && draft.id.namespace() == "smithy.api"
}

/// What a value of this type is where the 1.0 rules forbid that it is absent.
pub(crate) fn zero(of: Type) -> Option<Value> {
    PRIMITIVES.iter().any(|(_, primitive)| *primitive == of).then(|| match of {
        Type::Boolean => Value::Bool(false),
        _ => 0.into(),
    })
}
