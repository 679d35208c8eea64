//! Structures, unions, enums and errors with their members.

use lido_model::{Diagnostic, Member, Shape, ShapeKind};
use serde_json::Value;

use super::{Lowering, documentation::docs, validation};
use crate::{
    ir::{self, Kind, Presence},
    names::{Scope, field_name, variant_name},
};

/// Said of a default that no value of the target may have.
const BREAKS: &str = "breaks the constraints of its target";

/// The type that a member belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct MemberOf<'n> {
    /// Its name.
    pub(super) type_name: &'n str,
    /// Whether it is read.
    pub(super) reads: bool,
    /// Whether it is written.
    pub(super) writes: bool,
}

impl Lowering<'_> {
    /// The structure of `shape` under the name that `of` tells.
    pub(super) fn structure(&mut self, shape: &Shape, of: MemberOf<'_>) -> ir::Structure {
        let members: &[Member] = match &shape.kind {
            ShapeKind::Structure(members) => members,
            _ => &[],
        };
        let mut fields = Scope::default();
        let mut lowered = Vec::new();
        for member in members {
            self.refuse_unserved(shape, member);
            let field = field_name(&member.name);
            let bearer = format!("{}${}", shape.id, member.name);
            if let Err(collision) = fields.claim(&field, &bearer) {
                self.say(collision.at(&member.origin).about(&shape.id));
            }
            let ty = self.member_type(shape, member, of);
            let presence = self.presence(shape, member);
            // A value that contains itself cannot be there always.
            let presence = match ty {
                ir::Type::Boxed(_) if presence == Presence::Required && member.target == shape.id => {
                    self.say(
                        Diagnostic::error(
                            format!(
                                "the required member `{}` would hold the structure itself for ever",
                                member.name
                            ),
                            "make the member optional",
                        )
                        .at(&member.origin)
                        .about(&shape.id),
                    );
                    Presence::Optional
                }
                _ => presence,
            };
            lowered.push(ir::Member {
                wire: member.name.clone(),
                field,
                docs: docs(&member.traits),
                ty,
                presence,
            });
        }
        ir::Structure {
            name: of.type_name.to_owned(),
            docs: docs(&shape.traits),
            sensitive: shape.traits.has("smithy.api#sensitive"),
            members: lowered,
        }
    }

    /// What this generator does not serve is refused rather than left out.
    fn refuse_unserved(&mut self, shape: &Shape, member: &Member) {
        let target = self.shape(&member.target);
        let streams = member.traits.has("smithy.api#streaming")
            || target.is_some_and(|target| target.traits.has("smithy.api#streaming"));
        if streams {
            self.say(
                Diagnostic::error(
                    format!(
                        "the member `{}` streams, which awsJson bodies are not generated for",
                        member.name
                    ),
                    "take the operation out of the service, or the streaming trait off the shape",
                )
                .at(&member.origin)
                .about(&shape.id),
            );
        }
    }

    fn presence(&mut self, shape: &Shape, member: &Member) -> Presence {
        if member.traits.has("smithy.api#required") {
            return Presence::Required;
        }
        let target_default =
            self.shape(&member.target).and_then(|target| target.traits.get("smithy.api#default"));
        // A member's own `null` takes the default of its target back.
        let default =
            member.traits.get("smithy.api#default").or(target_default).filter(|value| !value.is_null());
        let Some(value) = default else { return Presence::Optional };
        match self.refused_default(member, value) {
            None => Presence::Default(value.clone()),
            // Smithy 1.0 gave every number the default 0, whatever its range: 2.0 lets it pass where it
            // can stand for no value only.
            Some(why) if value.as_f64() == Some(0.0) && why == BREAKS => {
                self.say(
                    Diagnostic::warning(
                        format!("the default 0 of the member `{}` is out of its range", member.name),
                        "the member is taken for optional; give a default that is in its range, or none",
                    )
                    .at(&member.origin)
                    .about(&shape.id),
                );
                Presence::Optional
            }
            Some(why) => {
                self.say(
                    Diagnostic::error(
                        format!("the default {value} of the member `{}` {why}", member.name),
                        "give a default that the member's target allows, or none",
                    )
                    .at(&member.origin)
                    .about(&shape.id),
                );
                Presence::Optional
            }
        }
    }

    /// Why a value cannot be the default of a member, if it cannot.
    fn refused_default(&mut self, member: &Member, value: &Value) -> Option<&'static str> {
        let target = self.shape(&member.target)?;
        let fits = match (&target.kind, value) {
            (ShapeKind::Boolean, Value::Bool(_))
            | (ShapeKind::String | ShapeKind::Blob, Value::String(_))
            | (ShapeKind::Document, _) => true,
            (ShapeKind::Byte, Value::Number(number)) => {
                number.as_i64().is_some_and(|n| i8::try_from(n).is_ok())
            }
            (ShapeKind::Short, Value::Number(number)) => {
                number.as_i64().is_some_and(|n| i16::try_from(n).is_ok())
            }
            (ShapeKind::Integer, Value::Number(number)) => {
                number.as_i64().is_some_and(|n| i32::try_from(n).is_ok())
            }
            (ShapeKind::Long, Value::Number(number)) => number.as_i64().is_some(),
            (
                ShapeKind::Float | ShapeKind::Double | ShapeKind::BigInteger | ShapeKind::BigDecimal,
                Value::Number(_),
            )
            | (ShapeKind::Timestamp, Value::Number(_) | Value::String(_)) => true,
            (ShapeKind::List(_), Value::Array(items)) => items.is_empty(),
            (ShapeKind::Map { .. }, Value::Object(entries)) => entries.is_empty(),
            (ShapeKind::Enum(members), _) => {
                members.iter().any(|member| member.traits.get("smithy.api#enumValue") == Some(value))
            }
            (ShapeKind::IntEnum(members), _) => {
                members.iter().any(|member| member.traits.get("smithy.api#enumValue") == Some(value))
            }
            _ => false,
        };
        if !fits {
            return Some("is no value of its target");
        }
        let rules = self.rules(target, Some(&member.traits));
        (!validation::keeps(value, &rules)).then_some(BREAKS)
    }

    /// The members of a union.
    pub(super) fn variants(
        &mut self,
        shape: &Shape,
        members: &[Member],
        of: MemberOf<'_>,
    ) -> Vec<ir::Variant> {
        let mut names = Scope::default();
        let mut variants = Vec::new();
        for member in members {
            self.refuse_unserved(shape, member);
            let name = variant_name(&member.name);
            if let Err(collision) = names.claim(&name, &format!("{}${}", shape.id, member.name)) {
                self.say(collision.at(&member.origin).about(&shape.id));
            }
            let ty =
                (member.target.as_str() != "smithy.api#Unit").then(|| self.member_type(shape, member, of));
            variants.push(ir::Variant { wire: member.name.clone(), name, docs: docs(&member.traits), ty });
        }
        variants
    }

    /// The values of a string enum.
    pub(super) fn enum_values(&mut self, shape: &Shape, members: &[Member]) -> Vec<ir::EnumValue<String>> {
        self.values(shape, members, |value| value.as_str().map(str::to_owned))
    }

    /// The values of an enum of numbers.
    pub(super) fn int_enum_values(&mut self, shape: &Shape, members: &[Member]) -> Vec<ir::EnumValue<i32>> {
        self.values(shape, members, |value| value.as_i64().and_then(|value| i32::try_from(value).ok()))
    }

    fn values<T>(
        &mut self,
        shape: &Shape,
        members: &[Member],
        read: impl Fn(&Value) -> Option<T>,
    ) -> Vec<ir::EnumValue<T>> {
        let mut names = Scope::default();
        let mut values = Vec::new();
        for member in members {
            let name = variant_name(&member.name);
            if let Err(collision) = names.claim(&name, &format!("{}${}", shape.id, member.name)) {
                self.say(collision.at(&member.origin).about(&shape.id));
            }
            let Some(value) = member.traits.get("smithy.api#enumValue").and_then(&read) else { continue };
            // A tag hides a value in the trait `enum` of Smithy 1.0 only, where the loader turns it into this.
            let internal = member.traits.has("smithy.api#internal");
            values.push(ir::EnumValue { name, value, docs: docs(&member.traits), internal });
        }
        values
    }

    /// An error shape.
    pub(super) fn error(&mut self, shape: &Shape, of: MemberOf<'_>) -> Option<Kind> {
        let structure = self.structure(shape, of);
        let message = structure.members.iter().find(|member| {
            let plain = matches!(&member.ty, ir::Type::Scalar(ir::Scalar::String));
            member.wire.eq_ignore_ascii_case("message") && plain
        });
        let info = ir::ErrorInfo {
            id: shape.id.to_string(),
            client: shape.traits.text("smithy.api#error") != Some("server"),
            message: message.map(|member| (member.field.clone(), member.presence == Presence::Optional)),
            query_code: shape
                .traits
                .get("aws.protocols#awsQueryError")
                .and_then(|query| query.get("code")?.as_str())
                .map(str::to_owned),
        };
        Some(Kind::Error(structure, info))
    }
}
