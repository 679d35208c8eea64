//! Conversion of documents, which are members with any JSON value.

use lido_runtime::types::{Document, Number};
use serde_json::{Map, Value, json};

/// Converts a document to JSON.
pub fn to_json(document: Document) -> Value {
    match document {
        Document::Null => Value::Null,
        Document::Bool(value) => Value::Bool(value),
        Document::String(text) => Value::String(text),
        Document::Number(number) => match number {
            Number::PosInt(number) => number.into(),
            Number::NegInt(number) => number.into(),
            Number::Float(number) => json!(number),
        },
        Document::Array(items) => Value::Array(items.into_iter().map(to_json).collect()),
        Document::Object(entries) => {
            let entries = entries.into_iter().map(|(name, value)| (name, to_json(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
    }
}

/// Converts JSON to a document.
pub fn from_json(value: Value) -> Document {
    match value {
        Value::Null => Document::Null,
        Value::Bool(value) => Document::Bool(value),
        Value::String(text) => Document::String(text),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Document::Number(Number::PosInt(number)),
            (None, Some(number)) => Document::Number(Number::NegInt(number)),
            (None, None) => {
                number.as_f64().map_or(Document::Null, |number| Document::Number(Number::Float(number)))
            }
        },
        Value::Array(items) => Document::Array(items.into_iter().map(from_json).collect()),
        Value::Object(entries) => {
            Document::Object(entries.into_iter().map(|(name, value)| (name, from_json(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_conversion_round_trips() {
        let value = json!({ "a": [null, true, 1, -1, 0.5, "x", {}], "b": { "c": [] } });
        assert_eq!(to_json(from_json(value.clone())), value);
    }
}
