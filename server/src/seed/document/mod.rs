//! A seed file as a tree of values, each with its line, whatever its format.
//!
//! The format follows from the extension. The parsers are libraries; the modules of the formats only convert what they
//! return. A file is read up to [`MAX_BYTES`], and nesting is bounded by each parser.

mod json;
mod toml;
mod yaml;

use std::{fs::File, io::Read as _, path::Path};

use serde_json::{Map, Number, Value};

use super::SeedError;

/// The most bytes of a seed file. *Chosen*: some 30,000 users; a larger file is not a seed but a mistake.
pub(super) const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// A format of seed files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeedFormat {
    /// TOML.
    Toml,
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

impl SeedFormat {
    /// Returns the format of a file with this name.
    ///
    /// # Errors
    /// The extension is not that of a format.
    pub fn of(path: &Path) -> Result<Self, SeedError> {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        match extension.to_ascii_lowercase().as_str() {
            "toml" => Ok(Self::Toml),
            "json" => Ok(Self::Json),
            "yaml" | "yml" => Ok(Self::Yaml),
            _ => Err(SeedError::Extension(path.to_owned())),
        }
    }

    /// Returns the text of a seed file with these contents, as [`super::export()`] returns them.
    ///
    /// # Errors
    /// The contents have no form in this format.
    pub fn write(self, contents: &Value) -> Result<String, WriteError> {
        match self {
            Self::Toml => ::toml::to_string_pretty(contents).map_err(|error| WriteError(error.to_string())),
            Self::Json => serde_json::to_string_pretty(contents)
                .map(|text| text + "\n")
                .map_err(|error| WriteError(error.to_string())),
            Self::Yaml => serde_saphyr::to_string(contents).map_err(|error| WriteError(error.to_string())),
        }
    }
}

/// The error of contents that a format cannot write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the seed file cannot be written in this format: {0}; choose another one")]
pub struct WriteError(String);

/// A value of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    /// The line on which it begins, counted from 1.
    pub(super) line: usize,
    pub(super) value: Tree,
}

/// What a value is. `Debug` hides it, since it may be a password.
#[derive(Clone, PartialEq)]
pub(super) enum Tree {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Table(Vec<Member>),
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tree(hidden)")
    }
}

/// A key of a table with its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Member {
    pub(super) key: String,
    /// The line of the key.
    pub(super) line: usize,
    pub(super) node: Node,
}

/// Why a document cannot be parsed, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ParseError {
    pub(super) line: usize,
    pub(super) reason: String,
}

impl Node {
    /// Reads and parses a file.
    ///
    /// # Errors
    /// It cannot be read, is too large, or is not a document of its format.
    pub(super) fn read(path: &Path) -> Result<Self, SeedError> {
        let format = SeedFormat::of(path)?;
        let io = |error: std::io::Error| SeedError::Io { path: path.to_owned(), reason: error.to_string() };
        let mut bytes = Vec::new();
        File::open(path).map_err(io)?.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(SeedError::TooLarge(path.to_owned()));
        }
        let at = |ParseError { line, reason }| SeedError::Line { path: path.to_owned(), line, reason };
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
            at(ParseError { line, reason: "the text is not UTF-8; save the file as UTF-8".to_owned() })
        })?;
        if text.trim().is_empty() {
            return Err(SeedError::Empty(path.to_owned()));
        }
        Self::parse(format, &text).map_err(at)
    }

    /// Parses a document.
    ///
    /// # Errors
    /// The text is not of the format.
    pub(super) fn parse(format: SeedFormat, text: &str) -> Result<Self, ParseError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match format {
            SeedFormat::Toml => toml::parse(text),
            SeedFormat::Json => json::parse(text),
            SeedFormat::Yaml => yaml::parse(text),
        }
    }

    /// Returns the members of a table, or `None` if the value is none.
    pub(super) fn as_table(&self) -> Option<&[Member]> {
        match &self.value {
            Tree::Table(members) => Some(members),
            _ => None,
        }
    }

    /// Returns the line of the value that a path of keys and positions leads to, as far as it leads.
    pub(super) fn line_at(&self, path: &[String]) -> usize {
        let Some((first, rest)) = path.split_first() else { return self.line };
        match &self.value {
            Tree::Table(members) => match members.iter().find(|member| member.key == *first) {
                Some(member) if rest.is_empty() => member.line,
                Some(member) => member.node.line_at(rest),
                None => self.line,
            },
            Tree::List(items) => {
                let item = first.parse().ok().and_then(|at: usize| items.get(at));
                item.map_or(self.line, |item| item.line_at(rest))
            }
            _ => self.line,
        }
    }

    /// Returns the value as JSON.
    pub(super) fn to_json(&self) -> Value {
        match &self.value {
            Tree::Null => Value::Null,
            Tree::Bool(value) => Value::Bool(*value),
            Tree::Number(number) => Value::Number(number.clone()),
            Tree::Text(text) => Value::String(text.clone()),
            Tree::List(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            Tree::Table(members) => Value::Object(to_object(members)),
        }
    }
}

/// Returns the members of a table as a JSON object.
pub(super) fn to_object<'a>(members: impl IntoIterator<Item = &'a Member>) -> Map<String, Value> {
    members.into_iter().map(|member| (member.key.clone(), member.node.to_json())).collect()
}

/// Finds the line of a byte of a text.
#[derive(Debug)]
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    fn line(&self, at: usize) -> usize {
        1 + self.0.partition_point(|end| *end < at)
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
