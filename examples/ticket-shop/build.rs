//! Generates the service from its model, into `OUT_DIR`.

fn main() -> Result<(), lido_codegen::BuildError> {
    lido_codegen::Builder::new().model("model").include()?;
    Ok(())
}
