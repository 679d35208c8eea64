//! What messages show otherwise than the model has it: names of members, the order of enum values, and structures.

use lido_codegen::ir::{Kind, Style};
use serde_json::{Value, json};

use super::in_style;

/// Returns a model with a printed name and printed values, the traits declared.
fn model(printed: Value) -> Value {
    let string = json!({"type": "string", "traits": {"smithy.api#trait": {}}});
    json!({
        "lido.api#printedName": string,
        "lido.api#printedValues": {
            "type": "list", "member": {"target": "smithy.api#String"}, "traits": {"smithy.api#trait": {}}
        },
        "a#In": {"type": "structure", "members": {
            "Shown": {"target": "a#Shown"},
            "Hidden": {"target": "a#Hidden"}
        }},
        "a#Shown": {"type": "structure", "members": {
            "Flow": {"target": "a#Flow", "traits": {"lido.api#printedName": "grant"}},
            "Next": {"target": "a#Shown"}
        }},
        "a#Hidden": {"type": "structure", "members": {"List": {"target": "a#List"}, "Next": {"target": "a#Hidden"}}},
        "a#List": {"type": "list", "member": {"target": "a#Secret"}},
        "a#Secret": {"type": "string", "traits": {"smithy.api#sensitive": {}}},
        "a#Flow": {
            "type": "enum",
            "members": {
                "CODE": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "code"}},
                "TOKEN": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "token"}}
            },
            "traits": {"lido.api#printedValues": printed}
        }
    })
}

/// Returns the classes of the structures, the printed name of the member `Flow`, and the places of the enum's values.
fn printed(style: Style) -> (Vec<Option<String>>, String, Vec<Option<usize>>) {
    let generated = in_style(model(json!(["token", "code"])), style).unwrap();
    let find = |name: &str| generated.service.find_type(name).unwrap();
    let Kind::Structure(shown) = &find("Shown").kind else { panic!("a structure") };
    let Kind::Enum(values) = &find("Flow").kind else { panic!("an enum") };
    (
        vec![find("Shown").class.clone(), find("Hidden").class.clone()],
        shown.members[0].printed.clone(),
        values.iter().map(|value| value.listed).collect(),
    )
}

#[test]
fn names_and_order_of_the_live_service_are_those_of_coral_style_only() {
    let classes = vec![Some("Shown".to_owned()), None];
    assert_eq!(printed(Style::Coral), (classes.clone(), "grant".to_owned(), vec![Some(1), Some(0)]));
    assert_eq!(printed(Style::Smithy), (classes, "Flow".to_owned(), vec![Some(0), Some(1)]));
}

#[test]
fn printed_values_must_be_those_of_the_enum() {
    for values in
        [json!(["code"]), json!(["code", "code"]), json!(["code", "other"]), json!(["code", "token", "code"])]
    {
        let errors = in_style(model(values.clone()), Style::Coral).unwrap_err();
        assert!(errors[0].message.contains("does not have the values of a#Flow"), "{values}: {errors:?}");
    }
}
