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

#[test]
fn names_and_order_of_the_live_service_are_those_of_coral_style_only() {
    for (style, name, places) in
        [(Style::Coral, "grant", [Some(1), Some(0)]), (Style::Smithy, "Flow", [Some(0), Some(1)])]
    {
        let generated = in_style(model(json!(["token", "code"])), style).unwrap();
        let find = |name: &str| generated.service.find_type(name).unwrap();
        assert_eq!(find("Shown").class.as_deref(), Some("Shown"), "{style:?}");
        assert_eq!(find("Hidden").class, None, "{style:?}");
        let Kind::Structure(shown) = &find("Shown").kind else { panic!("a structure") };
        assert_eq!(shown.members[0].printed, name, "{style:?}");
        let Kind::Enum(values) = &find("Flow").kind else { panic!("an enum") };
        let listed: Vec<_> = values.iter().map(|value| value.listed).collect();
        assert_eq!(listed, places, "{style:?}");
    }
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
