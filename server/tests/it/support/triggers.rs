//! Servers and pools whose triggers call the functions of a test.

use aws_sdk_cognitoidentityprovider::{
    operation::initiate_auth::{InitiateAuthOutput, builders::InitiateAuthFluentBuilder},
    types::{
        AuthFactorType, AuthFlowType, AuthenticationResultType, CustomEmailLambdaVersionConfigType,
        CustomEmailSenderLambdaVersionType, CustomSmsLambdaVersionConfigType,
        CustomSmsSenderLambdaVersionType, EmailConfigurationType, EmailSendingAccountType,
        ExplicitAuthFlowsType, LambdaConfigType, PreventUserExistenceErrorTypes, SignInPolicyType,
        UserPoolPolicyType, VerifiedAttributeType,
    },
};
use lido::{clock::Clock, triggers::SenderKeys};
use serde_json::{Value, json};

use crate::{
    functions::{Functions, arn},
    support::{PoolAndClient, TestServer, id_of},
};

/// A server that calls `functions`.
pub(crate) async fn server_with_functions(functions: &Functions) -> TestServer {
    TestServer::with_triggers(|triggers| triggers.through(functions.lambda(None, Clock::system()))).await
}

/// A pool that verifies e-mail addresses and has PreSignUp and PostConfirmation.
pub(crate) async fn pool_with_triggers(server: &TestServer) -> PoolAndClient {
    let functions =
        LambdaConfigType::builder().pre_sign_up(arn("pre")).post_confirmation(arn("post")).build();
    let pool = server.sdk.create_user_pool().pool_name("p").lambda_config(functions);
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    PoolAndClient { client: server.client_in(&pool).await, pool }
}

/// A pool whose functions are called, with an app client for every flow, and ann.
pub(crate) struct TriggerFixture {
    pub(crate) functions: Functions,
    pub(crate) server: TestServer,
    pub(crate) ids: PoolAndClient,
    pub(crate) sub: String,
}

impl TriggerFixture {
    pub(crate) async fn with(config: LambdaConfigType) -> Self {
        let functions = Functions::serve().await;
        let server = server_with_functions(&functions).await;
        let pool = server.sdk.create_user_pool().pool_name("p").lambda_config(config);
        let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
        let pool = id_of(pool.send().await.expect("a pool").user_pool());
        let client = client_for(&server, &pool, PreventUserExistenceErrorTypes::Legacy).await;
        let sub = server.sign_up(&client, "ann", "ann@example.com").await;
        let confirm = server.sdk.admin_confirm_sign_up().user_pool_id(&pool).username("ann");
        confirm.send().await.expect("confirmed");
        Self { functions, server, ids: PoolAndClient { pool, client }, sub }
    }

    /// An app client of the pool that hides who exists.
    pub(crate) async fn hiding_client(&self) -> String {
        client_for(&self.server, &self.ids.pool, PreventUserExistenceErrorTypes::Enabled).await
    }

    pub(crate) fn initiate(&self, flow: AuthFlowType) -> InitiateAuthFluentBuilder {
        self.server.sdk.initiate_auth().client_id(&self.ids.client).auth_flow(flow)
    }

    pub(crate) fn by_password(&self, username: &str, password: &str) -> InitiateAuthFluentBuilder {
        let call = self.initiate(AuthFlowType::UserPasswordAuth);
        call.auth_parameters("USERNAME", username).auth_parameters("PASSWORD", password)
    }

    /// What events about ann tell of her.
    pub(crate) fn ann(&self) -> Value {
        json!({
            "sub": self.sub, "cognito:user_status": "CONFIRMED", "email_verified": "false",
            "email": "ann@example.com",
        })
    }
}

async fn client_for(server: &TestServer, pool: &str, hides: PreventUserExistenceErrorTypes) -> String {
    let made = server.sdk.create_user_pool_client().user_pool_id(pool).client_name("t");
    let made = made
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowAdminUserPasswordAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowCustomAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth)
        .prevent_user_existence_errors(hides);
    let made = made.send().await.expect("a client").user_pool_client.expect("told");
    made.client_id.expect("an id")
}

pub(crate) fn tokens(answer: InitiateAuthOutput) -> AuthenticationResultType {
    answer.authentication_result.expect("tokens")
}

pub(crate) const KEY: &str = "arn:aws:kms:us-east-1:000000000000:key/one";

/// A pool that verifies both contacts and lets codes to them sign in, with this LambdaConfig and this account to send mail
/// from.
pub(crate) async fn pool_with_functions(
    server: &TestServer,
    functions: LambdaConfigType,
    account: EmailSendingAccountType,
) -> PoolAndClient {
    let source = "arn:aws:ses:us-east-1:000000000000:identity/words.example";
    let mail = EmailConfigurationType::builder().email_sending_account(account).source_arn(source).build();
    let factors = [AuthFactorType::Password, AuthFactorType::EmailOtp, AuthFactorType::SmsOtp];
    let factors = SignInPolicyType::builder().set_allowed_first_auth_factors(Some(factors.to_vec())).build();
    let pool =
        server.sdk.create_user_pool().pool_name("p").lambda_config(functions).email_configuration(mail);
    let pool = pool.policies(UserPoolPolicyType::builder().sign_in_policy(factors).build());
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::PhoneNumber);
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    PoolAndClient { client: server.client_in(&pool).await, pool }
}

pub(crate) async fn pool_with_custom_message(server: &TestServer) -> PoolAndClient {
    let functions = LambdaConfigType::builder().custom_message(arn("words")).build();
    pool_with_functions(server, functions, EmailSendingAccountType::Developer).await
}

/// A server with a key for custom senders, and a pool whose messages they send.
pub(crate) async fn senders(functions: &Functions) -> (TestServer, PoolAndClient) {
    let lambda = functions.lambda(None, Clock::system());
    let keys = SenderKeys::of(KEY, [7; 32]);
    let server = TestServer::with_triggers(|triggers| triggers.through(lambda).with_sender_keys(keys)).await;
    let email = CustomEmailLambdaVersionConfigType::builder().lambda_arn(arn("email"));
    let email = email.lambda_version(CustomEmailSenderLambdaVersionType::V10).build().expect("complete");
    let sms = CustomSmsLambdaVersionConfigType::builder().lambda_arn(arn("sms"));
    let sms = sms.lambda_version(CustomSmsSenderLambdaVersionType::V10).build().expect("complete");
    let config =
        LambdaConfigType::builder().custom_email_sender(email).custom_sms_sender(sms).kms_key_id(KEY);
    let config = config.custom_message(arn("words")).build();
    let ids = pool_with_functions(&server, config, EmailSendingAccountType::CognitoDefault).await;
    (server, ids)
}
