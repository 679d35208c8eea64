//! Tests of the places and checks that are found in a small model.

use lido_model::{Model, ShapeId};

use super::{
    sample::Samples,
    shape_checks::ShapeChecks,
    view::View,
    walk::{PlaceKind, Walk},
};

const MODEL: &str = r#"{"smithy": "2.0", "shapes": {
    "a#In": {"type": "structure", "members": {
        "Name": {"target": "a#Name", "traits": {"smithy.api#required": {}}},
        "Secret": {"target": "a#Secret"},
        "Levels": {"target": "a#Levels"},
        "Next": {"target": "a#In"},
        "Flags": {"target": "a#Flags"},
        "Small": {"target": "smithy.api#Byte", "traits": {"smithy.api#range": {"min": -128, "max": 5}}}
    }},
    "a#Name": {"type": "string", "traits": {
        "smithy.api#length": {"min": 0, "max": 200}, "smithy.api#pattern": "^[a-z]*$"
    }},
    "a#Secret": {"type": "structure", "members": {"Names": {"target": "a#Names"}},
        "traits": {"smithy.api#sensitive": {}}},
    "a#Names": {"type": "list", "member": {"target": "a#Name"}},
    "a#Level": {"type": "string", "traits": {"smithy.api#pattern": "^Level[1-2]$"}},
    "a#Levels": {"type": "map", "key": {"target": "a#Level"}, "value": {"target": "smithy.api#String"},
        "traits": {"smithy.api#length": {"min": 1, "max": 2}}},
    "a#Flags": {"type": "list", "member": {"target": "smithy.api#Boolean"},
        "traits": {"smithy.api#length": {"max": 2}, "smithy.api#uniqueItems": {}}}
}}"#;

fn model() -> Model {
    lido_model::load(&[("model.json", MODEL)]).unwrap()
}

fn shape_checks(model: &Model, id: &str) -> ShapeChecks {
    let view = View::shape(model.find_shape(id).unwrap());
    ShapeChecks::of(&mut Samples::new(model), &view, 2 * 1024 * 1024)
}

/// Returns the values beyond each bound as JSON, with the number of rules that they break.
fn refused(shape_checks: &ShapeChecks) -> Vec<(String, usize)> {
    let all = shape_checks.checks.iter().flat_map(|check| &check.refused);
    all.map(|(value, rules)| (value.to_string(), rules.len())).collect()
}

#[test]
fn walk_of_recursive_input_finds_each_place_once() {
    let model = model();
    let input = ShapeId::parse("a#In").unwrap();
    let (places, skipped) = Walk::input(&mut Samples::new(&model), &input);
    assert!(skipped.is_empty(), "{skipped:?}");
    let found: Vec<_> = places
        .iter()
        .map(|place| (place.form, place.path.as_str(), place.body.as_str(), place.count))
        .collect();
    assert_eq!(
        found,
        [
            (PlaceKind::Member, "name", r#"{"Name":«»}"#, 4),
            (PlaceKind::Element, "secret.names", r#"{"Name":"","Secret":{"Names":[«»]}}"#, 4),
            (PlaceKind::Member, "levels", r#"{"Name":"","Levels":«»}"#, 2),
            (PlaceKind::Key, "levels", r#"{"Name":"","Levels":{«»:"a"}}"#, 1),
            (PlaceKind::Value, "levels", r#"{"Name":"","Levels":{"Level1":«»}}"#, 1),
            (PlaceKind::Member, "flags", r#"{"Name":"","Flags":«»}"#, 2),
            (PlaceKind::Element, "flags", r#"{"Name":"","Flags":[«»]}"#, 1),
            (PlaceKind::Member, "small", r#"{"Name":"","Small":«»}"#, 2),
        ]
    );
    let shown: Vec<_> = places.iter().map(|place| place.shows.as_deref()).collect();
    assert_eq!(
        shown,
        [
            Some("«»"),
            None,
            Some("«»"),
            Some("{«»=a}"),
            Some("{Level1=«»}"),
            Some("«»"),
            Some("[«»]"),
            Some("«»")
        ]
    );
}

#[test]
fn value_beyond_bound_lists_every_broken_rule() {
    let model = model();
    let levels = refused(&shape_checks(&model, "a#Levels"));
    assert_eq!(levels, [("{}".to_owned(), 1), (r#"{"Level1":"a","Level2":"a"," ":"a"}"#.to_owned(), 2)]);
    let flags = refused(&shape_checks(&model, "a#Flags"));
    assert_eq!(flags, [("[true,false,true]".to_owned(), 2), ("[true,true]".to_owned(), 1)]);
}

#[test]
fn unbreakable_constraint_is_listed_with_reason() {
    let model = model();
    let name = shape_checks(&model, "a#Name");
    assert_eq!(name.checks.len(), 2);
    assert_eq!(
        name.unbreakable,
        [(
            "Member must have length greater than or equal to 0".to_owned(),
            "no length is below 0".to_owned()
        )]
    );
}
