//! PreventUserExistenceErrors: who is not there looks like somebody with another code.

use std::{collections::HashMap, time::Duration};

use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType as Flow, ChallengeNameType as Name, DeliveryMediumType, PreventUserExistenceErrorTypes,
};

use crate::{
    srp_client::{SrpClient, TIME},
    support::{TestServer, assert_refused, attribute, other_than, sign_in::SignInFixture},
};

const WRONG: &str = "Incorrect username or password.";

async fn hiding_client(server: &TestServer, pool: &str) -> String {
    let made = server.sdk.create_user_pool_client().user_pool_id(pool).client_name("hiding");
    let made = made.prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled);
    let made = made.send().await.expect("a client").user_pool_client.expect("told");
    made.client_id.expect("an id")
}

#[tokio::test]
async fn confirm_sign_up_of_hidden_unknown_user_is_refused_as_a_wrong_code() {
    let server = TestServer::new().await;
    let ids = server.pool_and_client().await;
    let client = hiding_client(&server, &ids.pool).await;
    let confirm =
        || server.sdk.confirm_sign_up().client_id(&client).username("nobody").confirmation_code("123456");
    for _ in 0..15 {
        let text = "Invalid verification code provided, please try again.";
        assert_refused!(confirm(), is_code_mismatch_exception, text);
    }
    let text = "Attempt limit exceeded, please try after some time.";
    assert_refused!(confirm(), is_limit_exceeded_exception, text);
}

#[tokio::test]
async fn resend_confirmation_code_of_hidden_unknown_user_pretends_and_sends_nothing() {
    let server = TestServer::new().await;
    let ids = server.pool_and_client().await;
    let client = hiding_client(&server, &ids.pool).await;
    let resend = || server.sdk.resend_confirmation_code().client_id(&client).username("nobody@example.com");
    let mut told = Vec::new();
    for _ in 0..2 {
        told.push(resend().send().await.expect("pretended").code_delivery_details.expect("details"));
    }
    assert_eq!(told[0], told[1], "asking twice shows the same");
    assert_eq!(told[0].destination(), Some("n***@e***"));
    assert_eq!(told[0].delivery_medium, Some(DeliveryMediumType::Email));
    assert!(server.app.inbox.as_ref().expect("an inbox").messages(&Default::default()).is_empty());
}

#[tokio::test]
async fn sign_up_with_taken_name_is_refused_though_users_are_hidden() {
    let server = TestServer::new().await;
    let ids = server.pool_and_client().await;
    let client = hiding_client(&server, &ids.pool).await;
    server.sign_up(&client, "ann", "ann@example.com").await;
    let again = server.sdk.sign_up().client_id(&client).username("ann").password("Passw0rd!");
    assert_refused!(again, is_username_exists_exception, "User already exists");
}

/// A fixture with a client that hides who exists, and what that is asked.
struct Hiding {
    fixture: SignInFixture,
    client: String,
    /// The modular exponentiations that were heard of.
    heard: u64,
}

/// These parameters, with this name.
fn named(username: &str, parameters: &[(&str, &str)]) -> Option<HashMap<String, String>> {
    let named = [("USERNAME", username)];
    let all = named.iter().chain(parameters);
    Some(all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

impl Hiding {
    async fn new() -> Self {
        let fixture = SignInFixture::new().await;
        let update = fixture.server.sdk.admin_update_user_attributes().user_pool_id(&fixture.ids.pool);
        let update = update.username("ann").user_attributes(attribute("email_verified", "true"));
        update.send().await.expect("verified");
        let hides = PreventUserExistenceErrorTypes::Enabled;
        let client = fixture.server.client_for_sign_in(&fixture.ids.pool, hides).await;
        let heard = fixture.server.app.passwords.exponentiations();
        Self { fixture, client, heard }
    }

    /// How many exponentiations there were since the last time. A lock-out is over then.
    fn spent(&mut self) -> u64 {
        self.fixture.server.app.clock.advance(Duration::from_secs(60));
        let before = std::mem::replace(&mut self.heard, self.fixture.server.app.passwords.exponentiations());
        self.heard - before
    }

    /// What begins in USER_AUTH with these parameters.
    async fn begun(&self, parameters: Option<HashMap<String, String>>) -> (String, HashMap<String, String>) {
        let call = self.fixture.initiate(Flow::UserAuth).client_id(&self.client);
        let asked = call.set_auth_parameters(parameters).send().await.expect("asked");
        (asked.session.expect("a session"), asked.challenge_parameters.unwrap_or_default())
    }
}

/// cog-0183, cog-0184: a wrong password takes what it takes with somebody, in whatever way it comes.
#[tokio::test]
async fn wrong_password_of_hidden_unknown_user_takes_the_same_work_in_every_flow() {
    let mut hiding = Hiding::new().await;
    let (sdk, client) = (hiding.fixture.server.sdk.clone(), hiding.client.clone());
    let srp = SrpClient::new(7);
    let a = srp.srp_a();
    for username in ["ann", "nobody"] {
        let by_admin = hiding.fixture.as_admin(Flow::AdminUserPasswordAuth).client_id(&client);
        let by_admin = by_admin.set_auth_parameters(named(username, &[("PASSWORD", "wrong")]));
        assert_refused!(by_admin, is_not_authorized_exception, WRONG);
        assert_eq!(hiding.spent(), 1, "{username}: ADMIN_USER_PASSWORD_AUTH");

        let wish = &[("PREFERRED_CHALLENGE", "PASSWORD"), ("PASSWORD", "wrong")];
        let at_once = hiding.fixture.initiate(Flow::UserAuth).client_id(&client);
        let at_once = at_once.set_auth_parameters(named(username, wish));
        assert_refused!(at_once, is_not_authorized_exception, WRONG);
        assert_eq!(hiding.spent(), 1, "{username}: USER_AUTH with PASSWORD");

        let respond = |name, session| {
            sdk.respond_to_auth_challenge().client_id(&client).challenge_name(name).session(session)
        };
        let (session, _) = hiding.begun(named(username, &wish[..1])).await;
        let answer = named(username, &[("PASSWORD", "wrong")]);
        let answer = respond(Name::Password, session).set_challenge_responses(answer);
        assert_refused!(answer, is_not_authorized_exception, WRONG);
        assert_eq!(hiding.spent(), 1, "{username}: PASSWORD");

        let (session, _) = hiding.begun(named(username, &[])).await;
        let answer = named(username, &[("ANSWER", "PASSWORD"), ("PASSWORD", "wrong")]);
        let answer = respond(Name::SelectChallenge, session).set_challenge_responses(answer);
        assert_refused!(answer, is_not_authorized_exception, WRONG);
        assert_eq!(hiding.spent(), 1, "{username}: SELECT_CHALLENGE with PASSWORD");

        let wish = &[("PREFERRED_CHALLENGE", "PASSWORD_SRP"), ("SRP_A", &a)];
        let (session, asked) = hiding.begun(named(username, wish)).await;
        assert_eq!(hiding.spent(), 1, "{username}: USER_AUTH with PASSWORD_SRP");
        let claim = [
            ("PASSWORD_CLAIM_SECRET_BLOCK", asked["SECRET_BLOCK"].as_str()),
            ("PASSWORD_CLAIM_SIGNATURE", "bm9uc2Vuc2U="),
            ("TIMESTAMP", TIME),
        ];
        let answer = respond(Name::PasswordVerifier, session);
        let answer = answer.set_challenge_responses(named(&asked["USER_ID_FOR_SRP"], &claim));
        assert_refused!(answer, is_not_authorized_exception, WRONG);
        assert_eq!(hiding.spent(), 2, "{username}: PASSWORD_VERIFIER");
    }
}

/// cog-0307: a verifier of the new password is derived for nobody too, and of a wrong code no former one is compared.
#[tokio::test]
async fn confirm_forgot_password_of_hidden_unknown_user_takes_the_same_work() {
    let mut hiding = Hiding::new().await;
    let (sdk, client) = (hiding.fixture.server.sdk.clone(), hiding.client.clone());
    for username in ["ann", "nobody"] {
        let forgot = sdk.forgot_password().client_id(&client).username(username);
        forgot.send().await.expect("sent, or said to be");
        assert_eq!(hiding.spent(), 0, "{username}: ForgotPassword");
        let wrong = other_than(&hiding.fixture.server.code_of("ann"));
        let confirm = sdk.confirm_forgot_password().client_id(&client).username(username);
        let confirm = confirm.confirmation_code(wrong).password("N3w-password!");
        let text = "Invalid verification code provided, please try again.";
        assert_refused!(confirm, is_code_mismatch_exception, text);
        assert_eq!(hiding.spent(), 1, "{username}: ConfirmForgotPassword");
    }
}
