//! How every operation that takes an access token refuses an invalid one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::Duration,
};

use lido::operations::{Operation, SERVED};
use lido_domain::{id::PoolId, token::Claims};
use lido_runtime::Operation as _;
use serde_json::{Value, json};

use crate::support::{PASSWORD, user_fixture::UserFixture};

/// Returns the served operations whose input in the model has a member `AccessToken`.
fn operations_with_access_token() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../model/cognito-idp");
    let files = fs::read_dir(folder).expect("the model").map(|file| file.expect("a file").path());
    let shapes = files.flat_map(|file| {
        let model: Value = serde_json::from_slice(&fs::read(file).expect("read")).expect("JSON");
        model["shapes"].as_object().cloned().unwrap_or_default()
    });
    let shapes: BTreeMap<String, Value> = shapes.collect();
    let takes_token = |operation: &&Operation| {
        let shape = &shapes[&format!("com.amazonaws.cognitoidentityprovider#{}", operation.name())];
        let input = shape["input"]["target"].as_str().and_then(|input| shapes.get(input));
        input.is_some_and(|input| input["members"].get("AccessToken").is_some())
    };
    SERVED.iter().filter(takes_token).map(|operation| operation.name().to_owned()).collect()
}

/// Asserts that every operation refuses this token with this error type and message.
async fn assert_all_refuse(user: &UserFixture, token: &str, kind: &'static str, text: &'static str) {
    assert_all_refuse_with(user, token, |_| (kind, text)).await;
}

/// Asserts that every operation refuses this token with the error type and message that `expected` returns for its row.
async fn assert_all_refuse_with(
    user: &UserFixture,
    token: &str,
    expected: impl Fn(&str) -> (&'static str, &'static str),
) {
    let mut wrong = Vec::new();
    let requests = user.requests(token).into_iter();
    for (row, request) in requests.filter(|(_, request)| request.get("AccessToken").is_some()) {
        let (status, kind, text) = user.send(row, &request).await.refusal();
        let expected = expected(row);
        if (status, kind.as_str(), text.as_str()) != (400, expected.0, expected.1) {
            wrong.push(format!("{row}: {status} {kind}, {text}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_operation_with_access_token_has_a_request() {
    let user = UserFixture::new().await;
    let rows = user.requests(&user.token).into_iter();
    let tried = rows.filter(|(_, request)| request.get("AccessToken").is_some());
    let tried: BTreeSet<_> = tried.map(|(row, _)| row.to_owned()).collect();
    assert_eq!(tried, operations_with_access_token());
}

/// cog-0334, cog-0335, cog-0336, cog-0337.
#[tokio::test]
async fn every_operation_with_invalid_access_token_is_refused() {
    let user = UserFixture::new().await;
    let fixture = &user.fixture;
    let unauthorized = "NotAuthorizedException";
    let invalid = "Invalid Access Token";
    assert_all_refuse(&user, "nonsense", unauthorized, invalid).await;
    let signed_in = fixture.by_password("ann", PASSWORD).send().await.expect("signed in");
    let id_token = signed_in.authentication_result.and_then(|result| result.id_token).expect("an id token");
    assert_all_refuse(&user, &id_token, unauthorized, invalid).await;

    let token = user.token.as_str();
    let (rest, signature) = token.rsplit_once('.').expect("three parts");
    let other = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("{rest}.{other}{}", &signature[1..]);
    assert_all_refuse(&user, &forged, unauthorized, "Could not verify signature for Access Token").await;

    // A token that the pool signed, but with another scope.
    let (app, pool) = (&fixture.server.app, PoolId::new(&fixture.ids.pool));
    let (_, read) = app.store.begin().find_signing_keys(&pool).await.expect("read");
    let keys = app.tokens.open(&pool, read.as_ref()).await.expect("keys");
    let verified = keys.verify(token).expect("a valid token");
    let claims: Claims = [
        ("sub", json!(verified.sub.as_str())),
        ("client_id", json!(verified.client_id.as_str())),
        ("event_id", json!(verified.grant.as_str())),
        ("token_use", json!("access")),
        ("scope", json!("openid profile")),
        ("exp", json!(verified.exp)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect();
    let narrow = keys.sign_access(&claims).expect("signed");
    assert_all_refuse(&user, &narrow, unauthorized, "Access Token does not have required scopes").await;

    fixture.change_stored_user(|ann| ann.enabled = false).await;
    assert_all_refuse(&user, token, unauthorized, "User is disabled.").await;
    fixture.change_stored_user(|ann| ann.enabled = true).await;

    let (sdk, revoked) = (&fixture.server.sdk, "Access Token has been revoked");
    sdk.global_sign_out().access_token(token).send().await.expect("signed out");
    assert_all_refuse(&user, token, unauthorized, revoked).await;

    let token = fixture.access_token().await;
    sdk.admin_delete_user().user_pool_id(&fixture.ids.pool).username("ann").send().await.expect("deleted");
    // The model declares no UserNotFoundException for some operations.
    let is_undeclared =
        |row: &str| row.contains("WebAuthn") || matches!(row, "AssociateSoftwareToken" | "GlobalSignOut");
    assert_all_refuse_with(&user, &token, |row| match is_undeclared(row) {
        true => (unauthorized, revoked),
        false => ("UserNotFoundException", "User does not exist."),
    })
    .await;
    fixture.server.app.clock.advance(Duration::from_secs(3600));
    assert_all_refuse(&user, &token, unauthorized, "Access Token has expired").await;
}
