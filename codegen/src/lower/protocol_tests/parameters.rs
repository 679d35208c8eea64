//! Expands parameterized tests of malformed requests: `$name:S` and `$name:L` in their texts are replaced by the values
//! of the test's parameters, quoted or as they are.

use std::borrow::Cow;

use crate::codes;
use lido_model::Diagnostic;
use serde_json::Value;

use super::definition::Definition;

/// Returns the cases of `definition`: one for each value of its parameters, or itself if it has none.
///
/// `$$` is a dollar sign with and without parameters, as in the published suites.
pub(super) fn expand(definition: Definition<'_>) -> Result<Vec<Definition<'_>>, Diagnostic> {
    let parameters = definition.node.get("testParameters").and_then(Value::as_object);
    let Some(parameters) = parameters.filter(|parameters| !parameters.is_empty()) else {
        return Ok(vec![definition.case(definition.id.clone(), &[])]);
    };
    let values = |column: &'_ Value| column.as_array().cloned().unwrap_or_default();
    let columns: Vec<_> = parameters.iter().map(|(name, column)| (name.as_str(), values(column))).collect();
    let count = columns.first().map_or(0, |(_, values)| values.len());
    if columns.iter().any(|(_, values)| values.len() != count) {
        return Err(Diagnostic::error(
            &codes::TEST,
            format!("the parameters of the test {} have different numbers of values", definition.id),
            "give each parameter one value for each case",
        ));
    }
    let cases = (0..count).map(|index| {
        let row = columns.iter().filter_map(|(name, values)| Some((*name, values.get(index)?.as_str()?)));
        definition.case(format!("{}_case{index}", definition.id), &row.collect::<Vec<_>>())
    });
    Ok(cases.collect())
}

impl<'s> Definition<'s> {
    /// Returns the test with these values of its parameters.
    fn case(&self, id: String, row: &[(&str, &str)]) -> Self {
        let mut node = Value::clone(&self.node);
        for part in ["request", "response"] {
            node.get_mut(part).into_iter().for_each(|part| replace(part, row));
        }
        Self { id, node: Cow::Owned(node) }
    }
}

/// Replaces parameters in every string below `node`.
fn replace(node: &mut Value, row: &[(&str, &str)]) {
    match node {
        Value::String(text) => *text = replaced(text, row),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, row)),
        Value::Object(entries) => entries.values_mut().for_each(|value| replace(value, row)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Returns `text` with its parameters replaced. `$$` is a dollar sign.
fn replaced(text: &str, row: &[(&str, &str)]) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        rest = after;
        if let Some(after) = rest.strip_prefix('$') {
            result.push('$');
            rest = after;
            continue;
        }
        let found = row.iter().find_map(|(name, value)| {
            let after = rest.strip_prefix(name)?.strip_prefix(':')?;
            let quoted = || Value::String((*value).to_owned()).to_string();
            match after.strip_prefix('S') {
                Some(after) => Some((quoted(), after)),
                None => Some(((*value).to_owned(), after.strip_prefix('L')?)),
            }
        });
        match found {
            Some((value, after)) => {
                result.push_str(&value);
                rest = after;
            }
            None => result.push('$'),
        }
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn replaced_substitutes_quoted_and_plain_parameters() {
        let row = [("value", "a\"b"), ("valueLength", "3")];
        for (text, expected) in [
            ("{\"x\": $value:S}", "{\"x\": \"a\\\"b\"}"),
            ("length $valueLength:L of $value:L", "length 3 of a\"b"),
            ("^[a-m]+$$ and $other:L", "^[a-m]+$ and $other:L"),
            ("no parameter", "no parameter"),
        ] {
            assert_eq!(replaced(text, &row), expected);
        }
    }
}
