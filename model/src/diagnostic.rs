//! What is said when a model cannot be served, in one form for the loader and the generator.

use std::{borrow::Cow, fmt, sync::Arc};

use crate::ShapeId;

/// A place in a model file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The file's name as it was given to [`load`](crate::load).
    pub file: Arc<str>,
    /// The JSON pointer (RFC 6901) of the node.
    pub pointer: String,
}

impl Origin {
    /// The root of `file`.
    pub(crate) fn top(file: &Arc<str>) -> Self {
        Self { file: file.clone(), pointer: String::new() }
    }

    /// The value under `key` of the object, or the element of the list, that stands here.
    pub(crate) fn child(&self, key: impl fmt::Display) -> Self {
        let key = key.to_string();
        Self { file: self.file.clone(), pointer: format!("{}/{}", self.pointer, escaped(&key)) }
    }
}

/// `key` as a step of a JSON pointer.
pub(crate) fn escaped(key: &str) -> Cow<'_, str> {
    match key.contains(['~', '/']) {
        true => key.replace('~', "~0").replace('/', "~1").into(),
        false => key.into(),
    }
}

/// Whether what is said stops the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is made of the model.
    Error,
    /// The model is served, with this left out or read loosely.
    Warning,
}

/// One thing found in a model: where, about which shape, what, and what cures it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it stops the work.
    pub severity: Severity,
    /// Where in the files; none where no file is to blame.
    pub origin: Option<Origin>,
    /// The shape it is about, where one is known.
    pub shape: Option<ShapeId>,
    /// What was found.
    pub message: String,
    /// What the author of the model can do about it.
    pub remedy: String,
}

impl Diagnostic {
    /// An error; [`at`](Self::at) and [`about`](Self::about) say where.
    pub fn error(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            origin: None,
            shape: None,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// A warning.
    pub fn warning(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(message, remedy) }
    }

    /// The same, with the place.
    #[must_use]
    pub fn at(self, origin: &Origin) -> Self {
        Self { origin: Some(origin.clone()), ..self }
    }

    /// The same, with the shape.
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
