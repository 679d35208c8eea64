//! Parses a file as JSON, and orders positions in it.
//!
//! It has its own visitor because `serde_json` keeps the last of several equal keys, so that a shape or member that is
//! defined twice would be lost silently. Here every repeated key, at any depth, is an error.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, error::Category};

use crate::{Origin, codes, diagnostic::escaped, findings::Findings};

/// A model file as JSON.
pub(crate) struct Document<'b> {
    /// The name of the file.
    pub(crate) file: Arc<str>,
    /// Its content.
    pub(crate) bytes: &'b [u8],
    /// The tree, or `None` if the file is not JSON, which has been reported.
    pub(crate) root: Option<Value>,
}

impl<'b> Document<'b> {
    /// Parses `bytes` and reports errors to `findings`.
    pub(crate) fn read(file: &str, bytes: &'b [u8], findings: &mut Findings) -> Self {
        let file: Arc<str> = file.into();
        let top = Origin::top(&file);
        let mut repeated = Vec::new();
        let root = match tree(bytes, &mut repeated) {
            Ok(root) => Some(root),
            Err(error) => {
                findings.error(&codes::NOT_JSON, &top, None, message(&error), remedy(&error));
                None
            }
        };
        for pointer in repeated {
            findings.error(
                &codes::REPEATED_KEY,
                &Origin { pointer: pointer.into(), ..top.clone() },
                None,
                "this key occurs more than once in the same object",
                "keep one of them; if both are wanted, give them different names or merge them",
            );
        }
        Self { file, bytes, root }
    }

    /// Returns, for each of these pointers, the position of its node in document order.
    pub(crate) fn positions<'w>(&self, pointers: &HashSet<&'w str>) -> HashMap<&'w str, usize> {
        let mut numbering = Numbering { pointers, found: HashMap::new(), visited: 0 };
        if let Some(root) = &self.root {
            numbering.visit(root, &mut String::new());
        }
        numbering.found
    }
}

/// Numbers the nodes of a tree in document order.
struct Numbering<'a, 'w> {
    pointers: &'a HashSet<&'w str>,
    found: HashMap<&'w str, usize>,
    visited: usize,
}

impl Numbering<'_, '_> {
    /// Visits `node` and its descendants. `pointer` is that of the node, and is unchanged on return. The JSON parser
    /// bounds the depth of this recursion.
    fn visit(&mut self, node: &Value, pointer: &mut String) {
        if let Some(known) = self.pointers.get(pointer.as_str()) {
            self.found.insert(known, self.visited);
        }
        self.visited += 1;
        let length = pointer.len();
        let mut below = |step: &str, child: &Value| {
            pointer.push('/');
            pointer.push_str(step);
            self.visit(child, pointer);
            pointer.truncate(length);
        };
        match node {
            Value::Object(map) => map.iter().for_each(|(key, child)| below(&escaped(key), child)),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(place, child)| below(&place.to_string(), child));
            }
            _ => {}
        }
    }
}

/// Parses `bytes`. A byte order mark is skipped, which RFC 8259 permits.
fn tree(bytes: &[u8], repeated: &mut Vec<String>) -> serde_json::Result<Value> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let root = Tree { repeated }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(root)
}

fn message(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let text = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
    format!("the file is not JSON: {text}, at line {line}, column {column}")
}

fn remedy(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        Category::Eof => "the file ends too early: complete it, or fetch it again if it was cut short",
        _ if error.to_string().starts_with("recursion limit") => {
            "values may be nested at most 127 deep: flatten this value"
        }
        _ => "correct the JSON there; an .smithy file must be converted first, with `smithy ast`",
    }
}

/// Builds a [`Value`] and collects the pointers of repeated keys, relative to this node.
struct Tree<'a> {
    repeated: &'a mut Vec<String>,
}

impl Tree<'_> {
    /// Prefixes the pointers collected since index `since` with the step to a child. A file without repeated keys has
    /// none, so that this costs nothing.
    fn prefix(&mut self, since: usize, step: &dyn fmt::Display) {
        for pointer in self.repeated.iter_mut().skip(since) {
            *pointer = format!("/{step}{pointer}");
        }
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let since = self.repeated.len();
            let Some(item) = items.next_element_seed(Tree { repeated: self.repeated })? else { break };
            self.prefix(since, &list.len());
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let since = self.repeated.len();
            let value = entries.next_value_seed(Tree { repeated: self.repeated })?;
            self.prefix(since, &escaped(&key));
            if map.contains_key(&key) {
                self.repeated.push(format!("/{}", escaped(&key)));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}
