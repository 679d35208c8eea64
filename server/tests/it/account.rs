//! One's own account: what every operation says to a token that is not good, what a user can sign in with, and the end.
//!
//! Attributes are in `account_attributes` and `account_verification`, the password in `account_password`. What a user
//! meets in each state is in `states`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::Duration,
};

use aws_sdk_cognitoidentityprovider::types::{AuthFactorType, SignInPolicyType, UserPoolPolicyType};
use lido::operations::{Operation, SERVED};
use lido_domain::{id::PoolId, token::Claims};
use lido_runtime::Operation as _;
use serde_json::{Value, json};

use crate::{
    about_ann::AboutAnn,
    sign_in::SignIn,
    support::{PASSWORD, refused},
};

/// The operations that are served and take an access token, as the model has them.
fn operations_of_bearers() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../model/cognito-idp");
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
async fn all_say(about: &AboutAnn, token: &str, kind: &'static str, text: &'static str) {
    all_say_but(about, token, |_| (kind, text)).await;
}

/// The same, where `said` knows what each says.
async fn all_say_but(about: &AboutAnn, token: &str, said: impl Fn(&str) -> (&'static str, &'static str)) {
    let mut wrong = Vec::new();
    let requests = about.requests(token).into_iter();
    for (row, request) in requests.filter(|(_, request)| request.get("AccessToken").is_some()) {
        let (status, kind, text) = about.send(row, &request).await.refusal();
        let expected = said(row);
        if (status, kind.as_str(), text.as_str()) != (400, expected.0, expected.1) {
            wrong.push(format!("{row}: {status} {kind}, {text}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_operation_that_takes_a_token_is_tried() {
    let about = AboutAnn::new().await;
    let rows = about.requests(&about.token).into_iter();
    let tried = rows.filter(|(_, request)| request.get("AccessToken").is_some());
    let tried: BTreeSet<_> = tried.map(|(row, _)| row.to_owned()).collect();
    assert_eq!(tried, operations_of_bearers());
}

/// cog-0334, cog-0335, cog-0336, cog-0337.
#[tokio::test]
async fn every_operation_refuses_a_token_alike() {
    let about = AboutAnn::new().await;
    let world = &about.world;
    let unauthorized = "NotAuthorizedException";
    let invalid = "Invalid Access Token";
    all_say(&about, "nonsense", unauthorized, invalid).await;
    let signed_in = world.by_password("ann", PASSWORD).send().await.expect("signed in");
    let id_token = signed_in.authentication_result.and_then(|result| result.id_token).expect("an id token");
    all_say(&about, &id_token, unauthorized, invalid).await;

    let token = about.token.as_str();
    let (rest, signature) = token.rsplit_once('.').expect("three parts");
    let other = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("{rest}.{other}{}", &signature[1..]);
    all_say(&about, &forged, unauthorized, "Could not verify signature for Access Token").await;

    // Signed by the pool, and with another scope only.
    let keys = world.house.app.tokens.of_pool(&PoolId::new(&world.place.pool)).await.expect("keys");
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
    all_say(&about, &narrow, unauthorized, "Access Token does not have required scopes").await;

    world.change_ann(|ann| ann.enabled = false).await;
    all_say(&about, token, unauthorized, "User is disabled.").await;
    world.change_ann(|ann| ann.enabled = true).await;

    let (sdk, revoked) = (&world.house.sdk, "Access Token has been revoked");
    sdk.global_sign_out().access_token(token).send().await.expect("signed out");
    all_say(&about, token, unauthorized, revoked).await;

    let token = world.token().await;
    sdk.admin_delete_user().user_pool_id(&world.place.pool).username("ann").send().await.expect("deleted");
    // The models of some know no type for a user who is gone.
    let knows_no_such_type =
        |row: &str| row.contains("WebAuthn") || matches!(row, "AssociateSoftwareToken" | "GlobalSignOut");
    all_say_but(&about, &token, |row| match knows_no_such_type(row) {
        true => (unauthorized, revoked),
        false => ("UserNotFoundException", "User does not exist."),
    })
    .await;
    world.house.app.clock.advance(Duration::from_secs(3600));
    all_say(&about, &token, unauthorized, "Access Token has expired").await;
}

#[tokio::test]
async fn whoever_deletes_the_account_is_gone_with_all_that_was_theirs() {
    let world = SignIn::new().await;
    let (sdk, pool) = (&world.house.sdk, &world.place.pool);
    sdk.create_group().user_pool_id(pool).group_name("staff").send().await.expect("a group");
    let join = sdk.admin_add_user_to_group().user_pool_id(pool).username("ann").group_name("staff");
    join.send().await.expect("joined");
    let answer = world.by_password("ann", PASSWORD).send().await.expect("signed in");
    let result = answer.authentication_result.expect("tokens");
    let token = result.access_token.expect("a token");
    sdk.delete_user().access_token(&token).send().await.expect("deleted");

    refused!(world.by_password("ann", PASSWORD), is_user_not_found_exception, "User does not exist.");
    let refresh = sdk.get_tokens_from_refresh_token().client_id(&world.place.client);
    let refresh = refresh.refresh_token(result.refresh_token.expect("a refresh token"));
    refused!(refresh, is_not_authorized_exception, "Refresh Token has been revoked");
    let again = sdk.delete_user().access_token(&token);
    refused!(again, is_user_not_found_exception, "User does not exist.");
    let staff = sdk.list_users_in_group().user_pool_id(pool).group_name("staff").send().await;
    assert!(staff.expect("a list").users().is_empty());
    world.house.sign_up(&world.place.client, "ann", "ann@example.com").await;
}

#[tokio::test]
async fn what_a_user_can_sign_in_with() {
    let world = SignIn::new().await;
    let (sdk, token) = (&world.house.sdk, world.token().await);
    let factors = || async {
        let answer = sdk.get_user_auth_factors().access_token(&token).send().await.expect("told");
        assert_eq!((answer.username(), answer.preferred_mfa_setting()), ("ann", None));
        answer.configured_user_auth_factors().to_vec()
    };
    assert_eq!(factors().await, [AuthFactorType::Password]);
    let allowed = SignInPolicyType::builder()
        .allowed_first_auth_factors(AuthFactorType::Password)
        .allowed_first_auth_factors(AuthFactorType::EmailOtp)
        .allowed_first_auth_factors(AuthFactorType::SmsOtp);
    let policies = UserPoolPolicyType::builder().sign_in_policy(allowed.build()).build();
    let update = sdk.update_user_pool().user_pool_id(&world.place.pool).policies(policies);
    update.send().await.expect("updated");
    assert_eq!(factors().await, [AuthFactorType::Password, AuthFactorType::EmailOtp]);
    world.change_ann(|ann| ann.credential = None).await;
    assert_eq!(factors().await, [AuthFactorType::EmailOtp]);
}
