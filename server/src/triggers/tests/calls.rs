//! How often a function is called, and what is made of its answers and failures.

use async_trait::async_trait;
use std::sync::atomic::{AtomicU32, Ordering};

use lido_domain::{id::ClientId, user::Status};
use serde_json::json;

use super::*;
use crate::store::{Cause, PoolRecord};

async fn post_confirmation(triggers: &Triggers, pool: &PoolRecord) -> Result<(), TriggerFault> {
    let (client, cause) = (ClientId::new("client"), Cause::default());
    let context = EventContext { pool, client: Some(&client), cause: &cause };
    triggers.post_confirmation(context, Confirmation::SignUp, &ann(Status::Confirmed)).await
}

#[tokio::test]
async fn calls_that_fail_are_repeated_up_to_three_times() {
    let refused = |status, code: &str| InvokeFault::Refused { status, code: code.into() };
    let unreachable = || InvokeFault::Unreachable("connection refused".into());
    let late = "Socket timeout while invoking Lambda function"; // cog-0365
    let cases = [
        (vec![InvokeFault::TimedOut], 2, None),
        (vec![InvokeFault::TimedOut, unreachable()], 3, None),
        (vec![InvokeFault::TimedOut; 3], 3, Some(late)),
        (
            vec![unreachable(), unreachable(), unreachable()],
            3,
            Some("Unable to connect to the Lambda endpoint"),
        ),
        (vec![refused(429, "TooManyRequestsException"); 3], 3, Some("TooManyRequestsException")),
        (vec![refused(403, "AccessDeniedException")], 1, Some("AccessDeniedException")), // cog-0021
        (vec![refused(409, "ResourceConflictException")], 1, Some("ResourceConflictException")), // cog-0096
        (vec![refused(500, "ServiceException")], 1, Some("ServiceException")),           // cog-0256
    ];
    for (faults, calls, told) in cases {
        let lambda = FakeLambda::scripted(faults.clone().into_iter().map(Err));
        let outcome = post_confirmation(&through(&lambda), &pool()).await;
        let told = told.map(|error| format!("PostConfirmation invocation failed due to error {error}."));
        assert_eq!(outcome.err(), told.map(TriggerFault::Unexpected), "{faults:?}");
        assert_eq!(lambda.calls().len(), calls, "{faults:?}");
    }
}

/// Functions that never answer.
#[derive(Debug, Default)]
struct Silence(Arc<AtomicU32>);

#[async_trait]
impl Invoke for Silence {
    async fn invoke(&self, _: &Function, _: &[u8], _: Manner) -> Result<Returned, InvokeFault> {
        self.0.fetch_add(1, Ordering::Relaxed);
        std::future::pending().await
    }
}

#[tokio::test]
async fn function_that_does_not_answer_is_given_up() {
    let calls = Arc::new(AtomicU32::new(0));
    let triggers = Triggers::nowhere(Entropy::fake(1)).through(Silence(calls.clone()));
    let triggers = triggers.with_patience(Duration::from_millis(1));
    let told =
        "PostConfirmation invocation failed due to error Socket timeout while invoking Lambda function.";
    let outcome = post_confirmation(&triggers, &pool()).await;
    assert_eq!(outcome, Err(TriggerFault::Unexpected(told.into())));
    assert_eq!(calls.load(Ordering::Relaxed), MOST_TRIES);
}

#[tokio::test]
async fn pool_without_triggers_calls_nothing() {
    let nowhere = Triggers::nowhere(Entropy::fake(1));
    let mut silent = pool();
    silent.settings = json!({});
    assert_eq!(post_confirmation(&nowhere, &silent).await, Ok(()));
    let told = TriggerFault::Unexpected("PostConfirmation invocation failed due to configuration.".into());
    assert_eq!(post_confirmation(&nowhere, &pool()).await, Err(told.clone()));
    let lambda = FakeLambda::default();
    let mut elsewhere = pool();
    elsewhere.settings["LambdaConfig"]["PostConfirmation"] =
        "arn:aws:sns:us-east-1:000000000000:topic".into();
    assert_eq!(post_confirmation(&through(&lambda), &elsewhere).await, Err(told));
    assert!(lambda.calls().is_empty());
}

#[tokio::test]
async fn answers_other_than_the_event_are_refused() {
    let recorder = FakeLambda::default();
    post_confirmation(&through(&recorder), &pool()).await.expect("an echo");
    let event = only_event(&recorder);
    let changed = |pointer: &str, value: Option<Value>| {
        let (at, name) = pointer.rsplit_once('/').expect("a pointer");
        let mut changed = event.clone();
        let members = changed.pointer_mut(at).and_then(Value::as_object_mut).expect("an object");
        match value {
            Some(value) => members.insert(name.to_owned(), value),
            None => members.remove(name),
        };
        changed.to_string()
    };
    let (good, strange) = (|| Ok(()), || Err(TriggerFault::unrecognizable()));
    let cases = [
        (event.to_string(), good()),
        (changed("/callerContext/clientId", None), good()), // cog-0053
        (changed("/request/more", Some(json!([1]))), good()),
        (changed("/response/more", Some(json!([1]))), good()),
        (changed("/request/clientMetadata", Some(json!({ "a": "b" }))), good()),
        (changed("/request/validationData", Some(json!(null))), good()),
        (changed("/userName", Some(json!("eve"))), Err(TriggerFault::other_user())), // cog-0292
        (changed("/request/clientMetadata", Some(json!(null))), strange()),          // cog-0020
        (changed("/callerContext/clientId", Some(json!(null))), strange()),          // cog-0020
        (changed("/callerContext", None), strange()),                                // cog-0020
        (changed("/userName", None), strange()),
        (changed("/version", Some(json!(1))), strange()),
        (changed("/region", None), strange()),
        (changed("/userPoolId", None), strange()),
        (changed("/triggerSource", None), strange()),
        (changed("/request", None), strange()),
        (changed("/request/userAttributes", Some(json!("none"))), strange()),
        (changed("/response", None), strange()),
        (changed("/response", Some(json!(null))), strange()),
        (json!({ "Version": "1", "UserName": "ann" }).to_string(), strange()), // cog-0020
        ("null".to_owned(), strange()),
        ("[]".to_owned(), strange()),
        ("\"ok\"".to_owned(), strange()),
        (String::new(), strange()),
        ("<html>".to_owned(), strange()),
    ];
    for (answer, expected) in cases {
        let lambda = FakeLambda::scripted([Ok(Returned::Answer(answer.clone().into_bytes()))]);
        assert_eq!(post_confirmation(&through(&lambda), &pool()).await, expected, "{answer}");
    }
    let lambda = FakeLambda::scripted([Ok(Returned::Accepted)]);
    assert_eq!(post_confirmation(&through(&lambda), &pool()).await, strange());
}

#[tokio::test]
async fn errors_that_functions_throw_are_told() {
    let cases = [
        (
            json!({ "errorMessage": "callback is not a function", "errorType": "TypeError" }),
            "callback is not a function.",
        ),
        (
            json!({ "errorMessage": "name 'userAttributes' is not defined" }),
            "name 'userAttributes' is not defined.",
        ), // cog-0037
        (
            json!({ "errorMessage": "RequestId: 9fdb5cfa Error: Runtime exited with error: exit status 129" }),
            "RequestId: 9fdb5cfa Error: Runtime exited with error: exit status 129.", // cog-0229
        ),
        (json!({ "errorMessage": "Full stop." }), "Full stop.."),
        (json!({ "errorMessage": "" }), "."),
        (json!({ "errorType": "Error" }), "[object Object]."), // cog-0043
        (json!(null), "[object Object]."),
    ];
    for (error, told) in cases {
        let lambda = FakeLambda::scripted([Ok(Returned::Thrown(error.to_string().into_bytes()))]);
        let told = format!("PostConfirmation failed with error {told}");
        let outcome = post_confirmation(&through(&lambda), &pool()).await;
        assert_eq!(outcome, Err(TriggerFault::Validation(told)), "{error}");
        assert_eq!(lambda.calls().len(), 1, "it has answered");
    }
}
