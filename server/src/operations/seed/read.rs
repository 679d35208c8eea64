//! Reads entries with the generated types, so that they have the constraints and the texts of the operations.

use lido_domain::id::PoolId;
use lido_runtime::{
    ReadJson, Style,
    read::{ReadError, from_json},
};
use serde_json::Value;

use super::{Entry, Rejection};

/// The pool that stands in inputs for the pool of an entry, which the types do not need.
pub(super) const ANY_POOL: &str = "us-east-1_seed";

/// Reads the input of an operation.
///
/// # Errors
/// The violated constraints or the wrong type, in the words of the API.
pub(super) fn input<T: ReadJson>(members: Entry) -> Result<T, Rejection> {
    let body =
        serde_json::to_vec(&Value::Object(members)).map_err(|error| Rejection::new(error.to_string()))?;
    from_json(&body, Style::Coral).map_err(|error| {
        Rejection::new(match error {
            ReadError::Constraints(violations) => violations.message().to_owned(),
            ReadError::Serialization(error) => remedy(error.message().unwrap_or("the value is not valid")),
        })
    })
}

/// Adds to a text of the API about a type what to write.
fn remedy(text: &str) -> String {
    let advice = [
        ("to a String", "write the value in quotes"),
        ("to a Boolean", "write true or false, without quotes"),
        ("to an Integer", "write a whole number, without quotes"),
        ("Expected list or null", "write a list, in brackets"),
        ("Expected map or null", "write a table of keys and values"),
        ("Expected null", "write a table of keys and values"),
        ("Start of list", "write a single value in place of the list"),
        ("Start of structure", "write a single value in place of the table"),
    ];
    match advice.iter().find(|(part, _)| text.contains(part)) {
        Some((_, advice)) => format!("{}; {advice}", text.trim_end_matches('.')),
        None => text.to_owned(),
    }
}

/// Returns the entry without these keys.
pub(super) fn without(entry: &Entry, keys: &[&str]) -> Entry {
    entry
        .iter()
        .filter(|(key, _)| !keys.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Returns the text of a key, or `None` if the entry does not have it.
///
/// # Errors
/// The value is not text.
pub(super) fn text<'a>(entry: &'a Entry, key: &str) -> Result<Option<&'a str>, Rejection> {
    match entry.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Rejection::at(key, format!("{key} must be text; write the value in quotes"))),
    }
}

/// Returns the value of a key that is true or false, or `None` if the entry does not have it.
///
/// # Errors
/// The value is neither.
pub(super) fn boolean(entry: &Entry, key: &str) -> Result<Option<bool>, Rejection> {
    match entry.get(key) {
        None => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(*value)),
        Some(_) => Err(Rejection::at(key, format!("{key} must be true or false, without quotes"))),
    }
}

/// Returns the texts of a list, or `None` if the entry does not have it.
///
/// # Errors
/// The value is not a list of texts.
pub(super) fn texts<'a>(entry: &'a Entry, key: &str) -> Result<Option<Vec<&'a str>>, Rejection> {
    let wrong = || Rejection::at(key, format!("{key} must be a list of texts; write [\"one\", \"two\"]"));
    match entry.get(key) {
        None => Ok(None),
        Some(Value::Array(items)) => {
            items.iter().map(|item| item.as_str().ok_or_else(wrong)).collect::<Result<Vec<_>, _>>().map(Some)
        }
        Some(_) => Err(wrong()),
    }
}

/// Returns the key and its text as an input's member.
pub(super) fn member(name: &str, value: impl Into<Value>) -> Entry {
    Entry::from_iter([(name.to_owned(), value.into())])
}

/// Returns the members of an input about any pool.
pub(super) fn with_any_pool(mut members: Entry) -> Entry {
    members.insert("UserPoolId".to_owned(), ANY_POOL.into());
    members
}

/// Checks a fixed pool id.
///
/// # Errors
/// The id does not have the form that the API requires.
pub(super) fn pool_id(key: &str, id: &str) -> Result<PoolId, Rejection> {
    let described = input::<lido_cognito_idp::operations::DescribeUserPoolInput>(member("UserPoolId", id));
    if described.is_err() {
        return Err(Rejection::at(
            key,
            format!(
                "{id} is not the id of a user pool; write a Region, _ and letters or digits, such as us-east-1_Shop00001"
            ),
        ));
    }
    Ok(PoolId::new(id))
}
