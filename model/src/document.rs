//! One file's bytes as a JSON tree, and where in the file a pointer points.
//!
//! The tree is built by a visitor of our own because `serde_json` lets the last of several equal keys
//! win: a shape or member written twice would vanish without a word. Here every repeated key, at any
//! depth, is an error.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, error::Category};

use crate::{Origin, diagnostic::escaped, findings::Findings};

/// A model file as JSON.
pub(crate) struct Document {
    /// The name it was given.
    pub(crate) file: Arc<str>,
    /// Its tree; none where it is not JSON, which has been said then.
    pub(crate) root: Option<Value>,
}

impl Document {
    /// Reads `bytes`; what is wrong with them goes to `findings`.
    pub(crate) fn read(file: &str, bytes: &[u8], findings: &mut Findings) -> Self {
        let file: Arc<str> = file.into();
        let top = Origin::top(&file);
        let mut repeated = Vec::new();
        let root = match tree(bytes, &mut repeated) {
            Ok(root) => Some(root),
            Err(error) => {
                findings.error(&top, None, what_is_wrong(&error), remedy(&error));
                None
            }
        };
        for pointer in repeated {
            findings.error(
                &Origin { pointer, ..top.clone() },
                None,
                "this key stands more than once in the same object",
                "keep one of them; if both are wanted, give them different names or merge them",
            );
        }
        Self { file, root }
    }

    /// The places in the file of the nodes with the `wanted` pointers: comparing two says which node
    /// comes first.
    pub(crate) fn places<'w>(&self, wanted: &HashSet<&'w str>) -> HashMap<&'w str, usize> {
        let mut places = Places { wanted, found: HashMap::new(), passed: 0 };
        if let Some(root) = &self.root {
            places.pass(root, &mut String::new());
        }
        places.found
    }
}

/// Passes through a tree from top to bottom and counts.
struct Places<'a, 'w> {
    wanted: &'a HashSet<&'w str>,
    found: HashMap<&'w str, usize>,
    passed: usize,
}

impl Places<'_, '_> {
    /// Passes `node` and all below it. `pointer` is the node's, and is left as it was found. This
    /// recurses no deeper than the JSON reader let the tree become.
    fn pass(&mut self, node: &Value, pointer: &mut String) {
        if let Some(wanted) = self.wanted.get(pointer.as_str()) {
            self.found.insert(wanted, self.passed);
        }
        self.passed += 1;
        let length = pointer.len();
        let mut below = |step: &str, child: &Value| {
            pointer.push('/');
            pointer.push_str(step);
            self.pass(child, pointer);
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

/// The tree of `bytes`. A byte order mark is skipped, as RFC 8259 lets a reader do.
fn tree(bytes: &[u8], repeated: &mut Vec<String>) -> serde_json::Result<Value> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let root = Tree { repeated }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(root)
}

fn what_is_wrong(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let text = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
    format!("the file is not JSON: {text}, at line {line}, column {column}")
}

fn remedy(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        Category::Eof => "the file ends too early: complete it, or fetch it again if it was cut short",
        _ if error.to_string().starts_with("recursion limit") => {
            "values may lie at most 127 deep in one another: make the value flatter"
        }
        _ => "correct the JSON there; an .smithy file must be converted first, with `smithy ast`",
    }
}

/// Builds a [`Value`] and notes the pointers of repeated keys, each relative to this node.
struct Tree<'a> {
    repeated: &'a mut Vec<String>,
}

impl Tree<'_> {
    /// Notes found below a child, from number `since` on, get the child's name in front. On the good
    /// path there are none, so it costs nothing there.
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
