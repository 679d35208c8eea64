//! Reading files: JSON, versions, shapes, and the position and order of errors.

use lido_model::load;

use crate::models::{assert_one_error, errors, model, refused, shape};

fn load_bytes(bytes: &[u8]) -> Vec<lido_model::Diagnostic> {
    load(&[("a.json", bytes)]).err().unwrap_or_default()
}

#[test]
fn file_that_is_not_json_is_refused_with_line_and_column() {
    assert_one_error(
        &load_bytes(b"{\n  \"smithy\": \"2.0\",\n  \"shapes\" {}\n}"),
        &["a.json", "line 3, column 12", "remedy"],
    );
    assert_one_error(&load_bytes(b""), &["the file ends too early", "line 1, column 0"]);
    assert_one_error(&load_bytes(br#"{"smithy": "2.0""#), &["ends too early"]);
    assert_one_error(&load_bytes(b"$version: \"2.0\"\n"), &["`smithy ast`"]);
    assert_one_error(&load_bytes(b"{\"smithy\": \"\xff\"}"), &["not JSON"]);
    assert_one_error(&load_bytes(br#"{"smithy": "2.0"} true"#), &["trailing characters"]);
    assert_one_error(
        &load_bytes(br#"{"smithy": "2.0", "metadata": {"a": 1e999}}"#),
        &["number out of range"],
    );
}

#[test]
fn deeply_nested_value_is_refused() {
    let deep = "[".repeat(100_000);
    assert_one_error(
        &load_bytes(format!(r#"{{"smithy": "2.0", "metadata": {{"a": {deep}"#).as_bytes()),
        &["127 deep", "line 1"],
    );
}

#[test]
fn byte_order_mark_is_skipped() {
    assert!(load(&[("a.json", "\u{feff}{\"smithy\": \"2.0\"}")]).is_ok());
}

#[test]
fn file_version_must_be_known() {
    for version in ["\"1\"", "\"1.0\"", "\"2\"", "\"2.0\""] {
        assert!(load(&[("a.json", format!("{{\"smithy\": {version}}}"))]).is_ok(), "{version}");
    }
    for version in ["\"3.0\"", "2.0", "null", "\"\""] {
        assert_one_error(
            &load_bytes(format!("{{\"smithy\": {version}}}").as_bytes()),
            &["#/smithy", version],
        );
    }
    assert_one_error(&load_bytes(b"{}"), &["at a.json:1:1\n", "does not name its version"]);
    assert_one_error(&load_bytes(b"[]"), &["a model file must be an object, but this is a list"]);
    assert_one_error(&load_bytes(br#"{"smithy": "2.0", "metadata": 3}"#), &["#/metadata", "a number"]);
    assert_one_error(
        &load_bytes(br#"{"smithy": "2.0", "shape": {}}"#),
        &["#/shape\n", "did you mean `shapes`?"],
    );
}

#[test]
fn repeated_key_is_refused_at_any_depth() {
    let twice = r#""a.b#C": {"type": "string"}"#;
    refused(&format!("{twice}, {twice}"), &["#/shapes/a.b#C\n", "more than once"]);
    let member = r#""x": {"target": "smithy.api#String"}"#;
    refused(
        &format!(r#""a.b#C": {{"type": "structure", "members": {{{member}, {member}}}}}"#),
        &["#/shapes/a.b#C/members/x\n"],
    );
    refused(
        r#""a.b#C": {"type": "string", "traits": {"x.y#z": [1, {"a/b~": 1, "a/b~": 2}]}}"#,
        &["#/shapes/a.b#C/traits/x.y#z/1/a~1b~0\n"],
    );
}

#[test]
fn errors_are_sorted_by_file_and_position() {
    let first = r#"{"smithy": "2.0", "shapes": {
        "z.z#Z": {"type": "list", "member": {"target": "no.such#One"}},
        "a.a#A": {"type": "structure", "members": {
            "z": {"target": "no.such#Two"}, "a": {"target": "no.such#Three"}}}}}"#;
    let second = r#"{"smithy": "9", "shapes": {"b.b#B": {"type": "nonsense"}}}"#;
    let found = load(&[("z.json", first), ("a.json", second)]).unwrap_err();
    let places: Vec<_> =
        found.iter().map(|one| one.origin.clone().unwrap()).map(|at| (at.file, at.pointer)).collect();
    let places: Vec<_> = places.iter().map(|(file, pointer)| (&**file, &**pointer)).collect();
    assert_eq!(
        places,
        [
            ("z.json", "/shapes/z.z#Z/member/target"),
            ("z.json", "/shapes/a.a#A/members/z/target"),
            ("z.json", "/shapes/a.a#A/members/a/target"),
            ("a.json", "/smithy"),
            ("a.json", "/shapes/b.b#B/type"),
        ]
    );
}

#[test]
fn references_are_not_checked_if_a_file_is_not_json() {
    let leaning =
        r#"{"smithy": "2.0", "shapes": {"a.b#L": {"type": "list", "member": {"target": "c.d#Lost"}}}}"#;
    assert_one_error(&load(&[("a.json", leaning), ("b.json", "{")]).unwrap_err(), &["b.json"]);
}

#[test]
fn malformed_part_of_shape_is_refused() {
    refused(r#""a.b#C": 3"#, &["a shape must be an object", "#/shapes/a.b#C\n"]);
    refused(r#""a.b#C": {}"#, &["no `type`"]);
    refused(r#""a.b#C": {"type": 3}"#, &["must be a string"]);
    refused(r#""a.b#C": {"type": "structur"}"#, &["did you mean `structure`?"]);
    refused(r#""C": {"type": "string"}"#, &["`C` is not an absolute shape id"]);
    refused(r#""a.b#C$d": {"type": "string"}"#, &["only an `apply` may name a member"]);
    refused(
        r#""a.b#C": {"type": "structure", "member": {}}"#,
        &["no property `member`", "did you mean `members`?"],
    );
    refused(r#""a.b#C": {"type": "structure", "members": []}"#, &["#/shapes/a.b#C/members\n", "a list"]);
    refused(
        r#""a.b#C": {"type": "structure", "members": {"a-b": {"target": "smithy.api#String"}}}"#,
        &["`a-b`"],
    );
    refused(r#""a.b#C": {"type": "structure", "members": {"a": {}}}"#, &["no `target`"]);
    refused(r#""a.b#C": {"type": "list", "member": {"target": "String"}}"#, &["`smithy.api#String`"]);
    refused(r#""a.b#C": {"type": "string", "traits": {"length": {}}}"#, &["#/shapes/a.b#C/traits/length\n"]);
    refused(r#""a.b#C": {"type": "string", "traits": []}"#, &["`traits` must be an object"]);
    refused(r#""a.b#C": {"type": "operation", "errors": {}}"#, &["`errors` must be a list"]);
    refused(
        r#""a.b#C": {"type": "operation", "input": "a.b#D"}"#,
        &["`input` must be an object, but this is a string"],
    );
    refused(r#""a.b#C": {"type": "service", "version": 1}"#, &["`version` must be a string"]);
}

#[test]
fn malformed_member_is_not_reported_as_missing() {
    let found = errors(
        r#""a.b#L": {"type": "list", "member": {"target": "bad id"}},
           "a.b#M": {"type": "list", "member": {"target": "a.b#N"}},
           "a.b#N": {"type": "nonsense"}"#,
    );
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn prelude_shapes_exist_in_every_model() {
    let model = model("");
    let shapes = "String Blob BigInteger BigDecimal Timestamp Document Boolean Byte Short Integer Long Float Double Unit \
        PrimitiveBoolean PrimitiveByte PrimitiveShort PrimitiveInteger PrimitiveLong PrimitiveFloat PrimitiveDouble";
    for name in shapes.split_whitespace() {
        let shape = shape(&model, &format!("smithy.api#{name}"));
        let default = shape.traits.get("smithy.api#default");
        match name.strip_prefix("Primitive") {
            Some("Boolean") => assert_eq!(default, Some(&false.into())),
            Some(_) => assert_eq!(default, Some(&0.into())),
            None => assert_eq!(default, None),
        }
        assert_eq!(shape.traits.has("smithy.api#unitType"), name == "Unit");
    }
    assert_eq!(model.shapes().count(), shapes.split_whitespace().count());
}

#[test]
fn prelude_shape_in_file_is_refused_only_if_it_differs() {
    model(r#""smithy.api#String": {"type": "string"}, "smithy.api#Unit": {"type": "structure"}"#);
    refused(r#""smithy.api#String": {"type": "blob"}"#, &["a string, the file as a blob"]);
}
