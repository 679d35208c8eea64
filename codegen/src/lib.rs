//! Generates validated Rust types and an awsJson router from a Smithy model.
//!
//! [`generate`] is the whole line: check the model and decide everything (`lower`), print it
//! (`emit`). It touches no disk and no clock; [`disk`] compares what it made with what is there.

mod config;
pub mod disk;
mod emit;
pub mod ir;
mod lower;
mod names;
pub mod pattern;

use std::collections::BTreeMap;

use lido_model::{Diagnostic, Model};

pub use config::Config;
pub use lower::lower;

/// Generated files by their path, relative to the package and with `/` between the parts.
pub type FileSet = BTreeMap<String, String>;

/// What was made of a model.
#[derive(Debug)]
pub struct Generated {
    /// The files of the package.
    pub files: FileSet,
    /// What was decided on the way.
    pub service: ir::Service,
    /// What the author of the model should know.
    pub warnings: Vec<Diagnostic>,
}

/// Generates the package that `config` asks for.
///
/// # Errors
/// Everything that keeps the model from being generated.
pub fn generate(model: &Model, config: &Config) -> Result<Generated, Vec<Diagnostic>> {
    let (service, warnings) = lower(model, config)?;
    let files = emit::package(model, &service, config).map_err(|diagnostic| vec![diagnostic])?;
    Ok(Generated { files, service, warnings })
}
