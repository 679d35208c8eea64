//! Converts JSON documents.

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{ObjectPropName, Value},
    common::Ranged as _,
    parse_to_ast,
};

use super::{Lines, Member, Node, ParseError, Tree};

/// JSON as RFC 8259 has it.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

pub(super) fn parse(text: &str) -> Result<Node, ParseError> {
    let lines = Lines::of(text);
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT).map_err(|error| ParseError {
        line: lines.line(error.range().start),
        reason: error.kind().to_string(),
    })?;
    match &parsed.value {
        Some(value) => to_node(&lines, value),
        None => Ok(Node { line: 1, value: Tree::Null }),
    }
}

fn to_node(lines: &Lines, value: &Value<'_>) -> Result<Node, ParseError> {
    let line = lines.line(value.range().start);
    let value = match value {
        Value::NullKeyword(_) => Tree::Null,
        Value::BooleanLit(literal) => Tree::Bool(literal.value),
        Value::StringLit(literal) => Tree::Text(literal.value.to_string()),
        Value::NumberLit(literal) => Tree::Number(
            literal
                .value
                .parse()
                .map_err(|_| ParseError { line, reason: format!("{} is not a number", literal.value) })?,
        ),
        Value::Array(array) => {
            Tree::List(array.elements.iter().map(|item| to_node(lines, item)).collect::<Result<_, _>>()?)
        }
        Value::Object(object) => {
            let mut members: Vec<Member> = Vec::new();
            let mut seen = std::collections::BTreeSet::new();
            for property in &object.properties {
                let line = lines.line(property.range.start);
                let key = match &property.name {
                    ObjectPropName::String(name) => name.value.to_string(),
                    ObjectPropName::Word(name) => name.value.to_string(),
                };
                if !seen.insert(key.clone()) {
                    return Err(ParseError {
                        line,
                        reason: format!("duplicate key `{key}`; remove one of them"),
                    });
                }
                members.push(Member { key, line, node: to_node(lines, &property.value)? });
            }
            Tree::Table(members)
        }
    };
    Ok(Node { line, value })
}
