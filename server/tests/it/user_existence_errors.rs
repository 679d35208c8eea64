//! PreventUserExistenceErrors: requests about a user that does not exist are answered as those about another user, and take
//! the same work.

use std::{collections::HashMap, time::Duration};

use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType as Flow, ChallengeNameType as Name, DeliveryMediumType, PreventUserExistenceErrorTypes,
};

use crate::{
    srp_client::{SrpClient, TIME},
    support::{TestServer, assert_refused, attribute, different_code, sign_in::SignInFixture},
};

const WRONG: &str = "Incorrect username or password.";

/// Creates an app client that hides which users exist, and returns its id.
async fn create_hiding_client(server: &TestServer, pool: &str) -> String {
    let create = server.sdk.create_user_pool_client().user_pool_id(pool).client_name("hiding");
    let create = create.prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled);
    let created = create.send().await.expect("a client").user_pool_client.expect("a description");
    created.client_id.expect("an id")
}

#[tokio::test]
async fn confirm_sign_up_of_unknown_user_at_hiding_client_is_refused_like_a_wrong_code() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let client = create_hiding_client(&server, &ids.pool).await;
    let confirm =
        || server.sdk.confirm_sign_up().client_id(&client).username("unknown").confirmation_code("123456");
    for _ in 0..15 {
        let text = "Invalid verification code provided, please try again.";
        assert_refused!(confirm(), is_code_mismatch_exception, text);
    }
    let text = "Attempt limit exceeded, please try after some time.";
    assert_refused!(confirm(), is_limit_exceeded_exception, text);
}

#[tokio::test]
async fn resend_confirmation_code_of_unknown_user_at_hiding_client_succeeds_and_sends_nothing() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let client = create_hiding_client(&server, &ids.pool).await;
    let resend = || server.sdk.resend_confirmation_code().client_id(&client).username("unknown@example.com");
    let mut output = Vec::new();
    for _ in 0..2 {
        output.push(resend().send().await.expect("a success").code_delivery_details.expect("details"));
    }
    assert_eq!(output[0], output[1], "both requests return the same destination");
    assert_eq!(output[0].destination(), Some("u***@e***"));
    assert_eq!(output[0].delivery_medium, Some(DeliveryMediumType::Email));
    assert!(server.app.inbox.as_ref().expect("an inbox").messages(&Default::default()).is_empty());
}

#[tokio::test]
async fn sign_up_with_taken_username_at_hiding_client_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let client = create_hiding_client(&server, &ids.pool).await;
    server.sign_up(&client, "ann", "ann@example.com").await;
    let again = server.sdk.sign_up().client_id(&client).username("ann").password("Passw0rd!");
    assert_refused!(again, is_username_exists_exception, "User already exists");
}

/// A fixture with an app client that hides which users exist, and a count of the work that requests take.
struct HidingFixture {
    fixture: SignInFixture,
    client: String,
    /// The number of modular exponentiations at the last call of [`Self::take_work`].
    work: u64,
}

/// Returns these parameters and `USERNAME`.
fn with_username(username: &str, parameters: &[(&str, &str)]) -> Option<HashMap<String, String>> {
    let named = [("USERNAME", username)];
    let all = named.iter().chain(parameters);
    Some(all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

impl HidingFixture {
    async fn new() -> Self {
        let fixture = SignInFixture::new().await;
        let update = fixture.server.sdk.admin_update_user_attributes().user_pool_id(&fixture.ids.pool);
        let update = update.username("ann").user_attributes(attribute("email_verified", "true"));
        update.send().await.expect("verified");
        let existence_errors = PreventUserExistenceErrorTypes::Enabled;
        let client = fixture.server.create_sign_in_client(&fixture.ids.pool, existence_errors).await;
        let work = fixture.server.app.passwords.exponentiations();
        Self { fixture, client, work }
    }

    /// Returns the number of modular exponentiations since the last call, and advances the clock past any lock-out.
    fn take_work(&mut self) -> u64 {
        self.fixture.server.app.clock.advance(Duration::from_secs(60));
        let before = std::mem::replace(&mut self.work, self.fixture.server.app.passwords.exponentiations());
        self.work - before
    }

    /// Starts a sign-in by USER_AUTH; returns the session and the parameters of the challenge.
    async fn start_user_auth(
        &self,
        parameters: Option<HashMap<String, String>>,
    ) -> (String, HashMap<String, String>) {
        let call = self.fixture.initiate(Flow::UserAuth).client_id(&self.client);
        let response = call.set_auth_parameters(parameters).send().await.expect("a challenge");
        (response.session.expect("a session"), response.challenge_parameters.unwrap_or_default())
    }
}

/// cog-0183, cog-0184: a wrong password takes the same work whether the user exists or not.
#[tokio::test]
async fn wrong_password_of_unknown_user_at_hiding_client_takes_the_same_work_in_every_flow() {
    let mut hiding = HidingFixture::new().await;
    let (sdk, client) = (hiding.fixture.server.sdk.clone(), hiding.client.clone());
    let srp = SrpClient::new(7);
    let a = srp.srp_a();
    for username in ["ann", "unknown"] {
        let by_admin = hiding.fixture.admin_initiate(Flow::AdminUserPasswordAuth).client_id(&client);
        let by_admin = by_admin.set_auth_parameters(with_username(username, &[("PASSWORD", "wrong")]));
        assert_refused!(by_admin, is_not_authorized_exception, WRONG);
        assert_eq!(hiding.take_work(), 1, "{username}: ADMIN_USER_PASSWORD_AUTH");

        let preferred = &[("PREFERRED_CHALLENGE", "PASSWORD"), ("PASSWORD", "wrong")];
        let at_once = hiding.fixture.initiate(Flow::UserAuth).client_id(&client);
        let at_once = at_once.set_auth_parameters(with_username(username, preferred));
        assert_refused!(at_once, is_not_authorized_exception, WRONG);
        assert_eq!(hiding.take_work(), 1, "{username}: USER_AUTH with PASSWORD");

        let respond = |name, session| {
            sdk.respond_to_auth_challenge().client_id(&client).challenge_name(name).session(session)
        };
        let (session, _) = hiding.start_user_auth(with_username(username, &preferred[..1])).await;
        let answer = with_username(username, &[("PASSWORD", "wrong")]);
        let answer = respond(Name::Password, session).set_challenge_responses(answer);
        assert_refused!(answer, is_not_authorized_exception, WRONG);
        assert_eq!(hiding.take_work(), 1, "{username}: PASSWORD");

        let (session, _) = hiding.start_user_auth(with_username(username, &[])).await;
        let answer = with_username(username, &[("ANSWER", "PASSWORD"), ("PASSWORD", "wrong")]);
        let answer = respond(Name::SelectChallenge, session).set_challenge_responses(answer);
        assert_refused!(answer, is_not_authorized_exception, WRONG);
        assert_eq!(hiding.take_work(), 1, "{username}: SELECT_CHALLENGE with PASSWORD");

        let preferred = &[("PREFERRED_CHALLENGE", "PASSWORD_SRP"), ("SRP_A", &a)];
        let (session, response) = hiding.start_user_auth(with_username(username, preferred)).await;
        assert_eq!(hiding.take_work(), 1, "{username}: USER_AUTH with PASSWORD_SRP");
        let claim = [
            ("PASSWORD_CLAIM_SECRET_BLOCK", response["SECRET_BLOCK"].as_str()),
            ("PASSWORD_CLAIM_SIGNATURE", "bm9uc2Vuc2U="),
            ("TIMESTAMP", TIME),
        ];
        let answer = respond(Name::PasswordVerifier, session);
        let answer = answer.set_challenge_responses(with_username(&response["USER_ID_FOR_SRP"], &claim));
        assert_refused!(answer, is_not_authorized_exception, WRONG);
        assert_eq!(hiding.take_work(), 2, "{username}: PASSWORD_VERIFIER");
    }
}

/// cog-0307: the verifier of the new password is derived for an unknown user too, and after a wrong code no former password
/// is compared.
#[tokio::test]
async fn confirm_forgot_password_of_unknown_user_at_hiding_client_takes_the_same_work() {
    let mut hiding = HidingFixture::new().await;
    let (sdk, client) = (hiding.fixture.server.sdk.clone(), hiding.client.clone());
    for username in ["ann", "unknown"] {
        let forgot = sdk.forgot_password().client_id(&client).username(username);
        forgot.send().await.expect("a success");
        assert_eq!(hiding.take_work(), 0, "{username}: ForgotPassword");
        let wrong = different_code(&hiding.fixture.server.code_of("ann"));
        let confirm = sdk.confirm_forgot_password().client_id(&client).username(username);
        let confirm = confirm.confirmation_code(wrong).password("N3w-password!");
        let text = "Invalid verification code provided, please try again.";
        assert_refused!(confirm, is_code_mismatch_exception, text);
        assert_eq!(hiding.take_work(), 1, "{username}: ConfirmForgotPassword");
    }
}
