//! Converts validated drafts to the shapes of the model.

use std::sync::Arc;

use crate::{
    Diagnostic, Member, Model, Shape, ShapeId, ShapeKind,
    draft::{Draft, DraftMember, Drafts, Reference, Type},
    prelude::UNIT,
    resource,
};

/// Returns the model of `drafts`, which have been validated.
pub(crate) fn resolve(
    mut drafts: Drafts,
    warnings: Vec<Diagnostic>,
    sources: Vec<(Arc<str>, Vec<u8>)>,
) -> Model {
    let services: Vec<_> =
        drafts.shapes.values().filter(|draft| draft.of == Type::Service).cloned().collect();
    for service in services {
        let operations = resource::operations_of(&service, &drafts);
        if let Some(draft) = drafts.shapes.get_mut(&service.id) {
            draft.bindings.operations = operations;
        }
    }
    let shapes = drafts.shapes.into_iter().filter_map(|(id, draft)| Some((id, shape(draft)?))).collect();
    Model { shapes, warnings, sources }
}

fn shape(draft: Draft) -> Option<Shape> {
    let Draft { id, of, traits, members, bindings, origin, .. } = draft;
    let mut members = members.into_iter().map(member);
    let kind = match of {
        Type::Blob => ShapeKind::Blob,
        Type::Boolean => ShapeKind::Boolean,
        Type::String => ShapeKind::String,
        Type::Byte => ShapeKind::Byte,
        Type::Short => ShapeKind::Short,
        Type::Integer => ShapeKind::Integer,
        Type::Long => ShapeKind::Long,
        Type::Float => ShapeKind::Float,
        Type::Double => ShapeKind::Double,
        Type::BigInteger => ShapeKind::BigInteger,
        Type::BigDecimal => ShapeKind::BigDecimal,
        Type::Timestamp => ShapeKind::Timestamp,
        Type::Document => ShapeKind::Document,
        Type::Enum => ShapeKind::Enum(members.collect()),
        Type::IntEnum => ShapeKind::IntEnum(members.collect()),
        Type::Structure => ShapeKind::Structure(members.collect()),
        Type::Union => ShapeKind::Union(members.collect()),
        Type::List => ShapeKind::List(members.next()?),
        Type::Map => {
            // `value` may come from a mixin, and so before the shape's own `key`.
            let (first, second) = (members.next()?, members.next()?);
            match first.name == "key" {
                true => ShapeKind::Map { key: first, value: second },
                false => ShapeKind::Map { key: second, value: first },
            }
        }
        Type::Operation => ShapeKind::Operation {
            input: or_unit(bindings.input),
            output: or_unit(bindings.output),
            errors: targets(bindings.errors),
        },
        Type::Resource => ShapeKind::Resource,
        Type::Service => ShapeKind::Service {
            version: bindings.version.unwrap_or_default(),
            operations: targets(bindings.operations),
            errors: targets(bindings.errors),
            rename: bindings.rename.into_iter().map(|(id, rename)| (id, rename.name)).collect(),
        },
    };
    Some(Shape { id, kind, traits: traits.finish(), origin })
}

fn member((name, draft): (String, DraftMember)) -> Member {
    Member { name, target: draft.target, traits: draft.traits.finish(), origin: draft.origin }
}

fn targets(references: Vec<Reference>) -> Vec<ShapeId> {
    let mut targets = indexmap::IndexSet::new();
    targets.extend(references.into_iter().map(|reference| reference.target));
    targets.into_iter().collect()
}

fn or_unit(reference: Option<Reference>) -> ShapeId {
    reference.map_or_else(|| ShapeId::prelude(UNIT.trim_start_matches("smithy.api#")), |found| found.target)
}
