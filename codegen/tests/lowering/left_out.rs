//! Operations that use what is not supported are left out, and the others are served.

use lido_codegen::Generated;
use lido_model::{Diagnostic, Severity};
use serde_json::{Value, json};

use super::of;

/// Generates a service with the operation `a#Op`, whose input has no members, and the operation `a#Other`.
fn with_other(other: &Value, shapes: Value) -> Result<Generated, Vec<Diagnostic>> {
    let mut all = json!({
        "a#S": {"type": "service", "operations": [{"target": "a#Op"}, {"target": "a#Other"}]},
        "a#In": {"type": "structure", "members": {}},
        "a#Other": other,
    });
    if let (Value::Object(all), Value::Object(shapes)) = (&mut all, shapes) {
        all.extend(shapes);
    }
    of(all)
}

/// A shape with one member.
fn holder(target: &str, traits: &Value) -> Value {
    json!({"type": "structure", "members": {"m": {"target": target, "traits": traits}}})
}

#[test]
fn operation_that_is_not_supported_is_left_out_and_named() {
    let (input, output) = (
        json!({"type": "operation", "input": {"target": "a#Holder"}}),
        json!({"type": "operation", "output": {"target": "a#Holder"}}),
    );
    let stream = json!({"type": "blob", "traits": {"smithy.api#streaming": {}}});
    let events = json!({
        "type": "union", "traits": {"smithy.api#streaming": {}}, "members": {"e": {"target": "a#Event"}},
    });
    let event = json!({"type": "structure", "members": {}});
    let pattern = |text: &str| json!({"smithy.api#pattern": text});
    let table = [
        (
            &input,
            json!({"a#Holder": holder("a#Blob", &json!({})), "a#Blob": stream}),
            "the member `m` of a#Holder is streaming",
        ),
        (&output, json!({"a#Holder": holder("a#Blob", &json!({})), "a#Blob": stream}), "is streaming"),
        (
            &output,
            json!({"a#Holder": holder("a#Events", &json!({})), "a#Events": events, "a#Event": event}),
            "is streaming",
        ),
        (
            &input,
            json!({"a#Holder": holder("smithy.api#String", &pattern("(?>a)"))}),
            "the member `m` of a#Holder has the pattern `(?>a)`",
        ),
        (
            &input,
            json!({"a#Holder": holder("a#Text", &json!({})), "a#Text": {"type": "string", "traits": pattern("(?>a)")}}),
            "a#Text has the pattern `(?>a)`, which is not supported",
        ),
        // Found through lists, maps and structures too.
        (
            &input,
            json!({
                "a#Holder": holder("a#List", &json!({})), "a#List": {"type": "list", "member": {"target": "a#Inner"}},
                "a#Inner": holder("a#Text", &json!({})), "a#Text": {"type": "string", "traits": pattern("(?>a)")},
            }),
            "a#Text has the pattern",
        ),
    ];
    for (other, shapes, reason) in table {
        let generated =
            with_other(other, shapes.clone()).unwrap_or_else(|errors| panic!("{shapes}: {errors:?}"));
        let served: Vec<_> =
            generated.service.operations.iter().map(|operation| operation.name.as_str()).collect();
        assert_eq!(served, ["Op"], "{shapes}");
        let [left_out] = generated.service.left_out.as_slice() else { panic!("{shapes}") };
        assert_eq!(left_out.id.as_str(), "a#Other");
        assert!(left_out.reason.contains(reason), "{shapes}: {}", left_out.reason);
        let [warning] = generated.warnings.as_slice() else { panic!("{:?}", generated.warnings) };
        assert!(warning.message.starts_with("the operation a#Other is left out: "), "{warning}");
        assert_eq!(warning.severity, Severity::Warning);
        assert!(
            !generated.files.keys().any(|path| path.contains("other") || path.contains("holder")),
            "{shapes}"
        );
    }
}

/// An output is not checked, so its pattern does not matter.
#[test]
fn pattern_of_an_output_leaves_no_operation_out() {
    let other = json!({"type": "operation", "output": {"target": "a#Holder"}});
    let text =
        json!({"type": "string", "traits": {"smithy.api#pattern": "(?>a)", "smithy.api#default": "a"}});
    let member = json!({"smithy.api#default": "a"});
    let generated =
        with_other(&other, json!({"a#Holder": holder("a#Text", &member), "a#Text": text})).unwrap();
    assert_eq!((generated.service.operations.len(), generated.warnings), (2, Vec::new()));
}

#[test]
fn service_without_a_supported_operation_is_refused() {
    let errors = of(json!({"a#In": holder("smithy.api#String", &json!({"smithy.api#pattern": "(?>a)"}))}))
        .unwrap_err();
    let [error] = errors.as_slice() else { panic!("{errors:?}") };
    assert_eq!(error.severity, Severity::Error);
    assert!(error.message.contains("a#Op") && error.message.contains("column 3"), "{error}");
}
