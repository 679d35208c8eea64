//! Holds the tables of `docs/managed-login.md` against the model and against every refusal of the operations that forms call.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use lido_cognito_idp::{Operation, types::ChallengeNameType};
use lido_domain::sign_in::challenge::ChallengeName;
use lido_runtime::ErrorKind as _;

use super::errors::{failures, refusals};
use crate::{
    language::Language,
    operations::{
        Failure,
        oauth::{FormPart, PageReason, PageRefusal},
    },
    pages,
    wire::error::ErrorKind,
};

const PAGE: &str = "docs/managed-login.md";

/// The command that writes the table of refusals.
const WRITE: &str = "LIDO_WRITE_TEXTS=1 cargo test -p lido-server --lib texts";

/// The operations that forms call.
const CALLED: [Operation; 11] = [
    Operation::AssociateSoftwareToken,
    Operation::CompleteWebAuthnRegistration,
    Operation::ConfirmForgotPassword,
    Operation::ConfirmSignUp,
    Operation::ForgotPassword,
    Operation::InitiateAuth,
    Operation::ResendConfirmationCode,
    Operation::RespondToAuthChallenge,
    Operation::SignUp,
    Operation::StartWebAuthnRegistration,
    Operation::VerifySoftwareToken,
];

/// The challenges without a screen, each with the reason that the page of the documentation has.
const WITHOUT_A_SCREEN: [&str; 6] = [
    "ADMIN_NO_SRP_AUTH",
    "CUSTOM_CHALLENGE",
    "DEVICE_PASSWORD_VERIFIER",
    "DEVICE_SRP_AUTH",
    "PASSWORD_SRP",
    "PASSWORD_VERIFIER",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

fn documentation() -> String {
    fs::read_to_string(root().join(PAGE)).expect("the page")
}

/// Returns the section with this heading.
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("\n## {heading}\n")).expect("the section");
    rest.split("\n## ").next().unwrap_or_default()
}

/// Returns the texts in backticks of a part of the page.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_challenge_of_the_model_has_a_screen_or_a_reason() {
    let page = documentation();
    let screens = section(&page, "Screens");
    let (table, rest) = screens.trim_start().split_once("\n\n").expect("a table and a text");
    let (shown, listed) = (quoted(table), quoted(rest));
    for name in ChallengeNameType::VALUES {
        assert!(ChallengeName::parse(name).is_some(), "{name} is not known to the domain");
        let (is_shown, is_listed) = (shown.contains(name), listed.contains(name));
        assert_eq!((is_shown, is_listed), (!is_listed, WITHOUT_A_SCREEN.contains(name)), "{name} in {PAGE}");
    }
    assert_eq!(ChallengeNameType::VALUES.len(), 16, "10 with a screen, 6 without");
    let paths: BTreeSet<_> = quoted(table).into_iter().filter(|text| text.starts_with('/')).collect();
    assert_eq!(paths, pages::paths().collect(), "the screens of {PAGE}");
}

/// Every row of the table of outcomes names tests, and each of them is one.
#[test]
fn every_test_of_the_table_of_outcomes_exists() {
    let page = documentation();
    let mut tests = String::new();
    for folder in ["pages", "oauth"] {
        for entry in fs::read_dir(root().join("server/tests/it").join(folder)).expect("a folder") {
            tests.push_str(&fs::read_to_string(entry.expect("an entry").path()).expect("a file"));
        }
    }
    let mut count = 0;
    let table = section(&page, "Outcomes").trim_start().split("\n\n").next().expect("a table");
    for row in table.lines().skip(2) {
        let named = quoted(row.trim_end_matches(" |").rsplit(" | ").next().unwrap_or_default());
        assert!(!named.is_empty(), "{PAGE} names no test: {row}");
        for name in named {
            assert!(tests.contains(&format!("async fn {name}()")), "{PAGE} names {name}: {row}");
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}

/// Returns what a page does about a refusal, as the documentation says it.
fn place(operation: Operation, refusal: &PageRefusal) -> &'static str {
    let signs_in = [Operation::InitiateAuth, Operation::RespondToAuthChallenge].contains(&operation);
    let is_registration =
        [Operation::StartWebAuthnRegistration, Operation::CompleteWebAuthnRegistration].contains(&operation);
    match (&refusal.reason, &refusal.part, refusal.kind) {
        (PageReason::StepOver, ..) if !is_registration => "`/login`: the step is over",
        (PageReason::Confirmed, ..)
            if [Operation::ConfirmSignUp, Operation::ResendConfirmationCode].contains(&operation) =>
        {
            "`/login`: the user is confirmed"
        }
        (.., ErrorKind::UserNotConfirmedException) if signs_in => "`/confirm`",
        (.., ErrorKind::PasswordResetRequiredException) if signs_in => "`/confirmforgotPassword`",
        (_, FormPart::Whole, _) => "the same page, before the form",
        _ => "the same page, at the field",
    }
}

/// Returns every refusal that a form can get, with its operation.
fn page_refusals() -> Vec<(Operation, PageRefusal)> {
    let mut all = Vec::new();
    for (refusal, operations) in refusals() {
        for operation in operations.into_iter().filter(|operation| CALLED.contains(operation)) {
            all.push((operation, PageRefusal::new(operation, Failure::Refused(refusal.clone()))));
        }
    }
    for (failure, operations) in failures() {
        for operation in operations.into_iter().filter(|operation| CALLED.contains(operation)) {
            all.push((operation, PageRefusal::new(operation, failure())));
        }
    }
    all
}

/// The table of refusals has every error that the model declares for the operations.
#[test]
fn texts_of_refusals_have_their_place_in_the_documentation() {
    let mut places: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for kind in ErrorKind::ALL {
        if CALLED.iter().any(|operation| operation.declares(*kind)) {
            places.insert(kind.name(), BTreeSet::new());
        }
    }
    let all = page_refusals();
    assert!(all.len() > 100, "{}", all.len());
    for (operation, refusal) in &all {
        let kind = places.get_mut(refusal.kind.name());
        kind.unwrap_or_else(|| panic!("{refusal:?} is not declared")).insert(place(*operation, refusal));
    }
    let row = |(kind, places): (&&str, &BTreeSet<&str>)| match places.is_empty() {
        true => format!("| {kind} | not given by this server |\n"),
        false => {
            format!("| {kind} | {} |\n", places.iter().copied().collect::<Vec<_>>().join("; "))
        }
    };
    let table: String = places.iter().map(row).collect();
    let mut page = documentation();
    let begin = page.find("<!-- refusals -->\n").expect("a mark") + "<!-- refusals -->\n".len();
    let end = begin + page[begin..].find("\n\n").expect("an end") + 1;
    let written = format!("| error | the page |\n|---|---|\n{table}");
    if std::env::var_os("LIDO_WRITE_TEXTS").is_some() {
        page.replace_range(begin..end, &written);
        fs::write(root().join(PAGE), &page).expect("written");
    }
    let page = documentation();
    assert!(page.contains(&format!("<!-- refusals -->\n{written}\n")), "{PAGE} is out of date; run: {WRITE}");
}

/// Parts of the texts that pages show in English.
const ENGLISH: &[&str] = &[
    // Texts with a value, such as the name of an attribute.
    "Attributes did not conform to the schema: ",
    "Attribute value for <attribute> must not be null",
    "Cannot modify an already provided <attribute>",
    "Cannot modify the non-mutable attribute <attribute>",
    "Invalid attributes given, ",
    "Preferred username must satisfy regular expression pattern: ",
    "user.<attribute>: ",
    "user.custom:<attribute>: ",
    // No user causes the following by filling in a form. About the pool and its app client:
    "A client attempted to write unauthorized attribute",
    "Custom auth lambda trigger is not configured for the user pool.",
    "Phone or email cannot be auto verified, when user is not being auto confirmed.",
    "Software Token MFA has not been enabled by the userPool",
    "The user pool has neither a relying party ID nor a domain.",
    "User pool client <client id> does not exist.",
    "WebAuthn is not enabled for this user pool.",
    " flow not enabled for this client",
    " is not enabled for the client",
    "Initiate Auth method not supported.",
    // About the triggers:
    "CustomMessage returned an email message",
    "Exception migrating user in app client",
    "Invalid lambda function output : Invalid JSON",
    "Invalid user name. User name in Lambda mismatches the actual username.",
    "PreSignUp ",
    "The message is empty.",
    "Unrecognizable lambda output",
    // About the server:
    " is not enabled: this server is a standby and changes nothing.",
    // About members of requests, which the pages set:
    "A value for email is required to set email_verified to true.",
    "A value for phone_number is required to set phone_number_verified to true.",
    "Client <client id> is configured with secret but SECRET_HASH was not received",
    "Credential must be a RegistrationResponseJSON",
    "Either an access token or a session is required.",
    "Invalid parameter <parameter>",
    "Missing required parameter <parameter>",
    "SecretHash does not match for the client: <client id>",
    "Software Token MFA does not exist for the user.",
    "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.",
    "The user has not set up an MFA type.",
    "Unable to verify secret hash for client <client id>",
    "Unable to verify the secret of client <client id>",
    // About tokens and devices, which pages do not use:
    "Access Token ",
    "Could not verify signature for Access Token",
    "Device does not exist.",
    "Invalid Access Token",
    "Invalid Refresh Token.",
    "Refresh Token has ",
    "The access token is for another client",
    "The credential is for another relying party ID",
    "The origin of the credential does not match",
];

/// What a user can cause is said in the language of the page. The other texts are for the developers of the app.
#[test]
fn texts_that_a_user_can_cause_are_translated() {
    let german = Language::find("de").expect("German");
    let mut missing = BTreeSet::new();
    let mut translated = BTreeSet::new();
    for (operation, refusal) in page_refusals() {
        let is_shown = place(operation, &refusal).starts_with("the same page");
        if german.translate(&refusal.text).is_some() {
            translated.insert(refusal.text);
        } else if is_shown && !ENGLISH.iter().any(|part| refusal.text.contains(part)) {
            missing.insert(refusal.text);
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(translated.len() >= 35, "{}", translated.len());
}
