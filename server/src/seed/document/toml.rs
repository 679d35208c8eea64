//! Converts TOML documents.

use serde_json::Number;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Lines, Member, Node, ParseError, Tree};

pub(super) fn parse(text: &str) -> Result<Node, ParseError> {
    let lines = Lines::of(text);
    let table = DeTable::parse(text).map_err(|error| ParseError {
        line: lines.line(error.span().map_or(0, |span| span.start)),
        reason: error.message().to_owned(),
    })?;
    Ok(Node { line: 1, value: to_table(&lines, table.get_ref())? })
}

fn to_node(lines: &Lines, value: &Spanned<DeValue<'_>>) -> Result<Node, ParseError> {
    let line = lines.line(value.span().start);
    let number = |parsed: Option<Number>| {
        let unsuitable = || ParseError { line, reason: "the number is too large or not finite".to_owned() };
        parsed.map(Tree::Number).ok_or_else(unsuitable)
    };
    let value = match value.get_ref() {
        DeValue::String(text) => Tree::Text(text.to_string()),
        DeValue::Integer(integer) => {
            number(i64::from_str_radix(integer.as_str(), integer.radix()).ok().map(Number::from))?
        }
        DeValue::Float(float) => number(float.as_str().parse().ok().and_then(Number::from_f64))?,
        DeValue::Boolean(value) => Tree::Bool(*value),
        DeValue::Datetime(instant) => Tree::Text(instant.to_string()),
        DeValue::Array(items) => {
            Tree::List(items.iter().map(|item| to_node(lines, item)).collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => to_table(lines, table)?,
    };
    Ok(Node { line, value })
}

/// Converts a table, with its members in the order of their lines.
fn to_table(lines: &Lines, table: &DeTable<'_>) -> Result<Tree, ParseError> {
    let members = table.iter().map(|(key, value)| {
        let line = lines.line(key.span().start);
        Ok(Member { key: key.get_ref().to_string(), line, node: to_node(lines, value)? })
    });
    let mut members = members.collect::<Result<Vec<_>, _>>()?;
    members.sort_by_key(|member| member.line);
    Ok(Tree::Table(members))
}
