//! Access tokens: what every operation that takes one answers to a token that is not good.

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

/// The operations that are served and take an access token, as the model has them.
fn operations_of_bearers() -> BTreeSet<String> {
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

/// Asserts that every operation refuses this token so.
async fn all_say(user: &UserFixture, token: &str, kind: &'static str, text: &'static str) {
    all_say_but(user, token, |_| (kind, text)).await;
}

/// The same, where `said` knows what each says.
async fn all_say_but(user: &UserFixture, token: &str, said: impl Fn(&str) -> (&'static str, &'static str)) {
    let mut wrong = Vec::new();
    let requests = user.requests(token).into_iter();
    for (row, request) in requests.filter(|(_, request)| request.get("AccessToken").is_some()) {
        let (status, kind, text) = user.send(row, &request).await.refusal();
        let expected = said(row);
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
    assert_eq!(tried, operations_of_bearers());
}

/// cog-0334, cog-0335, cog-0336, cog-0337.
#[tokio::test]
async fn every_operation_refuses_a_bad_access_token_alike() {
    let user = UserFixture::new().await;
    let fixture = &user.fixture;
    let unauthorized = "NotAuthorizedException";
    let invalid = "Invalid Access Token";
    all_say(&user, "nonsense", unauthorized, invalid).await;
    let signed_in = fixture.by_password("ann", PASSWORD).send().await.expect("signed in");
    let id_token = signed_in.authentication_result.and_then(|result| result.id_token).expect("an id token");
    all_say(&user, &id_token, unauthorized, invalid).await;

    let token = user.token.as_str();
    let (rest, signature) = token.rsplit_once('.').expect("three parts");
    let other = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("{rest}.{other}{}", &signature[1..]);
    all_say(&user, &forged, unauthorized, "Could not verify signature for Access Token").await;

    // Signed by the pool, and with another scope only.
    let (app, pool) = (&fixture.server.app, PoolId::new(&fixture.ids.pool));
    let (_, read) = app.store.begin().find_signing_keys(&pool).await.expect("read");
    let keys = app.tokens.open(&pool, read.as_ref()).await.expect("keys");
    let borne = keys.verify(token).expect("good");
    let claims: Claims = [
        ("sub", json!(borne.sub.as_str())),
        ("client_id", json!(borne.client_id.as_str())),
        ("event_id", json!(borne.grant.as_str())),
        ("token_use", json!("access")),
        ("scope", json!("openid profile")),
        ("exp", json!(borne.exp)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect();
    let (_, narrow) = keys.sign(&Claims::new(), &claims).expect("signed");
    all_say(&user, &narrow, unauthorized, "Access Token does not have required scopes").await;

    fixture.change_ann(|ann| ann.enabled = false).await;
    all_say(&user, token, unauthorized, "User is disabled.").await;
    fixture.change_ann(|ann| ann.enabled = true).await;

    let (sdk, revoked) = (&fixture.server.sdk, "Access Token has been revoked");
    sdk.global_sign_out().access_token(token).send().await.expect("signed out");
    all_say(&user, token, unauthorized, revoked).await;

    let token = fixture.token().await;
    sdk.admin_delete_user().user_pool_id(&fixture.ids.pool).username("ann").send().await.expect("deleted");
    // The models of some know no type for a user who is gone.
    let knows_no_such_type =
        |row: &str| row.contains("WebAuthn") || matches!(row, "AssociateSoftwareToken" | "GlobalSignOut");
    all_say_but(&user, &token, |row| match knows_no_such_type(row) {
        true => (unauthorized, revoked),
        false => ("UserNotFoundException", "User does not exist."),
    })
    .await;
    fixture.server.app.clock.advance(Duration::from_secs(3600));
    all_say(&user, &token, unauthorized, "Access Token has expired").await;
}
