//! The protocol tests of a model (`smithy.test`).

use serde_json::Value;

/// A protocol test: a request and its expected outcome.
#[derive(Debug, Clone)]
pub struct ProtocolTest {
    /// The name of the test function, derived from the id of the test.
    pub name: String,
    /// The name of the operation.
    pub operation: String,
    /// The request.
    pub request: TestRequest,
    /// The expected outcome.
    pub expected: Expected,
}

/// The request of a test.
#[derive(Debug, Clone)]
pub struct TestRequest {
    /// The HTTP method.
    pub method: String,
    /// The path and query.
    pub uri: String,
    /// All headers, including those that every request of the protocol has.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// Whether the body is compressed with gzip.
    pub gzip: bool,
}

impl TestRequest {
    /// Adds a header that every request has, if the test omits it.
    pub(crate) fn complete(&mut self, name: &str, value: &str) {
        if !self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// The expected outcome of a request.
#[derive(Debug, Clone)]
pub enum Expected {
    /// The handler is called with the input of these parameters.
    Input(Value),
    /// The response is this one if the handler returns the output of these parameters.
    Output(Value, TestResponse),
    /// The response is this one if the handler returns the error of this name and these parameters.
    Error(String, Value, TestResponse),
    /// The request is refused with this response, before the handler is called.
    Refusal(TestResponse),
}

/// The response that a test expects.
#[derive(Debug, Clone)]
pub struct TestResponse {
    /// The status code.
    pub status: u16,
    /// Headers that must be present with these values.
    pub headers: Vec<(String, String)>,
    /// Headers that must be present with any value.
    pub required: Vec<String>,
    /// Headers that must be absent.
    pub forbidden: Vec<String>,
    /// The body, if the test has one.
    pub body: Option<TestBody>,
}

/// A body that a test expects.
#[derive(Debug, Clone)]
pub enum TestBody {
    /// This JSON value, in any notation.
    Json(String),
    /// Exactly these bytes.
    Exact(String),
}
