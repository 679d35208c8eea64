//! Loads the models of the official protocol suites, which lie beside the repository and not in it.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use lido_model::{Model, ShapeKind, load};

use crate::models::shown;

/// Each file with the number of operations that its services have between them.
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

/// The one file that is not whole: it leans on shapes of `smithy/restJson1.json`.
const UNFINISHED: &str = "smithy-rs/rest-json-extras.json";

/// What is said of it alone.
const DEFECTS: &str = "\
error aws.protocoltests.restjson#EnumQueryInput: the member `enum` names the shape `aws.protocoltests.restjson#StringEnum`, which does not exist
  at smithy-rs/rest-json-extras.json#/shapes/aws.protocoltests.restjson#EnumQueryInput/members/enum/target
  remedy: define it, or load the file that does
error aws.protocoltests.restjson#MapWithEnumKey: the member `key` names the shape `aws.protocoltests.restjson#StringEnum`, which does not exist
  at smithy-rs/rest-json-extras.json#/shapes/aws.protocoltests.restjson#MapWithEnumKey/key/target
  remedy: define it, or load the file that does
error aws.protocoltests.restjson#RestJsonExtras: `operations` names the shape `aws.protocoltests.restjson#QueryPrecedence`, which does not exist
  at smithy-rs/rest-json-extras.json#/shapes/aws.protocoltests.restjson#RestJsonExtras/operations/8/target
  remedy: define it, or load the file that does
";

/// The folder of the suites, or none, with a line that says so.
fn folder(test: &str) -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let shared = env::var_os("LIDO_SHARED").unwrap_or_else(|| "../shared".into());
    let folder = workspace.join(shared).join("protocol-tests");
    if folder.is_dir() {
        return Some(folder);
    }
    assert_ne!(env::var("LIDO_REQUIRE_SHARED").as_deref(), Ok("1"), "LIDO_SHARED holds no protocol-tests");
    eprintln!("skipped {test}: the protocol tests are not there; LIDO_SHARED may say where they are");
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
fn every_model_of_the_suites_loads() {
    let Some(folder) = folder("every_model_of_the_suites_loads") else { return };
    let mut failed = String::new();
    for (name, count) in FILES {
        match load(&[(name, fs::read(folder.join(name)).unwrap())]) {
            Err(found) if name == UNFINISHED => assert_eq!(shown(&found), DEFECTS),
            Ok(model) if operations(&model) == count => {}
            Ok(model) => failed += &format!("{name}: {} operations instead of {count}\n", operations(&model)),
            Err(found) => failed += &format!("{name}:\n{}", shown(&found)),
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

#[test]
fn the_unfinished_model_loads_with_a_second_file_that_has_the_rest() {
    let Some(folder) = folder("the_unfinished_model_loads_with_a_second_file_that_has_the_rest") else {
        return;
    };
    let rest = r#"{"smithy": "2.0", "shapes": {
        "aws.protocoltests.restjson#StringEnum": {"type": "enum", "members": {"A": {"target": "smithy.api#Unit"}}},
        "aws.protocoltests.restjson#QueryPrecedence": {"type": "operation"}
    }}"#;
    let files = [(UNFINISHED, fs::read(folder.join(UNFINISHED)).unwrap()), ("rest", rest.into())];
    let model = load(&files).unwrap_or_else(|found| panic!("{}", shown(&found)));
    assert_eq!(operations(&model), 11, "ten, and the one that was missing");
}

#[test]
fn the_shapes_of_the_suites_are_as_modelled() {
    let Some(folder) = folder("the_shapes_of_the_suites_are_as_modelled") else { return };
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
