//! Checks the examples of `README.md`: its model generates, and its error is the actual diagnostic.

#![cfg(test)]

use std::{fs, path::Path};

use lido_codegen::{Config, Generated, generate};
use lido_model::Diagnostic;

/// Returns the first block of this language in the README.
fn block(language: &str) -> String {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let (_, rest) = readme.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

fn generate_weather(model: &str) -> Result<Generated, Vec<Diagnostic>> {
    generate(&lido_model::load(&[("target/weather/weather.json", model)])?, &Config::default())
}

#[test]
fn readme_model_generates_without_warnings() {
    let generated = generate_weather(&block("json")).unwrap();
    assert!(generated.warnings.is_empty(), "{:?}", generated.warnings);
    assert!(generated.files.contains_key("src/operations/get_forecast.rs"));
}

#[test]
fn readme_error_is_the_diagnostic_of_a_misspelled_target() {
    let model = block("json").replace(
        r#""city": { "target": "example.weather#CityName""#,
        r#""city": { "target": "example.weather#CityNam""#,
    );
    let errors = generate_weather(&model).unwrap_err();
    let text: String = errors.iter().map(|error| format!("{error}\n")).collect();
    assert_eq!(block("text"), format!("{text}{} error(s); nothing was generated\n", errors.len()));
}
