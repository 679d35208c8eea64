//! Rewrites the tests of a restJson1 model as tests of awsJson 1.1.
//!
//! The generator ignores HTTP bindings, so that every member is in the body. Members that a test sends in a header or in
//! the query are moved to the body, and so is the name of the expected error.

use anyhow::Context as _;
use serde_json::{Map, Value};

const TESTS: [&str; 3] = [
    "smithy.test#httpRequestTests",
    "smithy.test#httpResponseTests",
    "smithy.test#httpMalformedRequestTests",
];

/// Rewrites the tests of `model`, and removes those for whose id `is_left_out` returns `true`.
pub(super) fn to_aws_json(model: &mut Value, is_left_out: impl Fn(&str) -> bool) -> anyhow::Result<()> {
    let bindings = Bindings::of(model);
    let shapes = model.get_mut("shapes").and_then(Value::as_object_mut).context("the model has no shapes")?;
    for (id, shape) in shapes {
        let bindings = bindings.of_operation(id);
        for kind in TESTS {
            let tests = shape.get_mut("traits").and_then(|traits| traits.get_mut(kind));
            let Some(tests) = tests.and_then(Value::as_array_mut) else { continue };
            tests.retain(|test| !test.get("id").and_then(Value::as_str).is_some_and(&is_left_out));
            for test in tests {
                rewrite(test, &bindings).with_context(|| format!("the test {}", text(test, "id")))?;
            }
        }
    }
    Ok(())
}

fn rewrite(test: &mut Value, bindings: &[Binding]) -> anyhow::Result<()> {
    set(test, "protocol", "aws.protocols#awsJson1_1");
    // Big numbers are compared in the form in which they were sent, since a float loses digits.
    let body = test.get("body").and_then(Value::as_str).map(quoted_numbers).unwrap_or_default();
    if let (Some(params), Ok(sent)) = (test.get_mut("params"), serde_json::from_str(&body)) {
        keep_sent_numbers(params, &sent);
    }
    for part in ["request", "response"] {
        if let Some(part) = test.get_mut(part) {
            rewrite_part(part, bindings)?;
        }
    }
    rewrite_part(test, bindings)
}

/// Rewrites a request or a response.
fn rewrite_part(part: &mut Value, bindings: &[Binding]) -> anyhow::Result<()> {
    if part.get("uri").is_some() {
        move_to_body(part, bindings)?;
        set(part, "uri", "/");
        set(part, "method", "POST");
    }
    let mut error = None;
    if let Some(headers) = part.get_mut("headers").and_then(Value::as_object_mut) {
        headers.retain(|name, _| !name.eq_ignore_ascii_case("content-type"));
        error = headers.get("x-amzn-errortype").and_then(Value::as_str).map(str::to_owned);
    }
    if let Some(contents) = part.pointer_mut("/body/assertion/contents") {
        let message = without_indices(contents.as_str().unwrap_or_default());
        *contents = Value::String(match error {
            Some(error) => message.replacen('{', &format!("{{ \"__type\": {error:?},"), 1),
            None => message,
        });
    }
    Ok(())
}

/// Removes the indices of equal items from a message. smithy-rs prints them; the tests of the specification do not.
fn without_indices(message: &str) -> String {
    const START: &str = " with repeated values at indices [";
    let mut pieces = message.split(START);
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        text.push_str(piece.split_once(']').map_or(piece, |(_, after)| after));
    }
    text
}

/// Moves the members in the query and the headers of a request to its body.
fn move_to_body(request: &mut Value, bindings: &[Binding]) -> anyhow::Result<()> {
    let sent: Vec<_> = bindings.iter().filter_map(|binding| binding.find_sent(request)).collect();
    if sent.is_empty() {
        return Ok(());
    }
    let mut body: Map<String, Value> = serde_json::from_str(text(request, "body"))
        .context("members of the query and headers cannot be moved to a body that is not an object")?;
    body.extend(sent.into_iter().map(|(member, value)| (member, Value::String(value))));
    set(request, "body", &Value::Object(body).to_string());
    Ok(())
}

/// A member that is bound to a query parameter or a header.
#[derive(Clone)]
struct Binding {
    member: String,
    query: Option<String>,
    header: Option<String>,
}

impl Binding {
    /// Returns the member and its value if the request has one.
    fn find_sent(&self, request: &Value) -> Option<(String, String)> {
        let queries = request.get("queryParams").and_then(Value::as_array).into_iter().flatten();
        let mut queries =
            queries.filter_map(Value::as_str).map(|query| query.split_once('=').unwrap_or((query, "")));
        let query = queries.find(|(name, _)| Some(*name) == self.query.as_deref()).map(|(_, value)| value);
        let mut headers = request.get("headers").and_then(Value::as_object).into_iter().flatten();
        let is_bound =
            |name: &str| self.header.as_ref().is_some_and(|header| header.eq_ignore_ascii_case(name));
        let header = headers.find(|(name, _)| is_bound(name)).and_then(|(_, value)| value.as_str());
        query.or(header).map(|value| (self.member.clone(), value.to_owned()))
    }
}

/// The bindings of the operations' inputs.
struct Bindings(Vec<(String, Vec<Binding>)>);

impl Bindings {
    fn of(model: &Value) -> Self {
        let shape = |id: &str| model.get("shapes").and_then(|shapes| shapes.get(id));
        let shapes = model.get("shapes").and_then(Value::as_object).into_iter().flatten();
        let found = shapes.filter_map(|(id, operation)| {
            let input = shape(operation.pointer("/input/target")?.as_str()?)?;
            let members = input.get("members")?.as_object()?;
            let bound = members.iter().filter_map(|(name, member)| {
                let bound_by = |id: &str| Some(member.get("traits")?.get(id)?.as_str()?.to_owned());
                let (query, header) = (bound_by("smithy.api#httpQuery"), bound_by("smithy.api#httpHeader"));
                (query.is_some() || header.is_some()).then(|| Binding { member: name.clone(), query, header })
            });
            Some((id.clone(), bound.collect()))
        });
        Self(found.collect())
    }

    fn of_operation(&self, id: &str) -> Vec<Binding> {
        self.0
            .iter()
            .find(|(operation, _)| operation == id)
            .map(|(_, bound)| bound.clone())
            .unwrap_or_default()
    }
}

/// Replaces the numbers of `params` by strings with the same numbers as they were sent, where a float cannot hold
/// them.
fn keep_sent_numbers(params: &mut Value, sent: &Value) {
    match (params, sent) {
        (params @ Value::Number(_), Value::String(number)) => *params = Value::String(number.clone()),
        (Value::Array(items), Value::Array(sent)) => {
            items.iter_mut().zip(sent).for_each(|(item, sent)| keep_sent_numbers(item, sent));
        }
        (Value::Object(entries), Value::Object(sent)) => {
            for (name, value) in entries {
                sent.get(name).into_iter().for_each(|sent| keep_sent_numbers(value, sent));
            }
        }
        _ => {}
    }
}

/// Returns the JSON text with its numbers in quotes.
fn quoted_numbers(json: &str) -> String {
    let mut text = String::new();
    let (mut in_string, mut in_number, mut escaped) = (false, false, false);
    for c in json.chars() {
        let is_number = !in_string && matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E');
        // The `e` of `true` and `false` does not begin a number.
        let is_number = is_number && (in_number || matches!(c, '0'..='9' | '-'));
        if is_number != in_number {
            text.push('"');
            in_number = is_number;
        }
        text.push(c);
        in_string ^= c == '"' && !escaped;
        escaped = in_string && c == '\\' && !escaped;
    }
    text
}

fn text<'v>(node: &'v Value, name: &str) -> &'v str {
    node.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn set(node: &mut Value, name: &str, value: &str) {
    if let Some(node) = node.as_object_mut() {
        node.insert(name.to_owned(), Value::String(value.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{quoted_numbers, to_aws_json, without_indices};

    #[test]
    fn bound_values_are_moved_to_the_body() {
        let mut model = json!({"shapes": {
            "a#Op": {"type": "operation", "input": {"target": "a#In"}, "traits": {
                "smithy.test#httpMalformedRequestTests": [{
                    "id": "T", "protocol": "aws.protocols#restJson1",
                    "request": {
                        "method": "PUT", "uri": "/x", "body": "{}", "queryParams": ["q"],
                        "headers": {"content-type": "application/json", "X-H": "h"}
                    }
                }]
            }},
            "a#In": {"type": "structure", "members": {
                "one": {"target": "smithy.api#String", "traits": {"smithy.api#httpQuery": "q"}},
                "two": {"target": "smithy.api#String", "traits": {"smithy.api#httpHeader": "x-h"}}
            }}
        }});
        to_aws_json(&mut model, |_| false).unwrap();
        let test = &model["shapes"]["a#Op"]["traits"]["smithy.test#httpMalformedRequestTests"][0];
        assert_eq!(test["protocol"], "aws.protocols#awsJson1_1");
        assert_eq!(
            test["request"],
            json!({
                "method": "POST", "uri": "/", "body": "{\"one\":\"\",\"two\":\"h\"}", "queryParams": ["q"],
                "headers": {"X-H": "h"}
            })
        );
    }

    #[test]
    fn quoted_numbers_keep_their_digits() {
        assert_eq!(
            quoted_numbers(r#"{"a1":[-1.5E-9,2],"b":"3\"4","c":true,"d":0}"#),
            r#"{"a1":["-1.5E-9","2"],"b":"3\"4","c":true,"d":"0"}"#
        );
    }

    #[test]
    fn message_is_stripped_of_indices() {
        assert_eq!(
            without_indices("Value with repeated values at indices [0, 2] at '/set' failed"),
            "Value at '/set' failed"
        );
    }
}
