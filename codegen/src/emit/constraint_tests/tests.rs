//! What is found in a small model, and what is tried of it.

use lido_model::{Model, ShapeId};

use super::{
    breakage::Breakage,
    sample::Samples,
    view::View,
    walk::{Form, Walk},
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

fn breakage(model: &Model, id: &str) -> Breakage {
    let view = View::shape(model.find_shape(id).unwrap());
    Breakage::of(&mut Samples::new(model), &view, 2 * 1024 * 1024)
}

/// The values beyond each bound as JSON, with how many rules they break.
fn refused(breakage: &Breakage) -> Vec<(String, usize)> {
    let all = breakage.checks.iter().flat_map(|check| &check.refused);
    all.map(|(value, rules)| (value.to_string(), rules.len())).collect()
}

#[test]
fn every_place_is_found_by_every_path_and_a_shape_in_itself_only_once() {
    let model = model();
    let input = ShapeId::parse("a#In").unwrap();
    let (places, lost) = Walk::input(&mut Samples::new(&model), &input);
    assert!(lost.is_empty(), "{lost:?}");
    let found: Vec<_> = places
        .iter()
        .map(|place| (place.form, place.path.as_str(), place.body.as_str(), place.count))
        .collect();
    assert_eq!(
        found,
        [
            (Form::Member, "name", r#"{"Name":«»}"#, 4),
            (Form::Element, "secret.names", r#"{"Name":"","Secret":{"Names":[«»]}}"#, 4),
            (Form::Member, "levels", r#"{"Name":"","Levels":«»}"#, 2),
            (Form::Key, "levels", r#"{"Name":"","Levels":{«»:"a"}}"#, 1),
            (Form::Value, "levels", r#"{"Name":"","Levels":{"Level1":«»}}"#, 1),
            (Form::Member, "flags", r#"{"Name":"","Flags":«»}"#, 2),
            (Form::Element, "flags", r#"{"Name":"","Flags":[«»]}"#, 1),
            (Form::Member, "small", r#"{"Name":"","Small":«»}"#, 2),
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
fn a_value_beyond_one_bound_tells_of_whatever_else_it_breaks() {
    let model = model();
    let levels = refused(&breakage(&model, "a#Levels"));
    assert_eq!(levels, [("{}".to_owned(), 1), (r#"{"Level1":"a","Level2":"a"," ":"a"}"#.to_owned(), 2)]);
    let flags = refused(&breakage(&model, "a#Flags"));
    assert_eq!(flags, [("[true,false,true]".to_owned(), 2), ("[true,true]".to_owned(), 1)]);
}

#[test]
fn what_nothing_breaks_is_listed_with_the_reason() {
    let model = model();
    let name = breakage(&model, "a#Name");
    assert_eq!(name.checks.len(), 2);
    assert_eq!(
        name.unbreakable,
        [(
            "Member must have length greater than or equal to 0".to_owned(),
            "no length is below 0".to_owned()
        )]
    );
}
