//! What a caller is told when a trigger fails, each recorded failure through the SDK (cog-0255).

use std::{net::TcpListener, time::Duration};

use aws_sdk_cognitoidentityprovider::{
    error::ProvideErrorMetadata as _,
    types::{LambdaConfigType, UserStatusType},
};
use lido::{clock::Clock, triggers::lambda::Lambda};

use crate::{
    functions::{Does, Functions, arn, echo},
    support::{
        PASSWORD, PoolAndClient, TestServer, pool_id_of,
        triggers::{create_pool_with_triggers, server_with_functions},
    },
};

const VALIDATION: &str = "UserLambdaValidationException";
const RESPONSE: &str = "InvalidLambdaResponseException";
const UNEXPECTED: &str = "UnexpectedLambdaException";
const STRANGE: &str = "Unrecognizable lambda output";

/// Type and text that a sign-up is refused with.
async fn sign_up_refused(server: &TestServer, client: &str) -> (String, String) {
    let call = server.sdk.sign_up().client_id(client).username("ann").password(PASSWORD);
    let error = call.send().await.expect_err("a refusal").into_service_error();
    let meta = error.meta();
    (meta.code().expect("a type").to_owned(), meta.message().expect("a text").to_owned())
}

#[tokio::test]
async fn failures_of_pre_sign_up_and_post_confirmation_are_told() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_triggers(&server).await;
    // `@` stands for the trigger; a text of the function is quoted as in cog-0136 and cog-0255.
    let cases = [
        (
            Does::Throw(r#"{"errorMessage":"name 'userAttributes' is not defined","errorType":"NameError"}"#),
            VALIDATION, // cog-0037
            "@ failed with error name 'userAttributes' is not defined.",
        ),
        (Does::Throw(r#"{"errorType":"object"}"#), VALIDATION, "@ failed with error [object Object]."), // cog-0043
        (
            Does::Throw(
                r#"{"errorMessage":"RequestId: 9f Error: Runtime exited with error: exit status 129"}"#,
            ),
            VALIDATION, // cog-0229
            "@ failed with error RequestId: 9f Error: Runtime exited with error: exit status 129.",
        ),
        (Does::Body("{}"), RESPONSE, STRANGE), // cog-0020, cog-0097
        (Does::Body(r#"{"statusCode":200,"body":"ok"}"#), RESPONSE, STRANGE), // cog-0020
        (Does::Body("null"), RESPONSE, STRANGE),
        (Does::Body("ok"), RESPONSE, STRANGE),
        (
            Does::Answer(|event| event["request"]["clientMetadata"] = serde_json::Value::Null),
            RESPONSE, // cog-0020
            STRANGE,
        ),
        (
            Does::Answer(|event| event["userName"] = "eve".into()),
            RESPONSE, // cog-0292
            "Invalid user name. User name in Lambda mismatches the actual username.",
        ),
        (
            Does::Refuse(403, "AccessDeniedException"),
            UNEXPECTED, // cog-0021, cog-0095
            "@ invocation failed due to error AccessDeniedException.",
        ),
        (
            Does::Refuse(409, "ResourceConflictException:http://internal.amazon.com/"),
            UNEXPECTED, // cog-0096
            "@ invocation failed due to error ResourceConflictException.",
        ),
        (
            Does::Refuse(404, "ResourceNotFoundException"),
            UNEXPECTED,
            "@ invocation failed due to error ResourceNotFoundException.",
        ),
        (Does::Refuse(500, ""), UNEXPECTED, "@ invocation failed due to error ServiceException."), // cog-0256
        (Does::Refuse(302, ""), UNEXPECTED, "@ invocation failed due to error ServiceException."),
    ];
    for (number, (does, of_type, text)) in cases.into_iter().enumerate() {
        functions.when("pre", does.clone());
        let before = functions.invoked().len();
        let told = sign_up_refused(&server, &ids.client).await;
        assert_eq!(told, (of_type.to_owned(), text.replace('@', "PreSignUp")));
        assert_eq!(functions.invoked().len(), before + 1, "none of these is tried again");

        functions.when("pre", echo());
        functions.when("post", does);
        let username = format!("user{number}");
        server.sign_up(&ids.client, &username, "user@example.com").await;
        let confirm = server.sdk.confirm_sign_up().client_id(&ids.client).username(&username);
        let confirm = confirm.confirmation_code(server.code_of(&username)).send().await;
        let error = confirm.expect_err("a refusal").into_service_error();
        assert_eq!(error.code(), Some(of_type));
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
    functions.when("pre", Does::Refuse(429, "TooManyRequestsException"));
    let text = "PreSignUp invocation failed due to error TooManyRequestsException.";
    assert_eq!(sign_up_refused(&server, &ids.client).await, (UNEXPECTED.into(), text.into()));
    assert_eq!(functions.invoked().len(), 3);
}

#[tokio::test]
async fn function_that_hangs_is_called_three_times() {
    let functions = Functions::serve().await;
    let lambda = functions.lambda(None, Clock::system());
    let patience = Duration::from_millis(200);
    let server = TestServer::with_triggers(|triggers| triggers.through(lambda).with_patience(patience)).await;
    let ids = create_pool_with_triggers(&server).await;
    functions.when("pre", Does::Hang);
    // cog-0365, cog-0256
    let text = "PreSignUp invocation failed due to error Socket timeout while invoking Lambda function.";
    assert_eq!(sign_up_refused(&server, &ids.client).await, (UNEXPECTED.into(), text.into()));
    assert_eq!(functions.invoked().len(), 3);
}

#[tokio::test]
async fn call_of_unreachable_endpoint_is_refused() {
    // A port that was free a moment ago.
    let address =
        TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let lambda =
        Lambda::new(format!("http://{address}").parse().expect("an endpoint"), None, Clock::system());
    let lambda = lambda.expect("a client");
    let server = TestServer::with_triggers(|triggers| triggers.through(lambda)).await;
    let ids = create_pool_with_triggers(&server).await;
    let text = "PreSignUp invocation failed due to error Unable to connect to the Lambda endpoint.";
    assert_eq!(sign_up_refused(&server, &ids.client).await, (UNEXPECTED.into(), text.into()));
}

#[tokio::test]
async fn pool_with_trigger_without_endpoint_refuses() {
    let server = TestServer::new().await;
    let ids = create_pool_with_triggers(&server).await;
    let text = "PreSignUp invocation failed due to configuration.";
    assert_eq!(sign_up_refused(&server, &ids.client).await, (UNEXPECTED.into(), text.into()));
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
    assert_eq!(sign_up_refused(&server, &ids.client).await, (UNEXPECTED.into(), text.into()));
    let longer = LambdaConfigType::builder().pre_sign_up(arn("pre")).build();
    let pool =
        server.sdk.create_user_pool().pool_name("p").lambda_config(longer).send().await.expect("a pool");
    let client = server.create_client(&pool_id_of(pool.user_pool())).await;
    let (_, text) = sign_up_refused(&server, &client).await;
    assert_eq!(text, "PreSignUp invocation failed due to error ResourceNotFoundException.");
}
