//! `/_lido/…` on a socket.

mod document;
mod faults;
mod messages;
mod reset;
mod users;

use serde_json::Value;

use crate::support::TestServer;

/// Sends a request to the console, with a body if there is one, and returns the status and the JSON of the answer.
pub(super) async fn console(
    server: &TestServer,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> (u16, Value) {
    let method = method.parse().expect("a method");
    let request = reqwest::Client::new().request(method, format!("http://{}{path}", server.address));
    let request = match body {
        Some(body) => request.body(body.to_string()),
        None => request,
    };
    let answer = request.send().await.expect("an answer");
    let (status, text) = (answer.status().as_u16(), answer.text().await.expect("a body"));
    (status, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}")))
}
