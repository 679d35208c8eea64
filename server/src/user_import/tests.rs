//! Files of Amazon Cognito, good and bad, into pools of every kind of username.

use std::{fs, sync::Arc};

use lido_domain::{
    id::{Sub, Username},
    user::{Status, User},
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::*;
use crate::{
    app::Settings,
    clock::Clock,
    delivery::Transports,
    entropy::Entropy,
    keys::Keys,
    store::{Key, Record, Store, UserQuery, memory::MemoryBackend},
    triggers::Triggers,
};

const SUB: &str = "7c0c5a3e-0000-4000-8000-000000000001";

/// An app with a pool of these settings.
async fn app_with(settings: Value) -> (App, PoolId) {
    let (entropy, store) = (Entropy::fake(3), Store::new(MemoryBackend::default()));
    let id = PoolId::new("us-east-1_p");
    let record: PoolRecord = serde_json::from_value(json!({
        "id": id, "name": "p", "settings": settings, "created_at": 1, "modified_at": 1,
    }))
    .expect("a pool");
    store.put(&id, vec![(Key::pool(), Record::Pool(Arc::new(record)))]).await.expect("written");
    let keys = Arc::new(Keys::new(Zeroizing::new([1; 32]), Vec::new(), entropy.clone()));
    let triggers = Triggers::unconfigured(entropy.clone());
    let app =
        App::new(store, Clock::system(), entropy, keys, Transports::default(), triggers, Settings::default());
    (app, id)
}

fn go_on(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Checks and imports a text. Returns what both came to, and the lines that were told by the check.
async fn put(app: &App, pool: &PoolId, text: &str) -> (UserCheck, UserImportReport, Vec<LineFault>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("users");
    fs::write(&path, text).expect("written");
    let (mut told, mut late) = (Vec::new(), Vec::new());
    let checked = check(app, pool, &path, &mut |fault| told.push(fault), &mut go_on).await.expect("checked");
    let report = import(app, pool, &path, &mut |fault| late.push(fault), &mut go_on).await.expect("imported");
    told.extend(late);
    (checked, report, told)
}

async fn find(app: &App, pool: &PoolId, name: &str) -> Option<User> {
    let tx = app.store.begin();
    let record = tx.find_pool(pool).await.expect("read").expect("a pool");
    let candidates = lido_domain::pool::alias::candidates(&record.pool, name);
    let query = UserQuery {
        subject: crate::store::UserSelector::Named(candidates),
        ..UserQuery::of(&Sub::new("none"), Vec::new())
    };
    tx.find_user(pool, query).await.expect("read").user
}

fn listed(users: &[Value]) -> String {
    serde_json::to_string_pretty(&json!({ "Users": users })).expect("JSON")
}

fn user(name: &str, status: &str, attributes: &[(&str, &str)]) -> Value {
    let attributes: Vec<Value> =
        attributes.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
    json!({
        "Username": name, "Attributes": attributes, "UserCreateDate": "2026-11-21T08:30:00.120000+01:00",
        "UserLastModifiedDate": "2026-11-21T08:30:00.120000+01:00", "Enabled": true, "UserStatus": status,
    })
}

#[tokio::test]
async fn listed_users_arrive_without_passwords_and_keep_their_subs() {
    let (app, pool) = app_with(json!({ "AutoVerifiedAttributes": ["email"] })).await;
    let mail = [("sub", SUB), ("email", "ann@example.com"), ("email_verified", "true"), ("identities", "[]")];
    let mut off = user("bob", "FORCE_CHANGE_PASSWORD", &[("email", "bob@example.com")]);
    off["Enabled"] = json!(false);
    // A page and, as --query Users prints it, the list of another, one after the other, as a loop over --starting-token does.
    let text = listed(&[user("ann", "CONFIRMED", &mail), off])
        + "\n"
        + &json!([
            user("eve", "UNCONFIRMED", &[("email", "eve@example.com")]),
            user("joe", "EXTERNAL_PROVIDER", &[]),
        ])
        .to_string();
    let (checked, report, told) = put(&app, &pool, &text).await;
    assert_eq!(told, Vec::new());
    assert_eq!(checked, UserCheck { users: 4, unverified: 3, faults: 0 });
    assert_eq!(report, UserImportReport { added: 4, present: 0, faults: 0 });
    let ann = find(&app, &pool, "ann").await.expect("there");
    assert_eq!((ann.sub.as_str(), ann.credential.is_none()), (SUB, true));
    assert_eq!(
        (ann.attributes.get("email_verified"), ann.attributes.get("identities")),
        (Some("true"), None)
    );
    for (name, status, enabled) in [
        ("ann", Status::ResetRequired, true),
        ("bob", Status::ResetRequired, false),
        ("eve", Status::Unconfirmed, true),
        ("joe", Status::ExternalProvider, true),
    ] {
        let user = find(&app, &pool, name).await.expect("there");
        assert_eq!((user.status, user.enabled), (status, enabled), "{name}");
    }
    let (_, again, _) = put(&app, &pool, &text).await;
    assert_eq!(again, UserImportReport { added: 0, present: 4, faults: 0 });
}

#[tokio::test]
async fn user_who_is_there_stays_as_it_is() {
    let (app, pool) = app_with(json!({})).await;
    let text = listed(&[user("ann", "CONFIRMED", &[("email", "old@example.com")])]);
    put(&app, &pool, &text).await;
    let mut ann = find(&app, &pool, "ann").await.expect("there");
    ann.status = Status::Confirmed;
    app.store.put(&pool, vec![(Key::user(&ann.sub), Record::User(ann.clone()))]).await.expect("written");
    let other = user("ann", "CONFIRMED", &[("sub", SUB), ("email", "new@example.com")]);
    let (_, report, told) = put(&app, &pool, &listed(&[other])).await;
    assert_eq!((report.present, report.added, told), (1, 0, Vec::new()));
    assert_eq!(find(&app, &pool, "ann").await, Some(ann));
}

#[tokio::test]
async fn users_of_a_pool_with_addresses_as_usernames_are_found_by_their_addresses() {
    let (app, pool) = app_with(json!({ "UsernameAttributes": ["email"] })).await;
    let mail = [("sub", SUB), ("email", "ann@example.com"), ("email_verified", "true")];
    let text = listed(&[user(SUB, "CONFIRMED", &mail)]);
    let (_, report, told) = put(&app, &pool, &text).await;
    assert_eq!((report.added, told), (1, Vec::new()));
    let ann = find(&app, &pool, "ann@example.com").await.expect("there");
    assert_eq!((ann.sub.as_str(), &ann.username), (SUB, &Username::new(SUB)));
    assert_eq!(ann.attributes.get("email_verified"), Some("true"));
    let csv =
        "cognito:username,email,email_verified,cognito:mfa_enabled\nbob@example.com,bob@example.com,TRUE,\n";
    let (_, report, told) = put(&app, &pool, csv).await;
    assert_eq!((report.added, told), (1, Vec::new()));
    assert!(find(&app, &pool, "bob@example.com").await.is_some());
}

#[tokio::test]
async fn listed_users_who_cannot_be_imported_are_told_by_line() {
    let (app, pool) = app_with(json!({ "AutoVerifiedAttributes": ["email"] })).await;
    let good = user("ann", "CONFIRMED", &[("email", "ann@example.com")]);
    let cases = [
        (user("b c", "CONFIRMED", &[("email", "x@example.com")]), "username"),
        (user("bob", "CONFIRMED", &[("email", "nowhere")]), "email"),
        (user("bob", "CONFIRMED", &[("custom:shoe", "43")]), "custom:shoe"),
        (user("bob", "CONFIRMED", &[("email_verified", "true")]), "email_verified"),
        (json!({ "Attributes": [] }), "no user as list-users prints it"),
        (json!({ "Username": 7 }), "no user as list-users prints it"),
    ];
    for (bad, expected) in cases {
        let text = listed(&[good.clone(), bad]);
        // The second user begins at the second brace of its depth.
        let line = text.lines().enumerate().filter(|(_, line)| *line == "    {").nth(1).expect("a user").0
            as u64
            + 1;
        let (checked, report, told) = put(&app, &pool, &text).await;
        assert_eq!(
            (checked.users, checked.faults, report.faults, told.len()),
            (1, 1, 1, 1),
            "{expected}: {told:?}"
        );
        assert_eq!(told[0].line, line, "{told:?}");
        assert!(told[0].reason.to_lowercase().contains(expected), "{told:?}");
    }
    for (text, expected) in [
        (
            listed(std::slice::from_ref(&good)).trim_end_matches('}').to_owned(),
            "ends in the middle of a page",
        ),
        ("{\"Users\": [{\"Username\": \"ann\"]}".to_owned(), "a bracket has no other half"),
        (format!("[{}]", "[".repeat(100)), "too many lists within each other"),
    ] {
        let (_, _, told) = put(&app, &pool, &text).await;
        assert!(told.iter().any(|fault| fault.reason.contains(expected)), "{text}: {told:?}");
    }
    let huge = listed(&[user("bob", "CONFIRMED", &[("name", &"x".repeat(2_000_000))])]);
    let (_, _, told) = put(&app, &pool, &huge).await;
    assert!(told[0].reason.contains("larger than 1 MiB"), "{told:?}");
}

#[tokio::test]
async fn rows_of_a_csv_are_users_as_an_import_job_makes_them() {
    let settings = json!({
        "AutoVerifiedAttributes": ["email"], "MfaConfiguration": "OPTIONAL",
        "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::000000000000:role/sms" },
    });
    let (app, pool) = app_with(settings).await;
    let csv = "\u{feff}name,address,email,email_verified,phone_number,phone_number_verified,cognito:mfa_enabled,cognito:username\r\n\
        Ann,1 Main St\\, Springfield , ann@example.com,TRUE,,,,ann\r\n\
        \r\n\
        Bob,,,false,+15550100,true,true,bob\r\n";
    let (checked, report, told) = put(&app, &pool, csv).await;
    assert_eq!((checked.users, report.added, told), (2, 2, Vec::new()));
    let ann = find(&app, &pool, "ann").await.expect("there");
    assert_eq!(ann.attributes.get("address"), Some("1 Main St, Springfield"));
    assert_eq!(
        (ann.status, ann.attributes.get("email_verified"), ann.attributes.get("phone_number")),
        (Status::ResetRequired, Some("true"), None)
    );
    let bob = find(&app, &pool, "bob").await.expect("there");
    assert!(bob.mfa.active.contains(&lido_domain::pool::mfa::MfaFactor::Sms), "{bob:?}");
    let (_, again, _) = put(&app, &pool, csv).await;
    assert_eq!((again.added, again.present), (0, 2));
}

#[tokio::test]
async fn rows_of_a_csv_that_cannot_be_imported_are_told_by_line() {
    let (app, pool) = app_with(json!({ "AutoVerifiedAttributes": ["email"] })).await;
    let header = "cognito:username,email,email_verified,cognito:mfa_enabled\n";
    let good = "ann,ann@example.com,true,\n";
    let long = format!("bob,{}@example.com,true,\n", "x".repeat(70_000));
    for (row, expected) in [
        ("bob,bob@example.com,false,\n", "no verified email and no verified phone_number"),
        ("bob,,true,\n", "no verified email"),
        (",bob@example.com,true,\n", "cognito:username is empty"),
        ("bob,bob@example.com,yes,\n", "email_verified is neither true nor false"),
        ("bob,bob@example.com,true,true\n", "MFA is off in the user pool"),
        ("bob,bob@example.com,true\n", "the row has 3 values, and the header 4"),
        ("bob,nowhere,true,\n", "email"),
        (long.as_str(), "more than 16000 characters"),
    ] {
        let (checked, _, told) = put(&app, &pool, &format!("{header}{row}{good}")).await;
        assert_eq!((checked.users, checked.faults, told.len()), (1, 1, 1), "{row}: {told:?}");
        assert_eq!(told[0].line, 2);
        assert!(told[0].reason.contains(expected), "{told:?}");
    }
    let (on, required) = app_with(json!({
        "MfaConfiguration": "ON", "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::000000000000:role/sms" },
    }))
    .await;
    let (_, _, told) = put(&on, &required, &format!("{header}bob,bob@example.com,true,false\n{good}")).await;
    assert!(told.len() == 1 && told[0].reason.contains("the user pool requires MFA"), "{told:?}");
}

#[tokio::test]
async fn file_of_neither_form_is_refused() {
    let (app, pool) = app_with(json!({})).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("users");
    for (text, expected) in [
        ("", "neither what aws cognito-idp list-users prints, nor the CSV"),
        ("name,email\nann,ann@example.com\n", "neither what aws cognito-idp list-users prints, nor the CSV"),
        (
            "cognito:username,cognito:mfa_enabled,shoe\n",
            "the user pool has no attribute shoe; remove the column",
        ),
        ("cognito:username,cognito:mfa_enabled,email,email\n", "a column is there twice"),
    ] {
        fs::write(&path, text).expect("written");
        let error = check(&app, &pool, &path, &mut |_| {}, &mut go_on).await.expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
    }
    let none = PoolId::new("us-east-1_none");
    let error = check(&app, &none, &path, &mut |_| {}, &mut go_on).await.expect_err("no pool").to_string();
    assert!(error.contains("the store has no user pool us-east-1_none"), "{error}");
}
