//! Servers and pools whose Lambda triggers call the functions of [`crate::functions`].

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
    support::{PoolAndClient, TestServer, pool_id_of, sms_configuration},
};

/// Starts a server that invokes `functions`.
pub(crate) async fn server_with_functions(functions: &Functions) -> TestServer {
    TestServer::with_triggers(|triggers| triggers.with_invoker(functions.lambda(None, Clock::system()))).await
}

/// Creates a pool that verifies e-mail addresses, with the triggers PreSignUp (function `pre`) and PostConfirmation
/// (`post`), and an app client.
pub(crate) async fn create_pool_with_triggers(server: &TestServer) -> PoolAndClient {
    let functions =
        LambdaConfigType::builder().pre_sign_up(arn("pre")).post_confirmation(arn("post")).build();
    let pool = server.sdk.create_user_pool().pool_name("p").lambda_config(functions);
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    PoolAndClient { client: server.create_client(&pool).await, pool }
}

/// A server with functions, a pool with triggers, an app client, and the confirmed user `ann`.
///
/// The app client may use every flow but USER_SRP_AUTH and USER_AUTH.
pub(crate) struct TriggerFixture {
    pub(crate) functions: Functions,
    pub(crate) server: TestServer,
    pub(crate) ids: PoolAndClient,
    /// The `sub` of `ann`.
    pub(crate) sub: String,
}

impl TriggerFixture {
    /// Starts the server, with this LambdaConfig in the pool.
    pub(crate) async fn with(config: LambdaConfigType) -> Self {
        let functions = Functions::serve().await;
        let server = server_with_functions(&functions).await;
        let pool = server.sdk.create_user_pool().pool_name("p").lambda_config(config);
        let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
        let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
        let client = client_for(&server, &pool, PreventUserExistenceErrorTypes::Legacy).await;
        let sub = server.sign_up(&client, "ann", "ann@example.com").await;
        let confirm = server.sdk.admin_confirm_sign_up().user_pool_id(&pool).username("ann");
        confirm.send().await.expect("confirmed");
        Self { functions, server, ids: PoolAndClient { pool, client }, sub }
    }

    /// Creates an app client that hides which users exist, and returns its id.
    pub(crate) async fn create_hiding_client(&self) -> String {
        client_for(&self.server, &self.ids.pool, PreventUserExistenceErrorTypes::Enabled).await
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

    /// Returns the `userAttributes` of events about `ann`.
    pub(crate) fn ann(&self) -> Value {
        json!({
            "sub": self.sub, "cognito:user_status": "CONFIRMED", "email_verified": "false",
            "email": "ann@example.com",
        })
    }
}

async fn client_for(
    server: &TestServer,
    pool: &str,
    existence_errors: PreventUserExistenceErrorTypes,
) -> String {
    let create = server.sdk.create_user_pool_client().user_pool_id(pool).client_name("t");
    let create = create
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowAdminUserPasswordAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowCustomAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth)
        .prevent_user_existence_errors(existence_errors);
    let client = create.send().await.expect("an app client").user_pool_client.expect("a description");
    client.client_id.expect("an id")
}

/// Returns the tokens of a sign-in without challenges.
pub(crate) fn tokens(output: InitiateAuthOutput) -> AuthenticationResultType {
    output.authentication_result.expect("tokens")
}

/// The ARN of the key that codes for custom senders are encrypted under.
pub(crate) const KEY: &str = "arn:aws:kms:us-east-1:000000000000:key/one";

/// Creates a pool with this LambdaConfig and this account to send mail from, and an app client.
///
/// The pool verifies e-mail addresses and phone numbers, and allows codes to both as first factors.
pub(crate) async fn create_pool_with_functions(
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
    let pool = pool.sms_configuration(sms_configuration());
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    PoolAndClient { client: server.create_client(&pool).await, pool }
}

/// Creates a pool with the trigger CustomMessage (function `words`).
pub(crate) async fn create_pool_with_custom_message(server: &TestServer) -> PoolAndClient {
    let functions = LambdaConfigType::builder().custom_message(arn("words")).build();
    create_pool_with_functions(server, functions, EmailSendingAccountType::Developer).await
}

/// Starts a server with a key for custom senders, and creates a pool with CustomEmailSender (function `email`),
/// CustomSMSSender (`sms`) and CustomMessage (`words`).
pub(crate) async fn server_with_custom_senders(functions: &Functions) -> (TestServer, PoolAndClient) {
    let lambda = functions.lambda(None, Clock::system());
    let keys = SenderKeys::of(KEY, [7; 32]);
    let server =
        TestServer::with_triggers(|triggers| triggers.with_invoker(lambda).with_sender_keys(keys)).await;
    let email = CustomEmailLambdaVersionConfigType::builder().lambda_arn(arn("email"));
    let email = email.lambda_version(CustomEmailSenderLambdaVersionType::V10).build().expect("complete");
    let sms = CustomSmsLambdaVersionConfigType::builder().lambda_arn(arn("sms"));
    let sms = sms.lambda_version(CustomSmsSenderLambdaVersionType::V10).build().expect("complete");
    let config =
        LambdaConfigType::builder().custom_email_sender(email).custom_sms_sender(sms).kms_key_id(KEY);
    let config = config.custom_message(arn("words")).build();
    let ids = create_pool_with_functions(&server, config, EmailSendingAccountType::Developer).await;
    (server, ids)
}
