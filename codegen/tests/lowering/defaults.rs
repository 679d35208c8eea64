//! Defaults that a member's target does not allow.

use lido_codegen::ir::Presence;
use serde_json::{Value, json};

use super::of;

fn with_default(default: Value) -> Value {
    json!({
        "a#In": {"type": "structure", "members": {
            "x": {"target": "a#Number", "traits": {"smithy.api#default": default}}
        }},
        "a#Number": {"type": "integer", "traits": {"smithy.api#range": {"min": 10}}}
    })
}

#[test]
fn a_zero_out_of_range_stands_for_no_value() {
    let generated = of(with_default(json!(0))).unwrap();
    let [x] = generated.service.operations[0].input.members.as_slice() else { panic!("one member") };
    assert_eq!(x.presence, Presence::Optional);
    let [warning] = generated.warnings.as_slice() else { panic!("one warning: {:?}", generated.warnings) };
    assert!(warning.to_string().contains("a.json#/shapes/a#In/members/x"), "{warning}");
}

#[test]
fn any_other_is_refused_and_told_of_once() {
    let said = of(with_default(json!(9))).unwrap_err();
    let [said] = said.as_slice() else { panic!("one error: {said:?}") };
    assert!(said.message.contains("breaks the constraints"), "{said}");
}
