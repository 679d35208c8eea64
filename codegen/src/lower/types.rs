//! Lowers the types of values: of a shape, or of a member that has constraints of its own.

use lido_model::{Diagnostic, Member, Shape, ShapeId, ShapeKind, Traits};

use super::{
    Lowering, closure::parts, documentation::docs, structure::MemberOf, traits::has_constraints, validation,
};
use crate::{
    codes,
    ir::{self, Kind, Scalar, TimestampFormat, Type},
    names::{Named, type_name},
};

/// Maximum nesting of lists and maps without a structure in between. It bounds the recursion over a model in which they
/// contain each other.
const MAX_NESTING: usize = 16;

impl Lowering<'_> {
    /// Returns the type of `member` of `owner`.
    pub(super) fn member_type(&mut self, owner: &Shape, member: &Member, of: MemberOf<'_>) -> Type {
        self.nested_type(owner, member, of, 0)
    }

    fn nested_type(&mut self, owner: &Shape, member: &Member, of: MemberOf<'_>, depth: usize) -> Type {
        let Some(target) = self.shape(&member.target) else { return Type::Scalar(Scalar::Document) };
        if depth > MAX_NESTING {
            self.report(
                Diagnostic::error(
                    &codes::NO_FINITE_VALUE,
                    format!("{} contains itself through lists and maps only", target.id),
                    "add a structure or union to the cycle",
                )
                .at(&owner.origin)
                .about(&owner.id),
            );
            return Type::Scalar(Scalar::Document);
        }
        let format = timestamp_format(&member.traits);
        let is_enum = matches!(target.kind, ShapeKind::Enum(_) | ShapeKind::IntEnum(_));
        if is_enum {
            self.check_enum_values(owner, member, target);
        } else if has_constraints(&member.traits) && of.reads {
            return self.synthetic_type(owner, member, target, of, depth);
        }
        let ty = match (format, &target.kind) {
            (Some(format), ShapeKind::Timestamp) => Type::Scalar(Scalar::Timestamp(format)),
            _ => self.shape_type(target, depth),
        };
        if self.closure.is_cycle(&owner.id, &target.id) { Type::Boxed(Box::new(ty)) } else { ty }
    }

    /// Refuses constraints on a member that exclude a value of the enum which it targets. Constraints that all values
    /// satisfy have no effect.
    fn check_enum_values(&mut self, owner: &Shape, member: &Member, target: &Shape) {
        let (ShapeKind::Enum(values) | ShapeKind::IntEnum(values)) = &target.kind else { return };
        let rules = self.rules(target, Some(&member.traits));
        let mut listed = values.iter().filter_map(|value| value.traits.get("smithy.api#enumValue"));
        if let Some(excluded) = listed.find(|value| !validation::satisfies(value, &rules)) {
            let message = format!(
                "the constraints of the member `{}` exclude the value {excluded} of the enum {}",
                member.name, target.id
            );
            let remedy = "remove the constraints, or target an enum without that value";
            self.report(
                Diagnostic::error(&codes::CONSTRAINT, message, remedy).at(&member.origin).about(&owner.id),
            );
        }
    }

    /// Defines the type of a member whose constraints take precedence over those of its target.
    fn synthetic_type(
        &mut self,
        owner: &Shape,
        member: &Member,
        target: &Shape,
        of: MemberOf<'_>,
        depth: usize,
    ) -> Type {
        let name = type_name(&format!("{}_{}", of.type_name, member.name), Named::Declared);
        let origin = format!("{}${}", owner.id, member.name);
        self.claim(&name, &origin, owner);
        let def = ir::TypeDef {
            origin,
            name: name.clone(),
            docs: docs(&member.traits).or_else(|| docs(&target.traits)),
            sensitive: target.traits.has("smithy.api#sensitive"),
            reads: of.reads,
            writes: of.writes,
            class: None,
            kind: match self.constrained_kind(target, Some(&member.traits), depth) {
                Some(kind) => kind,
                None => return self.shape_type(target, depth),
            },
        };
        self.types.insert(name.clone(), def);
        Type::Named(name)
    }

    /// Returns the type of a shape.
    pub(super) fn shape_type(&mut self, shape: &Shape, depth: usize) -> Type {
        let plain = match &shape.kind {
            ShapeKind::Structure(_) | ShapeKind::Union(_) | ShapeKind::Enum(_) | ShapeKind::IntEnum(_) => {
                Type::Named(self.define(shape, depth))
            }
            _ if has_constraints(&shape.traits) && self.closure.reads(&shape.id) => {
                return Type::Named(self.define(shape, depth));
            }
            _ => self.plain_type(shape, depth),
        };
        let hidden_by_itself = matches!(shape.kind, ShapeKind::Structure(_) | ShapeKind::Union(_));
        if shape.traits.has("smithy.api#sensitive") && !hidden_by_itself {
            Type::Sensitive(Box::new(plain))
        } else {
            plain
        }
    }

    fn plain_type(&mut self, shape: &Shape, depth: usize) -> Type {
        match &shape.kind {
            ShapeKind::List(member) => Type::List {
                element: Box::new(self.part_type(shape, member, depth)),
                sparse: shape.traits.has("smithy.api#sparse"),
            },
            ShapeKind::Map { key, value } => Type::Map {
                key: Box::new(self.part_type(shape, key, depth)),
                value: Box::new(self.part_type(shape, value, depth)),
                sparse: shape.traits.has("smithy.api#sparse"),
            },
            kind => Type::Scalar(scalar(kind, &shape.traits).unwrap_or_else(|| {
                self.report(
                    Diagnostic::error(
                        &codes::NO_VALUE,
                        "a shape of this kind has no value",
                        "target a data shape",
                    )
                    .at(&shape.origin)
                    .about(&shape.id),
                );
                Scalar::Document
            })),
        }
    }

    /// Returns the type of an element, key or value of a list or map.
    fn part_type(&mut self, owner: &Shape, member: &Member, depth: usize) -> Type {
        let name = type_name(owner.id.name(), Named::Declared);
        let of = MemberOf {
            type_name: &name,
            reads: self.closure.reads(&owner.id),
            writes: self.closure.writes(&owner.id),
        };
        self.nested_type(owner, member, of, depth + 1)
    }

    /// Defines the type of a shape, unless it is defined or being defined, and returns its name.
    fn define(&mut self, shape: &Shape, depth: usize) -> String {
        let name = self.claim_type_name(shape);
        if !self.defined.insert(shape.id.clone()) {
            return name;
        }
        let of = self.member_of(&shape.id, &name);
        let kind = match &shape.kind {
            ShapeKind::Structure(_) if shape.traits.has("smithy.api#error") => self.error(shape, of),
            ShapeKind::Structure(_) => Some(Kind::Structure(self.structure(shape, of))),
            ShapeKind::Union(members) => Some(Kind::Union(self.variants(shape, members, of))),
            ShapeKind::Enum(members) => Some(Kind::Enum(self.enum_values(shape, members))),
            ShapeKind::IntEnum(members) => Some(Kind::IntEnum(self.int_enum_values(shape, members))),
            _ => self.constrained_kind(shape, None, depth),
        };
        let (reads, writes) = (of.reads, of.writes);
        if let Some(kind) = kind {
            let def = ir::TypeDef {
                origin: shape.id.to_string(),
                name: name.clone(),
                docs: docs(&shape.traits),
                sensitive: shape.traits.has("smithy.api#sensitive"),
                reads,
                writes,
                class: (!self.closure.is_concealed(&shape.id)).then(|| shape.id.name().to_owned()),
                kind,
            };
            self.types.insert(name.clone(), def);
        }
        name
    }

    pub(super) fn member_of<'n>(&self, id: &ShapeId, type_name: &'n str) -> MemberOf<'n> {
        MemberOf { type_name, reads: self.closure.reads(id), writes: self.closure.writes(id) }
    }

    /// Returns the kind of a constrained type: its inner type and its rules.
    fn constrained_kind(&mut self, shape: &Shape, member: Option<&Traits>, depth: usize) -> Option<Kind> {
        let mut rules = self.rules(shape, member);
        match self.plain_type(shape, depth) {
            list @ Type::List { .. } => {
                rules.unshowable = self.is_unshowable(shape);
                Some(Kind::List(Box::new(list), rules))
            }
            Type::Map { key, value, sparse } => {
                rules.unshowable = self.is_unshowable(shape);
                Some(Kind::Map(key.clone(), Box::new(Type::Map { key, value, sparse }), rules))
            }
            Type::Scalar(Scalar::Document | Scalar::Boolean | Scalar::Timestamp(_)) => {
                self.report(
                    Diagnostic::error(
                        &codes::NO_VALUE,
                        "constraints are not supported on a shape of this kind",
                        "remove the trait, or target a string, number, blob, list or map",
                    )
                    .at(&shape.origin)
                    .about(&shape.id),
                );
                None
            }
            Type::Scalar(scalar) => Some(Kind::Scalar(scalar, rules)),
            Type::Named(_) | Type::Sensitive(_) | Type::Boxed(_) => None,
        }
    }

    /// Returns whether messages must not show a list or map of the shape, because of its parts.
    fn is_unshowable(&self, shape: &Shape) -> bool {
        parts(shape).into_iter().any(|part| self.closure.is_concealed(&part.target))
    }
}

/// Returns the scalar type of a simple shape.
fn scalar(kind: &ShapeKind, traits: &Traits) -> Option<Scalar> {
    Some(match kind {
        ShapeKind::Blob => Scalar::Blob,
        ShapeKind::Boolean => Scalar::Boolean,
        ShapeKind::String => Scalar::String,
        ShapeKind::Byte => Scalar::Byte,
        ShapeKind::Short => Scalar::Short,
        ShapeKind::Integer => Scalar::Integer,
        ShapeKind::Long => Scalar::Long,
        ShapeKind::Float => Scalar::Float,
        ShapeKind::Double => Scalar::Double,
        ShapeKind::BigInteger => Scalar::BigInteger,
        ShapeKind::BigDecimal => Scalar::BigDecimal,
        ShapeKind::Document => Scalar::Document,
        ShapeKind::Timestamp => {
            Scalar::Timestamp(timestamp_format(traits).unwrap_or(TimestampFormat::EpochSeconds))
        }
        _ => return None,
    })
}

/// Returns the format in `smithy.api#timestampFormat`.
fn timestamp_format(traits: &Traits) -> Option<TimestampFormat> {
    match traits.text("smithy.api#timestampFormat")? {
        "date-time" => Some(TimestampFormat::DateTime),
        "http-date" => Some(TimestampFormat::HttpDate),
        _ => Some(TimestampFormat::EpochSeconds),
    }
}
