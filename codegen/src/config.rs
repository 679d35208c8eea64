//! What is asked of the generator besides the model.

use lido_model::ShapeId;

use crate::ir::{Protocol, Style};

/// How a service is generated.
#[derive(Debug, Clone)]
pub struct Config {
    /// The service; the only one of the model where none is named.
    pub service: Option<ShapeId>,
    /// The protocol; the model's own where none is named.
    pub protocol: Option<Protocol>,
    /// The wording of violations.
    pub style: Style,
    /// The error that carries violations. Where none is named: the one that the model marks with
    /// `smithy.framework.rust#validationException`, or else `smithy.framework#ValidationException`.
    pub validation_error: Option<ShapeId>,
    /// The greatest request body, in bytes.
    pub body_limit: usize,
    /// The name of the generated package.
    pub package: String,
    /// What the generated `Cargo.toml` says of `lido-runtime`: a TOML value such as `"0.1"` or
    /// `{ path = "../codegen/runtime" }`.
    pub runtime: String,
    /// Whether the package is a member of a workspace that gives versions, edition and lints.
    pub in_workspace: bool,
    /// Whether a test for every constraint is generated; only the messages of [`Style::Coral`] are known
    /// to it.
    pub constraint_tests: bool,
    /// Whether the tests that the model carries (`smithy.test`) are generated.
    pub protocol_tests: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            service: None,
            protocol: None,
            style: Style::Smithy,
            validation_error: None,
            body_limit: 2 * 1024 * 1024,
            package: "generated".to_owned(),
            runtime: format!("\"{}\"", env!("CARGO_PKG_VERSION")),
            in_workspace: false,
            constraint_tests: false,
            protocol_tests: false,
        }
    }
}
