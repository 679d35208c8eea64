//! Faults on demand: what a client sees of each.

use std::time::{Duration, Instant};

use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata as _;
use serde_json::{Value, json};

use super::console;
use crate::support::{TestServer, assert_refused, oauth::OAuthFixture};

/// Sets a fault.
async fn set(server: &TestServer, fault: Value) -> Value {
    let (status, answer) = console(server, "POST", "/_lido/faults", Some(&fault)).await;
    assert_eq!(status, 201, "{answer}");
    answer
}

#[tokio::test]
async fn throttled_and_failing_requests_have_the_errors_of_the_service() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let fault = set(&server, json!({"effect": "throttle", "operation": "ListUsers", "count": 1})).await;
    let list = || server.sdk.list_users().user_pool_id(&ids.pool);
    assert_refused!(list(), is_too_many_requests_exception, "Too many requests");
    list().send().await.expect("the fault is used up");
    let path = format!("/_lido/faults/{}", fault["id"].as_str().expect("an id"));
    let (_, shown) = console(&server, "GET", &path, None).await;
    assert_eq!((&shown["hits"], &shown["remaining"]), (&json!(1), &json!(0)));

    let error = json!({
        "effect": "error", "operation": "ConfirmSignUp", "error": "CodeMismatchException", "message": "no",
    });
    set(&server, error).await;
    let confirm =
        || server.sdk.confirm_sign_up().client_id(&ids.client).username("ann").confirmation_code("1");
    assert_refused!(confirm(), is_code_mismatch_exception, "no");
    assert_eq!(console(&server, "DELETE", "/_lido/faults", None).await, (200, json!({"deleted": 2})));

    set(&server, json!({"effect": "error", "error": "InternalErrorException"})).await;
    let failed = list().send().await.expect_err("a fault");
    assert_eq!(failed.raw_response().map(|response| response.status().as_u16()), Some(500));
    assert!(failed.as_service_error().is_some_and(|error| error.is_internal_error_exception()));
    // Every operation, and nothing else: the console goes on.
    let pools = server.sdk.list_user_pools().max_results(1).send().await.expect_err("a fault");
    assert_eq!(pools.code(), Some("InternalErrorException"));
    assert_eq!(console(&server, "GET", "/_lido/pools", None).await.0, 200);
}

#[tokio::test]
async fn fault_of_everything_strikes_the_oauth_endpoints() {
    let fixture = OAuthFixture::new().await;
    let server = &fixture.server;
    let query = fixture.query(&[]);
    let statuses = async || {
        let token = fixture.post("/oauth2/token", &[], &[]).await;
        (token.status.as_u16(), token.json(), fixture.browser().get("/login", &query).await.status.as_u16())
    };
    set(server, json!({"effect": "throttle", "operation": "InitiateAuth"})).await;
    assert_eq!(statuses().await, (400, json!({"error": "invalid_request"}), 200), "it is for an operation");
    set(server, json!({"effect": "throttle", "count": 2})).await;
    let throttled = json!({"error": "temporarily_unavailable", "error_description": "Rate exceeded"});
    assert_eq!(statuses().await, (429, throttled, 429));
    set(server, json!({"effect": "error", "error": "InternalErrorException", "count": 2})).await;
    assert_eq!(statuses().await, (500, json!({"error": "server_error"}), 500));
    set(server, json!({"effect": "delay", "delay": "300ms", "count": 1})).await;
    let started = Instant::now();
    assert_eq!(fixture.browser().get("/login", &query).await.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn delayed_request_succeeds_later() {
    let server = TestServer::new().await;
    set(&server, json!({"effect": "delay", "operation": "ListUserPools", "delay": "300ms"})).await;
    let started = Instant::now();
    server.sdk.list_user_pools().max_results(1).send().await.expect("a list");
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn lost_message_leaves_the_code_valid_and_the_inbox_empty() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    set(&server, json!({"effect": "loseMessages", "operation": "SignUp"})).await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    assert_eq!(server.codes_of("ann"), [] as [String; 0]);
    // It is not sent later either.
    server.app.clock.advance(Duration::from_secs(3_600));
    assert_eq!(server.app.outbox.send_due().await, Ok(0));
    // The message of another operation arrives.
    server.sdk.resend_confirmation_code().client_id(&ids.client).username("ann").send().await.expect("sent");
    assert_eq!(server.codes_of("ann").len(), 1);
}

#[tokio::test]
async fn wrong_fault_is_refused_with_what_it_must_be() {
    let server = TestServer::new().await;
    // (fault, part of the message)
    let cases = [
        (json!({}), "missing field `effect`"),
        (json!({"effect": "explode"}), "unknown variant `explode`"),
        (json!({"effect": "throttle", "times": 1}), "unknown field `times`"),
        (json!({"effect": "throttle", "operation": "signUp"}), "lido operations lists them"),
        (json!({"effect": "throttle", "count": 0}), "count must be at least 1"),
        (json!({"effect": "throttle", "probability": 1.5}), "probability must be a number from 0 to 1"),
        (json!({"effect": "throttle", "delay": "2h"}), "delay must be a duration"),
        (json!({"effect": "throttle", "delay": "61s"}), "at most 60s"),
        (json!({"effect": "delay"}), "needs delay"),
        (json!({"effect": "error"}), "error must be the name of an error"),
        (json!({"effect": "error", "error": "Oops"}), "error must be the name of an error"),
        (
            json!({"effect": "error", "operation": "ListUsers", "error": "CodeMismatchException"}),
            "error must be one that ListUsers declares: InternalErrorException, ",
        ),
        (json!({"effect": "throttle", "error": "CodeMismatchException"}), "error is for the effect error"),
        (json!({"effect": "throttle", "message": "no"}), "message is for the effect error"),
    ];
    for (fault, expected) in cases {
        let (status, answer) = console(&server, "POST", "/_lido/faults", Some(&fault)).await;
        assert_eq!(status, 400, "{fault}: {answer}");
        assert!(answer["message"].as_str().is_some_and(|text| text.contains(expected)), "{fault}: {answer}");
    }
    assert_eq!(console(&server, "GET", "/_lido/faults", None).await, (200, json!({"faults": []})));
}
