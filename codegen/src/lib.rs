//! Generates a Rust server from a Smithy model: types that enforce the model's constraints, and an awsJson router.
//!
//! [`generate`] lowers a [`Model`] to the intermediate representation in [`ir`] and prints that as files. It reads
//! neither disk nor clock, so that equal models give equal files. [`disk`] reads model files, and writes generated files
//! or compares them with a folder.
//!
//! [`Builder`] does all of it from files: in a build script, or to write a package. The command `lido-codegen` does the same
//! from the command line.
//!
//! # Examples
//!
//! ```
//! use lido_codegen::{Config, generate};
//!
//! let model = r#"{
//!     "smithy": "2.0",
//!     "shapes": {
//!         "example.weather#Weather": {
//!             "type": "service",
//!             "version": "2026-01-01",
//!             "operations": [{ "target": "example.weather#GetForecast" }],
//!             "traits": { "aws.protocols#awsJson1_1": {} }
//!         },
//!         "example.weather#GetForecast": { "type": "operation" }
//!     }
//! }"#;
//!
//! let model = lido_model::load(&[("weather.json", model)]).unwrap();
//! let config = Config { package: "weather".to_owned(), ..Config::default() };
//! let generated = generate(&model, &config).unwrap();
//!
//! assert!(generated.files.contains_key("Cargo.toml"));
//! assert!(generated.files["src/service.rs"].contains("pub struct Weather"));
//! ```

mod builder;
pub mod codes;
mod config;
pub mod disk;
mod emit;
mod include;
pub mod ir;
mod layout;
mod lower;
mod names;
pub mod pattern;
mod protocol;

use std::collections::BTreeMap;

use lido_model::{Diagnostic, Model};

pub use builder::{BuildError, Builder, Built};
pub use config::{Config, HttpStatus, is_package_name};
pub use lower::lower;

/// Generated files by path. A path is relative to the package and has `/` as its separator.
pub type FileSet = BTreeMap<String, String>;

/// The result of [`generate`].
#[derive(Debug)]
pub struct Generated {
    /// The files of the package.
    pub files: FileSet,
    /// The lowered service.
    pub service: ir::Service,
    /// The warnings about the model.
    pub warnings: Vec<Diagnostic>,
}

impl Generated {
    /// Returns the sources of the package as one file, which a crate can include into a module of its own.
    pub fn one_file(&self) -> String {
        include::one_file(&self.files)
    }
}

/// Generates the package for a service of `model`.
///
/// # Errors
/// Returns every error of the options, or of the model, that prevents generation. Each names the shape, the file and JSON pointer, and a
/// remedy.
pub fn generate(model: &Model, config: &Config) -> Result<Generated, Vec<Diagnostic>> {
    let faults = config.faults();
    if !faults.is_empty() {
        return Err(faults);
    }
    let (service, warnings) = lower(model, config)?;
    let files = emit::package(model, &service, config).map_err(|diagnostic| vec![diagnostic])?;
    Ok(Generated { files, service, warnings })
}
