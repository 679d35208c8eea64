//! Whole answers in the course of a conversation: `server/tests/golden/conversations/` has requests in their order, and the
//! answers that are compared, each held against the facts by hand. Here are the lists, and what needs users, sessions or devices
//! to be described; pools, app clients and groups by themselves are in [`crate::golden_answers`].
//!
//! A string `$name/Member` in a request or an answer stands for a member of the earlier output that was kept `as` this
//! name, `$code/ann` for the last code that was sent to `ann`, and `"*"` in an answer for any value.

use std::{collections::BTreeMap, fs, time::Duration};

use lido::operations::SERVED;
use lido_runtime::Operation as _;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    golden_answers::{GOLDEN_NOUNS, golden_answers_of, masked},
    support::{TestServer, authenticator::Authenticator, passkeys::PAGE_ORIGIN, test_store},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conversation {
    about: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Step {
    /// A request, and the answer if it is compared.
    Request {
        operation: String,
        #[serde(default)]
        input: Value,
        /// The name under which the output is kept.
        #[serde(rename = "as")]
        name: Option<String>,
        answer: Option<Value>,
    },
    /// The clock goes forward by seconds.
    Advance { advance: u64 },
    /// A browser creates a passkey with these options; the credential is kept.
    CreatePasskey {
        passkey: Value,
        #[serde(rename = "as")]
        name: String,
    },
}

/// The operations that describe something and have fewer than two compared answers, each with the reason.
const NOT_COMPARED: &[(&str, &str)] = &[
    ("GetClientToken", "it issues a token, and has one form of answer, which its own test compares"),
    ("GetDerivedToken", "it issues a token, and has one form of answer, which its own test compares"),
    (
        "ListClientMetadataURLs",
        "no request keeps a document: the empty list is compared here, a full one in its own tests",
    ),
    ("GetTokensFromRefreshToken", "it issues tokens, and has one form of answer, which is compared"),
];

fn conversations() -> Vec<(String, Conversation)> {
    let folder = format!("{}/../golden/conversations", env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(&folder).unwrap_or_else(|fault| panic!("{folder}: {fault}"));
    let mut all = Vec::new();
    for file in files {
        let path = file.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("text");
        let of_file: Vec<Conversation> =
            serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        all.extend(of_file.into_iter().map(|conversation| (name.clone(), conversation)));
    }
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

/// Puts earlier outputs in the place of the strings that stand for them.
fn resolved(value: &Value, kept: &Value, server: &TestServer) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('$') {
            None => value.clone(),
            Some(path) => match path.strip_prefix("code/") {
                Some(username) => json!(server.code_of(username)),
                None => {
                    let found = kept.pointer(&format!("/{path}"));
                    found.unwrap_or_else(|| panic!("{text} is in no earlier output: {kept}")).clone()
                }
            },
        },
        Value::Array(items) => items.iter().map(|item| resolved(item, kept, server)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), resolved(value, kept, server))).collect()
        }
        _ => value.clone(),
    }
}

/// The lists whose order is that of ids which are random: the operation, the list, and the id of a member.
const BY_RANDOM_ID: [(&str, &str, &str); 2] =
    [("ListUserPools", "UserPools", "Id"), ("ListUserPoolClients", "UserPoolClients", "ClientId")];

/// Brings an expected list into the order of its ids, if they are random.
fn sort_by_random_id(operation: &str, expected: &mut Value) {
    for (_, list, id) in BY_RANDOM_ID.into_iter().filter(|(of, ..)| *of == operation) {
        if let Some(items) = expected[list].as_array_mut() {
            items.sort_by_key(|item| item[id].as_str().map(str::to_owned));
        }
    }
}

/// Runs a conversation on a server of its own, and returns the differences.
async fn differences(conversation: Conversation) -> Vec<String> {
    let mut app = test_store::app();
    app.settings.relying_party = Some("localhost".to_owned());
    let server = TestServer::with_app(app).await;
    let mut kept = Value::Object(Map::new());
    let mut found = Vec::new();
    for step in conversation.steps {
        match step {
            Step::Advance { advance } => {
                server.app.clock.advance(Duration::from_secs(advance));
            }
            Step::CreatePasskey { passkey, name } => {
                let options = resolved(&passkey, &kept, &server);
                kept[name] = Authenticator::new(PAGE_ORIGIN, "passkey").create(&options);
            }
            Step::Request { operation, input, name, answer } => {
                let input = if input.is_null() { json!({}) } else { resolved(&input, &kept, &server) };
                let response = server.post(&operation, &input).await;
                assert_eq!(response.status, 200, "{}: {operation} {input}: {response:?}", conversation.about);
                // An operation without an output has an empty body.
                let output = if response.body.is_empty() { Value::Null } else { response.json() };
                if let Some(name) = name {
                    kept[name] = output.clone();
                }
                if let Some(answer) = answer {
                    let mut expected = resolved(&answer, &kept, &server);
                    sort_by_random_id(&operation, &mut expected);
                    if masked(&output, &expected) != expected {
                        let about = &conversation.about;
                        found.push(format!(
                            "{about}\n{operation} {input}\n  answered {output}\n  expected {expected}"
                        ));
                    }
                }
            }
        }
    }
    found
}

/// cog-0086, cog-0165, cog-0354, api-0127.
#[tokio::test]
async fn answers_of_golden_conversations_are_whole() {
    let mut found = Vec::new();
    for (_, conversation) in conversations() {
        found.extend(differences(conversation).await);
    }
    assert!(found.is_empty(), "{} answers differ:\n{}", found.len(), found.join("\n"));
}

/// Returns whether an operation answers with a description or a list, and does nothing else.
fn describes(operation: &str) -> bool {
    let verb = operation.trim_start_matches("Admin");
    ["Describe", "Get", "List"].iter().any(|start| verb.starts_with(start))
}

#[test]
fn every_operation_that_describes_has_a_bare_and_a_rich_golden() {
    let mut compared: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (operation, noun) in GOLDEN_NOUNS {
        compared.entry((*operation).to_owned()).or_default().extend(golden_answers_of(noun));
    }
    for (_, conversation) in conversations() {
        for step in conversation.steps {
            if let Step::Request { operation, answer: Some(answer), .. } = step {
                let answers = compared.entry(operation).or_default();
                if !answers.contains(&answer) {
                    answers.push(answer);
                }
            }
        }
    }
    for operation in SERVED.iter().map(|operation| operation.name()).filter(|name| describes(name)) {
        let count = compared.get(operation).map_or(0, Vec::len);
        let is_listed = NOT_COMPARED.iter().any(|(name, _)| *name == operation);
        assert_eq!(count < 2, is_listed, "{operation} has {count} different golden answers");
    }
    for (operation, reason) in NOT_COMPARED {
        assert!(describes(operation) && !reason.is_empty(), "{operation} describes nothing");
    }
}
