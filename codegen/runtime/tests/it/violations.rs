//! Messages about violated constraints, in both wordings and in model order.

use lido_runtime::{
    Style,
    read::{ReadError, from_json},
};

use crate::shapes::AllTypes;

fn message_of(style: Style, body: &str) -> String {
    match from_json::<AllTypes>(body.as_bytes(), style) {
        Err(ReadError::Constraints(violations)) => violations.message().to_owned(),
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn coral_style_words_violations_as_live_service() {
    let cases: &[(&str, &str)] = &[
        (
            r#"{"Name":"toolong"}"#,
            "1 validation error detected: Value 'toolong' at 'name' failed to satisfy constraint: Member must have length less than or equal to 5",
        ),
        (
            r#"{"Name":""}"#,
            "2 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+]+; Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        (
            r#"{"Secret":"x"}"#,
            "1 validation error detected: Value at 'secret' failed to satisfy constraint: Member must have length greater than or equal to 2",
        ),
        (
            r#"{"Count":11}"#,
            "1 validation error detected: Value '11' at 'count' failed to satisfy constraint: Member must have value less than or equal to 10",
        ),
        (
            r#"{"Flow":"x"}"#,
            "1 validation error detected: Value 'x' at 'flow' failed to satisfy constraint: Member must satisfy enum value set: [code, implicit]",
        ),
        (
            r#"{"Flows":["code","token","other"]}"#,
            "1 validation error detected: Value '[code, token, other]' at 'flows' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [code, implicit]]",
        ),
        (
            r#"{"Flows":["code",null]}"#,
            "1 validation error detected: Value '[code, null]' at 'flows' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [code, implicit], Member must not be null]",
        ),
        (
            r#"{"Names":["a","b","?"]}"#,
            "2 validation errors detected: Value '[a, b, ?]' at 'names' failed to satisfy constraint: Member must have length less than or equal to 2; Value '[a, b, ?]' at 'names' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 5, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\\w+]+]",
        ),
        (
            r#"{"Numbers":[1,2,1]}"#,
            "1 validation error detected: Value '[1, 2, 1]' at 'numbers' failed to satisfy constraint: Member must not contain duplicate items",
        ),
        (
            r#"{"Parts":[{"Name":"ok"},{"Value":"x"}]}"#,
            "2 validation errors detected: Value null at 'parts.2.member.name' failed to satisfy constraint: Member must not be null; Value at 'parts.2.member.value' failed to satisfy constraint: Member must have length greater than or equal to 2",
        ),
        (
            r#"{"Tags":{"?":"ok"}}"#,
            "1 validation error detected: Value '{?=ok}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 5, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\\w+]+]",
        ),
        (
            r#"{"Tags":{"k":"?"}}"#,
            "1 validation error detected: Value '{k=?}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 5, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\\w+]+]",
        ),
        (
            r#"{"Nested":{"k":{}}}"#,
            "1 validation error detected: Value null at 'nested.k.member.name' failed to satisfy constraint: Member must not be null",
        ),
        (
            r#"{"Words":["a",null]}"#,
            "1 validation error detected: Value '[a, null]' at 'words' failed to satisfy constraint: Member must satisfy constraint: [Member must not be null]",
        ),
        (
            r#"{"Lists":[[1,1]]}"#,
            "1 validation error detected: Value '[[1, 1]]' at 'lists' failed to satisfy constraint: Member must satisfy constraint: [Member must not contain duplicate items]",
        ),
        (
            r#"{"Hidden":["?"]}"#,
            "1 validation error detected: Value at 'hidden' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 5, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\\w+]+]",
        ),
        (
            r#"{"Flows":[null,"x",null]}"#,
            "1 validation error detected: Value '[null, x, null]' at 'flows' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [code, implicit], Member must not be null]",
        ),
        (
            r#"{"Tags":{"a":"?","?":"b","c":null}}"#,
            "2 validation errors detected: Value '{a=?, ?=b, c=null}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 5, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\\w+]+, Member must not be null]; Value '{a=?, ?=b, c=null}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 5, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\\w+]+]",
        ),
        (
            r#"{"Lists":[[1,1],null]}"#,
            "1 validation error detected: Value '[[1, 1], null]' at 'lists' failed to satisfy constraint: Member must satisfy constraint: [Member must not contain duplicate items, Member must not be null]",
        ),
    ];
    for (body, message) in cases {
        assert_eq!(message_of(Style::Coral, body), *message, "{body}");
    }
}

#[test]
fn coral_style_shows_values_as_java() {
    let cases: &[(&str, &str)] = &[
        (
            r#"{"Bytes":"Zm9v","Label":"a"}"#,
            "[Shelf(theLabel=a, count=null, bytes=java.nio.HeapByteBuffer[pos=0 lim=3 cap=3], flags=null, inner=null)]",
        ),
        (
            r#"{"Inner":{"Label":"b","Unknown":[{}]},"Count":2.9,"Label":"?","Label":"a"}"#,
            "[Shelf(theLabel=a, count=2, bytes=null, flags=null, inner=Shelf(theLabel=b, count=null, bytes=null, flags=null, inner=null))]",
        ),
        (
            r#"{"Label":null,"Flags":{"a":true,"b":false,"a":false}}"#,
            "[Shelf(theLabel=null, count=null, bytes=null, flags={a=false, b=false}, inner=null)]",
        ),
    ];
    for (shelf, value) in cases {
        let message = message_of(Style::Coral, &format!(r#"{{"Shelves":[{shelf}]}}"#));
        let expected = format!(
            "Value '{value}' at 'shelves' failed to satisfy constraint: Member must have length greater than or equal to 2"
        );
        assert!(message.contains(&expected), "{shelf}: {message}");
    }
    // The clause of the list stands before those of its members.
    let message = message_of(Style::Coral, r#"{"Shelves":[{"Label":"?","Inner":{"Label":"toolong"}}]}"#);
    let paths: Vec<_> = message.split("' at '").skip(1).filter_map(|rest| rest.split('\'').next()).collect();
    assert_eq!(
        paths,
        ["shelves", "shelves.1.member.theLabel", "shelves.1.member.inner.theLabel"],
        "{message}"
    );
    // A structure that contains a sensitive value is not shown.
    let message = message_of(Style::Coral, r#"{"Parts":[null]}"#);
    assert!(message.contains("Value at 'parts' failed"), "{message}");
}

#[test]
fn smithy_style_words_violations_as_specification() {
    let cases: &[(&str, &str)] = &[
        (
            r#"{"Name":"toolong"}"#,
            "1 validation error detected. Value with length 7 at '/Name' failed to satisfy constraint: Member must have length between 1 and 5, inclusive",
        ),
        (
            r#"{"Secret":"x"}"#,
            "1 validation error detected. Value with length 1 at '/Secret' failed to satisfy constraint: Member must have length greater than or equal to 2",
        ),
        (
            r#"{"Count":0}"#,
            "1 validation error detected. Value at '/Count' failed to satisfy constraint: Member must be between 1 and 10, inclusive",
        ),
        (
            r#"{"Flows":["code","x"]}"#,
            "1 validation error detected. Value at '/Flows/1' failed to satisfy constraint: Member must satisfy enum value set: [code, implicit]",
        ),
        (
            r#"{"Tags":{"?":"ok"}}"#,
            "1 validation error detected. Value at '/Tags' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+]+",
        ),
        (
            r#"{"Tags":{"k":"?"}}"#,
            "1 validation error detected. Value at '/Tags/k' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+]+",
        ),
        (
            r#"{"Nested":{"a/b~":{}}}"#,
            "1 validation error detected. Value at '/Nested/a~1b~0/Name' failed to satisfy constraint: Member must not be null",
        ),
        (
            r#"{"Numbers":[1,1]}"#,
            "1 validation error detected. Value at '/Numbers' failed to satisfy constraint: Member must have unique values",
        ),
    ];
    for (body, message) in cases {
        assert_eq!(message_of(Style::Smithy, body), *message, "{body}");
    }
}

#[test]
fn long_path_is_cut_off_in_the_style_of_smithy() {
    let message = message_of(Style::Smithy, &format!(r#"{{"Nested":{{"{}":{{}}}}}}"#, "~".repeat(5_000)));
    let path = message.split('\'').nth(1).unwrap();
    assert!(path.starts_with("/Nested/~0~0") && path.ends_with("~0…") && path.len() < 2_100, "{path}");
}

#[test]
fn violations_of_members_sent_in_any_order_are_in_model_order() {
    let message = message_of(Style::Smithy, r#"{"Parts":[{"Value":"x"}],"Count":0,"Name":"?"}"#);
    let paths: Vec<_> = message.split('\'').skip(1).step_by(2).collect();
    assert_eq!(paths, ["/Name", "/Count", "/Parts/0/Name", "/Parts/0/Value"]);
}

#[test]
fn length_of_string_counts_code_points() {
    let five = "\u{1f600}".repeat(2);
    assert!(from_json::<AllTypes>(format!("{{\"Secret\":\"{five}\"}}").as_bytes(), Style::Coral).is_ok());
    assert!(message_of(Style::Smithy, "{\"Secret\":\"\u{1f600}\"}").contains("with length 1"));
}

#[test]
fn violation_of_key_in_map_with_sensitive_values_shows_no_value() {
    let expected = "failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 5, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\\w+]+]";
    for (body, path) in [
        (r#"{"Secrets":{"?":"a secret"}}"#, "secrets"),
        (r#"{"PartsByName":{"?":{"Name":"n","Value":"a secret"}}}"#, "partsByName"),
    ] {
        assert_eq!(
            message_of(Style::Coral, body),
            format!("1 validation error detected: Value at '{path}' {expected}")
        );
    }
}

#[test]
fn repeated_map_key_takes_last_value_and_counts_once() {
    assert!(from_json::<AllTypes>(br#"{"Counts":{"a":1,"b":2,"a":3}}"#, Style::Coral).is_ok());
    assert!(from_json::<AllTypes>(br#"{"Counts":{"a":99,"b":2,"a":3}}"#, Style::Coral).is_ok());
    assert!(message_of(Style::Coral, r#"{"Counts":{"a":3,"a":99}}"#).contains("Map value"));
    let message = message_of(Style::Coral, r#"{"Counts":{"a":1,"b":2,"c":3,"a":4}}"#);
    assert!(
        message.starts_with("1 validation error detected") && message.ends_with("equal to 2"),
        "{message}"
    );
}

#[test]
fn repeated_elements_are_told_beside_other_violations_in_the_style_of_smithy() {
    let message = message_of(Style::Smithy, r#"{"UniqueNames":["?", "a","?"]}"#);
    assert_eq!(
        message,
        "3 validation errors detected. Value at '/UniqueNames' failed to satisfy constraint: Member must have unique values; \
         Value at '/UniqueNames/0' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+]+; \
         Value at '/UniqueNames/2' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+]+"
    );
    let message = message_of(Style::Smithy, r#"{"UniqueNames":["?", "a","!"]}"#);
    assert!(
        message.starts_with("2 validation errors detected. ") && !message.contains("unique"),
        "{message}"
    );
}
