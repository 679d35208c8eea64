//! Internal values of enums, which messages do not list.

use lido_codegen::ir::Kind;
use serde_json::json;

use super::of;

#[test]
fn enum_value_is_internal_by_trait_or_v1_tag() {
    let generated = of(json!({
        "a#In": {"type": "structure", "members": {
            "new": {"target": "a#New"},
            "old": {"target": "a#Old"}
        }},
        "a#New": {"type": "enum", "members": {
            "A": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "a"}},
            "B": {"target": "smithy.api#Unit", "traits": {
                "smithy.api#enumValue": "b", "smithy.api#internal": {}
            }},
            "C": {"target": "smithy.api#Unit", "traits": {
                "smithy.api#enumValue": "c", "smithy.api#tags": ["internal"]
            }}
        }},
        "a#Old": {"type": "string", "traits": {"smithy.api#enum": [
            {"name": "A", "value": "a"}, {"name": "B", "value": "b", "tags": ["internal"]}
        ]}}
    }))
    .unwrap();
    let hidden = |name: &str| match &generated.service.find_type(name).unwrap().kind {
        Kind::Enum(values) => values.iter().map(|value| value.listed.is_none()).collect::<Vec<_>>(),
        kind => panic!("{kind:?}"),
    };
    assert_eq!(hidden("New"), [false, true, false]);
    assert_eq!(hidden("Old"), [false, true]);
}
