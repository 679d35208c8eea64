//! Default values that violate the constraints of a member's target.

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
fn default_zero_out_of_range_makes_member_optional() {
    let generated = of(with_default(json!(0))).unwrap();
    let [x] = generated.service.operations[0].input.members.as_slice() else { panic!("one member") };
    assert_eq!(x.presence, Presence::Optional);
    let [warning] = generated.warnings.as_slice() else { panic!("one warning: {:?}", generated.warnings) };
    assert!(warning.to_string().contains("a.json#/shapes/a#In/members/x"), "{warning}");
}

#[test]
fn other_default_out_of_range_is_refused_once() {
    let errors = of(with_default(json!(9))).unwrap_err();
    let [error] = errors.as_slice() else { panic!("one error: {errors:?}") };
    assert!(error.message.contains("violates the constraints"), "{error}");
}
