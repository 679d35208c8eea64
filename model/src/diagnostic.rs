//! Diagnostics: the form of all errors and warnings of the loader and the generator.

use std::{borrow::Cow, fmt, sync::Arc};

use crate::{Code, ShapeId};

/// A position in a model file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The name of the file that was passed to [`load`](crate::load()).
    pub file: Arc<str>,
    /// The JSON pointer (RFC 6901) to the node.
    pub pointer: Box<str>,
}

impl Origin {
    /// Returns the root of `file`.
    pub(crate) fn top(file: &Arc<str>) -> Self {
        Self { file: file.clone(), pointer: Box::default() }
    }

    /// Returns the position of the value of `key` in the object, or of the element with this index in the list.
    pub(crate) fn child(&self, key: impl fmt::Display) -> Self {
        let key = key.to_string();
        Self { file: self.file.clone(), pointer: format!("{}/{}", self.pointer, escaped(&key)).into() }
    }
}

/// Escapes `key` for use in a JSON pointer.
pub(crate) fn escaped(key: &str) -> Cow<'_, str> {
    match key.contains(['~', '/']) {
        true => key.replace('~', "~0").replace('/', "~1").into(),
        false => key.into(),
    }
}

/// A line and column of a model file, both counted from one; the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// Whether a diagnostic prevents generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Code is generated; the remedy says how the model was interpreted.
    Warning,
}

/// An error or warning about a model: what is wrong, where, and what to do.
///
/// # Examples
///
/// ```
/// use lido_model::{Code, Diagnostic};
///
/// static NO_SERVICE: Code = Code::new("X001", "the model has no service", "A server is generated for a service.");
///
/// let diagnostic = Diagnostic::error(&NO_SERVICE, "the model has no service", "add a shape of type `service`");
/// assert_eq!(
///     diagnostic.to_string(),
///     "error[X001]: the model has no service\n  remedy: add a shape of type `service`"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it prevents generation.
    pub severity: Severity,
    /// The kind, which a page or command explains.
    pub code: &'static Code,
    /// The position in the files, or `None` if the diagnostic is not about one.
    pub origin: Option<Origin>,
    /// The line and column of `origin`, if they are known.
    pub place: Option<Place>,
    /// The shape that it is about, if any.
    pub shape: Option<ShapeId>,
    /// What is wrong.
    pub message: String,
    /// What the author of the model can do.
    pub remedy: String,
}

impl Diagnostic {
    /// Returns an error without a position; [`at`](Self::at) and [`about`](Self::about) add one.
    pub fn error(code: &'static Code, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            origin: None,
            place: None,
            shape: None,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// Returns a warning without a position.
    pub fn warning(code: &'static Code, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, remedy) }
    }

    /// Sets the position.
    #[must_use]
    pub fn at(self, origin: &Origin) -> Self {
        Self { origin: Some(origin.clone()), ..self }
    }

    /// Sets the shape.
    #[must_use]
    pub fn about(self, shape: &ShapeId) -> Self {
        Self { shape: Some(shape.clone()), ..self }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })?;
        write!(f, "[{}]", self.code)?;
        if let Some(shape) = &self.shape {
            write!(f, " {shape}")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(Origin { file, pointer }) = &self.origin {
            match self.place {
                Some(Place { line, column }) if pointer.is_empty() => {
                    write!(f, "\n  at {file}:{line}:{column}")?
                }
                Some(Place { line, column }) => write!(f, "\n  at {file}:{line}:{column} #{pointer}")?,
                None => write!(f, "\n  at {file}#{pointer}")?,
            }
        }
        write!(f, "\n  remedy: {}", self.remedy)
    }
}

impl std::error::Error for Diagnostic {}
