//! Converts YAML documents.
//!
//! Aliases and merge keys are resolved by the parser, within its limits. Booleans and numbers are those of YAML 1.2: `no`
//! and `on` are texts.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::Number;
use serde_saphyr::{Spanned, options};

use super::{MAX_BYTES, Member, Node, ParseError, Tree};

/// The deepest nesting; the deepest setting has six levels.
const MAX_DEPTH: usize = 64;

pub(super) fn parse(text: &str) -> Result<Node, ParseError> {
    let bytes = usize::try_from(MAX_BYTES).unwrap_or(usize::MAX);
    let budget = serde_saphyr::budget! {
        max_depth: MAX_DEPTH,
        flow_nesting_limit: MAX_DEPTH,
        max_events: bytes,
        max_nodes: bytes,
        max_total_scalar_bytes: bytes,
    };
    let options = options! {
        budget: budget,
        strict_booleans: true,
        with_snippet: false,
    };
    let parsed: Spanned<Tree> =
        serde_saphyr::from_str_with_options(text, options).map_err(|error| ParseError {
            line: error.location().map_or(1, |location| line(location.line())),
            reason: first_line(&error.to_string()),
        })?;
    Ok(to_node(parsed))
}

fn to_node(spanned: Spanned<Tree>) -> Node {
    Node { line: line(spanned.referenced.line()), value: spanned.value }
}

fn line(line: u64) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX).max(1)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or("this is not YAML").to_owned()
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Tree, E> {
        Number::from_f64(value).map(Tree::Number).ok_or_else(|| E::custom("the number is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_none<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        Tree::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Tree>>()? {
            list.push(to_node(item));
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut members = Vec::new();
        while let Some((key, value)) = entries.next_entry::<Spanned<String>, Spanned<Tree>>()? {
            members.push(Member { key: key.value, line: line(key.referenced.line()), node: to_node(value) });
        }
        Ok(Tree::Table(members))
    }
}
