//! Tests of data shapes and their members.

use serde_json::{Value, json};

use super::{description, shape, warnings, with_shapes};

/// Returns the shape `It` of a description with no other shape.
fn one(it: &Value) -> Value {
    shape(&with_shapes(&json!({ "It": it })), "It")
}

/// Returns the member `m` of a structure, with the string `Text` as its target.
fn member(with: &Value) -> Value {
    let mut reference = json!({ "shape": "Text" });
    for (name, value) in with.as_object().into_iter().flatten() {
        reference[name] = value.clone();
    }
    let shapes = json!({
        "Text": { "type": "string" },
        "It": { "type": "structure", "members": { "m": reference } },
    });
    shape(&with_shapes(&shapes), "It")["members"]["m"].take()
}

fn traits(it: &Value) -> Value {
    one(it)["traits"].take()
}

#[test]
fn simple_types_keep_their_names() {
    for kind in ["blob", "boolean", "double", "float", "integer", "long", "string", "timestamp"] {
        assert_eq!(one(&json!({ "type": kind })), json!({ "type": kind }));
    }
    assert_eq!(
        one(&json!({ "type": "structure", "members": {}, "document": true })),
        json!({ "type": "document" })
    );
}

#[test]
fn aggregates_keep_their_members_and_bounds() {
    let shapes = json!({
        "Text": { "type": "string" },
        "List": { "type": "list", "member": { "shape": "Text" }, "min": 1, "max": 2 },
        "Map": { "type": "map", "key": { "shape": "Text" }, "value": { "shape": "List" }, "max": 3 },
        "Thing": {
            "type": "structure",
            "required": ["b"],
            "members": { "b": { "shape": "Text", "documentation": "Prose." }, "a": { "shape": "Map" } },
        },
        "Choice": { "type": "structure", "union": true, "members": { "a": { "shape": "Text" } } },
    });
    let document = with_shapes(&shapes);
    let text = json!({ "target": "com.amazonaws.petshop#Text" });
    assert_eq!(
        shape(&document, "List"),
        json!({ "type": "list", "member": text, "traits": { "smithy.api#length": { "min": 1, "max": 2 } } })
    );
    assert_eq!(
        shape(&document, "Map"),
        json!({
            "type": "map",
            "key": text,
            "value": { "target": "com.amazonaws.petshop#List" },
            "traits": { "smithy.api#length": { "max": 3 } },
        })
    );
    let thing = shape(&document, "Thing");
    assert_eq!(
        thing["members"]["b"],
        json!({ "target": text["target"], "traits": { "smithy.api#required": {} } })
    );
    assert_eq!(thing["members"].as_object().unwrap().keys().collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(shape(&document, "Choice"), json!({ "type": "union", "members": { "a": text } }));
}

#[test]
fn bounds_are_lengths_or_ranges() {
    let length = json!({ "smithy.api#length": { "min": 0, "max": 9 } });
    assert_eq!(traits(&json!({ "type": "string", "min": 0, "max": 9 })), length);
    assert_eq!(traits(&json!({ "type": "blob", "min": 0, "max": 9 })), length);
    assert_eq!(
        traits(&json!({ "type": "integer", "min": -1 })),
        json!({ "smithy.api#range": { "min": -1 } })
    );
    assert_eq!(
        traits(&json!({ "type": "long", "max": i64::MAX })),
        json!({ "smithy.api#range": { "max": i64::MAX } })
    );
    assert_eq!(
        traits(&json!({ "type": "double", "min": 0.001, "max": 1 })),
        json!({ "smithy.api#range": { "min": 0.001, "max": 1 } })
    );
    let odd = with_shapes(&json!({ "It": { "type": "boolean", "min": 1 } }));
    assert_eq!(warnings(&odd), ["bounds of a shape without length or value are left out"]);
}

#[test]
fn pattern_matches_the_whole_value() {
    assert_eq!(
        traits(&json!({ "type": "string", "pattern": r"[\w+]+" })),
        json!({ "smithy.api#pattern": r"^(?:[\w+]+)$", "lido.api#printedPattern": r"[\w+]+" })
    );
    assert_eq!(
        traits(&json!({ "type": "string", "pattern": "^a$" })),
        json!({ "smithy.api#pattern": "^a$" })
    );
}

#[test]
fn enums_keep_order_and_constraints() {
    let it = one(&json!({ "type": "string", "enum": ["b", "aB", "b"], "max": 3 }));
    let value = |value| json!({ "target": "smithy.api#Unit", "traits": { "smithy.api#enumValue": value } });
    assert_eq!(
        it,
        json!({
            "type": "enum",
            "members": { "B": value("b"), "A_B": value("aB") },
            "traits": { "smithy.api#length": { "max": 3 } },
        })
    );
    assert_eq!(it["members"].as_object().unwrap().keys().collect::<Vec<_>>(), ["B", "A_B"]);
    assert_eq!(one(&json!({ "type": "string", "enum": [] })), json!({ "type": "string" }));
}

#[test]
fn shape_flags_become_traits() {
    assert_eq!(
        traits(&json!({ "type": "string", "sensitive": true })),
        json!({ "smithy.api#sensitive": {} })
    );
    assert_eq!(traits(&json!({ "type": "blob", "streaming": true })), json!({ "smithy.api#streaming": {} }));
    assert_eq!(
        traits(
            &json!({ "type": "string", "deprecated": true, "deprecatedMessage": "why", "deprecatedSince": "2020" })
        ),
        json!({ "smithy.api#deprecated": { "message": "why", "since": "2020" } })
    );
    for (format, name) in
        [("iso8601", "date-time"), ("rfc822", "http-date"), ("unixTimestamp", "epoch-seconds")]
    {
        assert_eq!(
            traits(&json!({ "type": "timestamp", "timestampFormat": format })),
            json!({ "smithy.api#timestampFormat": name })
        );
    }
}

#[test]
fn member_flags_become_traits() {
    let traits = |with| member(&with)["traits"].take();
    assert_eq!(
        member(&json!({ "documentation": "Prose." })),
        json!({ "target": "com.amazonaws.petshop#Text" })
    );
    assert_eq!(traits(json!({ "idempotencyToken": true })), json!({ "smithy.api#idempotencyToken": {} }));
    assert_eq!(traits(json!({ "hostLabel": true })), json!({ "smithy.api#hostLabel": {} }));
    assert_eq!(traits(json!({ "eventpayload": true })), json!({ "smithy.api#eventPayload": {} }));
    assert_eq!(traits(json!({ "eventheader": true })), json!({ "smithy.api#eventHeader": {} }));
    assert_eq!(traits(json!({ "deprecated": true })), json!({ "smithy.api#deprecated": {} }));
    assert_eq!(
        traits(json!({ "timestampFormat": "iso8601" })),
        json!({ "smithy.api#timestampFormat": "date-time" })
    );
    assert_eq!(
        traits(json!({ "contextParam": { "name": "N" } })),
        json!({ "smithy.rules#contextParam": { "name": "N" } })
    );
}

#[test]
fn member_has_its_name_on_the_wire() {
    let shapes = json!({
        "Text": { "type": "string" },
        "It": {
            "type": "structure",
            "required": ["inner"],
            "members": { "inner": { "shape": "Text", "locationName": "outer" } },
        },
        "List": { "type": "list", "member": { "shape": "Text", "locationName": "item" } },
    });
    let description = with_shapes(&shapes);
    let members = shape(&description, "It")["members"].take();
    let text = json!({ "target": "com.amazonaws.petshop#Text", "traits": { "smithy.api#required": {} } });
    assert_eq!(members, json!({ "outer": text }));
    assert_eq!(warnings(&description), ["`locationName` of a list or map is left out"]);
}

#[test]
fn jsonvalue_and_streaming_of_a_member_become_traits_of_its_target() {
    let shapes = json!({
        "Json": { "type": "string" },
        "Bytes": { "type": "blob" },
        "It": {
            "type": "structure",
            "members": { "j": { "shape": "Json", "jsonvalue": true }, "b": { "shape": "Bytes", "streaming": true } },
        },
    });
    let description = with_shapes(&shapes);
    assert_eq!(shape(&description, "Json")["traits"], json!({ "smithy.api#mediaType": "application/json" }));
    assert_eq!(shape(&description, "Bytes")["traits"], json!({ "smithy.api#streaming": {} }));
    assert!(shape(&description, "It")["members"]["j"].get("traits").is_none());
}

#[test]
fn event_stream_is_a_streaming_union() {
    let shapes = json!({
        "Event": { "type": "structure", "members": {}, "event": true },
        "Stream": {
            "type": "structure",
            "eventstream": true,
            "required": ["E"],
            "members": { "E": { "shape": "Event" } },
        },
    });
    let description = with_shapes(&shapes);
    assert_eq!(
        shape(&description, "Stream"),
        json!({
            "type": "union",
            "members": { "E": { "target": "com.amazonaws.petshop#Event" } },
            "traits": { "smithy.api#streaming": {} },
        })
    );
    assert_eq!(
        warnings(&description),
        ["`event` of a shape is left out", "`required` on a union's member is left out"]
    );
}

#[test]
fn unknown_field_gives_a_warning() {
    let shapes = json!({
        "Text": { "type": "string", "box": true, "synthetic": true, "new": 1 },
        "It": { "type": "structure", "members": { "m": { "shape": "Text", "flattened": true, "location": "uri" } } },
        "Doc": { "type": "structure", "document": true, "members": { "m": { "shape": "Text" } } },
        "Wide": { "type": "integer", "pattern": "x" },
        "Lax": { "type": "structure", "required": ["none"], "members": {} },
    });
    assert_eq!(
        warnings(&with_shapes(&shapes)),
        [
            "`box` of a shape is left out",
            "`synthetic` of a shape is left out",
            "`new` of a shape is left out",
            "`flattened` of a member is left out",
            "`location` of a member is left out",
            "a document's members are left out",
            "the pattern of a shape that is not a string is left out",
            "`required` names a member that does not exist",
        ]
    );
}

#[test]
fn names_that_differ_only_in_case_are_made_unique() {
    let shapes = json!({
        "Double": { "type": "double" },
        "double": { "type": "integer" },
        "double2": { "type": "string" },
        "Do": { "type": "structure", "members": { "a": { "shape": "double" }, "b": { "shape": "Double" } } },
        "gone": { "type": "blob" },
        "Gone": { "type": "structure", "members": {}, "exception": true },
    });
    let description = description(&json!({}), &json!({ "Do": { "input": { "shape": "Do" } } }), &shapes);
    let target = |name: &str| json!({ "target": format!("com.amazonaws.petshop#{name}") });
    assert_eq!(shape(&description, "Do")["input"], target("Do2"));
    assert_eq!(
        shape(&description, "Do2")["members"],
        json!({ "a": target("double2"), "b": target("Double") })
    );
    assert_eq!(shape(&description, "double2")["type"], "integer");
    assert_eq!(shape(&description, "double22")["type"], "string");
    assert_eq!(shape(&description, "Gone")["traits"], json!({ "smithy.api#error": "client" }));
    assert_eq!(shape(&description, "gone2")["type"], "blob");
    let renamed = warnings(&description).into_iter().filter(|message| message.contains("renamed"));
    assert_eq!(renamed.count(), 4);
}
