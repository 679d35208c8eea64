//! Documents: members of any form, which the API hands through as JSON.

use lido_runtime::types::{Document, Number};
use serde_json::{Map, Value, json};

/// A document as JSON.
pub fn json_of(document: Document) -> Value {
    match document {
        Document::Null => Value::Null,
        Document::Bool(value) => Value::Bool(value),
        Document::String(text) => Value::String(text),
        Document::Number(number) => match number {
            Number::PosInt(number) => number.into(),
            Number::NegInt(number) => number.into(),
            Number::Float(number) => json!(number),
        },
        Document::Array(items) => Value::Array(items.into_iter().map(json_of).collect()),
        Document::Object(entries) => {
            let entries = entries.into_iter().map(|(name, value)| (name, json_of(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
    }
}

/// JSON as a document.
pub fn document(value: Value) -> Document {
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
        Value::Array(items) => Document::Array(items.into_iter().map(document).collect()),
        Value::Object(entries) => {
            Document::Object(entries.into_iter().map(|(name, value)| (name, document(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_survives_being_json() {
        let value = json!({ "a": [null, true, 1, -1, 0.5, "x", {}], "b": { "c": [] } });
        assert_eq!(json_of(document(value.clone())), value);
    }
}
