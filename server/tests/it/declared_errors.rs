//! Every error that the model declares for ConfirmSignUp and AdminConfirmSignUp, with its status, type and message.
//!
//! The list is read from the model, so that a newly declared error fails here until a test provokes it.

use std::{collections::BTreeSet, sync::atomic::Ordering, time::Duration};

use lido::{credentials::Credentials, http::Gate, rates::Rates};
use serde_json::{Value, json};

use crate::{
    functions::{self, Behavior, Functions},
    support::{
        PoolAndClient, TestServer, different_code,
        intercepted_store::InterceptedStore,
        triggers::{create_pool_with_triggers, server_with_functions},
    },
};

const LIMITED: &str = "Attempt limit exceeded, please try after some time.";
const FAILED: &str = "Too many failed attempts, please try after some time.";

/// Returns the names of the errors that an operation declares.
fn declared(operation: &str) -> BTreeSet<String> {
    let model = include_str!("../../../model/cognito-idp/sign-up.json");
    let model: Value = serde_json::from_str(model).expect("JSON");
    let shape = &model["shapes"][format!("com.amazonaws.cognitoidentityprovider#{operation}")];
    let errors = shape["errors"].as_array().expect("errors").iter();
    let name = |error: &Value| Some(error["target"].as_str()?.split_once('#')?.1.to_owned());
    errors.map(|error| name(error).expect("a name")).collect()
}

/// The documented lists, and one error that the model has got since.
#[test]
fn model_declares_the_documented_errors() {
    let lists = [
        (
            "cog-0024",
            "ConfirmSignUp",
            "AliasExists CodeMismatch ExpiredCode Forbidden InternalError InvalidLambdaResponse InvalidParameter \
             LimitExceeded NotAuthorized ResourceNotFound TooManyFailedAttempts TooManyRequests UnexpectedLambda \
             UserLambdaValidation UserNotFound",
        ),
        (
            "cog-0051",
            "AdminConfirmSignUp",
            "InternalError InvalidLambdaResponse InvalidParameter LimitExceeded NotAuthorized ResourceNotFound \
             TooManyFailedAttempts TooManyRequests UnexpectedLambda UserLambdaValidation UserNotFound",
        ),
        (
            "cog-0111",
            "SignUp",
            "CodeDeliveryFailure Forbidden InternalError InvalidEmailRoleAccessPolicy InvalidLambdaResponse \
             InvalidParameter InvalidPassword InvalidSmsRoleAccessPolicy InvalidSmsRoleTrustRelationship LimitExceeded \
             NotAuthorized ResourceNotFound TooManyRequests UnexpectedLambda UserLambdaValidation UsernameExists",
        ),
        (
            "cog-0151",
            "ResendConfirmationCode",
            "CodeDeliveryFailure Forbidden InternalError InvalidEmailRoleAccessPolicy InvalidLambdaResponse \
             InvalidParameter InvalidSmsRoleAccessPolicy InvalidSmsRoleTrustRelationship LimitExceeded NotAuthorized \
             ResourceNotFound TooManyRequests UnexpectedLambda UserLambdaValidation UserNotFound",
        ),
    ];
    for (fact, operation, documented) in lists {
        let added_since = ["OperationNotEnabled"];
        let names = documented.split_whitespace().chain(added_since).map(|name| format!("{name}Exception"));
        assert_eq!(names.collect::<BTreeSet<_>>(), declared(operation), "{fact}");
    }
}

/// An operation, and the error types that it has returned so far.
struct ErrorLog {
    operation: &'static str,
    kinds: BTreeSet<String>,
}

impl ErrorLog {
    fn of(operation: &'static str) -> Self {
        Self { operation, kinds: BTreeSet::new() }
    }

    /// Calls the operation and asserts that it fails with this status, type and message.
    async fn assert_error(
        &mut self,
        server: &TestServer,
        input: &Value,
        status: u16,
        kind: &str,
        text: &str,
    ) {
        let response = server.post(self.operation, input).await;
        assert_eq!(response.refusal(), (status, kind.to_owned(), text.to_owned()), "{response:?}");
        assert_eq!(response.header("x-amzn-errortype"), format!("{kind}:"));
        self.kinds.insert(kind.to_owned());
    }

    /// Asserts the errors that do not depend on the request: exceeded quota, standby, unavailable store.
    async fn assert_server_errors(&mut self, store: &InterceptedStore, input: &Value) {
        let app = store.app();
        let quotas = "on,UserCreation=1".parse().expect("quotas");
        let gate = Gate::from(Credentials::AnyWellFormed).limited(Rates::new(&quotas, &app.clock));
        let server = TestServer::with_gate(app, gate).await;
        // Invalid requests use up the quota, and the reserve of signed ones.
        for _ in 0..2 {
            server.post(self.operation, &json!({})).await;
        }
        self.assert_error(&server, input, 400, "TooManyRequestsException", "Too many requests").await;
        let mut app = store.app();
        app.settings.is_standby = true;
        let text =
            format!("{} is not enabled: this server is a standby and changes nothing.", self.operation);
        self.assert_error(
            &TestServer::with_app(app).await,
            input,
            400,
            "OperationNotEnabledException",
            &text,
        )
        .await;
        let server = TestServer::with_app(store.app()).await;
        let fails = &store.interceptor().fails;
        fails.store(true, Ordering::Relaxed);
        self.assert_error(&server, input, 500, "InternalErrorException", "Internal server error").await;
        fails.store(false, Ordering::Relaxed);
    }

    /// Asserts the errors of a failing PostConfirmation. `input` returns the request that confirms a user with a code.
    async fn assert_trigger_errors(&mut self, input: impl Fn(&PoolAndClient, &str, &str) -> Value) {
        let functions = Functions::serve().await;
        let server = server_with_functions(&functions).await;
        let ids = create_pool_with_triggers(&server).await;
        functions.when("pre", functions::echo());
        let cases = [
            (
                Behavior::Throw(r#"{"errorMessage":"no"}"#),
                "UserLambdaValidationException",
                "PostConfirmation failed with error no.",
            ),
            (Behavior::Body("{}"), "InvalidLambdaResponseException", "Unrecognizable lambda output"),
            (
                Behavior::Refuse(403, "AccessDeniedException"),
                "UnexpectedLambdaException",
                "PostConfirmation invocation failed due to error AccessDeniedException.",
            ),
        ];
        for (does, kind, text) in cases {
            functions.when("post", does);
            server.sign_up(&ids.client, kind, "one@example.com").await;
            self.assert_error(&server, &input(&ids, kind, &server.code_of(kind)), 400, kind, text).await;
        }
    }
}

/// Starts a server on this store, with a pool that verifies e-mail addresses and has them as aliases, and an app client.
async fn server_with_alias_pool(store: &InterceptedStore) -> (TestServer, PoolAndClient) {
    let server = TestServer::with_app(store.app()).await;
    let pool = json!({"AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]});
    let pool = server.create_pool_with(pool).await;
    let client = server.create_client_with(&pool, json!({})).await;
    (server, PoolAndClient { pool, client })
}

#[tokio::test]
async fn confirm_sign_up_returns_every_declared_error() {
    let store = InterceptedStore::in_memory();
    let (server, ids) = server_with_alias_pool(&store).await;
    let mut errors = ErrorLog::of("ConfirmSignUp");
    let confirm = |username: &str, code: &str| json!({"ClientId": ids.client, "Username": username, "ConfirmationCode": code});
    for username in ["ann", "eve", "bob"] {
        server.sign_up(&ids.client, username, "one@example.com").await;
    }
    let code = server.code_of("ann");
    let wrong = confirm("ann", different_code(&code));

    let unknown = json!({"ClientId": "none", "Username": "ann", "ConfirmationCode": code});
    let text = "User pool client none does not exist.";
    errors.assert_error(&server, &unknown, 400, "ResourceNotFoundException", text).await;
    let text = "1 validation error detected: Value '12 34' at 'confirmationCode' failed to satisfy constraint: \
                Member must satisfy regular expression pattern: [\\S]+";
    errors.assert_error(&server, &confirm("ann", "12 34"), 400, "InvalidParameterException", text).await;
    let text = "Username/client id combination not found.";
    errors.assert_error(&server, &confirm("unknown", &code), 400, "UserNotFoundException", text).await;
    let text = "Invalid verification code provided, please try again.";
    for _ in 0..15 {
        errors.assert_error(&server, &wrong, 400, "CodeMismatchException", text).await;
    }
    for _ in 15..60 {
        errors.assert_error(&server, &wrong, 400, "LimitExceededException", LIMITED).await;
    }
    errors.assert_error(&server, &wrong, 400, "TooManyFailedAttemptsException", FAILED).await;

    server.app.clock.advance(Duration::from_secs(60 * 60));
    errors.assert_server_errors(&store, &confirm("ann", &code)).await;
    let refusing = vec!["127.0.0.0/8".parse().expect("a range")];
    let gate = Gate::from(Credentials::AnyWellFormed).refusing(refusing);
    let elsewhere = TestServer::with_gate(store.app(), gate).await;
    let text = "Request not allowed due to WAF block.";
    errors.assert_error(&elsewhere, &confirm("ann", &code), 403, "ForbiddenException", text).await;
    server.expect_output("ConfirmSignUp", &confirm("ann", &code)).await;
    let text = "User cannot be confirmed. Current status is CONFIRMED";
    errors.assert_error(&server, &confirm("ann", &code), 400, "NotAuthorizedException", text).await;
    let text = "An account with the given email already exists.";
    let second = confirm("eve", &server.code_of("eve"));
    errors.assert_error(&server, &second, 400, "AliasExistsException", text).await;
    server.app.clock.advance(Duration::from_secs(24 * 60 * 60));
    let text = "Invalid code provided, please request a code again.";
    errors.assert_error(&server, &second, 400, "ExpiredCodeException", text).await;

    errors.assert_trigger_errors(
        |ids, username, code| json!({"ClientId": ids.client, "Username": username, "ConfirmationCode": code}),
    )
    .await;
    assert_eq!(errors.kinds, declared("ConfirmSignUp"));
}

#[tokio::test]
async fn admin_confirm_sign_up_returns_every_declared_error() {
    let store = InterceptedStore::in_memory();
    let (server, ids) = server_with_alias_pool(&store).await;
    let mut errors = ErrorLog::of("AdminConfirmSignUp");
    let confirm = |username: &str| json!({"UserPoolId": ids.pool, "Username": username});
    server.sign_up(&ids.client, "ann", "one@example.com").await;

    let unknown = json!({"UserPoolId": "us-east-1_nowhere", "Username": "ann"});
    let text = "User pool us-east-1_nowhere does not exist.";
    errors.assert_error(&server, &unknown, 400, "ResourceNotFoundException", text).await;
    let text = "1 validation error detected: Value null at 'username' failed to satisfy constraint: Member must not \
                be null";
    let without_username = json!({"UserPoolId": ids.pool});
    errors.assert_error(&server, &without_username, 400, "InvalidParameterException", text).await;
    errors
        .assert_error(&server, &confirm("unknown"), 400, "UserNotFoundException", "User does not exist.")
        .await;
    errors.assert_server_errors(&store, &confirm("ann")).await;
    server.expect_output("AdminConfirmSignUp", &confirm("ann")).await;
    let text = "User cannot be confirmed. Current status is CONFIRMED";
    for _ in 0..15 {
        errors.assert_error(&server, &confirm("ann"), 400, "NotAuthorizedException", text).await;
    }
    for _ in 15..60 {
        errors.assert_error(&server, &confirm("ann"), 400, "LimitExceededException", LIMITED).await;
    }
    errors.assert_error(&server, &confirm("ann"), 400, "TooManyFailedAttemptsException", FAILED).await;

    errors
        .assert_trigger_errors(|ids, username, _| json!({"UserPoolId": ids.pool, "Username": username}))
        .await;
    assert_eq!(errors.kinds, declared("AdminConfirmSignUp"));
}
