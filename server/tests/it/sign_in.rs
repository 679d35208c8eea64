//! Signing in by a password: who may, with what, and what everybody else is told.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    operation::{
        admin_initiate_auth::builders::AdminInitiateAuthFluentBuilder,
        initiate_auth::builders::InitiateAuthFluentBuilder,
    },
    types::{AuthFlowType, ChallengeNameType, ExplicitAuthFlowsType, PreventUserExistenceErrorTypes},
};
use lido::store::{Key, Record, Write};
use lido_domain::{
    Timestamp,
    id::{PoolId, Sub},
    pool::alias::Candidates,
    user::{Status, User},
};

use crate::support::{House, PASSWORD, Place, refused};

const WRONG: &str = "Incorrect username or password.";

/// A pool with an app client that may use every flow, and ann, who is confirmed.
pub(crate) struct SignIn {
    pub(crate) house: House,
    pub(crate) place: Place,
    pub(crate) sub: String,
}

impl SignIn {
    pub(crate) async fn new() -> Self {
        let house = House::new().await;
        let place = house.place().await;
        let client = house.client_for_sign_in(&place.pool, PreventUserExistenceErrorTypes::Legacy).await;
        let place = Place { client, ..place };
        let sub = house.sign_up(&place.client, "ann", "ann@example.com").await;
        let confirm = house.sdk.admin_confirm_sign_up().user_pool_id(&place.pool).username("ann");
        confirm.send().await.expect("confirmed");
        Self { house, place, sub }
    }

    pub(crate) fn initiate(&self, flow: AuthFlowType) -> InitiateAuthFluentBuilder {
        self.house.sdk.initiate_auth().client_id(&self.place.client).auth_flow(flow)
    }

    pub(crate) fn by_password(&self, username: &str, password: &str) -> InitiateAuthFluentBuilder {
        let call = self.initiate(AuthFlowType::UserPasswordAuth);
        call.auth_parameters("USERNAME", username).auth_parameters("PASSWORD", password)
    }

    /// An access token of ann's.
    pub(crate) async fn token(&self) -> String {
        let answer = self.by_password("ann", PASSWORD).send().await.expect("signed in");
        answer.authentication_result.and_then(|result| result.access_token).expect("a token")
    }

    pub(crate) fn as_admin(&self, flow: AuthFlowType) -> AdminInitiateAuthFluentBuilder {
        let call = self.house.sdk.admin_initiate_auth().client_id(&self.place.client);
        call.user_pool_id(&self.place.pool).auth_flow(flow)
    }

    /// Puts ann into a state that no operation leads to here.
    pub(crate) async fn change_ann(&self, change: impl FnOnce(&mut User)) {
        let pool = PoolId::new(self.place.pool.as_str());
        let store = &self.house.app.store;
        let candidates = Candidates { sub: Sub::new(self.sub.as_str()), names: Vec::new() };
        let entering = store.read_entering(&pool, candidates, Sub::new(""), &[]).await.expect("read");
        let mut user = entering.user.expect("ann");
        change(&mut user);
        let write = Write::Put(Key::user(&user.sub), Record::User(user));
        store.commit(&pool, Vec::new(), vec![write]).await.expect("written");
    }
}

impl House {
    /// An app client that may use every flow.
    pub(crate) async fn client_for_sign_in(
        &self,
        pool: &str,
        hides: PreventUserExistenceErrorTypes,
    ) -> String {
        let made = self.sdk.create_user_pool_client().user_pool_id(pool).client_name("s");
        let made = made
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserSrpAuth)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserAuth)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowAdminUserPasswordAuth)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth)
            .prevent_user_existence_errors(hides);
        let made = made.send().await.expect("a client").user_pool_client.expect("told");
        made.client_id.expect("an id")
    }
}

/// cog-0165.
#[tokio::test]
async fn a_password_gives_tokens() {
    let world = SignIn::new().await;
    let answer = world.by_password("ann", PASSWORD).send().await.expect("signed in");
    assert_eq!((answer.challenge_name(), answer.session()), (None, None));
    assert_eq!(answer.challenge_parameters().map(|parameters| parameters.len()), Some(0));
    let result = answer.authentication_result.expect("tokens");
    assert_eq!((result.expires_in, result.token_type()), (3600, Some("Bearer")));
    for token in [result.access_token(), result.id_token()] {
        assert_eq!(token.expect("a token").split('.').count(), 3);
    }
    assert!(result.refresh_token().is_some());
    for flow in [AuthFlowType::AdminUserPasswordAuth, AuthFlowType::AdminNoSrpAuth] {
        let call =
            world.as_admin(flow).auth_parameters("USERNAME", "ann").auth_parameters("PASSWORD", PASSWORD);
        assert!(call.send().await.expect("signed in").authentication_result.is_some());
    }
}

/// cog-0162, cog-0163, cog-0193, cog-0214, cog-0215, cog-0221, cog-0222.
#[tokio::test]
async fn who_and_what_is_wrong() {
    let world = SignIn::new().await;
    refused!(world.by_password("ann", "wrong"), is_not_authorized_exception, WRONG);
    refused!(world.by_password("nobody", PASSWORD), is_user_not_found_exception, "User does not exist.");
    let unknown = "User pool client none does not exist.";
    refused!(world.by_password("ann", PASSWORD).client_id("none"), is_resource_not_found_exception, unknown);
    let admin = |username: &str| {
        let call = world.as_admin(AuthFlowType::AdminUserPasswordAuth);
        call.auth_parameters("USERNAME", username).auth_parameters("PASSWORD", "wrong")
    };
    refused!(admin("ann"), is_not_authorized_exception, WRONG);
    refused!(admin("nobody"), is_user_not_found_exception, "User does not exist.");
    refused!(admin("ann").client_id("none"), is_resource_not_found_exception, unknown);
    let nowhere = "User pool us-east-2_nowhere does not exist.";
    refused!(admin("ann").user_pool_id("us-east-2_nowhere"), is_resource_not_found_exception, nowhere);
    let other = world.house.place().await.pool;
    let text = format!("User pool client {} does not exist.", world.place.client);
    refused!(admin("ann").user_pool_id(other), is_resource_not_found_exception, text.as_str());
}

/// cog-0160, cog-0161, cog-0172, cog-0216, cog-0223, cog-0382, cog-0383, cog-0384, cog-0385, cog-0386.
#[tokio::test]
async fn flows_and_parameters() {
    let world = SignIn::new().await;
    let missing = |name: &str| format!("Missing required parameter {name}");
    let call = world.by_password("", "");
    refused!(call, is_invalid_parameter_exception, missing("USERNAME").as_str());
    refused!(world.by_password("ann", ""), is_invalid_parameter_exception, missing("PASSWORD").as_str());
    let srp = world.initiate(AuthFlowType::UserSrpAuth).auth_parameters("USERNAME", "ann");
    refused!(srp, is_invalid_parameter_exception, missing("SRP_A").as_str());
    let swapped = "Initiate Auth method not supported.";
    let call = world.initiate(AuthFlowType::AdminUserPasswordAuth);
    refused!(call, is_invalid_parameter_exception, swapped);
    refused!(world.as_admin(AuthFlowType::UserPasswordAuth), is_invalid_parameter_exception, swapped);

    let pool = &world.place.pool;
    let made = world.house.sdk.create_user_pool_client().user_pool_id(pool).client_name("n");
    let made = made.explicit_auth_flows(ExplicitAuthFlowsType::AllowCustomAuth).send().await;
    let none = made.expect("a client").user_pool_client.and_then(|client| client.client_id).expect("an id");
    let texts = [
        (AuthFlowType::UserPasswordAuth, "USER_PASSWORD_AUTH flow not enabled for this client"),
        (AuthFlowType::UserAuth, "USER_AUTH flow not enabled for this client"),
        (AuthFlowType::UserSrpAuth, "USER_SRP_AUTH is not enabled for the client"),
    ];
    for (flow, text) in texts {
        refused!(world.initiate(flow).client_id(&none), is_invalid_parameter_exception, text);
    }
    let call = world.as_admin(AuthFlowType::AdminUserPasswordAuth).client_id(&none);
    refused!(call, is_invalid_parameter_exception, "Auth flow not enabled for this client");
}

/// cog-0167, cog-0169, cog-0211, cog-0212.
#[tokio::test]
async fn a_user_must_be_in_a_state_to_sign_in() {
    let world = SignIn::new().await;
    world.change_ann(|ann| ann.status = Status::Unconfirmed).await;
    for password in [PASSWORD, "wrong"] {
        let call = world.by_password("ann", password);
        refused!(call, is_user_not_confirmed_exception, "User is not confirmed.");
    }
    world.change_ann(|ann| ann.status = Status::ResetRequired).await;
    let text = "Password reset required for the user";
    refused!(world.by_password("ann", PASSWORD), is_password_reset_required_exception, text);
    world.change_ann(|ann| ann.enabled = false).await;
    refused!(world.by_password("ann", PASSWORD), is_not_authorized_exception, "User is disabled.");
}

/// cog-0168: an alias does not resolve until it is verified.
#[tokio::test]
async fn an_unverified_alias_names_nobody() {
    let world = SignIn::new().await;
    let call = world.by_password("ann@example.com", PASSWORD);
    refused!(call, is_user_not_found_exception, "User does not exist.");
}

/// cog-0170, cog-0171.
#[tokio::test]
async fn five_failures_lock_out_for_a_while() {
    let world = SignIn::new().await;
    let locked = "Password attempts exceeded";
    for _ in 0..5 {
        refused!(world.by_password("ann", "wrong"), is_not_authorized_exception, WRONG);
    }
    refused!(world.by_password("ann", PASSWORD), is_not_authorized_exception, locked);
    let clock = &world.house.app.clock;
    clock.advance(Duration::from_secs(1));
    refused!(world.by_password("ann", "wrong"), is_not_authorized_exception, WRONG);
    clock.advance(Duration::from_secs(1));
    refused!(world.by_password("ann", PASSWORD), is_not_authorized_exception, locked);
    clock.advance(Duration::from_secs(1));
    world.by_password("ann", PASSWORD).send().await.expect("a success forgives");
    refused!(world.by_password("ann", "wrong"), is_not_authorized_exception, WRONG);
    world.by_password("ann", PASSWORD).send().await.expect("one failure does not lock");
}

/// cog-0184: the same answer, the same count of failures, the same derivations, for somebody and nobody.
#[tokio::test]
async fn nobody_costs_what_somebody_costs() {
    let world = SignIn::new().await;
    let hiding = PreventUserExistenceErrorTypes::Enabled;
    let client = world.house.client_for_sign_in(&world.place.pool, hiding).await;
    let passwords = &world.house.app.passwords;
    let mut work = Vec::new();
    for username in ["ann", "nobody"] {
        let before = passwords.exponentiations();
        for _ in 0..5 {
            let call = world.by_password(username, "wrong").client_id(&client);
            refused!(call, is_not_authorized_exception, WRONG);
        }
        let call = world.by_password(username, "wrong").client_id(&client);
        refused!(call, is_not_authorized_exception, "Password attempts exceeded");
        work.push(passwords.exponentiations() - before);
    }
    assert_eq!(work, [5, 5]);
}

/// cog-0173, cog-0189, cog-0225, cog-0237, cog-0392.
#[tokio::test]
async fn a_temporary_password_is_replaced() {
    let world = SignIn::new().await;
    let until = Timestamp::from_millis(i64::MAX);
    world.change_ann(|ann| ann.status = Status::ForceChangePassword { expires_at: until }).await;
    let asked = world.by_password("ann", PASSWORD).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&ChallengeNameType::NewPasswordRequired));
    assert!(asked.authentication_result.is_none());
    let parameters = asked.challenge_parameters().expect("parameters");
    assert_eq!(parameters.get("USER_ID_FOR_SRP").map(String::as_str), Some("ann"));
    assert_eq!(parameters.get("requiredAttributes").map(String::as_str), Some("[]"));
    let attributes = parameters.get("userAttributes").map(String::as_str);
    assert_eq!(attributes, Some(r#"{"email":"ann@example.com","email_verified":"false"}"#));
    let session = asked.session.expect("a session");
    let answer = |password: &str| {
        let call = world.house.sdk.respond_to_auth_challenge().client_id(&world.place.client);
        let call = call.challenge_name(ChallengeNameType::NewPasswordRequired).session(&session);
        call.challenge_responses("USERNAME", "ann").challenge_responses("NEW_PASSWORD", password)
    };
    let weak = "Password does not conform to policy: Password not long enough";
    refused!(answer("weak"), is_invalid_password_exception, weak);
    let done = answer("Another-1").send().await.expect("signed in");
    assert!(done.authentication_result.is_some());
    let used = "Invalid session for the user, session can only be used once.";
    refused!(answer("Another-2"), is_not_authorized_exception, used);
    refused!(world.by_password("ann", PASSWORD), is_not_authorized_exception, WRONG);
    world.by_password("ann", "Another-1").send().await.expect("signed in");
    let past = Timestamp::from_millis(0);
    world.change_ann(|ann| ann.status = Status::ForceChangePassword { expires_at: past }).await;
    let late = "Temporary password has expired and must be reset by an administrator.";
    refused!(world.by_password("ann", "Another-1"), is_not_authorized_exception, late);
}

/// cog-0226, cog-0228.
#[tokio::test]
async fn a_session_dies_and_is_nobody_elses() {
    let world = SignIn::new().await;
    let until = Timestamp::from_millis(i64::MAX);
    world.change_ann(|ann| ann.status = Status::ForceChangePassword { expires_at: until }).await;
    let session = world.by_password("ann", PASSWORD).send().await.expect("asked").session.expect("a session");
    let answer = |session: &str| {
        let call = world.house.sdk.admin_respond_to_auth_challenge().client_id(&world.place.client);
        let call = call.user_pool_id(&world.place.pool).session(session);
        let call = call.challenge_name(ChallengeNameType::NewPasswordRequired);
        call.challenge_responses("USERNAME", "ann").challenge_responses("NEW_PASSWORD", "Another-1")
    };
    let damaged = "Invalid session for the user.";
    refused!(answer("a session that nobody was given"), is_not_authorized_exception, damaged);
    world.house.app.clock.advance(Duration::from_secs(3 * 60));
    let late = "Invalid session for the user, session is expired.";
    refused!(answer(&session), is_not_authorized_exception, late);
}
