//! Prints the constraint tests. For every constraint of every operation they send a value at the bound, which must pass,
//! and a value beyond it, which must be refused with the exact message.
//!
//! The tests are derived from the model, not from the lowered service, and the expected messages are built here, not with
//! `lido-runtime`. So they find errors of lowering, of the emitters and of the runtime. Tables are printed for each
//! service; the code that runs them is the same for all services, in `harness/`.
//!
//! They exist for [`Style::Coral`] only: the tests of the Smithy specification cover the messages of the other style.

mod compact;
mod message;
mod router;
mod sample;
mod shape_checks;
mod strings;
mod tables;
#[cfg(test)]
mod tests;
mod view;
mod walk;

use lido_model::{Model, ShapeKind};

use super::file::File;
use crate::{
    FileSet,
    config::Config,
    ir::{Service, Style},
    protocol::support,
};
use sample::Samples;
use tables::Tables;
use walk::Walk;

/// The files that are the same for every service: name, description and text.
const HARNESS: [(&str, &str, &str); 4] = [
    (
        "main",
        "Tests every constraint of every operation through the router: a value that satisfies it passes, and \
         one that violates it is refused with the exact message.",
        include_str!("harness/main.rs"),
    ),
    ("table", "The types of the tables.", include_str!("harness/table.rs")),
    ("message", "Builds the expected messages.", include_str!("harness/message.rs")),
    (
        "work",
        "Compares the work that bodies with very many violations cost: it must be linear in their length.",
        include_str!("harness/work.rs"),
    ),
];

/// The attribute of the test's root module.
const ALLOWED: &str =
    "#![allow(dead_code, reason = \"not every service needs every kind of place and value\")]\n";

/// Returns whether the tests are generated.
pub(super) fn are_enabled(service: &Service, config: &Config) -> bool {
    config.constraint_tests && service.style == Style::Coral
}

/// Prints `tests/constraints/`.
pub(super) fn emit(model: &Model, service: &Service, config: &Config, files: &mut FileSet) {
    if !are_enabled(service, config) {
        return;
    }
    let client = support(service.protocol).constraint_test_client();
    let client = ("send", "Sends requests to the router and checks the responses.", client);
    for (name, about, text) in HARNESS.into_iter().chain([client]) {
        let mut file = File::new("constraint_tests/mod", about);
        if name == "main" {
            file.text(ALLOWED);
        }
        file.text(text);
        files.insert(format!("tests/constraints/{name}.rs"), file.print());
    }
    files.insert("tests/constraints/router.rs".to_owned(), router::print(service, config));
    let mut samples = Samples::new(model);
    let mut tables = Tables::new(config.body_limit);
    for operation in &service.operations {
        let kind = model.find_shape(operation.id.as_str()).map(|shape| &shape.kind);
        if let Some(ShapeKind::Operation { input, .. }) = kind {
            let (places, skipped) = Walk::input(&mut samples, input);
            tables.operation(&mut samples, operation, &places, &skipped);
        }
    }
    tables.print(files);
}
