//! Lowers structures, unions, enums and errors.

use lido_model::{Diagnostic, Member, Shape, ShapeKind};
use serde_json::Value;

use super::{Lowering, documentation::docs, validation};
use crate::{
    codes,
    ir::{self, Kind, Presence},
    names::{Scope, field_name, variant_name},
    protocol::query_code,
};

/// The fault of a default value that violates a constraint.
const BREAKS: &str = "violates the constraints of its target";

/// The type that a member belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct MemberOf<'n> {
    /// The Rust name of the type.
    pub(super) type_name: &'n str,
    /// Whether the type is read.
    pub(super) reads: bool,
    /// Whether the type is written.
    pub(super) writes: bool,
}

impl Lowering<'_> {
    /// Lowers the structure `shape` to the type `of`.
    pub(super) fn structure(&mut self, shape: &Shape, of: MemberOf<'_>) -> ir::Structure {
        let members: &[Member] = match &shape.kind {
            ShapeKind::Structure(members) => members,
            _ => &[],
        };
        let mut fields = Scope::default();
        let mut lowered = Vec::new();
        for member in members {
            let field = field_name(&member.name);
            let owner = format!("{}${}", shape.id, member.name);
            if let Err(collision) = fields.claim(&field, &owner) {
                self.report(collision.at(&member.origin).about(&shape.id));
            }
            let ty = self.member_type(shape, member, of);
            let presence = self.presence(shape, member);
            // A value that contains itself cannot be there always.
            let presence = match ty {
                ir::Type::Boxed(_) if presence == Presence::Required && member.target == shape.id => {
                    self.report(
                        Diagnostic::error(
                            &codes::NO_FINITE_VALUE,
                            format!(
                                "the required member `{}` makes the structure contain itself without end",
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
                printed: self.printed_name(member),
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

    /// Returns the name of a member in messages. The specification's wording has the name in JSON.
    fn printed_name(&self, member: &Member) -> String {
        let printed =
            member.traits.text("lido.api#printedName").filter(|_| self.config.style == ir::Style::Coral);
        printed.unwrap_or(&member.name).to_owned()
    }

    fn presence(&mut self, shape: &Shape, member: &Member) -> Presence {
        if member.traits.has("smithy.api#required") {
            return Presence::Required;
        }
        let target_default =
            self.shape(&member.target).and_then(|target| target.traits.get("smithy.api#default"));
        // A default of `null` on the member excludes that of its target.
        let default =
            member.traits.get("smithy.api#default").or(target_default).filter(|value| !value.is_null());
        let Some(value) = default else { return Presence::Optional };
        match self.why_default_is_refused(member, value) {
            None => Presence::Default(value.clone()),
            // In Smithy 1.0 the default of every number was 0, even out of its range. Smithy 2.0 accepts such a default
            // and treats the member as optional.
            Some(why) if value.as_f64() == Some(0.0) && why == BREAKS => {
                self.report(
                    Diagnostic::warning(
                        &codes::DEFAULT,
                        format!("the default 0 of the member `{}` is out of its range", member.name),
                        "the member is treated as optional; set a default within the range, or remove it",
                    )
                    .at(&member.origin)
                    .about(&shape.id),
                );
                Presence::Optional
            }
            Some(why) => {
                self.report(
                    Diagnostic::error(
                        &codes::DEFAULT,
                        format!("the default {value} of the member `{}` {why}", member.name),
                        "set a default that the member's target allows, or remove it",
                    )
                    .at(&member.origin)
                    .about(&shape.id),
                );
                Presence::Optional
            }
        }
    }

    /// Returns why `value` cannot be the default of a member, or `None` if it can.
    fn why_default_is_refused(&mut self, member: &Member, value: &Value) -> Option<&'static str> {
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
            ) => true,
            (ShapeKind::Timestamp, value) => ir::instant(value).is_some(),
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
            return Some("is not a value of its target");
        }
        let rules = self.rules(target, Some(&member.traits));
        (!validation::satisfies(value, &rules)).then_some(BREAKS)
    }

    /// Lowers the members of a union.
    pub(super) fn variants(
        &mut self,
        shape: &Shape,
        members: &[Member],
        of: MemberOf<'_>,
    ) -> Vec<ir::Variant> {
        let mut names = Scope::default();
        let mut variants = Vec::new();
        for member in members {
            let name = variant_name(&member.name);
            if let Err(collision) = names.claim(&name, &format!("{}${}", shape.id, member.name)) {
                self.report(collision.at(&member.origin).about(&shape.id));
            }
            let ty =
                (member.target.as_str() != "smithy.api#Unit").then(|| self.member_type(shape, member, of));
            variants.push(ir::Variant {
                wire: member.name.clone(),
                printed: self.printed_name(member),
                name,
                docs: docs(&member.traits),
                ty,
            });
        }
        variants
    }

    /// Lowers the values of an enum of strings.
    pub(super) fn enum_values(&mut self, shape: &Shape, members: &[Member]) -> Vec<ir::EnumValue<String>> {
        self.values(shape, members, |value| value.as_str().map(str::to_owned))
    }

    /// Lowers the values of an enum of numbers.
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
        let printed = self.printed_values(shape, members);
        for member in members {
            let name = variant_name(&member.name);
            if let Err(collision) = names.claim(&name, &format!("{}${}", shape.id, member.name)) {
                self.report(collision.at(&member.origin).about(&shape.id));
            }
            let wire = member.traits.get("smithy.api#enumValue");
            let Some(value) = wire.and_then(&read) else { continue };
            let listed = printed.iter().position(|printed| Some(*printed) == wire);
            values.push(ir::EnumValue { name, value, docs: docs(&member.traits), listed });
        }
        values
    }

    /// Returns the values of an enum that messages list: in model order, or in that of `lido.api#printedValues`.
    fn printed_values<'v>(&mut self, shape: &'v Shape, members: &'v [Member]) -> Vec<&'v Value> {
        // In the trait `enum` of Smithy 1.0 the tag `internal` hides a value. The loader converts it to this trait.
        let listed = members.iter().filter(|member| !member.traits.has("smithy.api#internal"));
        let listed: Vec<&Value> =
            listed.filter_map(|member| member.traits.get("smithy.api#enumValue")).collect();
        let printed = shape.traits.get("lido.api#printedValues").and_then(Value::as_array);
        let Some(printed) = printed.filter(|_| self.config.style == ir::Style::Coral) else { return listed };
        let is_same = printed.len() == listed.len()
            && listed.iter().all(|value| printed.iter().any(|other| other == *value));
        if !is_same {
            self.report(
                Diagnostic::error(
                    &codes::PRINTED_VALUES,
                    format!("`lido.api#printedValues` does not have the values of {}", shape.id),
                    "list each value of the enum once",
                )
                .at(&shape.origin)
                .about(&shape.id),
            );
        }
        printed.iter().collect()
    }

    /// Lowers an error shape.
    pub(super) fn error(&mut self, shape: &Shape, of: MemberOf<'_>) -> Option<Kind> {
        let structure = self.structure(shape, of);
        let message = structure.members.iter().find(|member| {
            let plain = matches!(&member.ty, ir::Type::Scalar(ir::Scalar::String));
            member.wire.eq_ignore_ascii_case("message") && plain
        });
        let info = ir::ErrorInfo {
            id: shape.id.to_string(),
            http_error: shape
                .traits
                .get("smithy.api#httpError")
                .and_then(Value::as_u64)
                .and_then(|status| u16::try_from(status).ok()),
            client: shape.traits.text("smithy.api#error") != Some("server"),
            message: message.map(|member| (member.field.clone(), member.presence == Presence::Optional)),
            query_code: query_code(&shape.traits),
        };
        Some(Kind::Error(structure, info))
    }
}
