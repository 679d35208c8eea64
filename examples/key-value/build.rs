//! Generates the service from its model, into `OUT_DIR`, with the wording of AWS's services.

use lido_codegen::{BuildError, Builder, HttpStatus, ir::Style};

fn main() -> Result<(), BuildError> {
    Builder::new()
        .model("model")
        .style(Style::Coral)
        .http_status(HttpStatus::Model)
        .validation_error("example.store#InvalidRequest")
        .include()?;
    Ok(())
}
