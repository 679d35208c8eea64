//! The errors that callers get if a trigger fails (cog-0255).

use std::{net::TcpListener, time::Duration};

use aws_sdk_cognitoidentityprovider::{
    error::ProvideErrorMetadata as _,
    types::{LambdaConfigType, UserStatusType},
};
use lido::{clock::Clock, triggers::lambda::Lambda};

use crate::{
    functions::{Behavior, Functions, arn, echo},
    support::{
        PASSWORD, PoolAndClient, TestServer, pool_id_of,
        triggers::{create_pool_with_triggers, server_with_functions},
    },
};

const VALIDATION: &str = "UserLambdaValidationException";
const RESPONSE: &str = "InvalidLambdaResponseException";
const UNEXPECTED: &str = "UnexpectedLambdaException";
const UNRECOGNIZABLE: &str = "Unrecognizable lambda output";

/// Returns the type and the message of the error that a sign-up must fail with.
async fn sign_up_error(server: &TestServer, client: &str) -> (String, String) {
    let call = server.sdk.sign_up().client_id(client).username("ann").password(PASSWORD);
    let error = call.send().await.expect_err("a refusal").into_service_error();
    let meta = error.meta();
    (meta.code().expect("a type").to_owned(), meta.message().expect("a text").to_owned())
}

#[tokio::test]
async fn failed_pre_sign_up_and_post_confirmation_give_the_recorded_errors() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_triggers(&server).await;
    // `@` stands for the trigger. The text of the function is quoted as in cog-0136 and cog-0255.
    let cases = [
        (
            Behavior::Throw(
                r#"{"errorMessage":"name 'userAttributes' is not defined","errorType":"NameError"}"#,
            ),
            VALIDATION, // cog-0037
            "@ failed with error name 'userAttributes' is not defined.",
        ),
        (Behavior::Throw(r#"{"errorType":"object"}"#), VALIDATION, "@ failed with error [object Object]."), // cog-0043
        (
            Behavior::Throw(
                r#"{"errorMessage":"RequestId: 9f Error: Runtime exited with error: exit status 129"}"#,
            ),
            VALIDATION, // cog-0229
            "@ failed with error RequestId: 9f Error: Runtime exited with error: exit status 129.",
        ),
        (Behavior::Body("{}"), RESPONSE, UNRECOGNIZABLE), // cog-0020, cog-0097
        (Behavior::Body(r#"{"statusCode":200,"body":"ok"}"#), RESPONSE, UNRECOGNIZABLE), // cog-0020
        (Behavior::Body("null"), RESPONSE, "Invalid lambda function output : Invalid JSON"), // pub-0001
        (Behavior::Body("ok"), RESPONSE, "Invalid lambda function output : Invalid JSON"), // pub-0001
        (
            Behavior::Answer(|event| event["request"]["clientMetadata"] = serde_json::Value::Null),
            RESPONSE, // cog-0020
            UNRECOGNIZABLE,
        ),
        (
            Behavior::Answer(|event| event["userName"] = "eve".into()),
            RESPONSE, // cog-0292
            "Invalid user name. User name in Lambda mismatches the actual username.",
        ),
        (
            Behavior::Refuse(403, "AccessDeniedException"),
            UNEXPECTED, // cog-0021, cog-0095
            "@ invocation failed due to error AccessDeniedException.",
        ),
        (
            Behavior::Refuse(409, "ResourceConflictException:http://internal.amazon.com/"),
            UNEXPECTED, // cog-0096
            "@ invocation failed due to error ResourceConflictException.",
        ),
        (
            Behavior::Refuse(404, "ResourceNotFoundException"),
            UNEXPECTED,
            "@ invocation failed due to error ResourceNotFoundException.",
        ),
        (Behavior::Refuse(500, ""), UNEXPECTED, "@ invocation failed due to error ServiceException."), // cog-0256
        (Behavior::Refuse(302, ""), UNEXPECTED, "@ invocation failed due to error ServiceException."),
    ];
    for (number, (behavior, error_type, text)) in cases.into_iter().enumerate() {
        functions.when("pre", behavior.clone());
        let before = functions.invoked().len();
        let error = sign_up_error(&server, &ids.client).await;
        assert_eq!(error, (error_type.to_owned(), text.replace('@', "PreSignUp")));
        assert_eq!(functions.invoked().len(), before + 1, "the call was retried");

        functions.when("pre", echo());
        functions.when("post", behavior);
        let username = format!("user{number}");
        server.sign_up(&ids.client, &username, "user@example.com").await;
        let confirm = server.sdk.confirm_sign_up().client_id(&ids.client).username(&username);
        let confirm = confirm.confirmation_code(server.code_of(&username)).send().await;
        let error = confirm.expect_err("a refusal").into_service_error();
        assert_eq!(error.code(), Some(error_type));
        assert_eq!(error.message(), Some(text.replace('@', "PostConfirmation").as_str()));
        let (status, _) = server.status_and_attribute(&ids.pool, &username, "email").await;
        assert_eq!(status, UserStatusType::Confirmed, "{text}");
    }
}

#[tokio::test]
async fn throttled_call_is_made_three_times() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_triggers(&server).await;
    functions.when("pre", Behavior::Refuse(429, "TooManyRequestsException"));
    let text = "PreSignUp invocation failed due to error TooManyRequestsException.";
    assert_eq!(sign_up_error(&server, &ids.client).await, (UNEXPECTED.into(), text.into()));
    assert_eq!(functions.invoked().len(), 3);
}

#[tokio::test]
async fn function_that_hangs_is_called_three_times() {
    let functions = Functions::serve().await;
    let lambda = functions.lambda(None, Clock::system());
    let patience = Duration::from_millis(200);
    let server =
        TestServer::with_triggers(|triggers| triggers.with_invoker(lambda).with_timeout(patience)).await;
    let ids = create_pool_with_triggers(&server).await;
    functions.when("pre", Behavior::Hang);
    // cog-0365, cog-0256
    let text = "PreSignUp invocation failed due to error Socket timeout while invoking Lambda function.";
    assert_eq!(sign_up_error(&server, &ids.client).await, (UNEXPECTED.into(), text.into()));
    assert_eq!(functions.invoked().len(), 3);
}

#[tokio::test]
async fn call_of_unreachable_endpoint_is_refused() {
    // A port that is free again.
    let address =
        TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let lambda =
        Lambda::new(format!("http://{address}").parse().expect("an endpoint"), None, Clock::system());
    let lambda = lambda.expect("a client");
    let server = TestServer::with_triggers(|triggers| triggers.with_invoker(lambda)).await;
    let ids = create_pool_with_triggers(&server).await;
    let text = "PreSignUp invocation failed due to error Unable to connect to the Lambda endpoint.";
    assert_eq!(sign_up_error(&server, &ids.client).await, (UNEXPECTED.into(), text.into()));
}

#[tokio::test]
async fn pool_with_trigger_without_endpoint_refuses() {
    let server = TestServer::new().await;
    let ids = create_pool_with_triggers(&server).await;
    let text = "PreSignUp invocation failed due to configuration.";
    assert_eq!(sign_up_error(&server, &ids.client).await, (UNEXPECTED.into(), text.into()));
    let plain = server.create_pool_and_client().await;
    server.sign_up(&plain.client, "ann", "ann@example.com").await;
}

#[tokio::test]
async fn arn_of_another_service_is_not_called() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let config = LambdaConfigType::builder().pre_sign_up("arn:aws:sns:us-east-1:000000000000:topic").build();
    let pool =
        server.sdk.create_user_pool().pool_name("p").lambda_config(config).send().await.expect("a pool");
    let pool = pool_id_of(pool.user_pool());
    let ids = PoolAndClient { client: server.create_client(&pool).await, pool };
    let text = "PreSignUp invocation failed due to configuration.";
    assert_eq!(sign_up_error(&server, &ids.client).await, (UNEXPECTED.into(), text.into()));
    let longer = LambdaConfigType::builder().pre_sign_up(arn("pre")).build();
    let pool =
        server.sdk.create_user_pool().pool_name("p").lambda_config(longer).send().await.expect("a pool");
    let client = server.create_client(&pool_id_of(pool.user_pool())).await;
    let (_, text) = sign_up_error(&server, &client).await;
    assert_eq!(text, "PreSignUp invocation failed due to error ResourceNotFoundException.");
}
