//! One test as the model defines it.

use std::borrow::Cow;

use lido_model::Diagnostic;
use serde_json::Value;

use crate::{
    ir::{Operation, Protocol, TestAnswer, TestBody, TestRequest},
    names::is_identifier,
};

/// The node of one test, or of one part of it.
#[derive(Debug, Clone)]
pub(super) struct Definition<'s> {
    pub(super) id: String,
    pub(super) node: Cow<'s, Value>,
}

impl<'s> Definition<'s> {
    /// The test of the trait `kind` that `node` defines.
    pub(super) fn read(kind: &str, node: &'s Value) -> Result<Self, Diagnostic> {
        let id = node.get("id").and_then(Value::as_str).ok_or_else(|| {
            Diagnostic::error(
                format!("a test of `{kind}` has no id"),
                "give it one: the test is called by it",
            )
        })?;
        Ok(Self { id: id.to_owned(), node: Cow::Borrowed(node) })
    }

    /// What stands under `name`, which must be there.
    pub(super) fn part(&self, name: &str) -> Result<Definition<'_>, Diagnostic> {
        let node = self.node.get(name).ok_or_else(|| self.lacks(name))?;
        Ok(Definition { id: self.id.clone(), node: Cow::Borrowed(node) })
    }

    fn lacks(&self, name: &str) -> Diagnostic {
        Diagnostic::error(
            format!("the test {} does not say its `{name}`, or not in the right form", self.id),
            "complete it as the trait's definition says",
        )
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.node.get(name)?.as_str()
    }

    /// Whether a server that speaks `protocol` must pass it.
    pub(super) fn is_for_servers(&self, protocol: Protocol) -> bool {
        let spoken = match protocol {
            Protocol::AwsJson1_0 => "aws.protocols#awsJson1_0",
            Protocol::AwsJson1_1 => "aws.protocols#awsJson1_1",
        };
        self.text("protocol") == Some(spoken) && self.text("appliesTo").is_none_or(|whom| whom == "server")
    }

    /// The id as the name of a function.
    pub(super) fn function_name(&self) -> String {
        let name: String = self.id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        if is_identifier(&name) { name } else { format!("test_{name}") }
    }

    /// The parameters; none are none at all.
    pub(super) fn params(&self) -> Value {
        self.node.get("params").cloned().unwrap_or_else(|| Value::Object(serde_json::Map::new()))
    }

    /// The request, with the headers that every request of the protocol has on the wire.
    ///
    /// A test that says nothing of the body leaves it to the client; of an operation whose clients
    /// may compress requests, such a body is the parameters, compressed.
    pub(super) fn request(
        &self,
        service: &str,
        protocol: Protocol,
        operation: &Operation,
    ) -> Result<TestRequest, Diagnostic> {
        let (body, gzip) = match self.text("body") {
            Some(body) => (body.to_owned(), false),
            None if operation.gzip => (self.params().to_string(), true),
            None => (String::new(), false),
        };
        let mut request = TestRequest {
            method: self.text("method").ok_or_else(|| self.lacks("method"))?.to_owned(),
            uri: self.text("uri").ok_or_else(|| self.lacks("uri"))?.to_owned(),
            headers: self.pairs("headers"),
            body,
            gzip,
        };
        let host = self.text("resolvedHost").or_else(|| self.text("host"));
        host.iter().for_each(|host| request.complete("Host", host));
        if gzip {
            request.complete("Content-Encoding", "gzip");
        }
        request.complete_for(service, protocol, operation);
        Ok(request)
    }

    /// The answer.
    pub(super) fn answer(&self) -> Result<TestAnswer, Diagnostic> {
        let code = self.node.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
        // A request names its target; that an answer should, as one test has it, is a slip.
        let mut headers = self.pairs("headers");
        headers.retain(|(name, _)| !name.eq_ignore_ascii_case("X-Amz-Target"));
        Ok(TestAnswer {
            status: code.ok_or_else(|| self.lacks("code"))?,
            headers,
            required: self.list("requireHeaders"),
            forbidden: self.list("forbidHeaders"),
            body: self.body(),
        })
    }

    fn body(&self) -> Option<TestBody> {
        // The body of a malformed request's answer is an assertion about it.
        let (media_type, text) = match self.node.get("body")? {
            Value::String(text) => (self.text("bodyMediaType"), text.as_str()),
            body => (body.get("mediaType")?.as_str(), body.pointer("/assertion/contents")?.as_str()?),
        };
        let is_json = media_type == Some("application/json");
        Some(if is_json { TestBody::Json(text.to_owned()) } else { TestBody::Exact(text.to_owned()) })
    }

    fn pairs(&self, name: &str) -> Vec<(String, String)> {
        let pairs = self.node.get(name).and_then(Value::as_object).into_iter().flatten();
        pairs.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
    }

    fn list(&self, name: &str) -> Vec<String> {
        let list = self.node.get(name).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    }
}

impl TestRequest {
    /// A request for `operation` with an empty object.
    pub(super) fn empty(service: &str, protocol: Protocol, operation: &Operation) -> Self {
        let mut request = Self {
            method: "POST".to_owned(),
            uri: "/".to_owned(),
            headers: Vec::new(),
            body: "{}".to_owned(),
            gzip: false,
        };
        request.complete_for(service, protocol, operation);
        request
    }

    fn complete_for(&mut self, service: &str, protocol: Protocol, operation: &Operation) {
        let content_type = match protocol {
            Protocol::AwsJson1_0 => "application/x-amz-json-1.0",
            Protocol::AwsJson1_1 => "application/x-amz-json-1.1",
        };
        self.complete("Content-Type", content_type);
        self.complete("X-Amz-Target", &format!("{service}.{}", operation.id.name()));
    }

    /// Adds a header that is always there on the wire, where the test leaves it out.
    fn complete(&mut self, name: &str, value: &str) {
        if !self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
    }
}
