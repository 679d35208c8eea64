//! Loads the models of the official protocol suites. They are not in the repository; `LIDO_SHARED` names their folder.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use lido_model::{Model, ShapeKind, load};

use crate::models::shown;

/// Each file with the total number of operations of its services.
const FILES: [(&str, usize); 19] = [
    ("smithy/awsJson1_1.json", 18),
    ("smithy/awsJson1_0.json", 17),
    ("smithy/awsJson1_1-machinelearning.json", 1),
    ("smithy/restJson1.json", 113),
    ("smithy/restJson1-validation.json", 12),
    ("smithy/rpcv2Json.json", 15),
    ("smithy-rs/constraints.json", 20),
    ("smithy-rs/unique-items.json", 1),
    ("smithy-rs/custom-validation-exception.json", 1),
    ("smithy-rs/naming-obstacle-course-ops.json", 7),
    ("smithy-rs/naming-obstacle-course-structs.json", 1),
    ("smithy-rs/naming-obstacle-course-casing.json", 1),
    ("smithy-rs/big-numbers.json", 2),
    ("smithy-rs/misc.json", 6),
    ("smithy-rs/aws-json-query-compat.json", 1),
    ("smithy-rs/pokemon-awsjson.json", 4),
    ("smithy-rs/rest-json-extras.json", 10),
    ("smithy-rs/rpcv2Cbor-extras.json", 10),
    ("smithy-rs/simple.json", 1),
];

/// The one incomplete file: it uses shapes of `smithy/restJson1.json`.
const INCOMPLETE: &str = "smithy-rs/rest-json-extras.json";

/// The errors of that file when it is loaded alone.
const DEFECTS: &str = "\
error[M014] aws.protocoltests.restjson#EnumQueryInput: the member `enum` names the shape `aws.protocoltests.restjson#StringEnum`, which does not exist
  at smithy-rs/rest-json-extras.json:125:16 #/shapes/aws.protocoltests.restjson#EnumQueryInput/members/enum/target
  remedy: define it, or load the file that does
error[M014] aws.protocoltests.restjson#MapWithEnumKey: the member `key` names the shape `aws.protocoltests.restjson#StringEnum`, which does not exist
  at smithy-rs/rest-json-extras.json:247:15 #/shapes/aws.protocoltests.restjson#MapWithEnumKey/key/target
  remedy: define it, or load the file that does
error[M014] aws.protocoltests.restjson#RestJsonExtras: `operations` names the shape `aws.protocoltests.restjson#QueryPrecedence`, which does not exist
  at smithy-rs/rest-json-extras.json:504:16 #/shapes/aws.protocoltests.restjson#RestJsonExtras/operations/8/target
  remedy: define it, or load the file that does
";

/// Returns the folder of the suites. Returns `None` and prints that the test is skipped if there is none.
fn folder(test: &str) -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let shared = env::var_os("LIDO_SHARED").unwrap_or_else(|| "../shared".into());
    let folder = workspace.join(shared).join("protocol-tests");
    if folder.is_dir() {
        return Some(folder);
    }
    assert_ne!(
        env::var("LIDO_REQUIRE_SHARED").as_deref(),
        Ok("1"),
        "the folder LIDO_SHARED has no folder protocol-tests"
    );
    eprintln!(
        "skipped {test}: the protocol tests were not found; set LIDO_SHARED to the folder that has them"
    );
    None
}

fn operations(model: &Model) -> usize {
    let of_service = model.services().map(|service| match &service.kind {
        ShapeKind::Service { operations, .. } => operations.len(),
        _ => 0,
    });
    of_service.sum()
}

#[test]
fn every_model_of_the_protocol_suites_loads() {
    let Some(folder) = folder("every_model_of_the_protocol_suites_loads") else { return };
    let mut failed = String::new();
    for (name, count) in FILES {
        match load(&[(name, fs::read(folder.join(name)).unwrap())]) {
            Err(found) if name == INCOMPLETE => assert_eq!(shown(&found), DEFECTS),
            Ok(model) if operations(&model) == count => {}
            Ok(model) => failed += &format!("{name}: {} operations instead of {count}\n", operations(&model)),
            Err(found) => failed += &format!("{name}:\n{}", shown(&found)),
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

#[test]
fn incomplete_model_loads_with_missing_shapes_in_second_file() {
    let Some(folder) = folder("incomplete_model_loads_with_missing_shapes_in_second_file") else {
        return;
    };
    let rest = r#"{"smithy": "2.0", "shapes": {
        "aws.protocoltests.restjson#StringEnum": {"type": "enum", "members": {"A": {"target": "smithy.api#Unit"}}},
        "aws.protocoltests.restjson#QueryPrecedence": {"type": "operation"}
    }}"#;
    let files = [(INCOMPLETE, fs::read(folder.join(INCOMPLETE)).unwrap()), ("rest", rest.into())];
    let model = load(&files).unwrap_or_else(|found| panic!("{}", shown(&found)));
    assert_eq!(operations(&model), 11, "ten of the file, and the one that was missing");
}

#[test]
fn shapes_of_protocol_suites_are_resolved() {
    let Some(folder) = folder("shapes_of_protocol_suites_are_resolved") else { return };
    let read = |name: &str| {
        let bytes = fs::read(folder.join(name)).unwrap();
        load(&[(name, bytes)]).unwrap_or_else(|found| panic!("{}", shown(&found)))
    };
    let members = |model: &Model, id: &str| match &model.find_shape(id).unwrap().kind {
        ShapeKind::Structure(members) | ShapeKind::Enum(members) => {
            members.iter().map(|member| member.name.clone()).collect::<Vec<_>>()
        }
        other => panic!("{id} is {other:?}"),
    };
    let json10 = read("smithy/awsJson1_0.json");
    let mixed_in = members(&json10, "aws.protocoltests.json10#Defaults");
    assert_eq!(mixed_in, members(&json10, "aws.protocoltests.json10#DefaultsMixin"));
    assert_eq!(mixed_in.first().map(String::as_str), Some("defaultString"));
    let validation = read("smithy/restJson1-validation.json");
    let id = "aws.protocoltests.restjson.validation#EnumTraitString";
    assert_eq!(members(&validation, id), ["ABC", "DEF", "GHI"]);
    assert!(!validation.find_shape(id).unwrap().traits.has("smithy.api#enum"));
    let rest = read("smithy/restJson1.json");
    let ShapeKind::Service { rename, .. } = &rest.services().next().unwrap().kind else {
        panic!("no service")
    };
    assert_eq!(rename.len(), 1);
}
