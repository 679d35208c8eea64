//! No input makes the loader panic or run without bound.

use lido_model::load;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::models::shown;

/// A small model that uses every feature that the loader supports.
const KITCHEN_SINK: &str = r#"{
  "smithy": "1.0",
  "metadata": {"suppressions": []},
  "shapes": {
    "a.b#Base": {"type": "structure", "traits": {"smithy.api#mixin": {"localTraits": ["x.y#t"]}, "x.y#t": 1},
      "members": {"id": {"target": "smithy.api#String", "traits": {"smithy.api#required": {}}}}},
    "a.b#In": {"type": "structure", "mixins": [{"target": "a.b#Base"}], "members": {
      "n": {"target": "a.b#Small", "traits": {"smithy.api#range": {"min": 1, "max": 2}}},
      "s": {"target": "a.b#Text", "traits": {"smithy.api#default": "ab", "smithy.api#jsonName": "S"}},
      "u": {"target": "a.b#U"}, "t": {"target": "a.b#Set"}}},
    "a.b#In$id": {"type": "apply", "traits": {"smithy.api#tags": ["a"]}},
    "a.b#Small": {"type": "integer", "traits": {"smithy.api#box": {}}},
    "a.b#Text": {"type": "string", "traits": {"smithy.api#length": {"min": 1, "max": 9}, "smithy.api#pattern": "^a"}},
    "a.b#Old": {"type": "string", "traits": {"smithy.api#enum": [{"value": "x", "name": "X", "tags": ["internal"]}]}},
    "a.b#E": {"type": "enum", "members": {"A": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "a"}}}},
    "a.b#I": {"type": "intEnum", "members": {"A": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": 1}}}},
    "a.b#Set": {"type": "set", "member": {"target": "a.b#Old"}},
    "a.b#M": {"type": "map", "key": {"target": "a.b#E"}, "value": {"target": "a.b#I"}},
    "a.b#U": {"type": "union", "members": {"m": {"target": "a.b#M"}, "again": {"target": "a.b#In"}}},
    "a.b#Err": {"type": "structure", "traits": {"smithy.api#error": "client"}},
    "a.b#Op": {"type": "operation", "input": {"target": "a.b#In"}, "output": {"target": "smithy.api#Unit"},
      "errors": [{"target": "a.b#Err"}], "traits": {"smithy.api#auth": []}},
    "a.b#R": {"type": "resource", "identifiers": {"id": {"target": "smithy.api#String"}}, "read": {"target": "a.b#Op"},
      "operations": [], "collectionOperations": [], "resources": []},
    "a.b#S": {"type": "service", "version": "1", "operations": [{"target": "a.b#Op"}], "resources": [{"target": "a.b#R"}],
      "errors": [{"target": "a.b#Err"}], "rename": {"a.b#Err": "Fault"}}
  }
}"#;

/// The values by which every node is replaced in turn.
fn replacements() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(""),
        json!("a.b#In"),
        json!("a.b#S"),
        json!("a.b#Base"),
        json!("smithy.api#Unit"),
        json!("$"),
        json!([]),
        json!([null, {"target": "a.b#U"}]),
        json!({}),
        json!({"": {"target": "a.b#U"}, "target": "a.b#M", "type": "apply"}),
    ]
}

fn pointers(value: &Value, here: String, all: &mut Vec<String>) {
    let step = |key: &str| format!("{here}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(map) => map.iter().for_each(|(key, child)| pointers(child, step(key), all)),
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(place, child)| pointers(child, step(&place.to_string()), all));
        }
        _ => {}
    }
    all.push(here);
}

/// Loads `bytes` and reads the whole result.
fn try_load(bytes: &[u8]) {
    match load(&[("a.json", bytes)]) {
        Ok(model) => {
            for shape in model.shapes() {
                let _ = (
                    format!("{shape:?}"),
                    shape.traits.length(),
                    shape.traits.range(),
                    shape.traits.pattern(),
                );
            }
        }
        Err(found) => {
            assert!(!found.is_empty(), "refused without an error");
            for one in &found {
                assert!(one.origin.is_some() && !one.message.is_empty() && !one.remedy.is_empty(), "{one}");
            }
        }
    }
}

#[test]
fn kitchen_sink_model_loads() {
    load(&[("a.json", KITCHEN_SINK)]).unwrap_or_else(|found| panic!("{}", shown(&found)));
}

#[test]
fn model_with_any_node_replaced_does_not_panic() {
    let whole: Value = serde_json::from_str(KITCHEN_SINK).unwrap();
    let mut all = Vec::new();
    pointers(&whole, String::new(), &mut all);
    assert!(all.len() > 100, "the model has only {} nodes", all.len());
    for pointer in &all {
        for replacement in replacements() {
            let mut changed = whole.clone();
            *changed.pointer_mut(pointer).unwrap() = replacement;
            try_load(changed.to_string().as_bytes());
        }
    }
}

#[test]
fn model_with_any_key_removed_or_renamed_does_not_panic() {
    let whole: Value = serde_json::from_str(KITCHEN_SINK).unwrap();
    let mut all = Vec::new();
    pointers(&whole, String::new(), &mut all);
    for pointer in &all {
        let Some(map) = whole.pointer(pointer).and_then(Value::as_object) else { continue };
        for key in map.keys() {
            for other in [None, Some(""), Some("smithy.api#length"), Some("a.b#In$x"), Some("target")] {
                let renamed: Map<String, Value> = map
                    .iter()
                    .filter_map(|(name, value)| match name == key {
                        true => Some((other?.to_owned(), value.clone())),
                        false => Some((name.clone(), value.clone())),
                    })
                    .collect();
                let mut changed = whole.clone();
                *changed.pointer_mut(pointer).unwrap() = Value::Object(renamed);
                try_load(changed.to_string().as_bytes());
            }
        }
    }
}

#[test]
fn model_truncated_anywhere_does_not_panic() {
    for end in 0..KITCHEN_SINK.len() {
        try_load(&KITCHEN_SINK.as_bytes()[..end]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        try_load(&bytes);
    }

    #[test]
    fn model_with_changed_bytes_does_not_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = KITCHEN_SINK.as_bytes().to_vec();
        let length = bytes.len();
        for (place, byte) in changes {
            bytes[place.index(length)] = byte;
        }
        try_load(&bytes);
    }

    #[test]
    fn model_with_copied_piece_does_not_panic(from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), many in 1usize..80) {
        let mut bytes = KITCHEN_SINK.as_bytes().to_vec();
        let from = from.index(bytes.len());
        let piece = bytes[from..(from + many).min(bytes.len())].to_vec();
        let to = to.index(bytes.len());
        bytes.splice(to..to, piece);
        try_load(&bytes);
    }
}
