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
    assert!(warning.to_string().contains("#/shapes/a#In/members/x"), "{warning}");
}

#[test]
fn other_default_out_of_range_is_refused_once() {
    let errors = of(with_default(json!(9))).unwrap_err();
    let [error] = errors.as_slice() else { panic!("one error: {errors:?}") };
    assert!(error.message.contains("violates the constraints"), "{error}");
}

/// A timestamp's default is a number of seconds or RFC 3339 with any offset.
#[test]
fn default_that_is_no_instant_is_refused() {
    let with = |default: Value| {
        of(json!({"a#In": {"type": "structure", "members": {
            "x": {"target": "smithy.api#Timestamp", "traits": {"smithy.api#default": default}}
        }}}))
    };
    for good in [json!(0), json!(1.5), json!("2026-11-29T10:00:00Z"), json!("2026-11-29T10:00:00+01:00")] {
        let generated = with(good.clone()).unwrap();
        assert_eq!(generated.service.operations[0].input.members[0].presence, Presence::Default(good));
    }
    for bad in
        [json!(""), json!("yesterday"), json!("2026-13-01T00:00:00Z"), json!("1700000000"), json!(1e300)]
    {
        let errors = with(bad.clone()).unwrap_err();
        let [error] = errors.as_slice() else { panic!("{bad}: {errors:?}") };
        assert!(error.message.contains("is not a value of its target"), "{bad}: {error}");
    }
}
