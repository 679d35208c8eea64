//! The recorded and documented facts of the live service, row by row over the socket: status, type and text of each
//! refusal, head and body.
//!
//! A row names the facts that it shows; `cargo xtask facts` looks for them. What needs more than a row to be shown is
//! shown where its subject is tested, and named there.

#[cfg(test)]
mod admin_users;
#[cfg(test)]
mod confirming;
#[cfg(test)]
mod front;
#[cfg(test)]
mod names;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod pools;
#[cfg(test)]
mod sign_up;

use serde_json::{Value, json};

use crate::support::TestServer;

/// A request and how it is refused.
struct Row {
    facts: &'static str,
    operation: &'static str,
    input: Value,
    kind: &'static str,
    text: String,
}

/// A row, refused with this type and text.
fn row(
    facts: &'static str,
    operation: &'static str,
    input: Value,
    kind: &'static str,
    text: impl Into<String>,
) -> Row {
    Row { facts, operation, input, kind, text: text.into() }
}

/// A row that violates constraints.
fn invalid(facts: &'static str, operation: &'static str, input: Value, clauses: &[&str]) -> Row {
    let errors = if clauses.len() == 1 { "error" } else { "errors" };
    let text = format!("{} validation {errors} detected: {}", clauses.len(), clauses.join("; "));
    row(facts, operation, input, "InvalidParameterException", text)
}

/// Sends every row, and tells of all that are answered otherwise.
async fn assert_refused(server: &TestServer, rows: impl IntoIterator<Item = Row>) {
    let mut wrong = Vec::new();
    for Row { facts, operation, input, kind, text } in rows {
        let answer = server.post(operation, &input).await;
        let expected = (400, kind.to_owned(), text);
        let head = answer.header("x-amzn-errortype").to_owned();
        if answer.refusal() != expected || head != format!("{kind}:") {
            wrong.push(format!("{facts}: {operation} {input}\n  answers {answer:?}\n  and not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `base` with more members.
fn with(base: &Value, more: Value) -> Value {
    let mut all = base.clone();
    if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
        all.extend(more);
    }
    all
}

/// Attributes as a request carries them.
fn attributes(all: &[(&str, &str)]) -> Value {
    all.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect()
}

/// A text in an answer.
fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
