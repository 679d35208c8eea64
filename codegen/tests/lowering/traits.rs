//! Which traits the generated types have: no hash of floats, and nothing shows or serializes what is sensitive.

use serde_json::json;

use super::of;

#[test]
fn member_without_equality_or_order_excludes_it_at_any_depth() {
    let member = |target: &str| json!({"m": {"target": target}});
    let structure = |target: &str| json!({"type": "structure", "members": member(target)});
    let generated = of(json!({
        "a#In": {"type": "structure", "members": {
            "exact": {"target": "a#Exact"}, "deep": {"target": "a#Deep"}, "list": {"target": "a#Numbers"},
            "ratio": {"target": "a#Ratio"}, "blob": {"target": "a#Bytes"}, "half": {"target": "a#Half"},
            "blobs": {"target": "a#Blobs"},
        }},
        "a#Bytes": structure("smithy.api#Blob"),
        "a#Half": structure("a#Numbers"),
        "a#Blobs": {"type": "list", "member": {"target": "smithy.api#Blob"}, "traits": {"smithy.api#length": {"max": 2}}},
        "a#Exact": structure("smithy.api#Timestamp"),
        "a#Deep": structure("a#Inexact"),
        "a#Inexact": structure("smithy.api#Document"),
        "a#Ratio": {"type": "double", "traits": {"smithy.api#range": {"min": 0}}},
        "a#Numbers": {"type": "list", "member": {"target": "a#Ratio"}, "traits": {"smithy.api#length": {"max": 2}}},
    }))
    .unwrap();
    let has = |file: &str, text: &str| generated.files[file].contains(text);
    assert!(has("src/types/structures/exact.rs", "PartialEq, Eq, PartialOrd, Ord, Hash)]"));
    assert!(has("src/types/structures/bytes.rs", "PartialEq, Eq, Hash)]"));
    assert!(has("src/types/structures/half.rs", "PartialEq, PartialOrd)]"));
    for file in ["src/types/structures/deep.rs", "src/types/structures/inexact.rs", "src/operations/op.rs"] {
        assert!(has(file, "PartialEq)]") && !has(file, "Hash)]"), "{file}");
    }
    assert!(has("src/types/scalars.rs", "constrained_float!(Ratio, f64)"));
    assert!(has("src/types/scalars.rs", "display!(Ratio)") && !has("src/types/scalars.rs", "total!"));
    let collections = "src/types/collections.rs";
    assert!(has(collections, "partially_ordered!(Numbers)") && !has(collections, "total!(Numbers)"));
    assert!(has(collections, "total!(Blobs)") && !has(collections, "ordered!(Blobs)"));
}

#[test]
fn sensitive_shape_is_neither_shown_nor_serialized_at_any_depth() {
    let generated = of(json!({
        "a#In": {"type": "structure", "members": {
            "code": {"target": "a#Code"}, "kind": {"target": "a#Kind"}, "outer": {"target": "a#Outer"},
            "open": {"target": "a#Open"},
        }},
        "a#Code": {"type": "string", "traits": {"smithy.api#length": {"min": 1}, "smithy.api#sensitive": {}}},
        "a#Kind": {
            "type": "enum", "members": {"A": {"target": "smithy.api#Unit"}}, "traits": {"smithy.api#sensitive": {}},
        },
        "a#Outer": {"type": "structure", "members": {"inner": {"target": "a#Inner"}}},
        "a#Inner": {"type": "structure", "members": {"codes": {"target": "a#Codes"}}},
        "a#Codes": {"type": "list", "member": {"target": "a#Code"}},
        "a#Open": {"type": "structure", "members": {"m": {"target": "smithy.api#String"}}},
    }))
    .unwrap();
    let all: String = generated.files.values().cloned().collect();
    for name in ["Code", "Kind", "Outer", "Inner", "OpOutput"] {
        assert!(!all.contains(&format!("::serialize!({name})")), "{name}");
        assert!(!all.contains(&format!("display!({name})")), "{name}");
    }
    assert!(all.contains("::serialize!(Open)") && all.contains("::deserialize!(Code)"));
    assert!(all.contains("pub sensitive enum Kind") && all.contains("pub sensitive struct Code"));
}
