//! The builder: files in, one file or a package out, and errors that say what to do.

#![cfg(test)]

use std::fs;

use lido_codegen::{BuildError, Builder};

const MODEL: &str = r#"{"smithy": "2.0", "shapes": {
    "a#MyShop": {"type": "service", "version": "1", "operations": [{"target": "a#Buy"}],
        "traits": {"aws.protocols#awsJson1_1": {}}},
    "a#Buy": {"type": "operation"}}}"#;

#[test]
fn include_writes_one_file_and_names_the_models_to_cargo() {
    let folder = tempfile::tempdir().unwrap();
    let (model, out) = (folder.path().join("shop.json"), folder.path().join("out"));
    fs::write(&model, MODEL).unwrap();
    let builder = Builder::new().model(&model).out(&out);
    assert_eq!(builder.cargo_lines(), [format!("cargo::rerun-if-changed={}", model.display())]);
    let built = builder.clone().include().unwrap();
    assert_eq!(built.difference.stale, [out.join("my_shop.rs")]);
    assert!(fs::read_to_string(out.join("my_shop.rs")).unwrap().contains("pub struct MyShop"));
    assert_eq!(builder.include().unwrap().difference.unchanged, 1, "an equal file is not written again");
}

#[test]
fn write_and_check_agree_on_a_package() {
    let folder = tempfile::tempdir().unwrap();
    let (model, out) = (folder.path().join("shop.json"), folder.path().join("out"));
    fs::write(&model, MODEL).unwrap();
    let builder = Builder::new().model(&model).out(&out).package("my-shop");
    assert!(!builder.clone().check().unwrap().difference.is_empty());
    builder.clone().write().unwrap();
    assert!(builder.clone().check().unwrap().difference.is_empty());
    assert!(!builder.package("other").check().unwrap().difference.is_empty());
}

#[test]
fn package_of_a_changed_model_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let (model, out) = (folder.path().join("shop.json"), folder.path().join("out"));
    let builder = Builder::new().model(&model).out(&out);
    fs::write(&model, MODEL).unwrap();
    builder.clone().write().unwrap();
    // The documentation of the crate names the first operation.
    fs::write(&model, MODEL.replace("a#Buy", "a#Sell")).unwrap();
    let built = builder.write().unwrap();
    assert!(built.difference.stale.contains(&"src/lib.rs".into()), "{:?}", built.difference);
    assert!(fs::read_to_string(out.join("src/lib.rs")).unwrap().contains(".sell(sell)"));
}

#[test]
fn build_error_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("shop.json");
    fs::write(&model, MODEL).unwrap();
    let builder = Builder::new().model(&model).out(folder.path().join("out"));
    let texts = [
        (Builder::new().model("/nonexistent.json").out("x").write().unwrap_err(), "/nonexistent.json"),
        (builder.clone().service("MyShop").write().unwrap_err(), "\"MyShop\" is no shape id"),
        (builder.clone().service("a#MyShp").write().unwrap_err(), "did you mean `a#MyShop`?"),
        (builder.clone().package("my shop!").write().unwrap_err(), "[G001]"),
        (Builder::new().model(&model).write().unwrap_err(), "name one with `out`"),
        (Builder::new().model(&model).out(folder.path()).write().unwrap_err(), "no package of lido-codegen"),
    ];
    for (error, text) in texts {
        assert!(error.to_string().contains(text) && format!("{error:?}").contains(text), "{text}: {error}");
    }
    assert!(matches!(builder.service("x").check(), Err(BuildError::Model(_))));
}
