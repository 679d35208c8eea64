//! `lido messages`: shows the messages to users, and follows them.

use serde_json::Value;

use super::{
    arguments::MessagesArguments,
    output::{self, plain, text},
    server::Server,
};

/// How long one request waits for a message.
const WAIT: &str = "30s";

/// Shows messages, the oldest first.
///
/// # Errors
/// The server does not answer or refuses.
pub(crate) fn run(arguments: &MessagesArguments) -> anyhow::Result<()> {
    let server = Server::of(&arguments.server)?;
    let mut filter = Vec::new();
    filter.extend(arguments.user.as_deref().map(|user| ("username", user)));
    filter.extend(arguments.pool.as_deref().map(|pool| ("userPoolId", pool)));
    let mut cursor: Option<String> = None;
    loop {
        let mut query = filter.clone();
        if let Some(cursor) = &cursor {
            query.extend([("after", cursor.as_str()), ("wait", WAIT)]);
        }
        let (messages, newest) = read(&server, &query)?;
        for message in messages.iter().rev() {
            let is_read =
                if arguments.server.json { output::json(message)? } else { output::line(&row(message))? };
            if !is_read {
                return Ok(());
            }
        }
        if !arguments.follow {
            return Ok(());
        }
        cursor = Some(newest);
    }
}

/// Returns all messages of a query, the newest first, and where the first page ends.
fn read(server: &Server, query: &[(&str, &str)]) -> anyhow::Result<(Vec<Value>, String)> {
    let mut page = server.get(&["messages"], query)?;
    let newest = page["cursor"].as_str().unwrap_or("0").to_owned();
    let mut messages = Vec::new();
    loop {
        if let Value::Array(listed) = page["messages"].take() {
            messages.extend(listed);
        }
        let Some(next) = page["nextToken"].as_str() else { return Ok((messages, newest)) };
        let mut query = query.to_vec();
        query.push(("nextToken", next));
        let next = server.get(&["messages"], &query)?;
        page = next;
    }
}

/// Returns the line of a message: when, how and to whom it went, what is in it, and why it was sent.
fn row(message: &Value) -> String {
    let code = message["link"].as_str().map_or_else(|| text(message, "code"), plain);
    let trigger = text(message, "trigger");
    let reason = trigger.strip_prefix("CustomMessage_").unwrap_or(&trigger);
    let (sent_at, medium, to) = (text(message, "sentAt"), text(message, "medium"), text(message, "to"));
    format!("{sent_at}  {medium:<5}  {to:<32}  {code}  {reason}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn row_has_the_code_or_the_link() {
        let mut message = json!({
            "sentAt": "2026-11-21T07:30:00.000Z", "medium": "SMS", "to": "+15550100", "code": "123456",
            "trigger": "CustomMessage_SignUp",
        });
        assert_eq!(
            row(&message),
            "2026-11-21T07:30:00.000Z  SMS    +15550100                         123456  SignUp"
        );
        message["link"] = json!("http://localhost/confirm");
        assert!(row(&message).ends_with("  http://localhost/confirm  SignUp"));
    }
}
