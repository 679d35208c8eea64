//! A pool with a confirmed user, and the calls that sign that user in.

use aws_sdk_cognitoidentityprovider::{
    operation::{
        admin_initiate_auth::builders::AdminInitiateAuthFluentBuilder,
        initiate_auth::builders::InitiateAuthFluentBuilder,
    },
    types::{AuthFlowType, ExplicitAuthFlowsType, PreventUserExistenceErrorTypes},
};
use lido::store::{Key, Record, UserQuery};
use lido_domain::{
    id::{PoolId, Sub},
    user::User,
};

use crate::support::{PASSWORD, PoolAndClient, TestServer};

/// A pool with an app client that may use every flow, and ann, who is confirmed.
pub(crate) struct SignInFixture {
    pub(crate) server: TestServer,
    pub(crate) ids: PoolAndClient,
    pub(crate) sub: String,
}

impl SignInFixture {
    pub(crate) async fn new() -> Self {
        let server = TestServer::new().await;
        let ids = server.pool_and_client().await;
        let client = server.client_for_sign_in(&ids.pool, PreventUserExistenceErrorTypes::Legacy).await;
        let ids = PoolAndClient { client, ..ids };
        let sub = server.sign_up(&ids.client, "ann", "ann@example.com").await;
        let confirm = server.sdk.admin_confirm_sign_up().user_pool_id(&ids.pool).username("ann");
        confirm.send().await.expect("confirmed");
        Self { server, ids, sub }
    }

    pub(crate) fn initiate(&self, flow: AuthFlowType) -> InitiateAuthFluentBuilder {
        self.server.sdk.initiate_auth().client_id(&self.ids.client).auth_flow(flow)
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
        let call = self.server.sdk.admin_initiate_auth().client_id(&self.ids.client);
        call.user_pool_id(&self.ids.pool).auth_flow(flow)
    }

    /// Puts ann into a state that no operation leads to here.
    pub(crate) async fn change_ann(&self, change: impl FnOnce(&mut User)) {
        let pool = PoolId::new(self.ids.pool.as_str());
        let store = &self.server.app.store;
        let query = UserQuery::of(&Sub::new(self.sub.as_str()), Vec::new());
        let found = store.begin().find_user(&pool, query).await.expect("read");
        let mut user = found.user.expect("ann");
        change(&mut user);
        store.put(&pool, vec![(Key::user(&user.sub), Record::User(user))]).await.expect("written");
    }
}

impl TestServer {
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
