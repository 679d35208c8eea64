//! Tests that are made of the model: every constraint of every operation is kept by a value at its
//! bound and broken by a value beyond, and the answer is compared with the exact text.
//!
//! It is the model that is walked here, not what lowering made of it, and messages are spelled here
//! anew: so the tests find what lowering, emitting or the runtime forget. What is printed are tables;
//! the code that reads them is the same for every service and stands in `harness/`.
//!
//! Only for [`Style::Coral`]: the other style's messages are fixed by the specification's own tests.

mod breakage;
mod router;
mod sample;
mod spell;
mod tables;
#[cfg(test)]
mod tests;
mod text;
mod texts;
mod view;
mod walk;

use lido_model::{Model, ShapeKind};

use super::file::File;
use crate::{
    FileSet,
    config::Config,
    ir::{Service, Style},
};
use sample::Samples;
use tables::Tables;
use walk::Walk;

/// The parts of the test that are the same for every service: file, what it is, and text.
const HARNESS: [(&str, &str, &str); 4] = [
    (
        "main",
        "Every constraint of every operation, by requests to the router: what keeps it passes, and what \
         breaks it is refused with the exact text.",
        include_str!("harness/main.rs"),
    ),
    ("table", "What the tables are made of.", include_str!("harness/table.rs")),
    ("send", "How a request is sent, and what comes back.", include_str!("harness/send.rs")),
    ("message", "The message that is expected, put together.", include_str!("harness/message.rs")),
];

/// What the root of the test is told besides.
const ALLOWED: &str =
    "#![allow(dead_code, reason = \"not every service needs every kind of place and value\")]\n";

/// Whether the tests are generated.
pub(super) fn are_wanted(service: &Service, config: &Config) -> bool {
    config.constraint_tests && service.style == Style::Coral
}

/// Prints `tests/constraints/`.
pub(super) fn emit(model: &Model, service: &Service, config: &Config, files: &mut FileSet) {
    if !are_wanted(service, config) {
        return;
    }
    for (name, about, text) in HARNESS {
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
            let (places, lost) = Walk::input(&mut samples, input);
            tables.operation(&mut samples, operation, &places, &lost);
        }
    }
    tables.print(files);
}
