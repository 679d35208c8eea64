//! The options of the generator.

use lido_model::ShapeId;

use crate::ir::{Protocol, Style};

/// The options of [`generate`](crate::generate).
#[derive(Debug, Clone)]
pub struct Config {
    /// The service to generate. `None` selects the only service of the model.
    pub service: Option<ShapeId>,
    /// The protocol. `None` selects that of the service's traits.
    pub protocol: Option<Protocol>,
    /// The wording of messages about violated constraints. Default: [`Style::Smithy`].
    pub style: Style,
    /// The error shape with which violated constraints are answered. `None` selects the shape with the trait
    /// `smithy.framework.rust#validationException`, or else `smithy.framework#ValidationException`.
    pub validation_error: Option<ShapeId>,
    /// The maximum size of a request body in bytes. Default: 2 MiB.
    pub body_limit: usize,
    /// The name of the generated package. Default: `generated`.
    pub package: String,
    /// The dependency on `lido-runtime` in the generated `Cargo.toml`: a TOML value such as `"0.1"` or
    /// `{ path = "../codegen/runtime" }`. Default: the version of this package.
    pub runtime: String,
    /// Whether the package inherits versions, edition and dependencies from a workspace.
    pub in_workspace: bool,
    /// Whether to generate a test for every constraint. Only [`Style::Coral`] has such tests.
    pub constraint_tests: bool,
    /// Whether to generate the protocol tests of the model (`smithy.test`).
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
