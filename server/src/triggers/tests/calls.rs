//! Invocations: retries, timeouts, and the handling of results and errors.

use async_trait::async_trait;
use std::sync::atomic::{AtomicU32, Ordering};

use lido_domain::{id::ClientId, user::Status};
use serde_json::json;

use super::*;
use crate::store::{PoolRecord, RequestInfo};

async fn post_confirmation(triggers: &Triggers, pool: &PoolRecord) -> Result<(), TriggerFault> {
    let (client, cause) = (ClientId::new("client"), RequestInfo::default());
    let context = EventContext { pool, client: Some(&client), cause: &cause };
    triggers.post_confirmation(context, Confirmation::SignUp, &ann(Status::Confirmed)).await
}

#[tokio::test]
async fn failed_invocation_is_retried_up_to_three_attempts() {
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
    for (faults, calls, expected) in cases {
        let lambda = FakeLambda::scripted(faults.clone().into_iter().map(Err));
        let outcome = post_confirmation(&with_lambda(&lambda), &pool()).await;
        let expected =
            expected.map(|error| format!("PostConfirmation invocation failed due to error {error}."));
        assert_eq!(outcome.err().map(|fault| fault.to_string()), expected, "{faults:?}");
        assert_eq!(lambda.calls().len(), calls, "{faults:?}");
    }
}

/// An invoker whose functions never respond, with the number of calls.
#[derive(Debug, Default)]
struct SilentInvoker(Arc<AtomicU32>);

#[async_trait]
impl FunctionInvoker for SilentInvoker {
    async fn invoke(
        &self,
        _: &Function,
        _: &[u8],
        _: InvocationType,
    ) -> Result<InvocationResult, InvokeFault> {
        self.0.fetch_add(1, Ordering::Relaxed);
        std::future::pending().await
    }
}

#[tokio::test]
async fn function_that_does_not_respond_times_out() {
    let calls = Arc::new(AtomicU32::new(0));
    let triggers = Triggers::unconfigured(Entropy::fake(1)).with_invoker(SilentInvoker(calls.clone()));
    let triggers = triggers.with_timeout(Duration::from_millis(1));
    let expected =
        "PostConfirmation invocation failed due to error Socket timeout while invoking Lambda function.";
    let outcome = post_confirmation(&triggers, &pool()).await;
    assert_eq!(outcome.err().map(|fault| fault.to_string()).as_deref(), Some(expected));
    assert_eq!(calls.load(Ordering::Relaxed), MAX_ATTEMPTS);
}

#[tokio::test]
async fn pool_without_triggers_calls_nothing() {
    let unconfigured = Triggers::unconfigured(Entropy::fake(1));
    let mut without_triggers = pool();
    without_triggers.settings = json!({});
    assert_eq!(post_confirmation(&unconfigured, &without_triggers).await, Ok(()));
    let fault = TriggerFault::Misconfigured(Trigger::PostConfirmation);
    assert_eq!(fault.to_string(), "PostConfirmation invocation failed due to configuration.");
    assert_eq!(post_confirmation(&unconfigured, &pool()).await, Err(fault.clone()));
    let lambda = FakeLambda::default();
    let mut elsewhere = pool();
    elsewhere.settings["LambdaConfig"]["PostConfirmation"] =
        "arn:aws:sns:us-east-1:000000000000:topic".into();
    assert_eq!(post_confirmation(&with_lambda(&lambda), &elsewhere).await, Err(fault));
    assert!(lambda.calls().is_empty());
}

#[tokio::test]
async fn result_other_than_the_event_is_refused() {
    let recorder = FakeLambda::default();
    post_confirmation(&with_lambda(&recorder), &pool()).await.expect("an echo");
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
    let (accepted, invalid) = (|| Ok(()), || Err(TriggerFault::Unrecognizable));
    let not_json = || Err(TriggerFault::InvalidJson); // pub-0001
    let cases = [
        (event.to_string(), accepted()),
        (changed("/callerContext/clientId", None), accepted()), // cog-0053
        (changed("/request/more", Some(json!([1]))), accepted()),
        (changed("/response/more", Some(json!([1]))), accepted()),
        (changed("/request/clientMetadata", Some(json!({ "a": "b" }))), accepted()),
        (changed("/request/validationData", Some(json!(null))), accepted()),
        (changed("/userName", Some(json!("eve"))), Err(TriggerFault::OtherUser)), // cog-0292
        (changed("/request/clientMetadata", Some(json!(null))), invalid()),       // cog-0020
        (changed("/callerContext/clientId", Some(json!(null))), invalid()),       // cog-0020
        (changed("/callerContext", None), invalid()),                             // cog-0020
        (changed("/userName", None), invalid()),
        (changed("/version", Some(json!(1))), invalid()),
        (changed("/region", None), invalid()),
        (changed("/userPoolId", None), invalid()),
        (changed("/triggerSource", None), invalid()),
        (changed("/request", None), invalid()),
        (changed("/request/userAttributes", Some(json!("none"))), invalid()),
        (changed("/response", None), invalid()),
        (changed("/response", Some(json!(null))), invalid()),
        (json!({ "Version": "1", "UserName": "ann" }).to_string(), invalid()), // cog-0020
        ("null".to_owned(), not_json()),
        ("[]".to_owned(), invalid()),
        ("\"ok\"".to_owned(), invalid()),
        (String::new(), not_json()),
        ("<html>".to_owned(), not_json()),
    ];
    for (result, expected) in cases {
        let lambda = FakeLambda::scripted([Ok(InvocationResult::Payload(result.clone().into_bytes()))]);
        assert_eq!(post_confirmation(&with_lambda(&lambda), &pool()).await, expected, "{result}");
    }
    let lambda = FakeLambda::scripted([Ok(InvocationResult::Accepted)]);
    assert_eq!(post_confirmation(&with_lambda(&lambda), &pool()).await, invalid());
}

#[tokio::test]
async fn function_error_is_reported_with_its_message() {
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
    for (error, message) in cases {
        let lambda =
            FakeLambda::scripted([Ok(InvocationResult::FunctionError(error.to_string().into_bytes()))]);
        let expected = format!("PostConfirmation failed with error {message}");
        let outcome = post_confirmation(&with_lambda(&lambda), &pool()).await;
        assert_eq!(outcome.err().map(|fault| fault.to_string()), Some(expected), "{error}");
        assert_eq!(lambda.calls().len(), 1, "a function error is not retried");
    }
}
