//! USER_SRP_AUTH, with an SRP client that shares no code with the server.

use std::collections::HashMap;

use aws_sdk_cognitoidentityprovider::{
    operation::respond_to_auth_challenge::builders::RespondToAuthChallengeFluentBuilder,
    types::{AuthFlowType, ChallengeNameType, PreventUserExistenceErrorTypes},
};

use crate::{
    srp_client::{Challenge, SrpClient, TIME},
    support::{PASSWORD, assert_refused, sign_in::SignInFixture},
};

const WRONG: &str = "Incorrect username or password.";

/// A sign-in after its first step.
struct SrpSignIn<'a> {
    fixture: &'a SignInFixture,
    client: String,
    srp: SrpClient,
    parameters: HashMap<String, String>,
}

impl<'a> SrpSignIn<'a> {
    /// Calls InitiateAuth with `SRP_A`.
    async fn start(fixture: &'a SignInFixture, client: &str, username: &str) -> Self {
        let srp = SrpClient::new(0x1234_5678_9abc_def0_1234_5678_9abc_def1);
        let call = fixture.initiate(AuthFlowType::UserSrpAuth).client_id(client);
        let call = call.auth_parameters("USERNAME", username).auth_parameters("SRP_A", srp.srp_a());
        let response = call.send().await.expect("a challenge");
        assert_eq!(response.challenge_name(), Some(&ChallengeNameType::PasswordVerifier));
        assert_eq!(response.session(), None, "the secret block takes the place of a session");
        let parameters = response.challenge_parameters.expect("parameters");
        Self { fixture, client: client.to_owned(), srp, parameters }
    }

    /// Returns a parameter of the challenge.
    fn get(&self, name: &str) -> &str {
        &self.parameters[name]
    }

    /// Builds the answer to PASSWORD_VERIFIER.
    fn claim(&self, password: &str) -> RespondToAuthChallengeFluentBuilder {
        let challenge = Challenge {
            pool: &self.fixture.ids.pool,
            user: self.get("USER_ID_FOR_SRP"),
            salt: self.get("SALT"),
            b: self.get("SRP_B"),
            secret_block: self.get("SECRET_BLOCK"),
        };
        let call = self.fixture.server.sdk.respond_to_auth_challenge().client_id(&self.client);
        call.challenge_name(ChallengeNameType::PasswordVerifier)
            .challenge_responses("USERNAME", self.get("USER_ID_FOR_SRP"))
            .challenge_responses("PASSWORD_CLAIM_SECRET_BLOCK", self.get("SECRET_BLOCK"))
            .challenge_responses("PASSWORD_CLAIM_SIGNATURE", self.srp.sign(&challenge, password))
            .challenge_responses("TIMESTAMP", TIME)
    }
}

#[tokio::test]
async fn srp_with_right_password_returns_tokens() {
    let fixture = SignInFixture::new().await;
    let sign_in = SrpSignIn::start(&fixture, &fixture.ids.client, "ann").await;
    assert_eq!((sign_in.get("USERNAME"), sign_in.get("USER_ID_FOR_SRP")), ("ann", "ann"));
    let signed_in = sign_in.claim(PASSWORD).send().await.expect("signed in");
    assert!(signed_in.authentication_result.is_some_and(|result| result.refresh_token.is_some()));
    let used = "Invalid session for the user, session can only be used once.";
    assert_refused!(sign_in.claim(PASSWORD), is_not_authorized_exception, used);
}

#[tokio::test]
async fn srp_with_wrong_claim_ends_the_sign_in() {
    let fixture = SignInFixture::new().await;
    let sign_in = SrpSignIn::start(&fixture, &fixture.ids.client, "ann").await;
    assert_refused!(sign_in.claim("wrong"), is_not_authorized_exception, WRONG);
    let used = "Invalid session for the user, session can only be used once.";
    assert_refused!(sign_in.claim(PASSWORD), is_not_authorized_exception, used);
    let sign_in = SrpSignIn::start(&fixture, &fixture.ids.client, "ann").await;
    let elsewhere =
        sign_in.claim(PASSWORD).challenge_responses("PASSWORD_CLAIM_SECRET_BLOCK", "bm93aGVyZQ==");
    assert_refused!(elsewhere, is_not_authorized_exception, WRONG);
    let form = "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.";
    let late = sign_in.claim(PASSWORD).challenge_responses("TIMESTAMP", "2026-11-21T07:30:00Z");
    assert_refused!(late, is_invalid_parameter_exception, form);
    let bad = fixture.initiate(AuthFlowType::UserSrpAuth);
    let bad = bad.auth_parameters("USERNAME", "ann").auth_parameters("SRP_A", "0");
    assert_refused!(bad, is_invalid_parameter_exception, "Invalid parameter SRP_A");
    sign_in.claim(PASSWORD).send().await.expect("tokens, because malformed requests do not end the sign-in");
}

/// cog-0183.
#[tokio::test]
async fn srp_of_unknown_user_at_hiding_client_is_challenged_with_the_same_work() {
    let fixture = SignInFixture::new().await;
    let hiding = PreventUserExistenceErrorTypes::Enabled;
    let client = fixture.server.create_sign_in_client(&fixture.ids.pool, hiding).await;
    let passwords = &fixture.server.app.passwords;
    let mut work = Vec::new();
    for username in ["ann", "unknown"] {
        let before = passwords.exponentiations();
        let sign_in = SrpSignIn::start(&fixture, &client, username).await;
        let again = SrpSignIn::start(&fixture, &client, username).await;
        assert_eq!(sign_in.get("SALT"), again.get("SALT"), "the salt is constant");
        assert_ne!(sign_in.get("SRP_B"), again.get("SRP_B"));
        let names = ["SALT", "SECRET_BLOCK", "SRP_B", "USERNAME", "USER_ID_FOR_SRP"];
        assert_eq!(sign_in.parameters.len(), names.len());
        assert_refused!(sign_in.claim("wrong"), is_not_authorized_exception, WRONG);
        work.push(passwords.exponentiations() - before);
    }
    assert_eq!(work, [4, 4]);
    let srp = SrpClient::new(7);
    let legacy = fixture.initiate(AuthFlowType::UserSrpAuth);
    let legacy = legacy.auth_parameters("USERNAME", "unknown").auth_parameters("SRP_A", srp.srp_a());
    assert_refused!(legacy, is_user_not_found_exception, "User does not exist.");
}
