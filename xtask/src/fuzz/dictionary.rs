//! Words that a search tries: without them it would have to guess the name of a member letter by letter.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde_json::Value;

/// Writes the dictionary of a target beside its corpus, and returns its path. Returns `None` for a target without one.
pub(super) fn write(root: &Path, target: &str, corpus: &Path) -> anyhow::Result<Option<PathBuf>> {
    let is_word: fn(&str) -> bool = match target {
        // The members of the API.
        "reader" => |key| key.starts_with(|c: char| c.is_ascii_uppercase()),
        // The keys of Smithy's JSON AST, traits among them.
        "model" => {
            |key| !key.starts_with("com.amazonaws") && !key.starts_with(|c: char| c.is_ascii_uppercase())
        }
        _ => return Ok(None),
    };
    let mut words = BTreeSet::new();
    let files = fs::read_dir(root.join("model/cognito-idp")).context("reading model/cognito-idp")?;
    for file in files {
        let path = file?.path();
        let text = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        let model = serde_json::from_slice(&text).with_context(|| format!("reading {}", path.display()))?;
        collect(&model, is_word, &mut words);
    }
    let mut text = String::new();
    for word in words {
        // With quotes, as they occur. The dictionary has a syntax of its own.
        writeln!(text, "\"\\\"{}\\\"\"", word.escape_default())?;
    }
    let path = corpus.with_extension("dict");
    fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    Ok(Some(path))
}

/// Adds the keys of all objects.
fn collect(value: &Value, is_word: fn(&str) -> bool, words: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                if is_word(key) && key.len() < 60 && key.is_ascii() {
                    words.insert(key.clone());
                }
                collect(value, is_word, words);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, is_word, words)),
        _ => {}
    }
}
