//! Internal values of enums, which messages do not list.

use lido_codegen::ir::Kind;
use serde_json::json;

use super::of;

#[test]
fn enum_value_is_internal_by_trait_or_v1_tag() {
    let generated = of(json!({
        "a#In": {"type": "structure", "members": {
            "new": {"target": "a#New"},
            "old": {"target": "a#Old"}
        }},
        "a#New": {"type": "enum", "members": {
            "A": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "a"}},
            "B": {"target": "smithy.api#Unit", "traits": {
                "smithy.api#enumValue": "b", "smithy.api#internal": {}
            }},
            "C": {"target": "smithy.api#Unit", "traits": {
                "smithy.api#enumValue": "c", "smithy.api#tags": ["internal"]
            }}
        }},
        "a#Old": {"type": "string", "traits": {"smithy.api#enum": [
            {"name": "A", "value": "a"}, {"name": "B", "value": "b", "tags": ["internal"]}
        ]}}
    }))
    .unwrap();
    let hidden = |name: &str| match &generated.service.find_type(name).unwrap().kind {
        Kind::Enum(values) => values.iter().map(|value| value.listed.is_none()).collect::<Vec<_>>(),
        kind => panic!("{kind:?}"),
    };
    assert_eq!(hidden("New"), [false, true, false]);
    assert_eq!(hidden("Old"), [false, true]);
}

/// Constraints on a member that targets an enum have no effect if all values satisfy them, and are refused otherwise.
#[test]
fn constraints_on_a_member_with_an_enum_must_admit_every_value() {
    let with = |traits: serde_json::Value, target: &str| {
        of(json!({
            "a#In": {"type": "structure", "members": {"m": {"target": target, "traits": traits}}},
            "a#Text": {"type": "enum", "members": {
                "A": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "a"}},
                "BC": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "bc"}}
            }},
            "a#Number": {"type": "intEnum", "members": {
                "ONE": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": 1}},
                "NINE": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": 9}}
            }}
        }))
    };
    for (traits, target) in [
        (json!({"smithy.api#pattern": "^[a-c]+$"}), "a#Text"),
        (json!({"smithy.api#length": {"min": 1, "max": 2}}), "a#Text"),
        (json!({"smithy.api#range": {"min": 1, "max": 9}}), "a#Number"),
    ] {
        let generated = with(traits, target).unwrap();
        assert_eq!(generated.service.types.len(), 1, "the enum alone");
    }
    for (traits, target, value) in [
        (json!({"smithy.api#pattern": "^a$"}), "a#Text", "\"bc\""),
        (json!({"smithy.api#length": {"min": 2}}), "a#Text", "\"a\""),
        (json!({"smithy.api#range": {"max": 8}}), "a#Number", "9"),
    ] {
        let errors = with(traits, target).unwrap_err();
        let [error] = errors.as_slice() else { panic!("{errors:?}") };
        assert!(
            error.message.contains(&format!("exclude the value {value} of the enum {target}")),
            "{error}"
        );
    }
}
