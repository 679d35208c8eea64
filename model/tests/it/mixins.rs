//! Flattening of mixins.

use lido_model::{ShapeKind, load};
use serde_json::json;

use crate::models::{errors, file, members, model, names, operations, refused, shape};

const TRIO: &str = r#"
    "a.b#C": {"type": "structure", "mixins": [{"target": "a.b#B"}, {"target": "a.b#A2"}],
        "traits": {"x.y#own": 1},
        "members": {"c": {"target": "smithy.api#String"},
                    "a": {"target": "smithy.api#String", "traits": {"smithy.api#documentation": "specific"}}}},
    "a.b#A": {"type": "structure",
        "traits": {"smithy.api#mixin": {"localTraits": ["x.y#private"]}, "x.y#private": 1, "x.y#shared": "a", "x.y#own": 0},
        "members": {"a": {"target": "smithy.api#String",
                          "traits": {"smithy.api#documentation": "generic", "smithy.api#required": {}}},
                    "z": {"target": "smithy.api#Integer"}}},
    "a.b#A2": {"type": "structure", "traits": {"smithy.api#mixin": {}, "x.y#shared": "a2"},
        "members": {"a2": {"target": "smithy.api#String"}}},
    "a.b#B": {"type": "structure", "mixins": [{"target": "a.b#A"}], "traits": {"smithy.api#mixin": {}},
        "members": {"b": {"target": "smithy.api#String"}}}"#;

#[test]
fn members_of_mixins_come_first() {
    let model = model(TRIO);
    assert_eq!(names(&model, "a.b#C"), ["a", "z", "b", "a2", "c"]);
    assert_eq!(names(&model, "a.b#B"), ["a", "z", "b"]);
    let a = &members(&model, "a.b#C")[0];
    assert_eq!(a.traits.text("smithy.api#documentation"), Some("specific"));
    assert!(a.traits.has("smithy.api#required"));
    assert_eq!(&*a.origin.pointer, "/shapes/a.b#C/members/a");
    assert_eq!(&*members(&model, "a.b#C")[1].origin.pointer, "/shapes/a.b#A/members/z");
}

#[test]
fn traits_of_mixin_are_inherited_except_local_ones() {
    let model = model(TRIO);
    let c = &shape(&model, "a.b#C").traits;
    assert_eq!(c.get("x.y#own"), Some(&json!(1)));
    assert_eq!(c.get("x.y#shared"), Some(&json!("a2")), "the last mixin takes precedence");
    assert!(!c.has("x.y#private") && !c.has("smithy.api#mixin"));
    assert!(shape(&model, "a.b#A").traits.has("x.y#private"));
}

#[test]
fn apply_to_mixed_in_member_changes_one_user_only() {
    let model = model(&format!(
        r#"{TRIO}, "a.b#C$z": {{"type": "apply", "traits": {{"x.y#t": 1}}}},
           "a.b#A$z": {{"type": "apply", "traits": {{"x.y#t": 0, "x.y#u": 0}}}}"#
    ));
    let traits =
        |id: &str| members(&model, id)[1].traits.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>();
    assert_eq!(traits("a.b#C"), [json!(1), json!(0)]);
    assert_eq!(traits("a.b#B"), [json!(0), json!(0)]);
    refused(
        &format!(r#"{TRIO}, "a.b#C$zz": {{"type": "apply", "traits": {{"x.y#t": 1}}}}"#),
        &["`zz`", "a.b#C$zz"],
    );
}

#[test]
fn shapes_of_every_type_can_use_mixins() {
    let mixin = r#""traits": {"smithy.api#mixin": {}}"#;
    let model = model(&format!(
        r#""a.b#S": {{"type": "string", {mixin}}}, "a.b#Name": {{"type": "string", "mixins": [{{"target": "a.b#S"}}]}},
           "a.b#L": {{"type": "list", "member": {{"target": "a.b#Name"}}, {mixin}}},
           "a.b#Names": {{"type": "list", "mixins": [{{"target": "a.b#L"}}]}},
           "a.b#M": {{"type": "map", "value": {{"target": "smithy.api#Integer"}}, {mixin}}},
           "a.b#Map": {{"type": "map", "key": {{"target": "a.b#Name"}}, "mixins": [{{"target": "a.b#M"}}]}},
           "a.b#E": {{"type": "enum", "members": {{"A": {{"target": "smithy.api#Unit"}}}}, {mixin}}},
           "a.b#Enum": {{"type": "enum", "members": {{"B": {{"target": "smithy.api#Unit"}}}}, "mixins": [{{"target": "a.b#E"}}]}}"#
    ));
    assert!(
        matches!(&shape(&model, "a.b#Names").kind, ShapeKind::List(member) if member.target.as_str() == "a.b#Name")
    );
    let ShapeKind::Map { key, value } = &shape(&model, "a.b#Map").kind else { panic!("not a map") };
    assert_eq!((key.target.as_str(), value.target.as_str()), ("a.b#Name", "smithy.api#Integer"));
    assert_eq!(names(&model, "a.b#Enum"), ["A", "B"]);
}

#[test]
fn services_and_operations_inherit_references_of_mixins() {
    let model = model(
        r#""a.b#Base": {"type": "service", "version": "1", "traits": {"smithy.api#mixin": {}},
               "operations": [{"target": "a.b#X"}], "errors": [{"target": "a.b#Err"}],
               "rename": {"a.b#Err": "Old", "a.b#In": "Input"}},
           "a.b#S": {"type": "service", "mixins": [{"target": "a.b#Base"}],
               "operations": [{"target": "a.b#Y"}, {"target": "a.b#X"}], "rename": {"a.b#Err": "New"}},
           "a.b#X": {"type": "operation", "mixins": [{"target": "a.b#Op"}], "errors": [{"target": "a.b#Err2"}],
               "input": {"target": "a.b#In"}},
           "a.b#Y": {"type": "operation"},
           "a.b#Op": {"type": "operation", "errors": [{"target": "a.b#Err"}], "traits": {"smithy.api#mixin": {}}},
           "a.b#In": {"type": "structure"},
           "a.b#Err": {"type": "structure", "traits": {"smithy.api#error": "client"}},
           "a.b#Err2": {"type": "structure", "traits": {"smithy.api#error": "server"}}"#,
    );
    assert_eq!(operations(&model, "a.b#S"), ["a.b#X", "a.b#Y"]);
    let ShapeKind::Service { version, errors, rename, .. } = &shape(&model, "a.b#S").kind else { panic!() };
    assert_eq!((version.as_str(), errors.len()), ("1", 1));
    assert_eq!(rename.values().collect::<Vec<_>>(), ["New", "Input"]);
    let ShapeKind::Operation { input, output, errors } = &shape(&model, "a.b#X").kind else { panic!() };
    assert_eq!((input.as_str(), output.as_str()), ("a.b#In", "smithy.api#Unit"));
    assert_eq!(errors.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["a.b#Err", "a.b#Err2"]);
}

#[test]
fn unusable_mixin_is_refused() {
    let user = r#""a.b#U": {"type": "structure", "mixins": [{"target": "a.b#M"}]}"#;
    refused(user, &["the mixin `a.b#M` does not exist", "#/shapes/a.b#U/mixins/0/target"]);
    refused(&format!(r#"{user}, "a.b#M": {{"type": "structure"}}"#), &["`a.b#M` is not a mixin"]);
    let other = r#""a.b#M": {"type": "integer", "traits": {"smithy.api#mixin": {}}}"#;
    refused(&format!("{user}, {other}"), &["is an integer and cannot be mixed into a structure"]);
    refused(
        r#""a.b#M": {"type": "string", "traits": {"smithy.api#mixin": {"localTraits": [1]}}}"#,
        &["localTraits"],
    );
    let mixin = r#""a.b#M": {"type": "structure", "traits": {"smithy.api#mixin": {}}}"#;
    refused(
        &format!(r#"{mixin}, "a.b#L": {{"type": "list", "member": {{"target": "a.b#M"}}}}"#),
        &["which is a mixin"],
    );
    refused(
        &format!(r#"{mixin}, "a.b#O": {{"type": "operation", "input": {{"target": "a.b#M"}}}}"#),
        &["which is a mixin"],
    );
}

#[test]
fn members_of_two_mixins_with_different_targets_are_refused() {
    let mixin = |name: &str, target: &str| {
        format!(
            r#""a.b#{name}": {{"type": "structure", "traits": {{"smithy.api#mixin": {{}}}},
                "members": {{"a": {{"target": "smithy.api#{target}"}}}}}}"#
        )
    };
    let user = r#""a.b#U": {"type": "structure", "mixins": [{"target": "a.b#A"}, {"target": "a.b#B"}]}"#;
    refused(
        &format!("{}, {}, {user}", mixin("A", "String"), mixin("B", "Integer")),
        &["a.b#U", "`smithy.api#Integer`"],
    );
    assert!(errors(&format!("{}, {}, {user}", mixin("A", "String"), mixin("B", "String"))).is_empty());
}

#[test]
fn operation_or_resource_mixin_with_references_is_refused() {
    let mixin = r#""traits": {"smithy.api#mixin": {}}"#;
    refused(
        &format!(
            r#""a.b#M": {{"type": "operation", "input": {{"target": "a.b#S"}}, {mixin}}}, "a.b#S": {{"type": "structure"}},
               "a.b#O": {{"type": "operation", "mixins": [{{"target": "a.b#M"}}]}},
               "a.b#P": {{"type": "operation", "mixins": [{{"target": "a.b#M"}}]}}"#
        ),
        &["may not have an input"],
    );
    refused(
        &format!(
            r#""a.b#M": {{"type": "resource", "read": {{"target": "a.b#O"}}, {mixin}}}, "a.b#O": {{"type": "operation"}},
               "a.b#R": {{"type": "resource", "mixins": [{{"target": "a.b#M"}}]}}"#
        ),
        &["may not have properties"],
    );
}

#[test]
fn cycle_of_mixins_is_reported_once() {
    let link = |from: usize, to: usize| {
        format!(
            r#""a.b#M{from}": {{"type": "structure", "mixins": [{{"target": "a.b#M{to}"}}], "traits": {{"smithy.api#mixin": {{}}}}}}"#
        )
    };
    refused(&link(0, 0), &["cycle: a.b#M0 > a.b#M0"]);
    refused(&[link(0, 1), link(1, 2), link(2, 1)].join(","), &["cycle: a.b#M1 > a.b#M2 > a.b#M1"]);
    let long: Vec<_> = (0..20_000).map(|n| link(n, (n + 1) % 20_000)).collect();
    refused(&long.join(","), &["a.b#M5 > … > a.b#M0"]);
}

#[test]
fn long_chain_of_mixins_is_flattened() {
    let link = |n: usize| {
        let mixins =
            if n == 0 { String::new() } else { format!(r#", "mixins": [{{"target": "a.b#M{}"}}]"#, n - 1) };
        format!(r#""a.b#M{n}": {{"type": "structure", "traits": {{"smithy.api#mixin": {{}}}}{mixins}}}"#)
    };
    model(&(0..20_000).rev().map(link).collect::<Vec<_>>().join(","));
}

#[test]
fn mixins_exceeding_size_limit_are_refused() {
    let text = "x".repeat(1 << 20);
    let mut shapes = format!(
        r#""a.b#M": {{"type": "string", "traits": {{"smithy.api#mixin": {{}}, "smithy.api#documentation": "{text}"}}}}"#
    );
    for n in 0..300 {
        shapes += &format!(r#", "a.b#S{n}": {{"type": "string", "mixins": [{{"target": "a.b#M"}}]}}"#);
    }
    let found = load(&[("a.json", file(&shapes))]).unwrap_err();
    assert!(found.iter().any(|one| one.message.contains("256 MiB")), "{found:?}");
}
