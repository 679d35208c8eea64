//! How often each operation calls the storage backend, as `server/tests/TRIPS.md` has it.
//!
//! Over a network each call is a round trip. The table is compared, so that an operation which begins to make another trip
//! is noticed; `LIDO_WRITE_TRIPS=1` writes it anew.

use std::{fmt::Write as _, fs};

use lido::{
    operations::SERVED,
    store::{Key, Record},
};
use lido_domain::{
    Timestamp,
    attribute::Attributes,
    id::{PoolId, Sub, Username},
    user::{Status, User},
};
use lido_runtime::Operation as _;
use serde_json::{Value, json};

use crate::support::{
    intercepted_store::{InterceptedStore, Interceptor, Trip},
    json_requests::id,
    user_fixture::{UserFixture, operation_of},
};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../TRIPS.md");

/// What every change of a user's sign-up and every plain sign-in may cost.
const FREQUENT: [&str; 9] = [
    "SignUp",
    "ConfirmSignUp",
    "AdminConfirmSignUp",
    "ResendConfirmationCode",
    "GetUser",
    "InitiateAuth, USER_PASSWORD_AUTH",
    "InitiateAuth, REFRESH_TOKEN_AUTH",
    "AdminInitiateAuth, ADMIN_USER_PASSWORD_AUTH",
    "GetTokensFromRefreshToken",
];

/// Operations that read page after page; their rows are about 500 users.
const SCANS: [&str; 1] = ["ListUsers, by status"];

/// One row of the table: the trips up to the request's commit, and those after it.
struct Row {
    name: String,
    reads: usize,
    commits: usize,
    after: usize,
}

impl Row {
    fn of(name: &str, interceptor: &Interceptor) -> Self {
        let trips = interceptor.take_trips();
        let commit = trips.iter().position(|trip| *trip == Trip::Commit);
        let (request, after) = trips.split_at(commit.map_or(trips.len(), |at| at + 1));
        let reads = request.iter().filter(|trip| **trip == Trip::Read).count();
        // What follows it are the keys of the new pool, made in the background.
        let after = if name == "CreateUserPool" { 0 } else { after.len() };
        Self { name: name.to_owned(), reads, commits: request.len() - reads, after }
    }
}

/// The state that a row needs in order to succeed.
fn state(row: &str, now: Timestamp) -> Status {
    match row {
        "ConfirmSignUp" | "AdminConfirmSignUp" | "ResendConfirmationCode" => Status::Unconfirmed,
        "AdminCreateUser, RESEND" => {
            Status::ForceChangePassword { expires_at: Timestamp::from_millis(now.as_millis() + 1_000) }
        }
        _ if row.contains("NEW_PASSWORD_REQUIRED") => {
            Status::ForceChangePassword { expires_at: Timestamp::from_millis(now.as_millis() + 1_000) }
        }
        _ => Status::Confirmed,
    }
}

/// The rows about one user, each for a request that succeeds.
async fn rows_about_a_user(fixture: &UserFixture, interceptor: &Interceptor) -> Vec<Row> {
    let now = fixture.fixture.server.app.clock.now();
    let mut rows = Vec::new();
    for (row, mut request) in fixture.requests(&fixture.token) {
        fixture.put(row, state(row, now), true).await;
        if matches!(row, "SignUp" | "AdminCreateUser") {
            let name = format!("new-{}", rows.len());
            let mail = format!("{name}@example.com");
            request["Username"] = name.into();
            request["UserAttributes"] = json!([{ "Name": "email", "Value": mail }]);
        }
        interceptor.take_trips();
        let answer = fixture.send(row, &request).await;
        assert_eq!(answer.status, 200, "{row}: {answer:?}");
        rows.push(Row::of(row, interceptor));
    }
    rows
}

/// The record of a user.
fn user(number: usize) -> (Key, Record) {
    let (sub, username) = (Sub::new(format!("sub-{number}")), Username::new(format!("user-{number}")));
    let at = Timestamp::from_millis(0);
    let user = User::new(sub.clone(), username, Status::Unconfirmed, Attributes::default(), at);
    (Key::user(&sub), Record::User(user))
}

/// The rows about pools, app clients, groups, tags and lists.
async fn rows_about_a_pool(fixture: &UserFixture, interceptor: &Interceptor) -> Vec<Row> {
    let server = &fixture.fixture.server;
    let pool = id(&server.done("CreateUserPool", &json!({ "PoolName": "p" })).await["UserPool"]["Id"]);
    // Its keys are there before anything is counted.
    server.app.tokens.open(&PoolId::new(&pool), None).await.expect("keys");
    let of_pool = |more: Value| {
        let mut request = json!({ "UserPoolId": pool });
        if let (Some(request), Value::Object(more)) = (request.as_object_mut(), more) {
            request.extend(more);
        }
        request
    };
    let client = json!({ "ClientName": "c", "GenerateSecret": true });
    let client = server.done("CreateUserPoolClient", &of_pool(client)).await;
    let client = id(&client["UserPoolClient"]["ClientId"]);
    let of_client = |mut more: Value| {
        more["ClientId"] = client.as_str().into();
        of_pool(more)
    };
    let arn = id(&server.done("DescribeUserPool", &of_pool(json!({}))).await["UserPool"]["Arn"]);
    server.app.store.put(&PoolId::new(&pool), (0..500).map(user).collect()).await.expect("users");
    let group = || of_pool(json!({ "GroupName": "g" }));
    let attribute = json!({ "CustomAttributes": [{ "Name": "a", "AttributeDataType": "String" }] });
    let mut rows = Vec::new();
    let mut count = async |row: &str, request: Value| {
        interceptor.take_trips();
        let answer = server.post(operation_of(row), &request).await;
        assert_eq!(answer.status, 200, "{row}: {answer:?}");
        rows.push(Row::of(row, interceptor));
        answer
    };
    count("DescribeUserPool", of_pool(json!({}))).await;
    count("UpdateUserPool", of_pool(json!({}))).await;
    count("AddCustomAttributes", of_pool(attribute)).await;
    count("GetUserPoolMfaConfig", of_pool(json!({}))).await;
    count("SetUserPoolMfaConfig", of_pool(json!({ "MfaConfiguration": "OFF" }))).await;
    count("ListUserPools", json!({ "MaxResults": 9 })).await;
    count("TagResource", json!({ "ResourceArn": arn, "Tags": { "a": "b" } })).await;
    count("ListTagsForResource", json!({ "ResourceArn": arn })).await;
    count("UntagResource", json!({ "ResourceArn": arn, "TagKeys": ["a"] })).await;
    count("CreateUserPoolClient", of_pool(json!({ "ClientName": "d" }))).await;
    count("DescribeUserPoolClient", of_client(json!({}))).await;
    count("UpdateUserPoolClient", of_client(json!({}))).await;
    count("ListUserPoolClients", of_pool(json!({}))).await;
    let secret = count("AddUserPoolClientSecret", of_client(json!({}))).await;
    count("ListUserPoolClientSecrets", of_client(json!({}))).await;
    let secret = &secret.json()["ClientSecretDescriptor"]["ClientSecretId"];
    count("DeleteUserPoolClientSecret", of_client(json!({ "ClientSecretId": secret }))).await;
    count("DeleteUserPoolClient", of_client(json!({}))).await;
    count("CreateGroup", group()).await;
    count("GetGroup", group()).await;
    count("UpdateGroup", group()).await;
    count("ListGroups", of_pool(json!({}))).await;
    count("ListUsersInGroup", group()).await;
    count("DeleteGroup", group()).await;
    count("ListUsers", of_pool(json!({}))).await;
    count("ListUsers, by username", of_pool(json!({ "Filter": "username = \"user-7\"" }))).await;
    let by_status = json!({ "Filter": "cognito:user_status = \"CONFIRMED\"" });
    count("ListUsers, by status", of_pool(by_status)).await;
    count("DeleteUserPool", of_pool(json!({}))).await;
    // Last, because the keys of a new pool are made in the background.
    count("CreateUserPool", json!({ "PoolName": "q" })).await;
    rows
}

fn table(rows: &[Row]) -> String {
    let mut text = "# Calls of the storage backend\n\n\
        Counted by `server/tests/it/store_trips.rs`: the reads and commits of a request that succeeds, up to its own\n\
        commit, and those after it: the outbox's for the message that the request sends, and the groups that tokens name. Over\n\
        a network each is a round trip.\n\n\
        | request | reads | commits | after |\n|---|---|---|---|\n"
        .to_owned();
    for Row { name, reads, commits, after } in rows {
        let note = if SCANS.contains(&name.as_str()) { " (per 500 users)" } else { "" };
        writeln!(text, "| {name} | {reads}{note} | {commits} | {after} |").expect("text");
    }
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn store_trips_of_every_operation_are_bounded_and_as_listed() {
    let store = InterceptedStore::counting();
    let interceptor = store.interceptor();
    let fixture = UserFixture::on(store.app()).await;
    let mut rows = rows_about_a_user(&fixture, &interceptor).await;
    rows.extend(rows_about_a_pool(&fixture, &interceptor).await);
    for operation in SERVED {
        let name = operation.name();
        assert!(rows.iter().any(|row| operation_of(&row.name) == name), "{name} has no row");
    }
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    for row in &rows {
        let (name, trips) = (row.name.as_str(), row.reads + row.commits);
        assert!(trips <= 4 || SCANS.contains(&name), "{name}: {trips} trips");
        assert!(row.after <= 3, "{name}: {} trips after the commit", row.after);
        if FREQUENT.contains(&name) {
            assert!(row.reads <= 2 && row.commits <= 1, "{name}: {} and {}", row.reads, row.commits);
        }
    }
    for frequent in FREQUENT {
        assert!(rows.iter().any(|row| row.name == frequent), "{frequent} has no row");
    }
    let table = table(&rows);
    if std::env::var_os("LIDO_WRITE_TRIPS").is_some() {
        fs::write(TABLE, &table).expect("written");
    }
    let listed = fs::read_to_string(TABLE).unwrap_or_default();
    assert!(listed == table, "run this test with LIDO_WRITE_TRIPS=1; the table is:\n{table}");
}
