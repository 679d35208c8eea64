//! Assigns the shapes of a document to files: each family's operations with the shapes that only they use.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use serde_json::{Map, Value, json};

use super::families;

/// The file of errors and of the shapes that only errors use.
const ERRORS: &str = "errors";
const SERVICE: &str = "service";
const SHARED: &str = "shared";

/// The files, and counts for the summary.
pub(super) struct Layout {
    /// The name and content of each file.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// The number of operations.
    pub(super) operations: usize,
    /// The number of other shapes, without the service.
    pub(super) shapes: usize,
    /// Operations that the table of families does not have.
    pub(super) unplaced: Vec<String>,
}

/// Assigns the shapes of `document` to files. Its metadata goes to the file of the service.
pub(super) fn assign(document: &Value) -> anyhow::Result<Layout> {
    let shapes = document["shapes"].as_object().context("the document has no shapes")?;
    let operations: BTreeMap<&str, &Value> = of_type(shapes, "operation").collect();
    let mut unplaced = Vec::new();
    let mut users: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut families: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (&id, operation) in &operations {
        let name = id.split_once('#').map_or(id, |(_, name)| name);
        let family = families::find_family(name).unwrap_or_else(|| {
            unplaced.push(name.to_owned());
            families::OTHER
        });
        families.entry(family).or_default().push(id);
        for end in ["input", "output"] {
            record_uses(shapes, &operation[end], family, &mut users);
        }
    }
    let is_error = |shape: &Value| shape["traits"].get("smithy.api#error").is_some();
    for (id, _) in shapes.iter().filter(|(_, shape)| is_error(shape)) {
        record_uses(shapes, &json!({ "target": id }), ERRORS, &mut users);
    }

    // In a file, operations come first, each with its input and output, and then the other shapes.
    let mut order: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    order.insert(SERVICE, of_type(shapes, "service").map(|(id, _)| id).collect());
    let mut placed: BTreeSet<&str> = BTreeSet::new();
    for (&family, ids) in &families {
        let file = order.entry(family).or_default();
        for &id in ids {
            file.push(id);
            let ends =
                ["input", "output"].map(|end| operations.get(id).and_then(|op| op[end]["target"].as_str()));
            for end in ends.into_iter().flatten() {
                if file_of(shapes, users.get(end), end) == family && placed.insert(end) {
                    file.push(end);
                }
            }
        }
    }
    let mut data: Vec<&str> = shapes.keys().map(String::as_str).collect();
    data.sort_unstable();
    let is_data = |id: &str| !matches!(shapes[id]["type"].as_str(), Some("operation" | "service"));
    for id in data.into_iter().filter(|id| is_data(id)) {
        if !placed.contains(id) {
            order.entry(file_of(shapes, users.get(id), id)).or_default().push(id);
        }
    }

    let file = |(name, ids): (&str, Vec<&str>)| {
        let shapes: Map<_, _> = ids.into_iter().map(|id| (id.to_owned(), shapes[id].clone())).collect();
        let content = match document.get("metadata").filter(|_| name == SERVICE) {
            Some(metadata) => json!({ "smithy": "2.0", "metadata": metadata, "shapes": shapes }),
            None => json!({ "smithy": "2.0", "shapes": shapes }),
        };
        let mut bytes = serde_json::to_vec_pretty(&content)?;
        bytes.push(b'\n');
        Ok((format!("{name}.json"), bytes))
    };
    Ok(Layout {
        shapes: shapes.keys().filter(|id| is_data(id)).count(),
        operations: operations.len(),
        files: order.into_iter().map(file).collect::<anyhow::Result<_>>()?,
        unplaced,
    })
}

fn of_type<'a>(shapes: &'a Map<String, Value>, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    shapes.iter().filter(move |(_, shape)| shape["type"] == kind).map(|(id, shape)| (id.as_str(), shape))
}

/// Returns the file of a data shape.
fn file_of<'a>(shapes: &Map<String, Value>, users: Option<&BTreeSet<&'a str>>, id: &str) -> &'a str {
    if shapes.get(id).is_some_and(|shape| shape["traits"].get("smithy.api#error").is_some()) {
        return ERRORS;
    }
    match users.map(|users| users.iter().collect::<Vec<_>>()).as_deref() {
        Some([only]) => only,
        _ => SHARED,
    }
}

/// Records that `family` uses the targets of `from`, and their targets in turn.
fn record_uses<'a>(
    shapes: &'a Map<String, Value>,
    from: &Value,
    family: &'a str,
    users: &mut BTreeMap<&'a str, BTreeSet<&'a str>>,
) {
    let mut pending: Vec<String> = targets(from);
    while let Some(id) = pending.pop() {
        // Shapes of the prelude are not in the document.
        if let Some((id, shape)) = shapes.get_key_value(&id)
            && users.entry(id).or_default().insert(family)
        {
            pending.extend(targets(shape));
        }
    }
}

/// Returns the targets of a shape or a reference.
fn targets(from: &Value) -> Vec<String> {
    let parts = ["member", "key", "value"].iter().filter_map(|part| from.get(part));
    let members = from.get("members").and_then(Value::as_object).into_iter().flat_map(Map::values);
    let all = parts.chain(members).chain([from]);
    all.filter_map(|reference| Some(reference.get("target")?.as_str()?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        let structure = |members: &Value| json!({ "type": "structure", "members": members });
        let operation = |input: &str, output: &str| json!({ "type": "operation", "input": { "target": input }, "output": { "target": output } });
        let error = json!({
            "type": "structure",
            "members": { "message": { "target": "n#Message" } },
            "traits": { "smithy.api#error": "client" },
        });
        json!({ "smithy": "2.0", "shapes": {
            "n#Service": { "type": "service", "version": "1" },
            "n#SignUp": operation("n#Wide", "smithy.api#Unit"),
            "n#ConfirmSignUp": operation("n#Wide", "n#Answer"),
            "n#ListTerms": operation("n#Narrow", "n#Fault"),
            "n#Fly": operation("smithy.api#Unit", "smithy.api#Unit"),
            "n#Wide": structure(&json!({ "own": { "target": "n#Own" }, "all": { "target": "n#Names" } })),
            "n#Answer": structure(&json!({ "again": { "target": "n#Answer" } })),
            "n#Narrow": structure(&json!({ "all": { "target": "n#Names" } })),
            "n#Names": { "type": "list", "member": { "target": "n#Name" } },
            "n#Name": { "type": "string" },
            "n#Own": { "type": "map", "key": { "target": "smithy.api#String" }, "value": { "target": "n#Deep" } },
            "n#Deep": { "type": "string" },
            "n#Unused": { "type": "string" },
            "n#Message": { "type": "string" },
            "n#Fault": error,
        } })
    }

    fn names(layout: &Layout, file: &str) -> Vec<String> {
        let document: Value = serde_json::from_slice(&layout.files[file]).unwrap();
        document["shapes"].as_object().unwrap().keys().map(|id| id.replace("n#", "")).collect()
    }

    #[test]
    fn shapes_are_in_the_files_that_use_them() {
        let layout = assign(&document()).unwrap();
        let files: Vec<_> = layout.files.keys().map(String::as_str).collect();
        assert_eq!(
            files,
            ["errors.json", "other.json", "service.json", "shared.json", "sign-up.json", "terms.json"]
        );
        assert_eq!(names(&layout, "service.json"), ["Service"]);
        assert_eq!(
            names(&layout, "sign-up.json"),
            ["ConfirmSignUp", "Wide", "Answer", "SignUp", "Deep", "Own"]
        );
        assert_eq!(names(&layout, "terms.json"), ["ListTerms", "Narrow"]);
        assert_eq!(names(&layout, "other.json"), ["Fly"]);
        // A shape that an error and an operation use is shared.
        assert_eq!(names(&layout, "errors.json"), ["Fault"]);
        assert_eq!(names(&layout, "shared.json"), ["Message", "Name", "Names", "Unused"]);
        assert_eq!((layout.operations, layout.shapes), (4, 10));
        assert_eq!(layout.unplaced, ["Fly"]);
    }

    #[test]
    fn files_are_readable_and_deterministic() {
        let layout = assign(&document()).unwrap();
        let terms = String::from_utf8(layout.files["terms.json"].clone()).unwrap();
        assert!(terms.starts_with("{\n  \"smithy\": \"2.0\",\n  \"shapes\": {\n    \"n#ListTerms\": {\n"));
        assert!(terms.ends_with("}\n") && !terms.ends_with("\n\n"));
        assert_eq!(assign(&document()).unwrap().files, layout.files);
    }

    #[test]
    fn metadata_is_in_the_file_of_the_service() {
        let mut document = document();
        document["metadata"] = json!({ "a": "b" });
        let layout = assign(&document).unwrap();
        for (name, bytes) in &layout.files {
            let file: Value = serde_json::from_slice(bytes).unwrap();
            assert_eq!(file.get("metadata").is_some(), name == "service.json", "{name}");
        }
    }

    #[test]
    fn document_without_shapes_is_refused() {
        assert!(assign(&json!({})).is_err());
    }
}
