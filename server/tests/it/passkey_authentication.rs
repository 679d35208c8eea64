//! Sign-in with passkeys: the challenge WEB_AUTHN, and answers that are refused, each with exactly one thing wrong.

use aws_sdk_cognitoidentityprovider::types::{
    AuthFactorType, AuthFlowType, ChallengeNameType,
    PreventUserExistenceErrorTypes::{self, Legacy},
    UserVerificationType,
};
use serde_json::json;

use crate::support::{
    assert_refused,
    authenticator::{Authenticator, USER_PRESENT, USER_VERIFIED},
    passkeys::{PAGE_ORIGIN, PasskeyFixture},
};

#[tokio::test]
async fn passkey_after_registration_signs_in() {
    let passkeys = PasskeyFixture::new(PreventUserExistenceErrorTypes::Legacy).await;
    let mut authenticator = passkeys.register_passkey("one").await;
    for _ in 0..2 {
        let (mut options, session) = passkeys.request_options("ann").await;
        let credential = authenticator.get(&options).to_string();
        options["challenge"].take();
        let expected = json!({
            "challenge": null,
            "timeout": 180_000,
            "rpId": "localhost",
            "allowCredentials": [
                { "id": authenticator.encoded_id(), "transports": ["hybrid", "internal"], "type": "public-key" },
            ],
            "userVerification": "preferred",
        });
        assert_eq!(options, expected);
        let signed_in = passkeys.respond("ann", &session, &credential).send().await.expect("signed in");
        assert!(signed_in.authentication_result.is_some());
        let used = "Invalid session for the user, session can only be used once.";
        assert_refused!(passkeys.respond("ann", &session, &credential), is_not_authorized_exception, used);
    }
}

/// cog-0178, cog-0181.
#[tokio::test]
async fn passkey_chosen_among_the_factors_signs_in() {
    let passkeys = PasskeyFixture::new(PreventUserExistenceErrorTypes::Legacy).await;
    let initiate = || passkeys.fixture.initiate(AuthFlowType::UserAuth).auth_parameters("USERNAME", "ann");
    let without = [ChallengeNameType::PasswordSrp, ChallengeNameType::Password];
    for call in [initiate(), initiate().auth_parameters("PREFERRED_CHALLENGE", "WEB_AUTHN")] {
        let response = call.send().await.expect("a challenge");
        assert_eq!(response.challenge_name(), Some(&ChallengeNameType::SelectChallenge));
        assert_eq!(response.available_challenges(), without);
    }
    let factors = || passkeys.fixture.server.sdk.get_user_auth_factors().access_token(&passkeys.token);
    let password = AuthFactorType::Password;
    let had = factors().send().await.expect("factors");
    assert_eq!(had.configured_user_auth_factors(), std::slice::from_ref(&password));
    let mut authenticator = passkeys.register_passkey("one").await;
    let has = factors().send().await.expect("factors");
    assert_eq!(has.configured_user_auth_factors(), [password, AuthFactorType::WebAuthn]);
    let response = initiate().send().await.expect("a challenge");
    let with = [&without[..], &[ChallengeNameType::WebAuthn]].concat();
    assert_eq!(response.available_challenges(), with);
    let select =
        passkeys.fixture.server.sdk.respond_to_auth_challenge().client_id(&passkeys.fixture.ids.client);
    let select = select.challenge_name(ChallengeNameType::SelectChallenge);
    let select = select.session(response.session.expect("a session"));
    let select = select.challenge_responses("USERNAME", "ann").challenge_responses("ANSWER", "WEB_AUTHN");
    let response = select.send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&ChallengeNameType::WebAuthn));
    let options = response.challenge_parameters().and_then(|all| all.get("CREDENTIAL_REQUEST_OPTIONS"));
    let options = serde_json::from_str(options.expect("options")).expect("JSON");
    let credential = authenticator.get(&options).to_string();
    let signed_in = passkeys.respond("ann", response.session().expect("a session"), &credential).send().await;
    assert!(signed_in.expect("signed in").authentication_result.is_some());
}

/// AdminInitiateAuth and AdminRespondToAuthChallenge take the same steps.
#[tokio::test]
async fn passkey_by_administrator_operations_signs_in() {
    let passkeys = PasskeyFixture::new(PreventUserExistenceErrorTypes::Legacy).await;
    let mut authenticator = passkeys.register_passkey("one").await;
    let initiate = passkeys.fixture.admin_initiate(AuthFlowType::UserAuth).auth_parameters("USERNAME", "ann");
    let response =
        initiate.auth_parameters("PREFERRED_CHALLENGE", "WEB_AUTHN").send().await.expect("a challenge");
    let options = response.challenge_parameters().and_then(|all| all.get("CREDENTIAL_REQUEST_OPTIONS"));
    let options = serde_json::from_str(options.expect("options")).expect("JSON");
    let ids = &passkeys.fixture.ids;
    let call = passkeys.fixture.server.sdk.admin_respond_to_auth_challenge().client_id(&ids.client);
    let call = call.user_pool_id(&ids.pool).challenge_name(ChallengeNameType::WebAuthn);
    let call = call.session(response.session.expect("a session")).challenge_responses("USERNAME", "ann");
    let call = call.challenge_responses("CREDENTIAL", authenticator.get(&options).to_string());
    assert!(call.send().await.expect("signed in").authentication_result.is_some());
}

/// A new user with the username of a deleted one has none of the old passkeys.
#[tokio::test]
async fn passkeys_of_deleted_user_are_deleted() {
    let passkeys = PasskeyFixture::new(PreventUserExistenceErrorTypes::Legacy).await;
    passkeys.register_passkey("one").await;
    let (server, ids) = (&passkeys.fixture.server, &passkeys.fixture.ids);
    let delete = server.sdk.admin_delete_user().user_pool_id(&ids.pool).username("ann");
    delete.send().await.expect("deleted");
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let confirm = server.sdk.admin_confirm_sign_up().user_pool_id(&ids.pool).username("ann");
    confirm.send().await.expect("confirmed");
    let token = passkeys.fixture.access_token_of("ann").await;
    let listed = server.sdk.list_web_authn_credentials().access_token(token).send().await.expect("listed");
    assert_eq!(listed.credentials(), []);
}

/// An app client that hides which users exist gets the same options for an unknown user as for `ann`.
#[tokio::test]
async fn passkey_of_unknown_user_at_hiding_client_is_challenged_with_the_same_options() {
    let passkeys = PasskeyFixture::new(PreventUserExistenceErrorTypes::Enabled).await;
    let mut authenticator = passkeys.register_passkey("one").await;
    let mut offered = Vec::new();
    for username in ["ann", "unknown", "unknown"] {
        let (mut options, session) = passkeys.request_options(username).await;
        let credential = authenticator.get(&options).to_string();
        options["challenge"].take();
        offered.push(options);
        let call = passkeys.respond(username, &session, &credential);
        if username == "ann" {
            assert!(call.send().await.expect("signed in").authentication_result.is_some());
        } else {
            assert_refused!(call, is_not_authorized_exception, "Invalid credential.");
        }
    }
    assert_eq!(offered[0]["allowCredentials"], json!([]));
    assert!(offered.iter().all(|options| *options == offered[0]), "{offered:?}");
}

/// The checks of an assertion that WebAuthn requires of a relying party.
#[tokio::test]
async fn passkey_with_invalid_assertion_is_refused() {
    type Change = fn(&mut Authenticator);
    let cases: [(&str, Change); 8] = [
        ("another origin", |browser| browser.origin = "https://badexample.com".into()),
        ("without TLS", |browser| browser.origin = "http://example.com".into()),
        ("in a cross-origin frame", |browser| browser.is_cross_origin = true),
        ("another relying party", |browser| browser.relying_party = Some("example.net".into())),
        ("user not present", |browser| browser.flags = USER_VERIFIED),
        ("user not verified any more", |browser| browser.flags = USER_PRESENT),
        ("another user handle", |browser| browser.user_handle = Some("Ym9i".into())),
        ("a counter that went back", |browser| browser.counter = 0),
    ];
    let passkeys = PasskeyFixture::new(Legacy).await;
    passkeys.configure_relying_party("example.com", UserVerificationType::Preferred).await;
    let mut browser = Authenticator::new("https://example.com", "one");
    browser.counter = 5;
    let credential = browser.create(&passkeys.creation_options().await);
    passkeys.complete_registration(credential).send().await.expect("registered");
    for (case, change) in cases {
        let (counter, user_handle) = (browser.counter, browser.user_handle.clone());
        change(&mut browser);
        let (options, session) = passkeys.request_options("ann").await;
        let answer = passkeys.respond("ann", &session, &browser.get(&options).to_string());
        let error = answer.clone().send().await.expect_err(case).into_service_error();
        assert!(error.is_not_authorized_exception(), "{case}: {error:?}");
        assert_eq!(error.meta().message(), Some("Invalid credential."), "{case}");
        let used = "Invalid session for the user, session can only be used once.";
        assert_refused!(answer, is_not_authorized_exception, used);
        browser = Authenticator {
            origin: "https://example.com".into(),
            is_cross_origin: false,
            relying_party: None,
            flags: USER_PRESENT | USER_VERIFIED,
            counter,
            user_handle,
            ..browser
        };
        // A right answer follows, so that the failures cause no lock-out.
        let (options, session) = passkeys.request_options("ann").await;
        let answer = passkeys.respond("ann", &session, &browser.get(&options).to_string());
        assert!(answer.send().await.expect(case).authentication_result.is_some());
    }
}

#[tokio::test]
async fn passkey_with_assertion_for_another_challenge_is_refused() {
    let passkeys = PasskeyFixture::new(Legacy).await;
    let mut browser = passkeys.register_passkey("one").await;
    let (other, _) = passkeys.request_options("ann").await;
    let (_, session) = passkeys.request_options("ann").await;
    let for_another = browser.get(&other).to_string();
    let wrong = "Invalid credential.";
    assert_refused!(passkeys.respond("ann", &session, &for_another), is_not_authorized_exception, wrong);

    // Another key with the same credential id, and a passkey that is not registered.
    for id in ["one", "two"] {
        let (options, session) = passkeys.request_options("ann").await;
        let forged = Authenticator::new(PAGE_ORIGIN, id).get(&options).to_string();
        assert_refused!(passkeys.respond("ann", &session, &forged), is_not_authorized_exception, wrong);
    }

    // A malformed answer does not end the session.
    let (options, session) = passkeys.request_options("ann").await;
    for nonsense in ["x", "{}", "[]", "null"] {
        let call = passkeys.respond("ann", &session, nonsense);
        assert_refused!(call, is_invalid_parameter_exception, "Invalid parameter CREDENTIAL");
    }
    let answer = passkeys.respond("ann", &session, &browser.get(&options).to_string());
    assert!(answer.send().await.expect("signed in").authentication_result.is_some());
}

/// After a change of the pool's relying party, passkeys of the old one are not used.
#[tokio::test]
async fn passkey_of_another_relying_party_is_not_offered() {
    let passkeys = PasskeyFixture::new(Legacy).await;
    passkeys.register_passkey("one").await;
    passkeys.configure_relying_party("example.com", UserVerificationType::Preferred).await;
    assert_eq!(passkeys.creation_options().await["excludeCredentials"], json!([]));
    let initiate = passkeys.fixture.initiate("USER_AUTH".into()).auth_parameters("USERNAME", "ann");
    let response =
        initiate.auth_parameters("PREFERRED_CHALLENGE", "WEB_AUTHN").send().await.expect("a challenge");
    assert_eq!(response.challenge_name().map(|name| name.as_str()), Some("SELECT_CHALLENGE"));
    assert!(response.available_challenges().iter().all(|name| name.as_str() != "WEB_AUTHN"));
}
