//! Prints a lowered service as Rust. A file here has the name of the file or folder that it prints.
//!
//! Declarations, such as that of a constrained string, are printed as text; code is quoted and formatted. All decisions
//! are made in `lower`.

mod capabilities;
mod collections;
mod constraint_tests;
mod enums;
mod error_kind;
mod errors;
mod file;
pub(crate) mod members;
mod operations;
mod package;
mod protocol_tests;
pub(crate) mod scalars;
mod service;
mod settings;
mod structures;
pub(crate) mod ty;
mod types;
mod unions;
pub(crate) mod value;

use lido_model::{Diagnostic, Model};

use crate::{FileSet, config::Config, ir};

pub(crate) use package::MODEL_LINTS;

/// Prints every file of the package.
pub(crate) fn package(model: &Model, service: &ir::Service, config: &Config) -> Result<FileSet, Diagnostic> {
    let mut files = FileSet::new();
    package::emit(service, config, &mut files)?;
    settings::emit(service, &mut files)?;
    service::emit(service, &mut files)?;
    error_kind::emit(service, &mut files)?;
    operations::emit(service, &mut files)?;
    types::emit(service, &mut files)?;
    scalars::emit(service, &mut files)?;
    enums::emit(service, &mut files)?;
    collections::emit(service, &mut files)?;
    structures::emit(service, &mut files)?;
    unions::emit(service, &mut files)?;
    errors::emit(service, config, &mut files)?;
    constraint_tests::emit(model, service, config, &mut files);
    protocol_tests::emit(service, config, &mut files)?;
    Ok(files)
}
