//! Reads one test definition of the model.

use std::borrow::Cow;

use lido_model::Diagnostic;
use serde_json::Value;

use crate::{
    codes,
    ir::{Operation, Protocol, TestBody, TestRequest, TestResponse},
    names::is_identifier,
    protocol::support,
};

/// The definition of one test, or of a part of it.
#[derive(Debug, Clone)]
pub(super) struct Definition<'s> {
    pub(super) id: String,
    pub(super) node: Cow<'s, Value>,
}

impl<'s> Definition<'s> {
    /// Reads the definition `node` in the trait `kind`.
    pub(super) fn read(kind: &str, node: &'s Value) -> Result<Self, Diagnostic> {
        let id = node.get("id").and_then(Value::as_str).ok_or_else(|| {
            Diagnostic::error(
                &codes::TEST,
                format!("a test of `{kind}` has no id"),
                "add an `id`, from which the name of the test is derived",
            )
        })?;
        Ok(Self { id: id.to_owned(), node: Cow::Borrowed(node) })
    }

    /// Returns the property `name`, which is required.
    pub(super) fn part(&self, name: &str) -> Result<Definition<'_>, Diagnostic> {
        let node = self.node.get(name).ok_or_else(|| self.lacks(name))?;
        Ok(Definition { id: self.id.clone(), node: Cow::Borrowed(node) })
    }

    fn lacks(&self, name: &str) -> Diagnostic {
        Diagnostic::error(
            &codes::TEST,
            format!("the property `{name}` of the test {} is missing or malformed", self.id),
            "correct it by the definition of the trait",
        )
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.node.get(name)?.as_str()
    }

    /// Returns whether the test applies to servers of `protocol`.
    pub(super) fn is_for_servers(&self, protocol: Protocol) -> bool {
        self.text("protocol") == Some(protocol.trait_id())
            && self.text("appliesTo").is_none_or(|side| side == "server")
    }

    /// Returns the id as the name of a function.
    pub(super) fn function_name(&self) -> String {
        let name: String = self.id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        if is_identifier(&name) { name } else { format!("test_{name}") }
    }

    /// Returns the parameters, or an empty object if there are none.
    pub(super) fn params(&self) -> Value {
        self.node.get("params").cloned().unwrap_or_else(|| Value::Object(serde_json::Map::new()))
    }

    /// Returns the request, with the headers that every request of the protocol has.
    ///
    /// A test without a body leaves it to the client. If the operation allows compressed requests, the body is the
    /// parameters, compressed.
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
        support(protocol).complete(&mut request, service, operation);
        Ok(request)
    }

    /// Returns the expected response.
    pub(super) fn response(&self, protocol: Protocol) -> Result<TestResponse, Diagnostic> {
        let code = self.node.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
        // One test of the suite expects a header of requests in a response, which is a mistake.
        let mut headers = self.pairs("headers");
        headers.retain(|(name, _)| !support(protocol).is_request_header(name));
        Ok(TestResponse {
            status: code.ok_or_else(|| self.lacks("code"))?,
            headers,
            required: self.list("requireHeaders"),
            forbidden: self.list("forbidHeaders"),
            body: self.body(),
        })
    }

    fn body(&self) -> Option<TestBody> {
        // For a malformed request the body is an assertion.
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
