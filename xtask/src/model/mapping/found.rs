//! What is noticed while a service is taken over.

use serde_json::{Value, json};

use lido_model::{Diagnostic, ShapeId};

use super::{super::botocore::Rest, names};

/// Prose, which is left out by decision and not counted.
const PROSE: [&str; 2] = ["documentation", "documentationUrl"];

/// Fields that have no place in the model, and why nothing is lost without them.
const NEEDLESS: [(&str, &str); 9] = [
    ("version", "it counts botocore's own format"),
    ("uid", "it is put together from the endpoint prefix and the version"),
    ("serviceAbbreviation", "it is a shorter title"),
    ("ripServiceName", "it is AWS's own name for a Region table"),
    ("box", "a member without a default is nullable in Smithy"),
    ("flattened", "only the XML and query protocols flatten"),
    ("xmlNamespace", "only the XML protocols have namespaces"),
    ("event", "in Smithy every structure in a streaming union is an event"),
    ("synthetic", "it tells that AWS's own converter made the shape"),
];

/// The namespace, and the diagnostics so far.
pub(super) struct Found {
    pub(super) namespace: String,
    pub(super) errors: Vec<Diagnostic>,
    pub(super) warnings: Vec<Diagnostic>,
}

impl Found {
    pub(super) fn new(namespace: String) -> Self {
        Self { namespace, errors: Vec::new(), warnings: Vec::new() }
    }

    /// The absolute id of a shape of this service.
    pub(super) fn id(&self, name: &str) -> String {
        format!("{}#{name}", self.namespace)
    }

    /// The AST's way to point at a shape of this service.
    pub(super) fn target(&self, name: &str) -> Value {
        json!({ "target": self.id(name) })
    }

    pub(super) fn refuse(
        &mut self,
        shape: Option<&str>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let diagnostic = self.about(Diagnostic::error(message, remedy), shape);
        self.errors.push(diagnostic);
    }

    pub(super) fn warn(
        &mut self,
        shape: Option<&str>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let diagnostic = self.about(Diagnostic::warning(message, remedy), shape);
        self.warnings.push(diagnostic);
    }

    /// Counts the fields of `of` that nothing was made of.
    pub(super) fn leave_out(&mut self, of: &str, shape: Option<&str>, rest: &Rest) {
        for field in rest.keys().filter(|field| !PROSE.contains(&field.as_str())) {
            let message = format!("`{field}` of {of} is left out");
            match NEEDLESS.iter().find(|(name, _)| name == field) {
                Some((_, reason)) => self.warn(shape, message, format!("nothing to do: {reason}")),
                None => self.warn(shape, message, "teach the importer what it means"),
            }
        }
    }

    /// Refuses a name that Smithy does not allow.
    pub(super) fn check_name(&mut self, shape: &str, name: &str) {
        if !names::is_identifier(name) {
            let message = format!("\"{name}\" is no legal name in Smithy");
            self.refuse(Some(shape), message, "use letters, digits and _, a letter first");
        }
    }

    fn about(&self, diagnostic: Diagnostic, shape: Option<&str>) -> Diagnostic {
        match shape.and_then(|name| ShapeId::parse(&self.id(name))) {
            Some(id) => diagnostic.about(&id),
            None => diagnostic,
        }
    }
}
