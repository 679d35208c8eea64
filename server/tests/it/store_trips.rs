//! The number of calls of the storage backend by each operation, compared with the table in `server/tests/TRIPS.md`.
//!
//! Over a network each call is a round trip, so an operation that makes more calls than before fails here.
//! `LIDO_WRITE_TRIPS=1` writes the table.

use std::{fmt::Write as _, fs, sync::Arc};

use lido::{
    app::App,
    client_metadata::FakeMetadata,
    operations::SERVED,
    store::{Key, Record},
};
use lido_domain::{
    Timestamp,
    attribute::Attributes,
    client::cimd::CachedMetadata,
    id::{CimdPolicyId, PoolId, Sub, Username},
    user::{Status, User},
};
use lido_runtime::Operation as _;
use serde_json::{Value, json};

use crate::support::{
    documents::merge,
    intercepted_store::{BackendCall, InterceptedStore, Interceptor},
    json_requests::id,
    user_fixture::{UserFixture, operation_of},
};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../TRIPS.md");

/// The operations of sign-ups and sign-ins, which have the tightest bound.
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

/// The address of a client ID metadata document.
const METADATA_URL: &str = "https://example.com/client.json";

/// The rows that read page after page, here through 500 users.
const SCANS: [&str; 1] = ["ListUsers, by status"];

/// A row of the table: the calls up to the request's own commit, and those after it.
struct Row {
    name: String,
    reads: usize,
    commits: usize,
    after: usize,
}

impl Row {
    fn of(name: &str, interceptor: &Interceptor) -> Self {
        let calls = interceptor.take_calls();
        let commit = calls.iter().position(|call| *call == BackendCall::Commit);
        let (request, after) = calls.split_at(commit.map_or(calls.len(), |at| at + 1));
        let reads = request.iter().filter(|call| **call == BackendCall::Read).count();
        // The keys of a new pool are generated in the background, at no fixed time.
        let after = if name == "CreateUserPool" { 0 } else { after.len() };
        Self { name: name.to_owned(), reads, commits: request.len() - reads, after }
    }
}

/// Returns the user's state in which a row succeeds.
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

/// Counts the calls of the requests about a user.
async fn rows_about_a_user(fixture: &UserFixture, interceptor: &Interceptor) -> Vec<Row> {
    let now = fixture.fixture.server.app.clock.now();
    let mut rows = Vec::new();
    for (row, mut request) in fixture.requests(&fixture.token) {
        fixture.set_state(row, state(row, now), true).await;
        if matches!(row, "SignUp" | "AdminCreateUser") {
            let name = format!("new-{}", rows.len());
            let mail = format!("{name}@example.com");
            request["Username"] = name.into();
            request["UserAttributes"] = json!([{ "Name": "email", "Value": mail }]);
        }
        interceptor.take_calls();
        let response = fixture.send(row, &request).await;
        assert_eq!(response.status, 200, "{row}: {response:?}");
        rows.push(Row::of(row, interceptor));
    }
    rows
}

/// Returns the record of a user.
fn user(number: usize) -> (Key, Record) {
    let (sub, username) = (Sub::new(format!("sub-{number}")), Username::new(format!("user-{number}")));
    let at = Timestamp::from_millis(0);
    let user = User::new(sub.clone(), username, Status::Unconfirmed, Attributes::default(), at);
    (Key::user(&sub), Record::User(user))
}

/// Returns a client ID metadata document that is kept.
fn metadata(policy: &str, now: Timestamp) -> (Key, Record) {
    let kept = CachedMetadata {
        policy: CimdPolicyId::new(policy),
        url: METADATA_URL.to_owned(),
        document: json!({ "client_id": METADATA_URL }),
        cached_at: now,
        expires_at: Timestamp::from_millis(now.as_millis() + 1_000),
    };
    (Key::client_metadata(&kept.policy, &kept.url), Record::ClientMetadata(Box::new(kept)))
}

/// Counts the calls of the requests about pools, app clients, groups, tags and lists.
async fn rows_about_a_pool(fixture: &UserFixture, interceptor: &Interceptor) -> Vec<Row> {
    let server = &fixture.fixture.server;
    let pool =
        id(&server.expect_output("CreateUserPool", &json!({ "PoolName": "p" })).await["UserPool"]["Id"]);
    // Generates the keys of the pool before anything is counted.
    server.app.tokens.open(&PoolId::new(&pool), None).await.expect("keys");
    let of_pool = |more: Value| {
        let mut request = json!({ "UserPoolId": pool });
        if let (Some(request), Value::Object(more)) = (request.as_object_mut(), more) {
            request.extend(more);
        }
        request
    };
    let client = json!({ "ClientName": "c", "GenerateSecret": true });
    let client = server.expect_output("CreateUserPoolClient", &of_pool(client)).await;
    let client = id(&client["UserPoolClient"]["ClientId"]);
    let of_client = |mut more: Value| {
        more["ClientId"] = client.as_str().into();
        of_pool(more)
    };
    let arn = id(&server.expect_output("DescribeUserPool", &of_pool(json!({}))).await["UserPool"]["Arn"]);
    server.app.store.put(&PoolId::new(&pool), (0..500).map(user).collect()).await.expect("users");
    let group = || of_pool(json!({ "GroupName": "g" }));
    let attribute = json!({ "CustomAttributes": [{ "Name": "a", "AttributeDataType": "String" }] });
    let mut rows = Vec::new();
    let mut count = async |row: &str, request: Value| {
        interceptor.take_calls();
        let response = server.post(operation_of(row), &request).await;
        assert_eq!(response.status, 200, "{row}: {response:?}");
        rows.push(Row::of(row, interceptor));
        response
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
    let domain = || of_pool(json!({ "Domain": "shop" }));
    count("CreateUserPoolDomain", domain()).await;
    count("DescribeUserPoolDomain", json!({ "Domain": "shop" })).await;
    count("UpdateUserPoolDomain", domain()).await;
    count("SetUICustomization", of_pool(json!({ "CSS": ".label-customizable { color: red }" }))).await;
    count("GetUICustomization", of_pool(json!({}))).await;
    let client = count("CreateUserPoolClient, for its pages", of_pool(json!({ "ClientName": "e" }))).await;
    let client = client.json()["UserPoolClient"]["ClientId"].clone();
    let of_client = |mut more: Value| {
        more["ClientId"] = client.clone();
        of_pool(more)
    };
    let style = count("CreateManagedLoginBranding", of_client(json!({ "Settings": {} }))).await;
    let style = style.json()["ManagedLoginBranding"]["ManagedLoginBrandingId"].clone();
    let of_style = |mut more: Value| {
        more["ManagedLoginBrandingId"] = style.clone();
        of_pool(more)
    };
    count("DescribeManagedLoginBranding", of_style(json!({}))).await;
    count("DescribeManagedLoginBrandingByClient", of_client(json!({}))).await;
    count("UpdateManagedLoginBranding", of_style(json!({ "Settings": {} }))).await;
    count("DeleteManagedLoginBranding", of_style(json!({}))).await;
    let links = json!({ "cognito:default": "https://example.com" });
    let terms =
        json!({ "TermsName": "terms-of-use", "TermsSource": "LINK", "Enforcement": "NONE", "Links": links });
    let terms = count("CreateTerms", of_client(terms)).await.json()["Terms"]["TermsId"].clone();
    let of_terms = || of_pool(json!({ "TermsId": terms }));
    count("DescribeTerms", of_terms()).await;
    count("DescribeTermsByClient", of_client(json!({ "TermsName": "terms-of-use" }))).await;
    count("ListTerms", of_pool(json!({}))).await;
    count("UpdateTerms", of_terms()).await;
    count("DeleteTerms", of_terms()).await;
    count("DeleteUserPoolDomain", domain()).await;
    let owner = server.expect_output("CreateUserPoolClient", &of_pool(json!({ "ClientName": "e" }))).await;
    let patterns = json!(["https://example.com/*"]);
    let settings = |more: &Value| {
        let owner = &owner["UserPoolClient"]["ClientId"];
        of_pool(merge(&json!({ "ClientId": owner, "PolicyName": "p", "URLPatterns": patterns }), more))
    };
    let policy = count("CreateCIMDPolicy", settings(&json!({}))).await;
    let policy = id(&policy.json()["CIMDPolicy"]["CIMDPolicyId"]);
    let of_policy = || json!({ "CIMDPolicyId": policy });
    count("DescribeCIMDPolicy", of_pool(of_policy())).await;
    count("UpdateCIMDPolicy", settings(&of_policy())).await;
    count("ListCIMDPolicies", of_pool(json!({}))).await;
    for action in ["REFRESH", "INVALIDATE"] {
        let kept = metadata(&policy, server.app.clock.now());
        server.app.store.put(&PoolId::new(&pool), vec![kept]).await.expect("kept");
        let state = json!({ "CIMDPolicyId": policy, "URL": METADATA_URL, "Action": action });
        count(&format!("UpdateClientMetadataURLState, {action}"), of_pool(state)).await;
    }
    count("ListClientMetadataURLs", of_pool(of_policy())).await;
    count("DeleteCIMDPolicy", of_pool(of_policy())).await;
    let resource = || of_pool(json!({ "Identifier": "photos" }));
    let named = || of_pool(json!({ "Identifier": "photos", "Name": "Photos" }));
    count("CreateResourceServer", named()).await;
    count("DescribeResourceServer", resource()).await;
    count("UpdateResourceServer", named()).await;
    count("ListResourceServers", of_pool(json!({}))).await;
    let scopes = json!([{ "ScopeName": "see", "ScopeDescription": "sees" }]);
    let scoped = of_pool(json!({ "Identifier": "photos", "Name": "Photos", "Scopes": scopes }));
    server.expect_output("UpdateResourceServer", &scoped).await;
    let machine = json!({
        "ClientName": "m", "GenerateSecret": true, "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"],
        "AllowedOAuthScopes": ["photos/see"],
    });
    let machine = server.expect_output("CreateUserPoolClient", &of_pool(machine)).await;
    let machine = &machine["UserPoolClient"];
    let proof = json!({ "ClientId": machine["ClientId"], "Secret": machine["ClientSecret"] });
    count("GetClientToken", proof).await;
    count("DeleteResourceServer", resource()).await;
    count("DeleteUserPool", of_pool(json!({}))).await;
    // Last, because the keys of a new pool are generated in the background.
    count("CreateUserPool", json!({ "PoolName": "q" })).await;
    rows
}

fn table(rows: &[Row]) -> String {
    let mut text = "# Calls of the storage backend\n\n\
        Written by `server/tests/it/store_trips.rs` if `LIDO_WRITE_TRIPS=1` is set. For a request that succeeds, `reads` and\n\
        `commits` are the calls up to and including its own commit. `after` are the calls after it: those of the outbox, which\n\
        sends the request's message, and the reads of the groups for its tokens. Over a network each call is a round trip.\n\n\
        | request | reads | commits | after |\n|---|---|---|---|\n"
        .to_owned();
    for Row { name, reads, commits, after } in rows {
        let note = if SCANS.contains(&name.as_str()) { " (per 500 users)" } else { "" };
        writeln!(text, "| {name} | {reads}{note} | {commits} | {after} |").expect("text");
    }
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backend_calls_of_every_operation_are_bounded_and_as_listed() {
    let store = InterceptedStore::in_memory();
    let interceptor = store.interceptor();
    let documents = FakeMetadata::default();
    documents.put(METADATA_URL, json!({ "client_id": METADATA_URL }));
    let app = App { client_metadata: Arc::new(documents), ..store.app() };
    let fixture = UserFixture::with_app(app).await;
    let mut rows = rows_about_a_user(&fixture, &interceptor).await;
    rows.extend(rows_about_a_pool(&fixture, &interceptor).await);
    for operation in SERVED {
        let name = operation.name();
        assert!(rows.iter().any(|row| operation_of(&row.name) == name), "{name} has no row");
    }
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    for row in &rows {
        let (name, calls) = (row.name.as_str(), row.reads + row.commits);
        assert!(calls <= 4 || SCANS.contains(&name), "{name}: {calls} calls, of at most 4");
        assert!(row.after <= 3, "{name}: {} calls after the commit, of at most 3", row.after);
        if FREQUENT.contains(&name) {
            assert!(
                row.reads <= 2 && row.commits <= 1,
                "{name}: {} reads and {} commits, of at most 2 and 1",
                row.reads,
                row.commits
            );
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
    assert!(
        listed == table,
        "TRIPS.md differs; run this test with LIDO_WRITE_TRIPS=1 to write it. The table is now:\n{table}"
    );
}
