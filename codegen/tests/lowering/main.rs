//! Tests of lowering with small models. Each module is about one kind of decision.

#![cfg(test)]

mod auth;
mod defaults;
mod enums;
mod http_status;
mod left_out;
mod names;
mod printed;
mod service;
mod traits;

use lido_codegen::{
    Config, Generated, generate,
    ir::{Protocol, Style},
};
use lido_model::Diagnostic;
use serde_json::{Value, json};

/// Generates a service `a#S` with one operation `a#Op` and these shapes, of which `a#In` is the operation's input and
/// output.
fn of(shapes: Value) -> Result<Generated, Vec<Diagnostic>> {
    in_style(shapes, Style::Smithy)
}

/// Generates the service of [`of`] with a wording of messages.
fn in_style(shapes: Value, style: Style) -> Result<Generated, Vec<Diagnostic>> {
    let mut all = json!({
        "a#S": {"type": "service", "version": "1", "operations": [{"target": "a#Op"}]},
        "a#Op": {"type": "operation", "input": {"target": "a#In"}, "output": {"target": "a#In"}},
    });
    if let (Value::Object(all), Value::Object(shapes)) = (&mut all, shapes) {
        all.extend(shapes);
    }
    let model = json!({"smithy": "2.0", "shapes": all}).to_string();
    let config = Config { protocol: Some(Protocol::AwsJson1_1), style, ..Config::default() };
    generate(&lido_model::load(&[("a.json".to_owned(), model.into_bytes())])?, &config)
}
