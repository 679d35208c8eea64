//! Requests to `/_lido/`, by which a test controls its server: docs/control.md in the repository.

use reqwest::{Method, RequestBuilder, Url};
use serde_json::{Value, json};

use crate::{Error, LidoServer};

/// A request to a path of `/_lido/`.
#[derive(Debug)]
pub(crate) struct ControlRequest<'a> {
    method: Method,
    segments: &'a [&'a str],
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
}

impl<'a> ControlRequest<'a> {
    pub(crate) fn new(method: Method, segments: &'a [&'a str]) -> Self {
        Self { method, segments, query: Vec::new(), body: None }
    }

    /// Adds a parameter to the query, if it has a value.
    pub(crate) fn query(mut self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        self.query.extend(value.map(|value| (name, value.into())));
        self
    }

    /// Sets the body.
    pub(crate) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Returns the path as an error names it.
    fn title(&self) -> String {
        format!("{} /_lido/{}", self.method, self.segments.join("/"))
    }
}

impl LidoServer {
    /// Sends a request to `/_lido/`.
    ///
    /// # Errors
    /// The server refuses it.
    pub(crate) async fn control(&self, request: ControlRequest<'_>) -> Result<Value, Error> {
        let title = request.title();
        let mut url = Url::parse(self.endpoint_url()).map_err(|error| not_answered(&title, error))?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("_lido").extend(request.segments);
        }
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let sent = self.client().request(request.method, url);
        let sent = match request.body {
            Some(body) => sent.body(body.to_string()),
            None => sent,
        };
        match self.send(&title, sent).await? {
            (200 | 201, answer) => Ok(answer),
            (status, answer) => Err(refused(&title, status, &answer["error"], &answer["message"])),
        }
    }

    /// Sends a request and returns the status and the JSON of its answer.
    pub(crate) async fn send(&self, title: &str, request: RequestBuilder) -> Result<(u16, Value), Error> {
        // On the server's runtime: connections that the client keeps would end with that of the test.
        let answer = self.runtime().spawn(async {
            let answer = request.send().await?;
            Ok::<_, reqwest::Error>((answer.status().as_u16(), answer.bytes().await?))
        });
        let answer = answer.await.map_err(|error| not_answered(title, error))?;
        let (status, body) = answer.map_err(|error| not_answered(title, error))?;
        let output = if body.is_empty() { Ok(json!({})) } else { serde_json::from_slice(&body) };
        Ok((status, output.map_err(|error| not_answered(title, error))?))
    }
}

pub(crate) fn not_answered(
    operation: &str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> Error {
    Error::Request { operation: operation.to_owned(), source: source.into() }
}

pub(crate) fn refused(operation: &str, status: u16, code: &Value, message: &Value) -> Error {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Error::Refused { operation: operation.to_owned(), status, code: text(code), message: text(message) }
}
