//! Malformed descriptions are refused with a diagnostic, and never cause a panic.

use serde_json::{Value, json};

use super::{super::import, description, refusals, with_metadata, with_operations, with_shapes};

fn refused(description: &Value, text: &str) {
    let found = refusals(description);
    assert!(found.iter().any(|message| message.contains(text)), "{found:?} do not contain {text}");
}

#[test]
fn service_of_another_protocol_or_without_a_name_is_refused() {
    refused(
        &with_metadata(&json!({ "protocol": "rest-xml" })),
        "the protocol of the service is rest-xml, not JSON",
    );
    refused(&with_metadata(&json!({ "jsonVersion": "2.0" })), "jsonVersion is \"2.0\"");
    refused(&with_metadata(&json!({ "jsonVersion": null })), "jsonVersion is none");
    refused(&with_metadata(&json!({ "targetPrefix": null })), "no targetPrefix");
    refused(&with_metadata(&json!({ "serviceId": "1" })), "no namespace can be made");
    refused(&with_metadata(&json!({ "targetPrefix": "Pet-Shop" })), "\"Pet-Shop\" is not a legal name");
}

#[test]
fn name_that_is_illegal_or_not_unique_is_refused() {
    refused(&with_shapes(&json!({ "a-b": { "type": "string" } })), "\"a-b\" is not a legal name");
    refused(&with_operations(&json!({ "1": {} })), "\"1\" is not a legal name");
    let member = json!({ "T": { "type": "string" }, "It": { "type": "structure", "members": { "a.b": { "shape": "T" } } } });
    refused(&with_shapes(&member), "\"a.b\" is not a legal name");
    let text = json!({ "type": "string" });
    let error = json!({ "type": "structure", "members": {}, "exception": true });
    refused(
        &description(&json!({}), &json!({ "Do": {} }), &json!({ "Do": error })),
        "has the same name as another one: Do",
    );
    refused(
        &with_operations(&json!({ "PetShop_2026": {} })),
        "has the same name as another one: PetShop_2026",
    );
    let twice = json!({ "T": text, "It": {
        "type": "structure",
        "members": { "a": { "shape": "T" }, "b": { "shape": "T", "locationName": "a" } },
    } });
    refused(&with_shapes(&twice), "two members are a on the wire");
}

#[test]
fn incomplete_or_malformed_shape_is_refused() {
    refused(
        &with_operations(&json!({ "Do": { "input": { "shape": "Gone" } } })),
        "Gone is used, but not defined",
    );
    refused(&with_shapes(&json!({ "It": { "type": "list" } })), "the member is missing");
    refused(
        &with_shapes(&json!({ "It": { "type": "map", "key": { "shape": "It" } } })),
        "the value is missing",
    );
    for bound in [json!(-1), json!(1.5)] {
        refused(
            &with_shapes(&json!({ "It": { "type": "string", "min": bound } })),
            "is not a whole number of at least 0",
        );
    }
    let odd = json!({ "It": { "type": "timestamp", "timestampFormat": "odd" } });
    refused(&with_shapes(&odd), "the timestampFormat \"odd\" is unknown");
}

#[test]
fn all_errors_are_reported_at_once() {
    let shapes = json!({ "It": { "type": "list" }, "a-b": { "type": "map" } });
    assert_eq!(refusals(&with_shapes(&shapes)).len(), 4);
}

#[test]
fn malformed_bytes_never_cause_a_panic() {
    for bytes in [&b""[..], b"{", b"null", b"[]", b"\xff\xfe", b"{\"metadata\": 1}", &[b'['; 100_000]] {
        assert_eq!(import(bytes).unwrap_err().len(), 1);
    }
    // A truncated description is refused. One with a value of another type is refused or imported.
    let whole = with_shapes(&json!({
        "Text": { "type": "string", "enum": ["a"], "min": 1, "pattern": "x" },
        "It": { "type": "structure", "required": ["m"], "members": { "m": { "shape": "Text" } } },
    }));
    let text = whole.to_string();
    for end in 0..text.len() {
        assert!(import(&text.as_bytes()[..end]).is_err());
    }
    for replaced in ["1", "null", "\"x\"", "[]", "{}", "true"] {
        for (start, _) in text.match_indices(':') {
            let rest = &text[start + 1..];
            let end = rest.find([',', '}']).unwrap();
            let _ = import(format!("{}{replaced}{}", &text[..=start], &rest[end..]).as_bytes());
        }
    }
}
