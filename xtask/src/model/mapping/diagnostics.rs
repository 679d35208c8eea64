//! Collects errors and warnings while a service is imported.

use serde_json::{Value, json};

use lido_model::{Code, Diagnostic, ShapeId};

use super::{super::botocore::Rest, names};

/// Documentation, which is left out without a warning.
const PROSE: [&str; 2] = ["documentation", "documentationUrl"];

/// Fields that the model does not need, and why.
const NOT_NEEDED: [(&str, &str); 9] = [
    ("version", "it is the version of botocore's format"),
    ("uid", "it consists of the endpoint prefix and the version"),
    ("serviceAbbreviation", "it is a shorter title"),
    ("ripServiceName", "it is a name in an AWS table of Regions"),
    ("box", "a member without a default is nullable in Smithy"),
    ("flattened", "only the XML and query protocols flatten"),
    ("xmlNamespace", "only the XML protocols have namespaces"),
    ("event", "in Smithy every structure in a streaming union is an event"),
    ("synthetic", "it marks shapes that a converter of AWS made"),
];

/// The diagnostics so far, with the namespace that their shapes have.
pub(super) struct Diagnostics {
    pub(super) namespace: String,
    pub(super) errors: Vec<Diagnostic>,
    pub(super) warnings: Vec<Diagnostic>,
}

/// The code of what the importer reports.
pub(crate) static IMPORT: Code = Code::new(
    "I001",
    "a description of botocore is not taken over as it is",
    "The importer converts a description of botocore to a Smithy model. An error is something that has no correct form in \
     Smithy, a warning something that is left out.",
);

impl Diagnostics {
    pub(super) fn new(namespace: String) -> Self {
        Self { namespace, errors: Vec::new(), warnings: Vec::new() }
    }

    /// Returns the absolute id of a shape of this service.
    pub(super) fn id(&self, name: &str) -> String {
        format!("{}#{name}", self.namespace)
    }

    /// Returns a reference to a shape of this service in the form of the AST.
    pub(super) fn target(&self, name: &str) -> Value {
        json!({ "target": self.id(name) })
    }

    /// Adds an error.
    pub(super) fn refuse(
        &mut self,
        shape: Option<&str>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let diagnostic = self.about(Diagnostic::error(&IMPORT, message, remedy), shape);
        self.errors.push(diagnostic);
    }

    /// Adds a warning.
    pub(super) fn warn(
        &mut self,
        shape: Option<&str>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let diagnostic = self.about(Diagnostic::warning(&IMPORT, message, remedy), shape);
        self.warnings.push(diagnostic);
    }

    /// Adds a warning for each field in `rest` of `of`.
    pub(super) fn leave_out(&mut self, of: &str, shape: Option<&str>, rest: &Rest) {
        for field in rest.keys().filter(|field| !PROSE.contains(&field.as_str())) {
            let message = format!("`{field}` of {of} is left out");
            match NOT_NEEDED.iter().find(|(name, _)| name == field) {
                Some((_, reason)) => self.warn(shape, message, format!("nothing to do: {reason}")),
                None => self.warn(shape, message, "add the field to the importer"),
            }
        }
    }

    /// Adds an error if Smithy does not allow `name`.
    pub(super) fn check_name(&mut self, shape: &str, name: &str) {
        if !names::is_identifier(name) {
            let message = format!("\"{name}\" is not a legal name in Smithy");
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
