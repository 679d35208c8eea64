//! `cargo xtask operations`: the page that lists every operation and whether it is served.
//!
//! It also holds the counts in the pages that are written by hand ([`counts`]). The operations, their families and their callers come from the model; which of them are served comes from the register in
//! `server/src/operations/mod.rs`. `cargo xtask check` compares the page. A test of the server compares the register with
//! `lido operations`.

mod counts;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::{Map, Value};

const REGISTER: &str = "server/src/operations/mod.rs";
const PAGE: &str = "docs/operations.md";

/// The options of `cargo xtask operations`.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    cargo xtask operations\n  \
    cargo xtask operations --check")]
pub(crate) struct Arguments {
    /// Compare docs/operations.md and the counts in other pages only, and fail if they are out of date
    #[arg(long)]
    pub(crate) check: bool,
}

/// An operation of the model.
#[derive(Debug, PartialEq, Eq)]
struct ListedOperation {
    family: String,
    caller: &'static str,
    is_served: bool,
}

/// Writes the page, or compares it.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let root = crate::workspace()?;
    let register = fs::read_to_string(root.join(REGISTER)).with_context(|| format!("reading {REGISTER}"))?;
    let operations = list(&crate::codegen::model_files()?, &served(&register))?;
    let served = operations.values().filter(|operation| operation.is_served).count();
    let mut pages = vec![(PAGE, page(&operations, served))];
    for (name, phrases) in counts::PAGES {
        let text = fs::read_to_string(root.join(name)).with_context(|| format!("reading {name}"))?;
        let counts = counts::Counts { all: operations.len(), served };
        pages.push((name, counts.put(&text, phrases).with_context(|| format!("in {name}"))?));
    }
    for (name, page) in pages {
        let path = root.join(name);
        if fs::read_to_string(&path).is_ok_and(|written| written == page) {
            continue;
        }
        if arguments.check {
            bail!("{name} does not match the model and the register; run: cargo xtask operations");
        }
        fs::write(&path, page).with_context(|| format!("writing {name}"))?;
        println!("wrote {name}");
    }
    Ok(())
}

/// Returns the names of the operations in the register, whose lines read `family::handler => Operation,`.
fn served(register: &str) -> BTreeSet<&str> {
    let lines = register.lines().filter_map(|line| line.trim().strip_suffix(',')?.split_once(" => "));
    lines.filter(|(handler, _)| handler.contains("::")).map(|(_, operation)| operation).collect()
}

/// Returns the operations of the model by name.
fn list(
    files: &[(String, Vec<u8>)],
    served: &BTreeSet<&str>,
) -> anyhow::Result<BTreeMap<String, ListedOperation>> {
    let mut shapes: BTreeMap<String, (String, Value)> = BTreeMap::new();
    for (file, bytes) in files {
        let mut model: Value =
            serde_json::from_slice(bytes).with_context(|| format!("reading model/{file}"))?;
        let Some(Value::Object(of_file)) = model.get_mut("shapes").map(Value::take) else { continue };
        // A statement that adds traits to a shape has the id of the shape, but does not define it.
        let defined = of_file.into_iter().filter(|(_, shape)| shape["type"] != "apply");
        shapes.extend(defined.map(|(id, shape)| (id, (file.clone(), shape))));
    }
    let operations = shapes.iter().filter(|(_, (_, shape))| shape.get("type") == Some(&"operation".into()));
    let mut listed = BTreeMap::new();
    for (id, (file, shape)) in operations {
        let name = id.rsplit('#').next().unwrap_or(id);
        let input = shape.pointer("/input/target").and_then(Value::as_str);
        let input = input.and_then(|input| shapes.get(input)).map(|(_, input)| input);
        let operation = ListedOperation {
            family: family(file),
            caller: caller(shape, input),
            is_served: served.contains(name),
        };
        listed.insert(name.to_owned(), operation);
    }
    let unknown: Vec<_> = served.iter().filter(|name| !listed.contains_key(**name)).collect();
    if !unknown.is_empty() {
        bail!("{REGISTER} names operations that the model does not have: {unknown:?}");
    }
    Ok(listed)
}

/// Returns the name of a family, from that of its file: `cognito-idp/app-clients.json` is "App clients".
fn family(file: &str) -> String {
    let stem = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".json");
    match stem {
        "mfa" => "MFA".to_owned(),
        "webauthn" => "Passkeys".to_owned(),
        "cimd-policies" => "CIMD policies".to_owned(),
        _ => {
            let (first, rest) = stem.split_at(stem.len().min(1));
            format!("{}{}", first.to_uppercase(), rest.replace('-', " "))
        }
    }
}

/// Returns what a caller of the operation needs.
fn caller(operation: &Value, input: Option<&Value>) -> &'static str {
    let no_members = Map::new();
    let members = input.and_then(|input| input.get("members")?.as_object()).unwrap_or(&no_members);
    let is_public =
        operation.pointer("/traits/smithy.api#auth").is_some_and(|auth| *auth == Value::Array(vec![]));
    match (is_public, members.contains_key("AccessToken"), members.contains_key("Session")) {
        (false, ..) => "AWS credentials",
        (true, true, false) => "access token",
        (true, true, true) => "access token or session",
        (true, false, _) => "nothing",
    }
}

/// Returns the text of the page.
fn page(operations: &BTreeMap<String, ListedOperation>, served: usize) -> String {
    let mut text = format!(
        "# Operations\n\n\
         <!-- Written by `cargo xtask operations` from the model and `server/src/operations/mod.rs`. Do not edit. -->\n\n\
         The API of Amazon Cognito user pools has {} operations. Lido serves {served} of them. The others check the \
         signature and the input, and then answer with the status 501 and `NotImplementedException`. `lido operations` \
         prints this list.\n\n\
         ## By area\n\n\
         | area | operations | served |\n|---|---|---|\n",
        operations.len()
    );
    let mut families: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for operation in operations.values() {
        let (all, served) = families.entry(&operation.family).or_default();
        *all += 1;
        *served += usize::from(operation.is_served);
    }
    for (family, (all, served)) in families {
        // Writing to a `String` does not fail.
        let _ = writeln!(text, "| {family} | {all} | {served} |");
    }
    text.push_str(
        "\n## All operations\n\n\
         A caller needs AWS credentials ([IAM](iam.md)), the access token of a user \
         ([Sign-in and tokens](sign-in-and-tokens.md)), or nothing; an app client with a secret needs its secret hash \
         besides.\n\n\
         | operation | area | the caller needs | served |\n|---|---|---|---|\n",
    );
    for (name, ListedOperation { family, caller, is_served }) in operations {
        let is_served = if *is_served { "yes" } else { "no" };
        let _ = writeln!(text, "| `{name}` | {family} | {caller} | {is_served} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn page_lists_operations_of_model_with_callers_and_state() {
        let file = |name: &str, shapes: Value| {
            (name.to_owned(), serde_json::to_vec(&json!({ "shapes": shapes })).expect("JSON"))
        };
        let operation = |input: &str, traits: Value| json!({ "type": "operation", "input": { "target": input }, "traits": traits });
        let files = [
            file(
                "cognito-idp/app-clients.json",
                json!({ "a#Signed": operation("a#Empty", json!({})), "a#Empty": {} }),
            ),
            file(
                "cognito-idp/mfa.json",
                json!({
                    "a#Bearer": operation("a#Token", json!({ "smithy.api#auth": [] })),
                    "a#Either": operation("a#AccessTokenOrSessionRequired", json!({ "smithy.api#auth": [] })),
                    "a#Public": operation("a#Nothing", json!({ "smithy.api#auth": [] })),
                    "a#Token": { "members": { "AccessToken": {} } },
                    "a#AccessTokenOrSessionRequired": { "members": { "AccessToken": {}, "Session": {} } },
                }),
            ),
            file("documentation.json", json!({ "a#Signed": { "type": "apply", "traits": {} } })),
        ];
        let register = "register! {\n    apps::signed => Signed,\n    mfa::bearer => Bearer,\n}";
        let page = page(&list(&files, &served(register)).expect("a list"), 2);
        for row in [
            "| App clients | 1 | 1 |",
            "| MFA | 3 | 1 |",
            "| `Bearer` | MFA | access token | yes |",
            "| `Either` | MFA | access token or session | no |",
            "| `Public` | MFA | nothing | no |",
            "| `Signed` | App clients | AWS credentials | yes |",
        ] {
            assert!(page.contains(row), "{row} is missing in\n{page}");
        }
    }

    #[test]
    fn register_with_unknown_operation_is_refused() {
        assert!(list(&[], &served("    apps::gone => Gone,")).is_err());
    }
}
