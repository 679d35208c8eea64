//! Known traits: the form of their values, and the shapes that may have them.

use crate::models::{errors, model, refused, shape, shown};

/// Returns a shape of type `of` with one trait.
fn on(of: &str, id: &str, value: &str) -> String {
    let rest = match of {
        "list" => r#", "member": {"target": "smithy.api#String"}"#,
        "map" => r#", "key": {"target": "smithy.api#String"}, "value": {"target": "smithy.api#String"}"#,
        "enum" | "union" => r#", "members": {"A": {"target": "smithy.api#Unit"}}"#,
        _ => "",
    };
    format!(r#""a.b#X": {{"type": "{of}" {rest}, "traits": {{"smithy.api#{id}": {value}}}}}"#)
}

/// Returns a structure or union of which a member has one trait.
fn on_member(of: &str, target: &str, id: &str, value: &str) -> String {
    format!(
        r#""a.b#X": {{"type": "{of}", "members": {{"m": {{"target": "smithy.api#{target}", "traits": {{"smithy.api#{id}": {value}}}}}}}}}"#
    )
}

#[test]
fn length_trait_is_validated() {
    for of in ["string", "blob", "list", "map", "enum"] {
        let model = model(&on(of, "length", r#"{"min": 0, "max": 3}"#));
        let length = shape(&model, "a.b#X").traits.length().unwrap();
        assert_eq!((length.min, length.max), (Some(0), Some(3)), "{of}");
    }
    model(&on_member("structure", "Blob", "length", r#"{"max": 1}"#));
    refused(
        &on("integer", "length", r#"{"min": 1}"#),
        &["is allowed on strings, blobs, lists and maps, but is applied to an integer"],
    );
    refused(
        &on_member("structure", "Long", "length", r#"{"min": 1}"#),
        &["a member of a structure that is a long"],
    );
    refused(&on("string", "length", r#"{"min": 3, "max": 2}"#), &["a `min` of 3 above its `max` of 2"]);
    for bad in ["-1", "1.5", "1.0", "\"1\"", "null", "1e30"] {
        refused(
            &on("string", "length", &format!(r#"{{"min": {bad}}}"#)),
            &["as its `min`, which is not a non-negative integer"],
        );
    }
    refused(&on("string", "length", "{}"), &["neither `min` nor `max`"]);
    refused(&on("string", "length", "null"), &["must be an object, but it is null"]);
    refused(
        &on("string", "length", r#"{"min": 1, "most": 2}"#),
        &["no property `most`", "/traits/smithy.api#length"],
    );
}

#[test]
fn range_trait_is_validated() {
    for of in ["byte", "short", "integer", "long", "float", "double", "bigInteger", "bigDecimal"] {
        let model = model(&on(of, "range", r#"{"min": -2, "max": 3}"#));
        assert!(
            shape(&model, "a.b#X")
                .traits
                .range()
                .is_some_and(|range| range.min.is_some() && range.max.is_some())
        );
    }
    model(&on("double", "range", r#"{"min": -2.5, "max": 1e300}"#));
    refused(&on("string", "range", r#"{"min": 1}"#), &["is allowed on numbers"]);
    refused(&on("byte", "range", r#"{"min": 1.5}"#), &["integers"]);
    refused(&on("double", "range", r#"{"min": "1"}"#), &["not a number", "without quotes"]);
    refused(&on("double", "range", r#"{"min": 1.5, "max": 1.25}"#), &["above its `max`"]);
    refused(
        &on("long", "range", r#"{"min": 9223372036854775807, "max": 9223372036854775806}"#),
        &["above its `max`"],
    );
    refused(&on("long", "range", "[]"), &["must be an object, but it is a list"]);
}

#[test]
fn trait_of_wrong_form_or_on_wrong_shape_is_refused() {
    let table: [(String, &str); 28] = [
        (on("structure", "http", "{}"), "is allowed on operations, but is applied to a structure"),
        (on("service", "readonly", "{}"), "is allowed on operations"),
        (on("structure", "httpBearerAuth", "{}"), "is allowed on services"),
        (on("structure", "paginated", "{}"), "is allowed on services and operations"),
        (on("string", "optionalAuth", "{}"), "is allowed on services and operations"),
        (on("union", "httpError", "404"), "is allowed on structures"),
        (on("string", "httpLabel", "{}"), "is allowed on members of structures"),
        (on_member("union", "String", "httpQuery", "\"q\""), "is allowed on members of structures"),
        (on("string", "pattern", "1"), "must be a string"),
        (on("blob", "pattern", "\"a\""), "is allowed on strings"),
        (on("structure", "error", "\"clent\""), "must be one of \"client\", \"server\", but it is \"clent\""),
        (on("structure", "error", "{}"), "must be one of"),
        (on("string", "error", "\"client\""), "is allowed on structures"),
        (on("string", "uniqueItems", "{}"), "is allowed on lists"),
        (on("list", "uniqueItems", "true"), "must be `{}`"),
        (on("structure", "sparse", "{}"), "is allowed on lists and maps"),
        (on("string", "required", "{}"), "is allowed on members of structures"),
        (on("operation", "auth", "\"a.b#c\""), "must be a list of strings"),
        (on("operation", "auth", "[1]"), "must be a list of strings"),
        (on("string", "auth", "[]"), "is allowed on services and operations"),
        (on("operation", "sensitive", "{}"), "is allowed on data shapes"),
        (on("string", "timestampFormat", "\"date-time\""), "is allowed on timestamps"),
        (on("timestamp", "timestampFormat", "\"iso\""), "must be one of"),
        (on_member("structure", "String", "required", "1"), "must be `{}`, but it is a number"),
        (on_member("union", "String", "required", "{}"), "is allowed on members of structures"),
        (on_member("structure", "String", "sensitive", "{}"), "is allowed on data shapes"),
        (
            on_member("structure", "Integer", "idempotencyToken", "{}"),
            "members of structures that are strings",
        ),
        (on_member("structure", "String", "enumValue", "\"a\""), "is allowed on members of enums"),
    ];
    for (shapes, part) in table {
        refused(&shapes, &[part, "a.b#X"]);
    }
    model(&on("operation", "auth", "[]"));
    model(&on_member("structure", "String", "required", "null"));
}

#[test]
fn default_that_is_not_a_value_of_its_shape_is_refused() {
    let good = [
        ("Boolean", "true"),
        ("String", "\"\""),
        ("Blob", "\"YQ==\""),
        ("Byte", "-128"),
        ("Long", "9223372036854775807"),
        ("Float", "1"),
        ("Double", "\"NaN\""),
        ("BigInteger", "\"123456789012345678901234567890\""),
        ("BigDecimal", "\"1.5\""),
        ("Timestamp", "0"),
        ("Document", "{}"),
        ("Document", "\"a\""),
        ("Integer", "null"),
        ("PrimitiveInteger", "0"),
        ("PrimitiveInteger", "null"),
    ];
    for (target, value) in good {
        model(&on_member("structure", target, "default", value));
    }
    let bad = [
        ("Boolean", "0", "true or false"),
        ("String", "0", "a string"),
        ("Byte", "128", "8 bits"),
        ("Short", "1.5", "16 bits"),
        ("Integer", "2147483648", "32 bits"),
        ("Float", "\"nan\"", "a number"),
        ("BigInteger", "1.5", "an integer"),
        ("Document", "[1]", "an empty list"),
        ("Timestamp", "{}", "seconds"),
    ];
    for (target, value, part) in bad {
        refused(&on_member("structure", target, "default", value), &[part]);
    }
    refused(&on("list", "default", "[1]"), &["an empty list"]);
    refused(&on("enum", "default", "\"B\""), &["one of its values"]);
    refused(&on("string", "default", "null"), &["is null"]);
    refused(&on("structure", "default", "{}"), &["cannot have one"]);
    refused(
        &on_member("union", "String", "default", "\"a\""),
        &["is allowed on shapes and on members of structures"],
    );
    model(&on("enum", "default", "\"A\""));
}

#[test]
fn member_that_does_not_repeat_default_of_target_is_refused() {
    refused(&on_member("structure", "PrimitiveInteger", "default", "1"), &["does not repeat the default"]);
    refused(
        &on_member("structure", "PrimitiveBoolean", "documentation", "\"\""),
        &["with false, or with null"],
    );
}

#[test]
fn error_in_mixin_is_reported_once_at_its_origin() {
    let mixed = r#""a.b#M": {"type": "string", "traits": {"smithy.api#mixin": {}, "smithy.api#length": {}}},
        "a.b#A": {"type": "string", "mixins": [{"target": "a.b#M"}]},
        "a.b#B": {"type": "string", "mixins": [{"target": "a.b#M"}]}"#;
    refused(mixed, &["a.b#M:", "#/shapes/a.b#M/traits/smithy.api#length"]);
    let applied = r#""a.b#A": {"type": "structure", "members": {"m": {"target": "smithy.api#String"}}},
        "a.b#A$m": {"type": "apply", "traits": {"smithy.api#required": 1}}"#;
    refused(applied, &["a.b#A:", "#/shapes/a.b#A$m/traits/smithy.api#required"]);
}

#[test]
fn unknown_traits_are_kept_unchanged() {
    let value = r#"{"b": [1, 2.5, null, "x"], "a": {}}"#;
    let model = model(&format!(r#""a.b#X": {{"type": "string", "traits": {{"x.y#z": {value}}}}}"#));
    let traits = &shape(&model, "a.b#X").traits;
    assert_eq!(
        traits.get("x.y#z").map(ToString::to_string),
        Some(value.replace(": ", ":").replace(", ", ","))
    );
}

#[test]
fn trait_definitions_are_loaded_as_shapes() {
    let found = errors(
        r#""a.b#mine": {"type": "structure", "traits": {"smithy.api#trait": {"selector": "*"}},
            "members": {"m": {"target": "smithy.api#String"}}}, "a.b#X": {"type": "string", "traits": {"a.b#mine": {}}}"#,
    );
    assert!(found.is_empty(), "{}", shown(&found));
}

#[test]
fn unknown_trait_of_the_prelude_is_refused_with_a_suggestion() {
    refused(
        &on_member("structure", "String", "requird", "{}"),
        &[
            "the prelude has no trait `smithy.api#requird`",
            "did you mean `required`?",
            "/traits/smithy.api#requird",
        ],
    );
    refused(&on("string", "Pattern", "\"a\""), &["did you mean `pattern`?"]);
    refused(&on("string", "frobnicate", "{}"), &["give a trait of your own another namespace"]);
}

/// Every trait that a file uses and nothing defines is named once, and the model is loaded.
#[test]
fn undefined_trait_is_a_warning() {
    let uses = |id: &str| format!(r#""traits": {{"{id}": {{}}}}"#);
    let shapes = format!(
        r#""a.b#X": {{"type": "string", {}}}, "a.b#Y": {{"type": "string", {}}}, "a.b#Z": {{"type": "string", {}}},
        "a.b#mine": {{"type": "structure", {}}}"#,
        uses("a.b#yours"),
        uses("a.b#yours"),
        uses("a.b#mine"),
        uses("smithy.api#trait"),
    );
    let model = model(&shapes);
    let warnings: Vec<_> = model.warnings().iter().map(ToString::to_string).collect();
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    for part in [
        "warning[M018] a.b#X: the trait `a.b#yours` is not defined",
        "/shapes/a.b#X/traits/a.b#yours",
        "spelling",
    ] {
        assert!(warning.contains(part), "{part}: {warning}");
    }
    for known in ["aws.api#service", "smithy.test#smokeTests", "lido.api#printedName"] {
        let model = self::model(&format!(r#""a.b#X": {{"type": "string", {}}}"#, uses(known)));
        assert!(model.warnings().is_empty(), "{known}");
    }
}
