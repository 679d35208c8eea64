//! USER_AUTH: the session of ConfirmSignUp, the choice of a first factor, and codes as the first factor.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{
    AuthFactorType, AuthFlowType, ChallengeNameType, PreventUserExistenceErrorTypes, SignInPolicyType,
    UserPoolPolicyType,
};
use serde_json::json;

use crate::support::{
    PASSWORD, PoolAndClient, TestServer, assert_refused, attribute, pool_id_of, sign_in::SignInFixture,
    sms_configuration,
};

/// Starts a server with a pool that allows codes as first factors, an app client, and the confirmed user `ann`.
async fn fixture_with_codes(existence_errors: PreventUserExistenceErrorTypes) -> SignInFixture {
    let server = TestServer::new().await;
    let factors = SignInPolicyType::builder()
        .allowed_first_auth_factors(AuthFactorType::Password)
        .allowed_first_auth_factors(AuthFactorType::EmailOtp)
        .allowed_first_auth_factors(AuthFactorType::SmsOtp)
        .build();
    let create = server.sdk.create_user_pool().pool_name("p");
    let create = create.policies(UserPoolPolicyType::builder().sign_in_policy(factors).build());
    let create = create.auto_verified_attributes("email".into()).sms_configuration(sms_configuration());
    let pool = pool_id_of(create.send().await.expect("a pool").user_pool());
    let client = server.create_sign_in_client(&pool, existence_errors).await;
    let sub = server.sign_up(&client, "ann", "ann@example.com").await;
    let confirm = server.sdk.admin_confirm_sign_up().user_pool_id(&pool).username("ann");
    confirm.send().await.expect("confirmed");
    SignInFixture { server, ids: PoolAndClient { pool, client }, sub }
}

/// cog-0182.
#[tokio::test]
async fn user_auth_with_session_of_confirmation_signs_in_once() {
    let fixture = SignInFixture::new().await;
    let (sdk, client) = (&fixture.server.sdk, &fixture.ids.client);
    let sign_up = sdk.sign_up().client_id(client).username("bob").password(PASSWORD);
    let sign_up = sign_up.user_attributes(attribute("email", "bob@example.com"));
    let session = sign_up.send().await.expect("signed up").session.expect("a session");
    let sign_in = |session: &str| {
        let call = fixture.initiate(AuthFlowType::UserAuth).session(session);
        call.auth_parameters("USERNAME", "bob")
    };
    let code = fixture.server.code_of("bob");
    let confirm = sdk.confirm_sign_up().client_id(client).username("bob").confirmation_code(code);
    let confirmed = confirm.session(&session).send().await.expect("confirmed").session.expect("a session");
    let invalid = "Invalid session for the user.";
    assert_refused!(sign_in("a session that was never issued"), is_not_authorized_exception, invalid);
    let signed_in = sign_in(&confirmed).send().await.expect("signed in");
    assert!(signed_in.authentication_result.is_some());
    let used = "Invalid session for the user, session can only be used once.";
    assert_refused!(sign_in(&confirmed), is_not_authorized_exception, used);
}

#[tokio::test]
async fn user_auth_with_expired_session_of_confirmation_is_refused() {
    let fixture = SignInFixture::new().await;
    let (sdk, client) = (&fixture.server.sdk, &fixture.ids.client);
    fixture.server.sign_up(client, "bob", "bob@example.com").await;
    let confirm = sdk.confirm_sign_up().client_id(client).username("bob");
    let confirm = confirm.confirmation_code(fixture.server.code_of("bob"));
    let session = confirm.send().await.expect("confirmed").session.expect("a session");
    fixture.server.app.clock.advance(Duration::from_secs(3 * 60));
    let call = fixture.initiate(AuthFlowType::UserAuth).session(session).auth_parameters("USERNAME", "bob");
    let late = "Invalid session for the user, session is expired.";
    assert_refused!(call, is_not_authorized_exception, late);
}

/// cog-0178, cog-0179.
#[tokio::test]
async fn user_auth_without_preferred_factor_offers_a_choice() {
    let fixture = fixture_with_codes(PreventUserExistenceErrorTypes::Legacy).await;
    let initiate = |preferred: &str| {
        let call = fixture.initiate(AuthFlowType::UserAuth).auth_parameters("USERNAME", "ann");
        if preferred.is_empty() { call } else { call.auth_parameters("PREFERRED_CHALLENGE", preferred) }
    };
    for preferred in ["", "SMS_OTP"] {
        let response = initiate(preferred).send().await.expect("a challenge");
        assert_eq!(response.challenge_name(), Some(&ChallengeNameType::SelectChallenge));
        let choices =
            [ChallengeNameType::PasswordSrp, ChallengeNameType::Password, ChallengeNameType::EmailOtp];
        assert_eq!(response.available_challenges(), choices);
    }
    let session = initiate("").send().await.expect("a challenge").session.expect("a session");
    let select = |answer: &str| {
        let call = fixture.server.sdk.respond_to_auth_challenge().client_id(&fixture.ids.client);
        let call = call.challenge_name(ChallengeNameType::SelectChallenge).session(&session);
        call.challenge_responses("USERNAME", "ann").challenge_responses("ANSWER", answer)
    };
    assert_refused!(select("SMS_OTP"), is_invalid_parameter_exception, "Invalid parameter ANSWER");
    let signed_in =
        select("PASSWORD").challenge_responses("PASSWORD", PASSWORD).send().await.expect("signed in");
    assert!(signed_in.authentication_result.is_some());
    let at_once = initiate("PASSWORD").auth_parameters("PASSWORD", PASSWORD).send().await.expect("signed in");
    assert!(at_once.authentication_result.is_some());
    let response = initiate("PASSWORD").send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&ChallengeNameType::Password));
    let call = fixture.server.sdk.respond_to_auth_challenge().client_id(&fixture.ids.client);
    let call = call.challenge_name(ChallengeNameType::Password).session(response.session.expect("a session"));
    let call = call.challenge_responses("USERNAME", "ann").challenge_responses("PASSWORD", PASSWORD);
    assert!(call.send().await.expect("signed in").authentication_result.is_some());
}

/// cog-0175, cog-0224, cog-0262.
#[tokio::test]
async fn user_auth_by_code_signs_in_and_verifies_the_contact() {
    let fixture = fixture_with_codes(PreventUserExistenceErrorTypes::Legacy).await;
    let (sdk, ids) = (&fixture.server.sdk, &fixture.ids);
    let bob = sdk.sign_up().client_id(&ids.client).username("bob").password(PASSWORD);
    bob.user_attributes(attribute("phone_number", "+15555550100")).send().await.expect("signed up");
    let confirm = sdk.admin_confirm_sign_up().user_pool_id(&ids.pool).username("bob");
    confirm.send().await.expect("confirmed");
    for (name, username, to, medium, verified) in [
        (ChallengeNameType::EmailOtp, "ann", "a***@e***", "EMAIL", "email_verified"),
        (ChallengeNameType::SmsOtp, "bob", "+********0100", "SMS", "phone_number_verified"),
    ] {
        let initiate = fixture.initiate(AuthFlowType::UserAuth).auth_parameters("USERNAME", username);
        let response =
            initiate.auth_parameters("PREFERRED_CHALLENGE", name.as_str()).send().await.expect("a challenge");
        assert_eq!(response.challenge_name(), Some(&name));
        assert_eq!(response.available_challenges(), std::slice::from_ref(&name));
        let parameters = response.challenge_parameters().expect("parameters");
        assert_eq!(parameters.get("CODE_DELIVERY_DESTINATION").map(String::as_str), Some(to));
        assert_eq!(parameters.get("CODE_DELIVERY_DELIVERY_MEDIUM").map(String::as_str), Some(medium));
        let code = fixture.server.code_of(username);
        assert_eq!(code.len(), 8);
        let session = response.session.expect("a session");
        let respond = |code: &str| {
            let call = sdk.respond_to_auth_challenge().client_id(&ids.client);
            let call = call.challenge_name(name.clone()).session(&session);
            let call = call.challenge_responses("USERNAME", username);
            call.challenge_responses(format!("{}_CODE", name.as_str()), code)
        };
        let wrong = if code == "00000000" { "00000001" } else { "00000000" };
        let mismatch = "Invalid code or auth state for the user.";
        assert_refused!(respond(wrong), is_code_mismatch_exception, mismatch);
        assert_ne!(
            fixture.server.status_and_attribute(&ids.pool, username, verified).await.1.as_deref(),
            Some("true")
        );
        assert!(respond(&code).send().await.expect("signed in").authentication_result.is_some());
        assert_eq!(
            fixture.server.status_and_attribute(&ids.pool, username, verified).await.1.as_deref(),
            Some("true")
        );
    }
}

/// cog-0177.
#[tokio::test]
async fn user_auth_by_code_of_unknown_user_at_hiding_client_is_challenged_and_sends_nothing() {
    let fixture = fixture_with_codes(PreventUserExistenceErrorTypes::Enabled).await;
    let initiate =
        fixture.initiate(AuthFlowType::UserAuth).auth_parameters("USERNAME", "unknown@example.com");
    let before = fixture.server.codes_of("unknown@example.com").len();
    let response =
        initiate.auth_parameters("PREFERRED_CHALLENGE", "EMAIL_OTP").send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&ChallengeNameType::EmailOtp));
    let parameters = response.challenge_parameters().expect("parameters");
    assert_eq!(parameters.get("CODE_DELIVERY_DESTINATION").map(String::as_str), Some("u***@e***"));
    assert_eq!(fixture.server.codes_of("unknown@example.com").len(), before);
    let call = fixture.server.sdk.respond_to_auth_challenge().client_id(&fixture.ids.client);
    let call = call.challenge_name(ChallengeNameType::EmailOtp).session(response.session.expect("a session"));
    let call = call.challenge_responses("USERNAME", "unknown@example.com");
    let call = call.challenge_responses("EMAIL_OTP_CODE", "12345678");
    assert_refused!(call, is_code_mismatch_exception, "Invalid code or auth state for the user.");
}

/// A sign-in that has begun with a former password, or before the user was signed out, is of no use afterwards.
#[tokio::test]
async fn sign_in_that_has_begun_ends_with_the_password_and_when_the_user_is_signed_out() {
    let fixture = fixture_with_codes(PreventUserExistenceErrorTypes::Legacy).await;
    let (server, PoolAndClient { pool, client }) = (&fixture.server, &fixture.ids);
    let ann = json!({ "UserPoolId": pool, "Username": "ann" });
    let password = json!({ "UserPoolId": pool, "Username": "ann", "Password": PASSWORD, "Permanent": true });
    let name = json!([{ "Name": "name", "Value": "Ann" }]);
    let attributes = json!({ "UserPoolId": pool, "Username": "ann", "UserAttributes": name });
    let cases: [(&[(&str, &serde_json::Value)], bool); 4] = [
        (&[("AdminUpdateUserAttributes", &attributes)], true),
        (&[("AdminSetUserPassword", &password)], false),
        (&[("AdminUserGlobalSignOut", &ann)], false),
        (&[("AdminDisableUser", &ann), ("AdminEnableUser", &ann)], false),
    ];
    for (changes, goes_on) in cases {
        let start =
            json!({ "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": { "USERNAME": "ann" } });
        let session = server.expect_output("InitiateAuth", &start).await["Session"].take();
        for (operation, input) in changes {
            let response = server.post(operation, input).await;
            assert_eq!(response.status, 200, "{operation}: {response:?}");
        }
        let answer = json!({ "USERNAME": "ann", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
        let answer = json!({
            "ClientId": client, "ChallengeName": "SELECT_CHALLENGE", "Session": session, "ChallengeResponses": answer,
        });
        let response = server.post("RespondToAuthChallenge", &answer).await;
        let refused = if goes_on { "" } else { "Invalid session for the user." };
        assert_eq!(response.refusal().2, refused, "{changes:?}");
    }
}
