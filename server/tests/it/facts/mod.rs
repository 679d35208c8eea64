//! Tests of the facts about the live service (`facts/`) over the socket: status, type and message of each error, headers
//! and bodies.
//!
//! Each row names the facts that it shows, and `cargo xtask facts` searches for their ids. Facts that need more than one
//! request are tested with their subject.

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
#[cfg(test)]
mod violations;
#[cfg(test)]
mod whole_bodies;

use serde_json::{Value, json};

use crate::support::TestServer;

/// A request and the expected error.
struct Row {
    facts: &'static str,
    operation: &'static str,
    input: Value,
    kind: &'static str,
    text: String,
}

/// Returns a row with an expected error type and message.
fn row(
    facts: &'static str,
    operation: &'static str,
    input: Value,
    kind: &'static str,
    text: impl Into<String>,
) -> Row {
    Row { facts, operation, input, kind, text: text.into() }
}

/// Returns a row with expected constraint violations.
fn invalid(facts: &'static str, operation: &'static str, input: Value, clauses: &[&str]) -> Row {
    let errors = if clauses.len() == 1 { "error" } else { "errors" };
    let text = format!("{} validation {errors} detected: {}", clauses.len(), clauses.join("; "));
    row(facts, operation, input, "InvalidParameterException", text)
}

/// Sends every row, and panics with all rows that are answered differently.
async fn assert_refused(server: &TestServer, rows: impl IntoIterator<Item = Row>) {
    let mut wrong = Vec::new();
    for Row { facts, operation, input, kind, text } in rows {
        let answer = server.post(operation, &input).await;
        let expected = (400, kind.to_owned(), text);
        let head = answer.header("x-amzn-errortype").to_owned();
        if answer.refusal() != expected || head != format!("{kind}:") {
            wrong.push(format!(
                "{facts}: {operation} {input}\n  answered {answer:?}\n  instead of {expected:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns `base` with additional members.
fn with(base: &Value, more: Value) -> Value {
    let mut all = base.clone();
    if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
        all.extend(more);
    }
    all
}

/// Returns attributes in the form of a request.
fn attributes(all: &[(&str, &str)]) -> Value {
    all.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect()
}

/// Returns a JSON string as text.
fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
