//! InitiateAuth by a password or a refresh token. Flows of several steps have modules of their own, such as
//! [`crate::srp_authentication`].

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType, ExplicitAuthFlowsType, PreventUserExistenceErrorTypes,
};
use lido_domain::user::Status;
use serde_json::{Value, json};

use super::{WRONG, signed_in};
use crate::support::{PASSWORD, assert_refused, sign_in::SignInFixture};

/// cog-0167, cog-0169, cog-0211, cog-0212.
#[tokio::test]
async fn initiate_auth_of_user_who_may_not_sign_in_is_refused() {
    let fixture = SignInFixture::new().await;
    fixture.change_stored_user(|ann| ann.status = Status::Unconfirmed).await;
    for password in [PASSWORD, "wrong"] {
        let call = fixture.by_password("ann", password);
        assert_refused!(call, is_user_not_confirmed_exception, "User is not confirmed.");
    }
    fixture.change_stored_user(|ann| ann.status = Status::ResetRequired).await;
    let text = "Password reset required for the user";
    assert_refused!(fixture.by_password("ann", PASSWORD), is_password_reset_required_exception, text);
    fixture.change_stored_user(|ann| ann.enabled = false).await;
    assert_refused!(fixture.by_password("ann", PASSWORD), is_not_authorized_exception, "User is disabled.");
}

/// cog-0168: an alias does not resolve until it is verified.
#[tokio::test]
async fn initiate_auth_by_unverified_alias_is_refused() {
    let fixture = SignInFixture::new().await;
    let call = fixture.by_password("ann@example.com", PASSWORD);
    assert_refused!(call, is_user_not_found_exception, "User does not exist.");
}

/// cog-0170, cog-0171.
#[tokio::test]
async fn initiate_auth_after_five_wrong_passwords_is_locked_for_a_while() {
    let fixture = SignInFixture::new().await;
    let locked = "Password attempts exceeded";
    for _ in 0..5 {
        assert_refused!(fixture.by_password("ann", "wrong"), is_not_authorized_exception, WRONG);
    }
    assert_refused!(fixture.by_password("ann", PASSWORD), is_not_authorized_exception, locked);
    let clock = &fixture.server.app.clock;
    clock.advance(Duration::from_secs(1));
    assert_refused!(fixture.by_password("ann", "wrong"), is_not_authorized_exception, WRONG);
    clock.advance(Duration::from_secs(1));
    assert_refused!(fixture.by_password("ann", PASSWORD), is_not_authorized_exception, locked);
    clock.advance(Duration::from_secs(1));
    fixture.by_password("ann", PASSWORD).send().await.expect("a sign-in, which resets the count of failures");
    assert_refused!(fixture.by_password("ann", "wrong"), is_not_authorized_exception, WRONG);
    fixture.by_password("ann", PASSWORD).send().await.expect("a sign-in after a single failure");
}

/// cog-0184: an unknown user gets the same errors, lock-out and key derivations as an existing one.
#[tokio::test]
async fn initiate_auth_of_unknown_user_at_hiding_client_takes_the_same_work() {
    let fixture = SignInFixture::new().await;
    let hiding = PreventUserExistenceErrorTypes::Enabled;
    let client = fixture.server.create_sign_in_client(&fixture.ids.pool, hiding).await;
    let passwords = &fixture.server.app.passwords;
    let mut work = Vec::new();
    for username in ["ann", "unknown"] {
        let before = passwords.exponentiations();
        for _ in 0..5 {
            let call = fixture.by_password(username, "wrong").client_id(&client);
            assert_refused!(call, is_not_authorized_exception, WRONG);
        }
        let call = fixture.by_password(username, "wrong").client_id(&client);
        assert_refused!(call, is_not_authorized_exception, "Password attempts exceeded");
        work.push(passwords.exponentiations() - before);
    }
    assert_eq!(work, [5, 5]);
}

/// amazon-cognito-identity-js sends a null device key when it renews tokens in a browser without a device.
#[tokio::test]
async fn initiate_auth_with_null_parameter_treats_it_as_absent() {
    let fixture = SignInFixture::new().await;
    let result = signed_in(&fixture).await;
    let parameters = |token: Value| json!({ "REFRESH_TOKEN": token, "DEVICE_KEY": null });
    let renew = |token| {
        let client = &fixture.ids.client;
        json!({ "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters(token) })
    };
    let token = Value::from(result.refresh_token().expect("a refresh token"));
    let renewed = fixture.server.post_unsigned("InitiateAuth", &renew(token)).await.expect_output();
    assert!(renewed["AuthenticationResult"]["AccessToken"].is_string(), "{renewed}");
    let refused = fixture.server.post_unsigned("InitiateAuth", &renew(Value::Null)).await.refusal();
    let expected = (400, "InvalidParameterException", "Missing required parameter REFRESH_TOKEN");
    assert_eq!((refused.0, refused.1.as_str(), refused.2.as_str()), expected);
}

/// cog-0165.
#[tokio::test]
async fn initiate_auth_with_right_password_returns_tokens() {
    let fixture = SignInFixture::new().await;
    let output = fixture.by_password("ann", PASSWORD).send().await.expect("signed in");
    assert_eq!((output.challenge_name(), output.session()), (None, None));
    assert_eq!(output.challenge_parameters().map(|parameters| parameters.len()), Some(0));
    let result = output.authentication_result.expect("tokens");
    assert_eq!((result.expires_in, result.token_type()), (3600, Some("Bearer")));
    for token in [result.access_token(), result.id_token()] {
        assert_eq!(token.expect("a token").split('.').count(), 3);
    }
    assert!(result.refresh_token().is_some());
}

/// cog-0162, cog-0163, cog-0193.
#[tokio::test]
async fn initiate_auth_with_wrong_password_user_or_client_is_refused() {
    let fixture = SignInFixture::new().await;
    assert_refused!(fixture.by_password("ann", "wrong"), is_not_authorized_exception, WRONG);
    let unknown_user = fixture.by_password("unknown", PASSWORD);
    assert_refused!(unknown_user, is_user_not_found_exception, "User does not exist.");
    let unknown = fixture.by_password("ann", PASSWORD).client_id("none");
    assert_refused!(unknown, is_resource_not_found_exception, "User pool client none does not exist.");
}

/// cog-0160, cog-0161, cog-0384.
#[tokio::test]
async fn initiate_auth_without_parameter_is_refused() {
    let fixture = SignInFixture::new().await;
    let missing = |name: &str| format!("Missing required parameter {name}");
    let call = fixture.by_password("", "");
    assert_refused!(call, is_invalid_parameter_exception, missing("USERNAME").as_str());
    let call = fixture.by_password("ann", "");
    assert_refused!(call, is_invalid_parameter_exception, missing("PASSWORD").as_str());
    let srp = fixture.initiate(AuthFlowType::UserSrpAuth).auth_parameters("USERNAME", "ann");
    assert_refused!(srp, is_invalid_parameter_exception, missing("SRP_A").as_str());
}

/// cog-0172, cog-0382, cog-0383, cog-0385.
#[tokio::test]
async fn initiate_auth_by_flow_not_enabled_is_refused() {
    let fixture = SignInFixture::new().await;
    let call = fixture.initiate(AuthFlowType::AdminUserPasswordAuth);
    assert_refused!(call, is_invalid_parameter_exception, "Initiate Auth method not supported.");
    let pool = &fixture.ids.pool;
    let create = fixture.server.sdk.create_user_pool_client().user_pool_id(pool).client_name("n");
    let created = create.explicit_auth_flows(ExplicitAuthFlowsType::AllowCustomAuth).send().await;
    let none =
        created.expect("a client").user_pool_client.and_then(|client| client.client_id).expect("an id");
    let texts = [
        (AuthFlowType::UserPasswordAuth, "USER_PASSWORD_AUTH flow not enabled for this client"),
        (AuthFlowType::UserAuth, "USER_AUTH flow not enabled for this client"),
        (AuthFlowType::UserSrpAuth, "USER_SRP_AUTH is not enabled for the client"),
    ];
    for (flow, text) in texts {
        assert_refused!(fixture.initiate(flow).client_id(&none), is_invalid_parameter_exception, text);
    }
}

/// pub-0018, cog-0210.
#[tokio::test]
async fn initiate_auth_by_refresh_token_renews_for_thirty_days() {
    let fixture = SignInFixture::new().await;
    let result = signed_in(&fixture).await;
    let token = result.refresh_token().expect("a refresh token");
    let by_flow = |token: &str| {
        fixture.initiate(AuthFlowType::RefreshTokenAuth).auth_parameters("REFRESH_TOKEN", token)
    };
    let renewed = by_flow(token).send().await.expect("renewed").authentication_result.expect("tokens");
    assert_eq!(renewed.refresh_token(), None);
    assert_ne!(renewed.access_token(), result.access_token());
    let user = fixture.server.sdk.get_user().access_token(renewed.access_token().expect("a token"));
    assert_eq!(user.send().await.expect("the user").username(), "ann");
    assert_refused!(by_flow("nonsense"), is_not_authorized_exception, "Invalid Refresh Token.");
    fixture.server.app.clock.advance(Duration::from_secs(30 * 24 * 60 * 60));
    assert_refused!(by_flow(token), is_not_authorized_exception, "Refresh Token has expired");
}
