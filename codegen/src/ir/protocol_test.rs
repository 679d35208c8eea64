//! The tests that a model carries (`smithy.test`), as they are printed.

use serde_json::Value;

/// What one request must lead to.
#[derive(Debug, Clone)]
pub struct ProtocolTest {
    /// The name of the test function: the id that the model gives the test.
    pub name: String,
    /// The name of the operation.
    pub operation: String,
    /// What is sent.
    pub request: TestRequest,
    /// What it must lead to.
    pub expected: Expected,
}

/// A request of a test.
#[derive(Debug, Clone)]
pub struct TestRequest {
    /// The method.
    pub method: String,
    /// The path and query.
    pub uri: String,
    /// Every header, those that awsJson always has included.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// Whether the body is compressed before it is sent.
    pub gzip: bool,
}

/// What a request must lead to.
#[derive(Debug, Clone)]
pub enum Expected {
    /// The handler is given the input of these parameters.
    Input(Value),
    /// The client is answered, where the handler gives the output of these parameters.
    Output(Value, TestAnswer),
    /// The client is answered, where the handler gives the error of this name and these parameters.
    Error(String, Value, TestAnswer),
    /// The client is answered before a handler is asked.
    Refusal(TestAnswer),
}

/// An answer that a test expects.
#[derive(Debug, Clone)]
pub struct TestAnswer {
    /// The status.
    pub status: u16,
    /// Headers that must be there, with their values.
    pub headers: Vec<(String, String)>,
    /// Headers that must be there, whatever their values.
    pub required: Vec<String>,
    /// Headers that must not be there.
    pub forbidden: Vec<String>,
    /// The body, if the test says anything of it.
    pub body: Option<TestBody>,
}

/// A body that a test expects.
#[derive(Debug, Clone)]
pub enum TestBody {
    /// The same JSON value.
    Json(String),
    /// The same bytes.
    Exact(String),
}
