//! A pool with a confirmed user, and the requests that sign the user in. Devices, second factors and passkeys of the same
//! user are in [`super::devices`], [`super::mfa`] and [`super::passkeys`].

use aws_sdk_cognitoidentityprovider::{
    operation::{
        admin_initiate_auth::builders::AdminInitiateAuthFluentBuilder,
        initiate_auth::builders::InitiateAuthFluentBuilder,
        respond_to_auth_challenge::builders::RespondToAuthChallengeFluentBuilder,
    },
    types::{AuthFlowType, ChallengeNameType, ExplicitAuthFlowsType, PreventUserExistenceErrorTypes},
};
use lido::store::{Key, Record, UserQuery};
use lido_domain::{
    id::{PoolId, Sub},
    user::User,
};

use crate::support::{PASSWORD, PoolAndClient, TestServer};

/// A server with a pool, an app client that may use every flow but CUSTOM_AUTH, and the confirmed user `ann`.
///
/// The user's password is [`PASSWORD`], the address `ann@example.com` is not verified, and the app client reveals which
/// users exist (`LEGACY`).
pub(crate) struct SignInFixture {
    pub(crate) server: TestServer,
    pub(crate) ids: PoolAndClient,
    /// The `sub` of `ann`.
    pub(crate) sub: String,
}

impl SignInFixture {
    /// Starts a server and signs up and confirms `ann`.
    pub(crate) async fn new() -> Self {
        Self::with_server(TestServer::new().await).await
    }

    /// Signs up and confirms `ann` on a server.
    pub(crate) async fn with_server(server: TestServer) -> Self {
        let ids = server.create_pool_and_client().await;
        let client = server.create_sign_in_client(&ids.pool, PreventUserExistenceErrorTypes::Legacy).await;
        let ids = PoolAndClient { client, ..ids };
        let sub = server.sign_up(&ids.client, "ann", "ann@example.com").await;
        let confirm = server.sdk.admin_confirm_sign_up().user_pool_id(&ids.pool).username("ann");
        confirm.send().await.expect("confirmed");
        Self { server, ids, sub }
    }

    /// Builds an InitiateAuth request without parameters.
    pub(crate) fn initiate(&self, flow: AuthFlowType) -> InitiateAuthFluentBuilder {
        self.server.sdk.initiate_auth().client_id(&self.ids.client).auth_flow(flow)
    }

    /// Builds an InitiateAuth request by USER_PASSWORD_AUTH.
    pub(crate) fn by_password(&self, username: &str, password: &str) -> InitiateAuthFluentBuilder {
        let call = self.initiate(AuthFlowType::UserPasswordAuth);
        call.auth_parameters("USERNAME", username).auth_parameters("PASSWORD", password)
    }

    /// Signs `ann` in by [`PASSWORD`] and returns the access token.
    pub(crate) async fn access_token(&self) -> String {
        self.access_token_of("ann").await
    }

    /// Signs a user in by [`PASSWORD`] and returns the access token.
    pub(crate) async fn access_token_of(&self, username: &str) -> String {
        let signed_in = self.by_password(username, PASSWORD).send().await.expect("signed in");
        signed_in.authentication_result.and_then(|result| result.access_token).expect("an access token")
    }

    /// Builds a RespondToAuthChallenge request of `ann` without the responses that the challenge requires.
    pub(crate) fn respond<'a>(
        &self,
        challenge: ChallengeNameType,
        session: impl Into<Option<&'a str>>,
    ) -> RespondToAuthChallengeFluentBuilder {
        let call = self.server.sdk.respond_to_auth_challenge().client_id(&self.ids.client);
        call.challenge_name(challenge)
            .set_session(session.into().map(str::to_owned))
            .challenge_responses("USERNAME", "ann")
    }

    /// Builds an AdminInitiateAuth request without parameters.
    pub(crate) fn admin_initiate(&self, flow: AuthFlowType) -> AdminInitiateAuthFluentBuilder {
        let call = self.server.sdk.admin_initiate_auth().client_id(&self.ids.client);
        call.user_pool_id(&self.ids.pool).auth_flow(flow)
    }

    /// Changes the stored record of `ann`, for states that no operation leads to.
    pub(crate) async fn change_stored_user(&self, change: impl FnOnce(&mut User)) {
        let pool = PoolId::new(self.ids.pool.as_str());
        let store = &self.server.app.store;
        let query = UserQuery::of(&Sub::new(self.sub.as_str()), Vec::new());
        let found = store.begin().find_user(&pool, query).await.expect("read");
        let mut user = found.user.expect("a record of ann");
        change(&mut user);
        store.put(&pool, vec![(Key::user(&user.sub), Record::User(user))]).await.expect("written");
    }
}

impl TestServer {
    /// Creates an app client that may use every flow but CUSTOM_AUTH, and returns its id.
    pub(crate) async fn create_sign_in_client(
        &self,
        pool: &str,
        existence_errors: PreventUserExistenceErrorTypes,
    ) -> String {
        let create = self.sdk.create_user_pool_client().user_pool_id(pool).client_name("s");
        let create = create
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserSrpAuth)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserAuth)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowAdminUserPasswordAuth)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth)
            .prevent_user_existence_errors(existence_errors);
        let client = create.send().await.expect("an app client").user_pool_client.expect("a description");
        client.client_id.expect("an id")
    }
}
