//! Holds the text of every refusal and failure against the texts of the live service in `facts/*.jsonl`.
//!
//! A text is recorded if a fact about one of its operations has the same error and the same text, where a placeholder in
//! angle brackets stands for any value. Every other text must be listed in [`CHOSEN`] with what was looked up. The page
//! [`PAGE`] shows both.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use lido_cognito_idp::Operation;
use lido_runtime::{ErrorKind as _, Operation as _};
use serde::Deserialize;
use serde_json::Value;

use super::errors::{failures, refusals};
use crate::{
    operations::{SERVED, failure::Failure},
    triggers::Trigger,
    wire::{error::ApiError, refusal::to_api_error},
};

/// The texts that no fact records, with what was looked up; written by hand.
const CHOSEN: &str = "server/tests/texts.toml";

/// The page about all texts.
const PAGE: &str = "docs/error-texts.md";

/// The command that writes the page.
const WRITE: &str = "LIDO_WRITE_TEXTS=1 cargo test -p lido-server --lib texts";

/// The error of the API and the text, and the operations that return it.
type Texts = BTreeMap<(&'static str, String), BTreeSet<&'static str>>;

/// Returns every text that an operation can return as the message of an error.
fn texts() -> Texts {
    let mut texts = Texts::new();
    let mut add = |operation: Operation, error: ApiError| {
        // The text of a standby begins with the name of the operation.
        let text = match error.message.strip_prefix(operation.name()) {
            Some(rest) if rest.starts_with(" is not enabled") => format!("<operation>{rest}"),
            _ => error.message,
        };
        texts.entry((error.kind.name(), text)).or_default().insert(operation.name());
    };
    for (refusal, operations) in refusals() {
        operations.into_iter().for_each(|operation| add(operation, to_api_error(operation, &refusal)));
    }
    for (failure, operations) in failures() {
        for operation in operations {
            let mut error = failure().into_api_error(operation);
            // The examples of faults are those of one trigger.
            if let Failure::Trigger(_) = failure() {
                error.message = error.message.replace(Trigger::PreSignUp.as_str(), "<trigger>");
            }
            add(operation, error);
        }
    }
    texts
}

/// A fact with the text of an error.
#[derive(Debug)]
struct RecordedText {
    id: String,
    confidence: String,
    operations: Vec<String>,
    error: Option<String>,
    text: String,
}

impl RecordedText {
    /// Returns whether the fact records the text of this error for one of the operations.
    fn records(&self, error: &str, text: &str, operations: &BTreeSet<&str>) -> bool {
        self.error.as_ref().is_none_or(|own| own.eq_ignore_ascii_case(error))
            && self.operations.iter().any(|own| own == "*" || operations.contains(own.as_str()))
            && (is_instance(&self.text, text) || is_instance(text, &self.text))
    }
}

/// Returns the facts with the text of an error, except those that are only inferred.
fn recorded_texts(root: &Path) -> Vec<RecordedText> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(root.join("facts")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut facts = Vec::new();
    for file in files {
        for line in fs::read_to_string(file).unwrap().lines() {
            let fact: Value = serde_json::from_str(line).unwrap();
            let text = |at: &str| fact.pointer(at).and_then(Value::as_str).map(str::to_owned);
            if let Some(message) = text("/answer/message")
                && fact["confidence"] != "inferred"
            {
                facts.push(RecordedText {
                    id: text("/id").unwrap(),
                    confidence: text("/confidence").unwrap(),
                    operations: text("/operation").unwrap().split(", ").map(str::to_owned).collect(),
                    error: text("/answer/type"),
                    text: message,
                });
            }
        }
    }
    facts
}

/// Returns whether `text` is `template` with a value for each of its placeholders, which are in angle brackets.
fn is_instance(template: &str, text: &str) -> bool {
    let mut literals = Vec::new();
    let mut rest = template;
    while let Some((literal, after)) = rest.split_once('<')
        && let Some((_, next)) = after.split_once('>')
    {
        literals.push(literal);
        rest = next;
    }
    let Some((first, middle)) = literals.split_first() else { return template == text };
    let Some(mut value) = text.strip_prefix(first) else { return false };
    for literal in middle {
        // A value has at least one character.
        let Some(at) =
            value.char_indices().nth(1).and_then(|(from, _)| Some(from + value[from..].find(literal)?))
        else {
            return false;
        };
        value = &value[at + literal.len()..];
    }
    value.len() > rest.len() && value.ends_with(rest)
}

/// The schema of [`CHOSEN`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChosenFile {
    chosen: Vec<ChosenTexts>,
}

/// Texts about one subject.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChosenTexts {
    about: String,
    looked_up: String,
    texts: Vec<String>,
}

/// Returns the texts that are listed by hand, each with its subject and what was looked up.
fn chosen_texts(root: &Path) -> BTreeMap<String, (String, String)> {
    let file: ChosenFile = toml::from_str(&fs::read_to_string(root.join(CHOSEN)).unwrap()).unwrap();
    let mut listed = BTreeMap::new();
    for ChosenTexts { about, looked_up, texts } in file.chosen {
        assert!(
            !about.trim().is_empty() && !looked_up.trim().is_empty(),
            "{CHOSEN}: {texts:?} without a reason"
        );
        for text in texts {
            let twice = listed.insert(text.clone(), (about.clone(), looked_up.clone()));
            assert!(twice.is_none(), "{CHOSEN} lists {text:?} twice");
        }
    }
    listed
}

/// Returns the page, and an error for each text that is neither recorded nor listed and each that is listed wrongly.
fn render(root: &Path) -> (String, Vec<String>) {
    let (facts, mut chosen) = (recorded_texts(root), chosen_texts(root));
    let (mut recorded_rows, mut chosen_rows, mut errors) = (String::new(), String::new(), Vec::new());
    let texts = texts();
    let mut listed = BTreeSet::new();
    let mut recorded_count = 0;
    for ((error, text), operations) in &texts {
        let found: Vec<_> = facts.iter().filter(|fact| fact.records(error, text, operations)).collect();
        let names = names(operations);
        let shown = cell(text);
        match (found.is_empty(), chosen.get(text)) {
            (false, _) => {
                let ids: Vec<_> =
                    found.iter().map(|fact| format!("{} {}", fact.id, fact.confidence)).collect();
                // Writing to a string cannot fail.
                let _ = writeln!(recorded_rows, "| `{shown}` | {error} | {} | {names} |", ids.join(", "));
                recorded_count += 1;
            }
            (true, Some((about, looked_up))) => {
                let _ = writeln!(chosen_rows, "| `{shown}` | {error} | {about} | {names} | {looked_up} |");
                listed.insert(text.clone());
            }
            (true, None) => {
                errors.push(format!("no fact records {text:?}, {error} of {names}; list it in {CHOSEN}"))
            }
        }
    }
    chosen.retain(|text, _| !listed.contains(text));
    errors.extend(
        chosen.into_keys().map(|text| format!("{CHOSEN} lists {text:?}, which is recorded or not returned")),
    );
    let page = format!(
        "# Texts of errors\n\n\
         Programs compare texts, so Lido answers the texts of the live service byte for byte where they are known. This page\n\
         lists the texts of all refusals, failures and faults of triggers: {recorded_count} that a fact in \
         [facts/](../facts/README.md) has,\neach with the fact's confidence (one that is only reported may be wrong), and \
         {} that are Lido's own because no fact was found.\nA placeholder such as `<attribute>` stands for a value.\n\n\
         Texts of constraint violations and of malformed bodies come from the model, those of signatures and policies are\n\
         those of [IAM](iam.md). If you have seen another text of the live service, \
         [please report it](../CONTRIBUTING.md#reporting).\n\n\
         Written by `{WRITE}`: do not edit.\n\n\
         ## With a fact\n\n| text | error | facts | operations |\n|---|---|---|---|\n{recorded_rows}\n\
         ## Chosen\n\n| text | error | about | operations | looked up |\n|---|---|---|---|---|\n{chosen_rows}",
        texts.len() - recorded_count,
    );
    (page, errors)
}

/// Returns the names of operations, or how many they are if they are many.
fn names(operations: &BTreeSet<&str>) -> String {
    if operations.len() == SERVED.len() {
        return "every operation".to_owned();
    }
    operations.iter().copied().collect::<Vec<_>>().join(", ")
}

/// Returns a text in the form in which a cell of a table can hold it as code.
fn cell(text: &str) -> String {
    text.replace('\n', "\\n").replace('|', "\\|")
}

#[test]
fn texts_without_a_fact_are_listed_with_what_was_looked_up() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (page, errors) = render(&root);
    assert!(errors.is_empty(), "{} errors:\n{}", errors.len(), errors.join("\n"));
    if std::env::var_os("LIDO_WRITE_TEXTS").is_some() {
        fs::write(root.join(PAGE), &page).unwrap();
    }
    let written = fs::read_to_string(root.join(PAGE)).unwrap_or_default();
    assert!(written == page, "{PAGE} is out of date; run: {WRITE}");
}

#[test]
fn template_stands_for_texts_with_a_value_for_each_placeholder() {
    let cases = [
        ("Group not found.", "Group not found.", true),
        ("Group not found.", "Group not found", false),
        ("User pool <id> does not exist.", "User pool r_p does not exist.", true),
        ("User pool <id> does not exist.", "User pool  does not exist.", false),
        ("<trigger> failed with error <text>.", "PreSignUp failed with error no.", true),
        ("<trigger> failed with error <text>.", " failed with error no.", false),
        ("<a> and <b>", "x and y and z", true),
        ("<a> and <b>", "x or y", false),
        ("a < b", "a < b", true),
    ];
    for (template, text, expected) in cases {
        assert_eq!(is_instance(template, text), expected, "{template:?} {text:?}");
    }
}

#[test]
fn fact_records_a_text_of_the_same_error_and_operation_only() {
    let fact = RecordedText {
        id: "cog-0001".into(),
        confidence: "recorded".into(),
        operations: vec!["SignUp".into()],
        error: Some("NotAuthorizedException".into()),
        text: "no".into(),
    };
    let is_recorded = |error, text, operation| fact.records(error, text, &BTreeSet::from([operation]));
    assert!(is_recorded("NotAuthorizedException", "no", "SignUp"));
    assert!(!is_recorded("LimitExceededException", "no", "SignUp"));
    assert!(!is_recorded("NotAuthorizedException", "No", "SignUp"));
    assert!(!is_recorded("NotAuthorizedException", "no", "GetUser"));
}

#[test]
fn texts_of_public_reports_are_returned_by_their_operations() {
    let shown = [
        "pub-0001", "pub-0002", "pub-0003", "pub-0004", "pub-0005", "pub-0006", "pub-0007", "pub-0008",
        "pub-0009", "pub-0010", "pub-0011", "pub-0012", "pub-0013", "pub-0014", "pub-0015", "pub-0016",
        "pub-0017", "pub-0018", "pub-0019", "pub-0020", "pub-0021", "pub-0022", "pub-0023", "pub-0024",
        "pub-0025", "pub-0026", "pub-0027", "pub-0028", "pub-0029", "pub-0030", "pub-0031", "pub-0032",
        "pub-0034",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (facts, texts) = (recorded_texts(&root), texts());
    for id in shown {
        let fact = facts.iter().find(|fact| fact.id == id).unwrap();
        let is_returned =
            texts.iter().any(|((error, text), operations)| fact.records(error, text, operations));
        assert!(is_returned, "{fact:?}");
    }
}
