//! Selects the error for violated constraints, and checks default values against rules.

use lido_model::{Diagnostic, Member, Shape, ShapeKind};
use serde_json::{Number, Value};

use super::Lowering;
use crate::{codes, ir, pattern::Pattern};

/// The traits of smithy-rs for a custom validation error and its members.
const MARK: &str = "smithy.framework.rust#validationException";
const MESSAGE: &str = "smithy.framework.rust#validationMessage";
const FIELD_LIST: &str = "smithy.framework.rust#validationFieldList";
const FIELD_NAME: &str = "smithy.framework.rust#validationFieldName";
const FIELD_MESSAGE: &str = "smithy.framework.rust#validationFieldMessage";

impl Lowering<'_> {
    /// Returns the error with which violated constraints are answered.
    pub(super) fn validation(&mut self) -> Option<ir::Validation> {
        if let Some(id) = &self.config.validation_error {
            let Some(shape) = self.shape(id) else {
                self.report(Diagnostic::error(
                    &codes::VALIDATION_ERROR,
                    format!("the validation error {id} does not exist"),
                    "select an error shape of the model as the validation error",
                ));
                return None;
            };
            return self.custom(shape);
        }
        match self.model.shapes().find(|shape| shape.traits.has(MARK)) {
            Some(shape) => self.custom(shape),
            None => Some(framework()),
        }
    }

    fn custom(&mut self, shape: &Shape) -> Option<ir::Validation> {
        let members: &[Member] = match &shape.kind {
            ShapeKind::Structure(members) if shape.traits.has("smithy.api#error") => members,
            _ => &[],
        };
        let marked = |mark| members.iter().find(|member| member.traits.has(mark));
        let message = marked(MESSAGE)
            .or_else(|| members.iter().find(|member| member.name.eq_ignore_ascii_case("message")));
        let Some(message) = message else {
            self.report(
                Diagnostic::error(
                    &codes::VALIDATION_ERROR, format!("the validation error {} has no member for the message", shape.id),
                    format!("select an error shape with a member `message`, or give a member the trait `{MESSAGE}`"),
                )
                .at(&shape.origin)
                .about(&shape.id),
            );
            return None;
        };
        let field_list = marked(FIELD_LIST);
        let written = [Some(message), field_list];
        let mut defaults = Vec::new();
        for member in members {
            if written.iter().flatten().any(|other| other.name == member.name) {
                continue;
            }
            match member.traits.get("smithy.api#default").filter(|value| !value.is_null()) {
                Some(value) => defaults.push((member.name.clone(), value.to_string())),
                None if member.traits.has("smithy.api#required") => self.report(
                    Diagnostic::error(
                        &codes::VALIDATION_ERROR,
                        format!(
                            "the required member `{}` of the validation error has no default",
                            member.name
                        ),
                        "give it a default or make it optional: the server does not set it",
                    )
                    .at(&member.origin)
                    .about(&shape.id),
                ),
                None => {}
            }
        }
        let field_list = match field_list {
            Some(list) => Some(self.field_list(shape, list)?),
            None => None,
        };
        Some(ir::Validation { id: shape.id.to_string(), message: message.name.clone(), field_list, defaults })
    }

    fn field_list(&mut self, shape: &Shape, list: &Member) -> Option<(String, String, Option<String>)> {
        let element = self.shape(&list.target).and_then(|target| match &target.kind {
            ShapeKind::List(element) => self.shape(&element.target),
            _ => None,
        });
        let members: &[Member] = match element.map(|element| &element.kind) {
            Some(ShapeKind::Structure(members)) => members,
            _ => &[],
        };
        let marked =
            |mark| members.iter().find(|member| member.traits.has(mark)).map(|member| member.name.clone());
        let Some(name) = marked(FIELD_NAME) else {
            self.report(
                Diagnostic::error(
                    &codes::VALIDATION_ERROR,
                    format!("the elements of `{}` have no member for the path to a value", list.name),
                    format!("make it a list of structures of which one member has the trait `{FIELD_NAME}`"),
                )
                .at(&list.origin)
                .about(&shape.id),
            );
            return None;
        };
        Some((list.name.clone(), name, marked(FIELD_MESSAGE)))
    }
}

/// Returns `smithy.framework#ValidationException`, which a model need not define.
fn framework() -> ir::Validation {
    ir::Validation {
        id: "smithy.framework#ValidationException".to_owned(),
        message: "message".to_owned(),
        field_list: Some(("fieldList".to_owned(), "path".to_owned(), Some("message".to_owned()))),
        defaults: Vec::new(),
    }
}

/// Returns whether a default value satisfies `rules`.
pub(super) fn satisfies(value: &Value, rules: &ir::Rules) -> bool {
    let at_least = |number: &Number, min: &Number| number.as_f64() >= min.as_f64();
    match value {
        Value::String(text) => {
            let length = text.chars().count() as u64;
            let matches = rules.pattern.as_ref().is_none_or(|(pattern, _)| {
                // An input with a pattern that is not supported is not served; an output is not checked.
                Pattern::parse(pattern).map_or(true, |pattern| pattern.is_match(text))
            });
            matches
                && rules.min_length.is_none_or(|min| length >= min)
                && rules.max_length.is_none_or(|max| length <= max)
        }
        Value::Number(number) => {
            rules.min.as_ref().is_none_or(|min| at_least(number, min))
                && rules.max.as_ref().is_none_or(|max| at_least(max, number))
        }
        // The only default of a list or map is an empty one.
        Value::Array(_) | Value::Object(_) => rules.min_length.is_none_or(|min| min == 0),
        Value::Bool(_) | Value::Null => true,
    }
}
