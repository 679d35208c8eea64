//! Generates from model files on disk: for a build script, for the command, and for tools.

use std::{env, fmt, io, path::PathBuf};

use lido_model::{Diagnostic, Severity, ShapeId};

use crate::{
    Config, Generated, HttpStatus, codes,
    disk::{self, Difference},
    generate,
    ir::{Protocol, Style},
    names::snake_case,
};

/// Generates a service from model files.
///
/// In a build script [`include()`](Self::include) writes one file, which the crate includes. By hand [`write()`](Self::write)
/// writes a package of its own, and [`check()`](Self::check) compares it.
///
/// # Examples
///
/// `build.rs`, with `lido-codegen` among the build dependencies:
///
/// ```no_run
/// fn main() -> Result<(), lido_codegen::BuildError> {
///     lido_codegen::Builder::new().model("model/weather.json").include()?;
///     Ok(())
/// }
/// ```
///
/// and in `src/main.rs`, with `lido-runtime` among the dependencies:
///
/// ```ignore
/// mod weather {
///     lido_runtime::include_service!("weather");
/// }
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Builder {
    models: Vec<PathBuf>,
    out: Option<PathBuf>,
    config: Config,
    /// Whether the package keeps the layout of the generator.
    unformatted: bool,
    /// Shape ids that are malformed.
    malformed: Vec<String>,
}

/// What a [`Builder`] has generated.
#[derive(Debug)]
pub struct Built {
    /// The generated files, the lowered service and the warnings.
    pub generated: Generated,
    /// The number of model files.
    pub model_files: usize,
    /// The files that were written, or that differ.
    pub difference: Difference,
    /// Whether rustfmt has formatted the files that were written.
    pub is_formatted: bool,
}

impl Builder {
    /// Returns a builder without model files, and with the default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a model file, or a folder with `.json` files. All files together are one model.
    pub fn model(mut self, path: impl Into<PathBuf>) -> Self {
        self.models.push(path.into());
        self
    }

    /// Sets the folder to write into. Default in a build script: that of `OUT_DIR`.
    pub fn out(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out = Some(folder.into());
        self
    }

    /// Sets the shape id of the service. Default: the only service of the model.
    pub fn service(mut self, id: &str) -> Self {
        self.config.service = self.shape_id(id);
        self
    }

    /// Sets the protocol. Default: by the service's traits.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.config.protocol = Some(protocol);
        self
    }

    /// Sets the wording of messages about violated constraints. Default: [`Style::Smithy`].
    pub fn style(mut self, style: Style) -> Self {
        self.config.style = style;
        self
    }

    /// Sets the shape id of the error for violated constraints; see [`Config::validation_error`].
    pub fn validation_error(mut self, id: &str) -> Self {
        self.config.validation_error = self.shape_id(id);
        self
    }

    /// Sets the maximum size of a request body in bytes. Default: 2 MiB.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.config.body_limit = bytes;
        self
    }

    /// Sets the status of errors. Default: [`HttpStatus::Fixed`].
    pub fn http_status(mut self, status: HttpStatus) -> Self {
        self.config.http_status = status;
        self
    }

    /// Sets the name of the package that [`write()`](Self::write) writes. Default: `generated`.
    pub fn package(mut self, name: impl Into<String>) -> Self {
        self.config.package = name.into();
        self
    }

    /// Sets the dependency on lido-runtime in the `Cargo.toml` of the package; see [`Config::runtime`].
    pub fn runtime(mut self, dependency: impl Into<String>) -> Self {
        self.config.runtime = dependency.into();
        self
    }

    /// Sets whether the package has the protocol tests of the model (`smithy.test`). Default: no.
    pub fn protocol_tests(mut self, enabled: bool) -> Self {
        self.config.protocol_tests = enabled;
        self
    }

    /// Sets whether the package has a test for every constraint. Only [`Style::Coral`] has such tests. Default: no.
    pub fn constraint_tests(mut self, enabled: bool) -> Self {
        self.config.constraint_tests = enabled;
        self
    }

    /// Sets whether [`write()`](Self::write) formats the package with rustfmt, by its `rustfmt.toml`, where it is installed.
    /// [`check()`](Self::check) does not compare the layout. Default: yes.
    pub fn rustfmt(mut self, enabled: bool) -> Self {
        self.unformatted = !enabled;
        self
    }

    /// Changes options that have no method of their own.
    pub fn configure(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    /// Writes the service as one file, for a build script: `weather.rs` for the service `Weather`, in `OUT_DIR`.
    ///
    /// It tells Cargo to run the build script again if a model file changes, and prints the warnings about the model as
    /// warnings of Cargo. `lido_runtime::include_service!` includes the file. Tests are not part of it.
    ///
    /// # Errors
    /// Returns an error if the model cannot be read or has errors, or if the file cannot be written.
    pub fn include(self) -> Result<Built, BuildError> {
        let lines = self.cargo_lines();
        let (generated, model_files) = self.generate();
        lines.iter().for_each(|line| println!("{line}"));
        let generated = generated?;
        for warning in &generated.warnings {
            println!("cargo::warning={}", warning.to_string().replace('\n', " "));
        }
        let folder = match self.out {
            Some(folder) => folder,
            None => env::var_os("OUT_DIR").map(PathBuf::from).ok_or(BuildError::NoFolder)?,
        };
        let name = format!("{}.rs", snake_case(&generated.service.name));
        let difference =
            disk::write_file(&folder.join(name), &generated.one_file()).map_err(BuildError::Write)?;
        Ok(Built { generated, model_files, difference, is_formatted: false })
    }

    /// Writes the service as a package into the folder [`out`](Self::out). Only files that differ are written, and files
    /// that are no longer generated are deleted.
    ///
    /// # Errors
    /// Returns an error if the model cannot be read or has errors, or if the folder has files that the generator did not
    /// write.
    pub fn write(self) -> Result<Built, BuildError> {
        let folder = self.out.clone().ok_or(BuildError::NoFolder)?;
        let (generated, model_files) = self.generate();
        let generated = generated?;
        let difference = disk::write(&folder, &generated.files).map_err(BuildError::Write)?;
        let is_formatted =
            !self.unformatted && disk::format(&folder, difference.stale.iter().map(AsRef::as_ref));
        Ok(Built { generated, model_files, difference, is_formatted })
    }

    /// Compares the package with the folder [`out`](Self::out), and writes nothing. [`Built::difference`] is empty if the
    /// folder is up to date. The layout of the files does not count, so that rustfmt is not needed.
    ///
    /// # Errors
    /// Returns an error if the model or the folder cannot be read, or if the model has errors.
    pub fn check(self) -> Result<Built, BuildError> {
        let folder = self.out.clone().ok_or(BuildError::NoFolder)?;
        let (generated, model_files) = self.generate();
        let generated = generated?;
        let difference = disk::compare(&folder, &generated.files).map_err(BuildError::Read)?;
        Ok(Built { generated, model_files, difference, is_formatted: false })
    }

    /// Returns the lines by which [`include()`](Self::include) tells Cargo when to run the build script again.
    pub fn cargo_lines(&self) -> Vec<String> {
        self.models.iter().map(|path| format!("cargo::rerun-if-changed={}", path.display())).collect()
    }

    fn shape_id(&mut self, text: &str) -> Option<ShapeId> {
        let id = ShapeId::parse(text);
        if id.is_none() {
            self.malformed.push(text.to_owned());
        }
        id
    }

    /// Reads the model and generates. Returns the number of model files too.
    fn generate(&self) -> (Result<Generated, BuildError>, usize) {
        let mut files = Vec::new();
        for path in &self.models {
            match disk::model_files(path) {
                Ok(found) => files.extend(found),
                Err(error) => return (Err(BuildError::Read(error)), 0),
            }
        }
        let malformed: Vec<_> = self.malformed.iter().map(|id| malformed_id(id)).collect();
        let generated = match malformed.is_empty() {
            false => Err(malformed),
            true => lido_model::load(&files).and_then(|model| generate(&model, &self.config)),
        };
        (generated.map_err(BuildError::Model), files.len())
    }
}

fn malformed_id(text: &str) -> Diagnostic {
    Diagnostic::error(
        &codes::OPTION,
        format!("{text:?} is no shape id"),
        "write it as `namespace#Name`, such as example.weather#Weather",
    )
}

/// The error of generating from files. `Debug` is as readable as `Display`, because a build script that returns it prints
/// that.
pub enum BuildError {
    /// A model file, or the folder to compare with, cannot be read.
    Read(io::Error),
    /// The model or the options have errors.
    Model(Vec<Diagnostic>),
    /// The files cannot be written, or files of others are in the way.
    Write(io::Error),
    /// No folder was named to write into.
    NoFolder,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "error: {error}\n  remedy: check the paths of the model files"),
            Self::Model(diagnostics) => {
                diagnostics.iter().try_for_each(|diagnostic| writeln!(f, "{diagnostic}"))?;
                let errors = diagnostics.iter().filter(|one| one.severity == Severity::Error).count();
                write!(f, "{errors} error(s); nothing was generated; `lido-codegen explain CODE` explains a code")
            }
            Self::Write(error) => write!(f, "{error}"),
            Self::NoFolder => f.write_str(
                "error: no folder to write into\n  remedy: name one with `out`; in a build script it is that of OUT_DIR",
            ),
        }
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl std::error::Error for BuildError {}
