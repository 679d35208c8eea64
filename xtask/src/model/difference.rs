//! Describes what a new release changed, one line for each shape.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use anyhow::Context as _;
use serde_json::{Map, Value};

use super::write::Files;

/// Returns a line for each shape that was added, removed, changed or moved to another file.
pub(super) fn between(before: &Files, after: &Files) -> anyhow::Result<String> {
    if before.is_empty() {
        return Ok("this is the first model: there is nothing to compare it with\n".to_owned());
    }
    let (before, after) = (shapes(before)?, shapes(after)?);
    let ids: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let mut lines = String::new();
    for id in ids {
        let name = id.split_once('#').map_or(id.as_str(), |(_, name)| name);
        match (before.get(id), after.get(id)) {
            (None, Some((file, shape))) => {
                let kind = shape["type"].as_str().unwrap_or_default();
                writeln!(lines, "+ {name}: {kind} in {file}")?;
            }
            (Some(_), None) => writeln!(lines, "- {name}")?,
            (Some((_, old)), Some((_, new))) if old != new => {
                writeln!(lines, "~ {name}: {}", of_shapes(old, new).join("; "))?;
            }
            (Some((old, _)), Some((new, _))) if old != new => {
                writeln!(lines, "> {name}: from {old} to {new}")?;
            }
            _ => {}
        }
    }
    Ok(lines)
}

/// Returns every shape with its file.
fn shapes(files: &Files) -> anyhow::Result<BTreeMap<String, (&str, Value)>> {
    let mut all = BTreeMap::new();
    for (name, bytes) in files {
        let mut document: Value =
            serde_json::from_slice(bytes).with_context(|| format!("{name} is not a JSON document"))?;
        if let Value::Object(shapes) = document["shapes"].take() {
            all.extend(shapes.into_iter().map(|(id, shape)| (id, (name.as_str(), shape))));
        }
    }
    Ok(all)
}

/// Returns the fields of the AST that differ, with what was added, removed and changed in each.
fn of_shapes(old: &Value, new: &Value) -> Vec<String> {
    let empty = Map::new();
    let object = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let (old, new) = (object(old), object(new));
    let fields: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let differs = fields.into_iter().filter(|field| old.get(*field) != new.get(*field));
    differs
        .map(|field| {
            let inner = |shape: &Map<String, Value>| match shape.get(field) {
                Some(Value::Object(fields)) => fields.clone(),
                Some(Value::Array(targets)) => {
                    targets.iter().map(|target| (text(target), Value::Null)).collect()
                }
                _ => empty.clone(),
            };
            let (old, new) = (inner(&old), inner(&new));
            let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
            let marks = names.into_iter().filter_map(|name| {
                let short = name.split_once('#').map_or(name.as_str(), |(_, short)| short);
                match (old.get(name), new.get(name)) {
                    (None, _) => Some(format!(" +{short}")),
                    (_, None) => Some(format!(" -{short}")),
                    (old, new) => (old != new).then(|| format!(" ~{short}")),
                }
            });
            format!("{field}{}", marks.collect::<String>())
        })
        .collect()
}

fn text(target: &Value) -> String {
    target["target"].as_str().map_or_else(|| target.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file(name: &str, shapes: &Value) -> (String, Vec<u8>) {
        (name.to_owned(), json!({"smithy": "2.0", "shapes": shapes}).to_string().into_bytes())
    }

    #[test]
    fn each_kind_of_change_is_one_line() {
        let before = Files::from([
            file(
                "a.json",
                &json!({"n#Same": {"type": "string"}, "n#Moved": {"type": "string"}, "n#Gone": {"type": "blob"}}),
            ),
            file(
                "b.json",
                &json!({
                    "n#Thing": {"type": "structure", "members": {"a": {"target": "n#Same"}, "b": {"target": "n#Same"}}},
                    "n#Do": {"type": "operation", "input": {"target": "n#X"}, "errors": [{"target": "n#E"}]},
                }),
            ),
        ]);
        let after = Files::from([
            file("a.json", &json!({"n#Same": {"type": "string"}})),
            file(
                "b.json",
                &json!({
                    "n#Moved": {"type": "string"},
                    "n#New": {"type": "list", "member": {"target": "n#Same"}},
                    "n#Thing": {"type": "structure", "members": {"b": {"target": "n#New"}, "c": {"target": "n#Same"}}, "traits": {"smithy.api#sensitive": {}}},
                    "n#Do": {"type": "operation", "input": {"target": "n#Y"}, "errors": [{"target": "n#E"}, {"target": "n#F"}]},
                }),
            ),
        ]);
        assert_eq!(
            between(&before, &after).unwrap(),
            "~ Do: errors +F; input ~target\n\
             - Gone\n\
             > Moved: from a.json to b.json\n\
             + New: list in b.json\n\
             ~ Thing: members -a ~b +c; traits +sensitive\n"
        );
        assert_eq!(between(&after, &after).unwrap(), "");
    }

    #[test]
    fn first_model_and_malformed_file_are_reported() {
        assert!(between(&Files::new(), &Files::new()).unwrap().contains("first model"));
        let broken = Files::from([("a.json".to_owned(), b"{".to_vec())]);
        assert!(between(&broken, &broken).unwrap_err().to_string().contains("a.json"));
    }
}
