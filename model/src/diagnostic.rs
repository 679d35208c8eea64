//! Diagnostics: the form of all errors and warnings of the loader and the generator.

use std::{borrow::Cow, fmt, sync::Arc};

use crate::ShapeId;

/// A position in a model file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The name of the file that was passed to [`load`](crate::load()).
    pub file: Arc<str>,
    /// The JSON pointer (RFC 6901) to the node.
    pub pointer: String,
}

impl Origin {
    /// Returns the root of `file`.
    pub(crate) fn top(file: &Arc<str>) -> Self {
        Self { file: file.clone(), pointer: String::new() }
    }

    /// Returns the position of the value of `key` in the object, or of the element with this index in the list.
    pub(crate) fn child(&self, key: impl fmt::Display) -> Self {
        let key = key.to_string();
        Self { file: self.file.clone(), pointer: format!("{}/{}", self.pointer, escaped(&key)) }
    }
}

/// Escapes `key` for use in a JSON pointer.
pub(crate) fn escaped(key: &str) -> Cow<'_, str> {
    match key.contains(['~', '/']) {
        true => key.replace('~', "~0").replace('/', "~1").into(),
        false => key.into(),
    }
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
/// use lido_model::Diagnostic;
///
/// let diagnostic = Diagnostic::error("the model has no service", "add a shape of type `service`");
/// assert_eq!(
///     diagnostic.to_string(),
///     "error: the model has no service\n  remedy: add a shape of type `service`"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it prevents generation.
    pub severity: Severity,
    /// The position in the files, or `None` if the diagnostic is not about one.
    pub origin: Option<Origin>,
    /// The shape that it is about, if any.
    pub shape: Option<ShapeId>,
    /// What is wrong.
    pub message: String,
    /// What the author of the model can do.
    pub remedy: String,
}

impl Diagnostic {
    /// Returns an error without a position; [`at`](Self::at) and [`about`](Self::about) add one.
    pub fn error(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            origin: None,
            shape: None,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// Returns a warning without a position.
    pub fn warning(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(message, remedy) }
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
        if let Some(shape) = &self.shape {
            write!(f, " {shape}")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(Origin { file, pointer }) = &self.origin {
            write!(f, "\n  at {file}#{pointer}")?;
        }
        write!(f, "\n  remedy: {}", self.remedy)
    }
}

impl std::error::Error for Diagnostic {}
