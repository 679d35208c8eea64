//! Signing in with passkeys, and answers to the challenge that are refused, one thing wrong at a time.

use aws_sdk_cognitoidentityprovider::types::{
    AuthFactorType, AuthFlowType, ChallengeNameType,
    PreventUserExistenceErrorTypes::{self, Legacy},
    UserVerificationType,
};
use serde_json::json;

use crate::support::{
    assert_refused,
    authenticator::{Authenticator, PRESENT, VERIFIED},
    passkeys::{PAGE, PasskeyFixture},
};

#[tokio::test]
async fn passkey_after_registration_signs_in() {
    let passkeys = PasskeyFixture::new(PreventUserExistenceErrorTypes::Legacy).await;
    let mut authenticator = passkeys.register("one").await;
    for _ in 0..2 {
        let (mut options, session) = passkeys.request_options("ann").await;
        let credential = authenticator.get(&options).to_string();
        options["challenge"].take();
        let expected = json!({
            "challenge": null,
            "timeout": 180_000,
            "rpId": "localhost",
            "allowCredentials": [
                { "id": authenticator.told_id(), "transports": ["hybrid", "internal"], "type": "public-key" },
            ],
            "userVerification": "preferred",
        });
        assert_eq!(options, expected);
        let done = passkeys.answer("ann", &session, &credential).send().await.expect("signed in");
        assert!(done.authentication_result.is_some());
        let used = "Invalid session for the user, session can only be used once.";
        assert_refused!(passkeys.answer("ann", &session, &credential), is_not_authorized_exception, used);
    }
}

/// cog-0178, cog-0181.
#[tokio::test]
async fn passkey_chosen_among_the_factors_signs_in() {
    let passkeys = PasskeyFixture::new(PreventUserExistenceErrorTypes::Legacy).await;
    let begin = || passkeys.fixture.initiate(AuthFlowType::UserAuth).auth_parameters("USERNAME", "ann");
    let without = [ChallengeNameType::PasswordSrp, ChallengeNameType::Password];
    for call in [begin(), begin().auth_parameters("PREFERRED_CHALLENGE", "WEB_AUTHN")] {
        let asked = call.send().await.expect("asked");
        assert_eq!(asked.challenge_name(), Some(&ChallengeNameType::SelectChallenge));
        assert_eq!(asked.available_challenges(), without);
    }
    let factors = || passkeys.fixture.server.sdk.get_user_auth_factors().access_token(&passkeys.token);
    let password = AuthFactorType::Password;
    let had = factors().send().await.expect("factors");
    assert_eq!(had.configured_user_auth_factors(), std::slice::from_ref(&password));
    let mut authenticator = passkeys.register("one").await;
    let has = factors().send().await.expect("factors");
    assert_eq!(has.configured_user_auth_factors(), [password, AuthFactorType::WebAuthn]);
    let asked = begin().send().await.expect("asked");
    let with = [&without[..], &[ChallengeNameType::WebAuthn]].concat();
    assert_eq!(asked.available_challenges(), with);
    let select =
        passkeys.fixture.server.sdk.respond_to_auth_challenge().client_id(&passkeys.fixture.ids.client);
    let select = select.challenge_name(ChallengeNameType::SelectChallenge);
    let select = select.session(asked.session.expect("a session"));
    let select = select.challenge_responses("USERNAME", "ann").challenge_responses("ANSWER", "WEB_AUTHN");
    let asked = select.send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&ChallengeNameType::WebAuthn));
    let options = asked.challenge_parameters().and_then(|all| all.get("CREDENTIAL_REQUEST_OPTIONS"));
    let options = serde_json::from_str(options.expect("options")).expect("JSON");
    let credential = authenticator.get(&options).to_string();
    let done = passkeys.answer("ann", asked.session().expect("a session"), &credential).send().await;
    assert!(done.expect("signed in").authentication_result.is_some());
}

/// An administrator's twin takes the same steps.
#[tokio::test]
async fn passkey_by_administrator_operations_signs_in() {
    let passkeys = PasskeyFixture::new(PreventUserExistenceErrorTypes::Legacy).await;
    let mut authenticator = passkeys.register("one").await;
    let begin = passkeys.fixture.as_admin(AuthFlowType::UserAuth).auth_parameters("USERNAME", "ann");
    let asked = begin.auth_parameters("PREFERRED_CHALLENGE", "WEB_AUTHN").send().await.expect("asked");
    let options = asked.challenge_parameters().and_then(|all| all.get("CREDENTIAL_REQUEST_OPTIONS"));
    let options = serde_json::from_str(options.expect("options")).expect("JSON");
    let ids = &passkeys.fixture.ids;
    let call = passkeys.fixture.server.sdk.admin_respond_to_auth_challenge().client_id(&ids.client);
    let call = call.user_pool_id(&ids.pool).challenge_name(ChallengeNameType::WebAuthn);
    let call = call.session(asked.session.expect("a session")).challenge_responses("USERNAME", "ann");
    let call = call.challenge_responses("CREDENTIAL", authenticator.get(&options).to_string());
    assert!(call.send().await.expect("signed in").authentication_result.is_some());
}

/// Whoever signs up under the name of somebody who is gone has none of their passkeys.
#[tokio::test]
async fn passkeys_of_deleted_user_are_gone() {
    let passkeys = PasskeyFixture::new(PreventUserExistenceErrorTypes::Legacy).await;
    passkeys.register("one").await;
    let (server, ids) = (&passkeys.fixture.server, &passkeys.fixture.ids);
    let delete = server.sdk.admin_delete_user().user_pool_id(&ids.pool).username("ann");
    delete.send().await.expect("deleted");
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let confirm = server.sdk.admin_confirm_sign_up().user_pool_id(&ids.pool).username("ann");
    confirm.send().await.expect("confirmed");
    let token = passkeys.fixture.token_of("ann").await;
    let listed = server.sdk.list_web_authn_credentials().access_token(token).send().await.expect("listed");
    assert_eq!(listed.credentials(), []);
}

/// Where the app client hides who exists, nobody is asked for a passkey as ann is.
#[tokio::test]
async fn passkey_of_hidden_unknown_user_is_asked_for_alike() {
    let passkeys = PasskeyFixture::new(PreventUserExistenceErrorTypes::Enabled).await;
    let mut authenticator = passkeys.register("one").await;
    let mut shown = Vec::new();
    for username in ["ann", "nobody", "nobody"] {
        let (mut options, session) = passkeys.request_options(username).await;
        let credential = authenticator.get(&options).to_string();
        options["challenge"].take();
        shown.push(options);
        let call = passkeys.answer(username, &session, &credential);
        if username == "ann" {
            assert!(call.send().await.expect("signed in").authentication_result.is_some());
        } else {
            assert_refused!(call, is_not_authorized_exception, "Invalid credential.");
        }
    }
    assert_eq!(shown[0]["allowCredentials"], json!([]));
    assert!(shown.iter().all(|options| *options == shown[0]), "{shown:?}");
}

/// What WebAuthn has a relying party look at when somebody signs in, one thing wrong at a time.
#[tokio::test]
async fn passkey_with_unfit_answer_is_refused() {
    type Bend = fn(&mut Authenticator);
    let cases: [(&str, Bend); 8] = [
        ("another page", |browser| browser.origin = "https://badexample.com".into()),
        ("without TLS", |browser| browser.origin = "http://example.com".into()),
        ("in a frame", |browser| browser.is_framed = true),
        ("another relying party", |browser| browser.party = Some("example.net".into())),
        ("nobody present", |browser| browser.flags = VERIFIED),
        ("verified once, and not any more", |browser| browser.flags = PRESENT),
        ("another user's", |browser| browser.user = Some("Ym9i".into())),
        ("a copy that lags behind", |browser| browser.counter = 0),
    ];
    let passkeys = PasskeyFixture::new(Legacy).await;
    passkeys.require("example.com", UserVerificationType::Preferred).await;
    let mut browser = Authenticator::new("https://example.com", "one");
    browser.counter = 5;
    let credential = browser.create(&passkeys.creation_options().await);
    passkeys.complete(credential).send().await.expect("registered");
    for (what, bend) in cases {
        let (counter, user) = (browser.counter, browser.user.clone());
        bend(&mut browser);
        let (options, session) = passkeys.request_options("ann").await;
        let answer = passkeys.answer("ann", &session, &browser.get(&options).to_string());
        let error = answer.clone().send().await.expect_err(what).into_service_error();
        assert!(error.is_not_authorized_exception(), "{what}: {error:?}");
        assert_eq!(error.meta().message(), Some("Invalid credential."), "{what}");
        let used = "Invalid session for the user, session can only be used once.";
        assert_refused!(answer, is_not_authorized_exception, used);
        browser = Authenticator {
            origin: "https://example.com".into(),
            is_framed: false,
            party: None,
            flags: PRESENT | VERIFIED,
            counter,
            user,
            ..browser
        };
        // Honest again, and so no lock-out comes of it.
        let (options, session) = passkeys.request_options("ann").await;
        let answer = passkeys.answer("ann", &session, &browser.get(&options).to_string());
        assert!(answer.send().await.expect(what).authentication_result.is_some());
    }
}

#[tokio::test]
async fn passkey_with_answer_to_another_challenge_is_refused() {
    let passkeys = PasskeyFixture::new(Legacy).await;
    let mut browser = passkeys.register("one").await;
    let (other, _) = passkeys.request_options("ann").await;
    let (_, session) = passkeys.request_options("ann").await;
    let to_another = browser.get(&other).to_string();
    let wrong = "Invalid credential.";
    assert_refused!(passkeys.answer("ann", &session, &to_another), is_not_authorized_exception, wrong);

    // Another key under the same id, and a passkey that nobody registered.
    for id in ["one", "two"] {
        let (options, session) = passkeys.request_options("ann").await;
        let forged = Authenticator::new(PAGE, id).get(&options).to_string();
        assert_refused!(passkeys.answer("ann", &session, &forged), is_not_authorized_exception, wrong);
    }

    // What is no answer at all uses nothing up.
    let (options, session) = passkeys.request_options("ann").await;
    for nonsense in ["x", "{}", "[]", "null"] {
        let call = passkeys.answer("ann", &session, nonsense);
        assert_refused!(call, is_invalid_parameter_exception, "Invalid parameter CREDENTIAL");
    }
    let answer = passkeys.answer("ann", &session, &browser.get(&options).to_string());
    assert!(answer.send().await.expect("signed in").authentication_result.is_some());
}

/// A pool whose relying party has changed asks for passkeys of the new one.
#[tokio::test]
async fn passkey_of_another_relying_party_is_not_offered() {
    let passkeys = PasskeyFixture::new(Legacy).await;
    passkeys.register("one").await;
    passkeys.require("example.com", UserVerificationType::Preferred).await;
    assert_eq!(passkeys.creation_options().await["excludeCredentials"], json!([]));
    let begin = passkeys.fixture.initiate("USER_AUTH".into()).auth_parameters("USERNAME", "ann");
    let asked = begin.auth_parameters("PREFERRED_CHALLENGE", "WEB_AUTHN").send().await.expect("asked");
    assert_eq!(asked.challenge_name().map(|name| name.as_str()), Some("SELECT_CHALLENGE"));
    assert!(asked.available_challenges().iter().all(|name| name.as_str() != "WEB_AUTHN"));
}
