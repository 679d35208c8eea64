//! Checks `README.md` and the model that `lido-codegen init` writes: the model generates, and the error that the README
//! shows is the actual diagnostic.

#![cfg(test)]

use std::{fs, path::Path};

use lido_codegen::{Config, Generated, generate};
use lido_model::Diagnostic;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn generate_weather(model: &str) -> Result<Generated, Vec<Diagnostic>> {
    generate(&lido_model::load(&[("model/weather.json", model)])?, &Config::default())
}

#[test]
fn model_of_a_new_crate_generates_without_warnings() {
    let generated = generate_weather(&read("templates/weather.json")).unwrap();
    assert!(generated.warnings.is_empty(), "{:?}", generated.warnings);
    assert!(generated.files.contains_key("src/operations/get_forecast.rs"));
}

#[test]
fn readme_error_is_the_diagnostic_of_a_misspelled_target() {
    let model = read("templates/weather.json").replace(
        r#""city": { "target": "example.weather#CityName""#,
        r#""city": { "target": "example.weather#CityNam""#,
    );
    let error = lido_codegen::BuildError::Model(generate_weather(&model).unwrap_err());
    let block = format!("```text\n{error}\n```");
    assert!(read("README.md").contains(&block), "README.md should have\n{block}");
}

/// Users have no `cargo xtask`.
#[test]
fn nothing_that_users_see_names_a_task_of_this_repository() {
    let generated = generate_weather(&read("templates/weather.json")).unwrap();
    let pages = [
        "README.md",
        "DIAGNOSTICS.md",
        "runtime/README.md",
        "templates/README.md.txt",
        "../model/PACKAGE.md",
    ];
    let texts = generated.files.into_iter().chain(pages.map(|path| (path.to_owned(), read(path))));
    for (path, text) in texts {
        assert!(!text.contains("xtask"), "{path}");
    }
    for code in lido_codegen::codes::every() {
        assert!(!code.explanation().contains("xtask"), "{code}");
    }
}
