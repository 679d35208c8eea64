//! One's own account: what every operation says to a token that is not good, what a user can sign in with, and the end.
//!
//! Attributes are in `account_attributes` and `account_verification`, the password in `account_password`. What a user
//! meets in each state is in `states`.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    error::ProvideErrorMetadata,
    types::{AuthFactorType, SignInPolicyType, UserPoolPolicyType},
};
use lido_domain::{id::PoolId, token::Claims};
use serde_json::json;

use crate::{
    sign_in::SignIn,
    support::{House, PASSWORD, attribute, refused},
};

const OPERATIONS: [&str; 8] = [
    "ChangePassword",
    "DeleteUser",
    "DeleteUserAttributes",
    "GetUser",
    "GetUserAttributeVerificationCode",
    "GetUserAuthFactors",
    "UpdateUserAttributes",
    "VerifyUserAttribute",
];

/// What an operation says to this token: the type and the text of its refusal.
async fn refusal(house: &House, operation: &str, token: &str) -> (String, String) {
    macro_rules! refusal {
        ($call:expr) => {{
            let error = $call.access_token(token).send().await.expect_err(operation).into_service_error();
            let said = |text: Option<&str>| text.expect("told").to_owned();
            (said(error.code()), said(error.message()))
        }};
    }
    let sdk = &house.sdk;
    match operation {
        "ChangePassword" => {
            refusal!(sdk.change_password().previous_password(PASSWORD).proposed_password(PASSWORD))
        }
        "DeleteUser" => refusal!(sdk.delete_user()),
        "DeleteUserAttributes" => refusal!(sdk.delete_user_attributes().user_attribute_names("name")),
        "GetUser" => refusal!(sdk.get_user()),
        "GetUserAttributeVerificationCode" => {
            refusal!(sdk.get_user_attribute_verification_code().attribute_name("email"))
        }
        "GetUserAuthFactors" => refusal!(sdk.get_user_auth_factors()),
        "UpdateUserAttributes" => {
            refusal!(sdk.update_user_attributes().user_attributes(attribute("name", "Ann")))
        }
        "VerifyUserAttribute" => refusal!(sdk.verify_user_attribute().attribute_name("email").code("1")),
        other => panic!("{other} is not sent"),
    }
}

async fn all_say(world: &SignIn, token: &str, kind: &str, text: &str) {
    for operation in OPERATIONS {
        let said = refusal(&world.house, operation, token).await;
        assert_eq!(said, (kind.to_owned(), text.to_owned()), "{operation}");
    }
}

/// cog-0334, cog-0335, cog-0336, cog-0337.
#[tokio::test]
async fn every_operation_refuses_a_token_alike() {
    let world = SignIn::new().await;
    let unauthorized = "NotAuthorizedException";
    all_say(&world, "nonsense", unauthorized, "Invalid Access Token").await;

    let token = world.token().await;
    let (rest, signature) = token.rsplit_once('.').expect("three parts");
    let other = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("{rest}.{other}{}", &signature[1..]);
    all_say(&world, &forged, unauthorized, "Could not verify signature for Access Token").await;

    // Signed by the pool, and with another scope only.
    let keys = world.house.app.tokens.of_pool(&PoolId::new(&world.place.pool)).await.expect("keys");
    let borne = keys.verify(&token).expect("good");
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
    all_say(&world, &narrow, unauthorized, "Access Token does not have required scopes").await;

    world.change_ann(|ann| ann.enabled = false).await;
    all_say(&world, &token, unauthorized, "User is disabled.").await;
    world.change_ann(|ann| ann.enabled = true).await;

    let sdk = &world.house.sdk;
    sdk.global_sign_out().access_token(&token).send().await.expect("signed out");
    all_say(&world, &token, unauthorized, "Access Token has been revoked").await;

    let token = world.token().await;
    sdk.admin_delete_user().user_pool_id(&world.place.pool).username("ann").send().await.expect("deleted");
    all_say(&world, &token, "UserNotFoundException", "User does not exist.").await;
    world.house.app.clock.advance(Duration::from_secs(3600));
    all_say(&world, &token, unauthorized, "Access Token has expired").await;
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
