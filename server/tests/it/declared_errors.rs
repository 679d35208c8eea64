//! Every error that the model declares for ConfirmSignUp and AdminConfirmSignUp, provoked over the socket: exact
//! status, type and text. The list is the model's own, so that an error which is declared anew fails here.

use std::{collections::BTreeSet, sync::atomic::Ordering, time::Duration};

use lido::{credentials::Credentials, http::Gate, rates::Rates};
use serde_json::{Value, json};

use crate::{
    functions::{self, Does, Functions},
    support::{
        PoolAndClient, TestServer,
        intercepted_store::InterceptedStore,
        json_requests::Answer,
        other_than,
        triggers::{pool_with_triggers, server_with_functions},
    },
};

const LIMITED: &str = "Attempt limit exceeded, please try after some time.";
const FAILED: &str = "Too many failed attempts, please try after some time.";

/// The errors that an operation declares, by their short names.
fn declared(operation: &str) -> BTreeSet<String> {
    let model = include_str!("../../../model/cognito-idp/sign-up.json");
    let model: Value = serde_json::from_str(model).expect("JSON");
    let shape = &model["shapes"][format!("com.amazonaws.cognitoidentityprovider#{operation}")];
    let errors = shape["errors"].as_array().expect("errors").iter();
    let name = |error: &Value| Some(error["target"].as_str()?.split_once('#')?.1.to_owned());
    errors.map(|error| name(error).expect("a name")).collect()
}

/// The documented lists, and one that came since.
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
        let since = ["OperationNotEnabled"];
        let names = documented.split_whitespace().chain(since).map(|name| format!("{name}Exception"));
        assert_eq!(names.collect::<BTreeSet<_>>(), declared(operation), "{fact}");
    }
}

/// What an operation has said so far.
struct Said {
    operation: &'static str,
    kinds: BTreeSet<String>,
}

impl Said {
    fn by(operation: &'static str) -> Self {
        Self { operation, kinds: BTreeSet::new() }
    }

    /// Calls it, and asserts status, type and text.
    async fn told(&mut self, server: &TestServer, input: &Value, status: u16, kind: &str, text: &str) {
        self.note(&server.post(self.operation, input).await, status, kind, text);
    }

    fn note(&mut self, answer: &Answer, status: u16, kind: &str, text: &str) {
        assert_eq!(answer.refusal(), (status, kind.to_owned(), text.to_owned()), "{answer:?}");
        assert_eq!(answer.header("x-amzn-errortype"), format!("{kind}:"));
        self.kinds.insert(kind.to_owned());
    }

    /// What is told whoever asks: too many requests, a standby, and a store that is gone.
    async fn told_by_the_server(&mut self, store: &InterceptedStore, input: &Value) {
        let app = store.app();
        let quotas = "on,UserCreation=1".parse().expect("quotas");
        let gate = Gate::from(Credentials::AnyWellFormed).limited(Rates::new(&quotas, &app.clock));
        let server = TestServer::behind(app, gate).await;
        // One is taken, and this one leads nowhere.
        server.post(self.operation, &json!({})).await;
        self.told(&server, input, 400, "TooManyRequestsException", "Too many requests").await;
        let mut app = store.app();
        app.settings.is_standby = true;
        let text =
            format!("{} is not enabled: this server is a standby and changes nothing.", self.operation);
        self.told(&TestServer::of(app).await, input, 400, "OperationNotEnabledException", &text).await;
        let server = TestServer::of(store.app()).await;
        let fails = &store.interceptor().fails;
        fails.store(true, Ordering::Relaxed);
        self.told(&server, input, 500, "InternalErrorException", "Internal server error").await;
        fails.store(false, Ordering::Relaxed);
    }

    /// What is told when PostConfirmation fails. `input` names a user, to be confirmed by this code.
    async fn told_by_triggers(&mut self, input: impl Fn(&PoolAndClient, &str, &str) -> Value) {
        let functions = Functions::serve().await;
        let server = server_with_functions(&functions).await;
        let ids = pool_with_triggers(&server).await;
        functions.when("pre", functions::echo());
        let cases = [
            (
                Does::Throw(r#"{"errorMessage":"no"}"#),
                "UserLambdaValidationException",
                "PostConfirmation failed with error no.",
            ),
            (Does::Body("{}"), "InvalidLambdaResponseException", "Unrecognizable lambda output"),
            (
                Does::Refuse(403, "AccessDeniedException"),
                "UnexpectedLambdaException",
                "PostConfirmation invocation failed due to error AccessDeniedException.",
            ),
        ];
        for (does, kind, text) in cases {
            functions.when("post", does);
            server.sign_up(&ids.client, kind, "one@example.com").await;
            self.told(&server, &input(&ids, kind, &server.code_of(kind)), 400, kind, text).await;
        }
    }
}

/// A server on this store, with an alias pool that verifies e-mail addresses.
async fn server_on(store: &InterceptedStore) -> (TestServer, PoolAndClient) {
    let server = TestServer::of(store.app()).await;
    let pool = json!({"AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]});
    let pool = server.pool_with(pool).await;
    let client = server.client_with(&pool, json!({})).await;
    (server, PoolAndClient { pool, client })
}

#[tokio::test]
async fn confirm_sign_up_answers_every_declared_error() {
    let store = InterceptedStore::failing_on_demand();
    let (server, ids) = server_on(&store).await;
    let mut said = Said::by("ConfirmSignUp");
    let confirm = |username: &str, code: &str| json!({"ClientId": ids.client, "Username": username, "ConfirmationCode": code});
    for username in ["ann", "eve", "bob"] {
        server.sign_up(&ids.client, username, "one@example.com").await;
    }
    let code = server.code_of("ann");
    let wrong = confirm("ann", other_than(&code));

    let unknown = json!({"ClientId": "none", "Username": "ann", "ConfirmationCode": code});
    let text = "User pool client none does not exist.";
    said.told(&server, &unknown, 400, "ResourceNotFoundException", text).await;
    let text = "1 validation error detected: Value '12 34' at 'confirmationCode' failed to satisfy constraint: \
                Member must satisfy regular expression pattern: [\\S]+";
    said.told(&server, &confirm("ann", "12 34"), 400, "InvalidParameterException", text).await;
    let text = "Username/client id combination not found.";
    said.told(&server, &confirm("nobody", &code), 400, "UserNotFoundException", text).await;
    let text = "Invalid verification code provided, please try again.";
    for _ in 0..15 {
        said.told(&server, &wrong, 400, "CodeMismatchException", text).await;
    }
    for _ in 15..60 {
        said.told(&server, &wrong, 400, "LimitExceededException", LIMITED).await;
    }
    said.told(&server, &wrong, 400, "TooManyFailedAttemptsException", FAILED).await;

    server.app.clock.advance(Duration::from_secs(60 * 60));
    said.told_by_the_server(&store, &confirm("ann", &code)).await;
    let refusing = vec!["127.0.0.0/8".parse().expect("a range")];
    let gate = Gate::from(Credentials::AnyWellFormed).refusing(refusing);
    let elsewhere = TestServer::behind(store.app(), gate).await;
    let text = "Request not allowed due to WAF block.";
    said.told(&elsewhere, &confirm("ann", &code), 403, "ForbiddenException", text).await;
    server.done("ConfirmSignUp", &confirm("ann", &code)).await;
    let text = "User cannot be confirmed. Current status is CONFIRMED";
    said.told(&server, &confirm("ann", &code), 400, "NotAuthorizedException", text).await;
    let text = "An account with the given email already exists.";
    let second = confirm("eve", &server.code_of("eve"));
    said.told(&server, &second, 400, "AliasExistsException", text).await;
    server.app.clock.advance(Duration::from_secs(24 * 60 * 60));
    let text = "Invalid code provided, please request a code again.";
    said.told(&server, &second, 400, "ExpiredCodeException", text).await;

    said.told_by_triggers(
        |ids, username, code| json!({"ClientId": ids.client, "Username": username, "ConfirmationCode": code}),
    )
    .await;
    assert_eq!(said.kinds, declared("ConfirmSignUp"));
}

#[tokio::test]
async fn admin_confirm_sign_up_answers_every_declared_error() {
    let store = InterceptedStore::failing_on_demand();
    let (server, ids) = server_on(&store).await;
    let mut said = Said::by("AdminConfirmSignUp");
    let confirm = |username: &str| json!({"UserPoolId": ids.pool, "Username": username});
    server.sign_up(&ids.client, "ann", "one@example.com").await;

    let unknown = json!({"UserPoolId": "us-east-1_nowhere", "Username": "ann"});
    let text = "User pool us-east-1_nowhere does not exist.";
    said.told(&server, &unknown, 400, "ResourceNotFoundException", text).await;
    let text = "1 validation error detected: Value null at 'username' failed to satisfy constraint: Member must not \
                be null";
    let nobody = json!({"UserPoolId": ids.pool});
    said.told(&server, &nobody, 400, "InvalidParameterException", text).await;
    said.told(&server, &confirm("nobody"), 400, "UserNotFoundException", "User does not exist.").await;
    said.told_by_the_server(&store, &confirm("ann")).await;
    server.done("AdminConfirmSignUp", &confirm("ann")).await;
    let text = "User cannot be confirmed. Current status is CONFIRMED";
    for _ in 0..15 {
        said.told(&server, &confirm("ann"), 400, "NotAuthorizedException", text).await;
    }
    for _ in 15..60 {
        said.told(&server, &confirm("ann"), 400, "LimitExceededException", LIMITED).await;
    }
    said.told(&server, &confirm("ann"), 400, "TooManyFailedAttemptsException", FAILED).await;

    said.told_by_triggers(|ids, username, _| json!({"UserPoolId": ids.pool, "Username": username})).await;
    assert_eq!(said.kinds, declared("AdminConfirmSignUp"));
}
