//! Events byte for byte, how often a function is called, and what is said when it fails.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU32, Ordering},
};

use async_trait::async_trait;
use lido_domain::{
    Timestamp,
    attribute::{
        Attributes,
        contact::{Contact, ContactKind},
    },
    code::{Code, message::MessageReason},
    flow::sign_up::PreSignUpReply,
    id::{ClientId, PoolId, Sub, Username},
    pool::{Pool, SignInNames, alias::NameKind},
    secret::Sealed,
    user::{Status, User},
};
use serde_json::json;

use super::{
    fake::{FakeCall, FakeLambda},
    *,
};
use crate::{
    delivery::{CustomWords, Intervene as _, Intervention, InterventionFault},
    store::{Cause, Key, OutboxRow, PoolRecord, Record, Store, Write, memory::MemoryBackend},
};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

/// A pool whose triggers are all `f`, and that may send its own mail.
fn pool() -> PoolRecord {
    let sender = json!({ "LambdaVersion": "V1_0", "LambdaArn": FUNCTION });
    PoolRecord {
        pool: Pool::new(PoolId::new("us-east-1_pool")),
        name: "p".into(),
        settings: json!({
            "LambdaConfig": {
                "PreSignUp": FUNCTION,
                "PostConfirmation": FUNCTION,
                "CustomMessage": FUNCTION,
                "CustomSMSSender": sender,
                "KMSKeyID": "arn:aws:kms:us-east-1:000000000000:key/one",
            },
            "EmailConfiguration": { "EmailSendingAccount": "DEVELOPER" },
        }),
        tags: BTreeMap::new(),
        created_at: Timestamp::from_millis(1),
        modified_at: Timestamp::from_millis(1),
    }
}

fn ann(status: Status) -> User {
    let attributes = Attributes::from_iter([("email", "ann@example.com"), ("email_verified", "false")]);
    let (sub, username) = (Sub::new("sub-of-ann"), Username::new("ann"));
    User::new(sub, username, status, attributes, Timestamp::from_millis(1))
}

fn row(reason: MessageReason, kind: ContactKind) -> OutboxRow {
    OutboxRow {
        id: "row".into(),
        reason,
        of: Sub::new("sub-of-ann"),
        username: Username::new("ann"),
        client: (reason != MessageReason::AdminCreateUser).then(|| ClientId::new("client")),
        to: Contact { kind, value: "wherever".into() },
        code: Sealed::from_text("1.x.y"),
        created_at: Timestamp::from_millis(1),
        tries: 0,
        next_at: Timestamp::from_millis(1),
        cause: Box::default(),
    }
}

fn through(lambda: &FakeLambda) -> Triggers {
    Triggers::nowhere(Entropy::fake(1)).through(lambda.clone())
}

fn only_event(lambda: &FakeLambda) -> Value {
    let calls = lambda.calls();
    let [FakeCall { event, .. }] = calls.as_slice() else { panic!("one call: {calls:?}") };
    event.clone()
}

/// What a newcomer with these attributes is told to PreSignUp as.
async fn pre_sign_up(
    lambda: &FakeLambda,
    by: NewcomerBy,
    cause: &Cause,
    validation_data: Option<&BTreeMap<String, String>>,
) -> Result<PreSignUpReply, TriggerFault> {
    let (pool, client) = (pool(), ClientId::new("client"));
    let client = (by == NewcomerBy::SignUp).then_some(&client);
    let attributes = Attributes::from_iter([
        ("email", "ann@example.com"),
        ("email_verified", "false"),
        ("phone_number", "+15555550100"),
        ("phone_number_verified", "false"),
    ]);
    let newcomer = Newcomer { by, username: &Username::new("ann"), attributes: &attributes, validation_data };
    through(lambda).pre_sign_up(EventContext { pool: &pool, client, cause }, newcomer).await
}

#[tokio::test]
async fn the_event_of_pre_sign_up_is_the_recorded_one() {
    let lambda = FakeLambda::default();
    let reply = pre_sign_up(&lambda, NewcomerBy::SignUp, &Cause::default(), None).await;
    assert_eq!(reply, Ok(PreSignUpReply::default()));
    // cog-0124, cog-0140
    let recorded = concat!(
        r#"{"version":"1","region":"us-east-1","userPoolId":"us-east-1_pool","userName":"ann","#,
        r#""callerContext":{"awsSdkVersion":"aws-sdk-unknown-unknown","clientId":"client"},"#,
        r#""triggerSource":"PreSignUp_SignUp","request":{"userAttributes":{"phone_number":"+15555550100","#,
        r#""email":"ann@example.com"},"validationData":null},"#,
        r#""response":{"autoConfirmUser":false,"autoVerifyEmail":false,"autoVerifyPhone":false}}"#
    );
    assert_eq!(only_event(&lambda).to_string(), recorded);
}

#[tokio::test]
async fn what_was_sent_for_pre_sign_up_is_in_its_event() {
    let lambda = FakeLambda::default();
    let one = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
    // cog-0141
    let cause = Cause {
        sdk_version: "aws-sdk-ios-2.6.29".into(),
        client_metadata: Some(one("campaign", "spring")),
        ..Cause::default()
    };
    let validation_data = one("cognito:iOSVersion", "11.0");
    pre_sign_up(&lambda, NewcomerBy::SignUp, &cause, Some(&validation_data)).await.expect("an echo");
    let event = only_event(&lambda);
    assert_eq!(event["callerContext"]["awsSdkVersion"], "aws-sdk-ios-2.6.29");
    assert_eq!(event["request"]["validationData"], json!({ "cognito:iOSVersion": "11.0" }));
    assert_eq!(event["request"]["clientMetadata"], json!({ "campaign": "spring" }));
}

#[tokio::test]
async fn an_administrators_newcomer_is_asked_about_and_the_reply_ignored() {
    let script = |response: Value| {
        let event = json!({
            "version": "1", "region": "us-east-1", "userPoolId": "us-east-1_pool", "userName": "ann",
            "callerContext": { "awsSdkVersion": "x", "clientId": "c" }, "triggerSource": "PreSignUp_AdminCreateUser",
            "request": { "userAttributes": {} }, "response": response,
        });
        FakeLambda::scripted([Ok(Returned::Answer(event.to_string().into_bytes()))])
    };
    // cog-0285
    let lambda = script(json!({ "autoConfirmUser": true, "autoVerifyEmail": true }));
    let reply = pre_sign_up(&lambda, NewcomerBy::Administrator, &Cause::default(), None).await;
    assert_eq!(reply, Ok(PreSignUpReply::default()));
    let event = only_event(&lambda);
    assert_eq!(event["triggerSource"], "PreSignUp_AdminCreateUser");
    assert_eq!(event["callerContext"]["clientId"], "CLIENT_ID_NOT_APPLICABLE");
    assert_eq!(event["request"]["userAttributes"]["email_verified"], "false");

    let cases = [
        (
            json!({ "autoConfirmUser": true, "autoVerifyEmail": false, "autoVerifyPhone": true }),
            Ok(PreSignUpReply { confirm: true, verify_email: false, verify_phone: true }),
        ),
        (
            json!({ "autoVerifyEmail": true }),
            Ok(PreSignUpReply { verify_email: true, ..PreSignUpReply::default() }),
        ),
        (json!({ "autoConfirmUser": null }), Ok(PreSignUpReply::default())),
        (json!({}), Ok(PreSignUpReply::default())),
        (json!({ "autoConfirmUser": "true" }), Err(TriggerFault::unrecognizable())),
        (json!({ "autoVerifyPhone": 1 }), Err(TriggerFault::unrecognizable())),
        (json!(null), Err(TriggerFault::unrecognizable())),
    ];
    for (response, expected) in cases {
        let lambda = script(response.clone());
        let reply = pre_sign_up(&lambda, NewcomerBy::SignUp, &Cause::default(), None).await;
        assert_eq!(reply, expected, "{response}");
    }
}

#[tokio::test]
async fn the_events_of_post_confirmation_are_the_recorded_ones() {
    let (cause, client) = (Cause::default(), ClientId::new("client"));
    let mut alias_pool = pool();
    alias_pool.pool.names = SignInNames::Aliases([NameKind::Email].into());
    let user = ann(Status::Confirmed);

    // cog-0036
    let lambda = FakeLambda::default();
    let context = EventContext { pool: &alias_pool, client: Some(&client), cause: &cause };
    through(&lambda).post_confirmation(context, Confirmation::SignUp, &user).await.expect("an echo");
    let recorded = concat!(
        r#"{"version":"1","region":"us-east-1","userPoolId":"us-east-1_pool","userName":"ann","#,
        r#""callerContext":{"awsSdkVersion":"aws-sdk-unknown-unknown","clientId":"client"},"#,
        r#""triggerSource":"PostConfirmation_ConfirmSignUp","request":{"userAttributes":{"sub":"sub-of-ann","#,
        r#""cognito:email_alias":"ann@example.com","cognito:user_status":"CONFIRMED","email_verified":"false","#,
        r#""email":"ann@example.com"}},"response":{}}"#
    );
    assert_eq!(only_event(&lambda).to_string(), recorded);

    // cog-0050: members in whatever order; the echo of a `null` is refused (cog-0053).
    let lambda = FakeLambda::default();
    let cause = Cause { sdk_version: "aws-sdk-js-2.1639.0".into(), ..Cause::default() };
    let context = EventContext { pool: &pool(), client: None, cause: &cause };
    let told = through(&lambda).post_confirmation(context, Confirmation::SignUp, &user).await;
    assert_eq!(told, Err(TriggerFault::unrecognizable()));
    let recorded = json!({
        "version": "1", "region": "us-east-1", "userPoolId": "us-east-1_pool", "userName": "ann",
        "callerContext": { "awsSdkVersion": "aws-sdk-js-2.1639.0", "clientId": null },
        "triggerSource": "PostConfirmation_ConfirmSignUp",
        "request": { "userAttributes": {
            "sub": "sub-of-ann", "email_verified": "false", "cognito:user_status": "CONFIRMED",
            "email": "ann@example.com",
        } },
        "response": {},
    });
    assert_eq!(only_event(&lambda), recorded);

    // cog-0313
    let lambda = FakeLambda::default();
    let context = EventContext { pool: &pool(), client: Some(&client), cause: &cause };
    through(&lambda).post_confirmation(context, Confirmation::ForgotPassword, &user).await.expect("an echo");
    assert_eq!(only_event(&lambda)["triggerSource"], "PostConfirmation_ConfirmForgotPassword");
}

/// What becomes of a message of `pool` whose functions answer as scripted.
async fn intervene(
    lambda: &FakeLambda,
    pool: &PoolRecord,
    row: &OutboxRow,
) -> Result<Intervention, InterventionFault> {
    let store = Store::new(MemoryBackend::default());
    let user = ann(Status::Unconfirmed);
    let users =
        [(Key::user(&user.sub), Record::User(user)), (Key::pool(), Record::Pool(Arc::new(pool.clone())))];
    let users = users.into_iter().map(|(key, record)| Write::Put(key, record)).collect();
    store.commit(&pool.pool.id, Vec::new(), users).await.expect("written");
    let keys = SenderKeys::of("arn:aws:kms:us-east-1:000000000000:key/one", [7; 32]);
    let triggers = through(lambda).with_sender_keys(keys);
    MessageTriggers::new(triggers, store).intervene(pool, row, &Code::fixed("123456")).await
}

#[tokio::test]
async fn custom_message_is_asked_with_every_source() {
    let sources = [
        (MessageReason::SignUp, "CustomMessage_SignUp"), // cog-0123
        (MessageReason::ResendCode, "CustomMessage_ResendCode"),
        (MessageReason::ForgotPassword, "CustomMessage_ForgotPassword"),
        (MessageReason::UpdateUserAttribute, "CustomMessage_UpdateUserAttribute"),
        (MessageReason::VerifyUserAttribute, "CustomMessage_VerifyUserAttribute"),
        (MessageReason::AdminCreateUser, "CustomMessage_AdminCreateUser"),
        (MessageReason::Authentication, "CustomMessage_Authentication"),
    ];
    for (reason, source) in sources {
        let lambda = FakeLambda::default();
        let sent = intervene(&lambda, &pool(), &row(reason, ContactKind::Email)).await;
        assert_eq!(sent, Ok(Intervention::Send(CustomWords::default())), "the words of the pool stay");
        let event = only_event(&lambda);
        assert_eq!(event["triggerSource"], source);
        let is_invitation = reason == MessageReason::AdminCreateUser;
        let (client, username) = if is_invitation {
            ("CLIENT_ID_NOT_APPLICABLE", json!("{username}"))
        } else {
            ("client", json!(null))
        };
        assert_eq!(event["callerContext"]["clientId"], client);
        assert_eq!(event["request"]["usernameParameter"], username);
        assert!(!event.to_string().contains("123456"), "the function does not get to see the code");
    }
}

#[tokio::test]
async fn the_event_of_custom_message() {
    let lambda = FakeLambda::default();
    let mut pool = pool();
    pool.settings["VerificationMessageTemplate"] = json!({ "EmailMessageByLink": "Please {##confirm##}." });
    let mut row = row(MessageReason::SignUp, ContactKind::Email);
    row.cause.client_metadata = Some(BTreeMap::from([("language".into(), "de".into())]));
    intervene(&lambda, &pool, &row).await.expect("an echo");
    let expected = concat!(
        r#"{"version":"1","region":"us-east-1","userPoolId":"us-east-1_pool","userName":"ann","#,
        r#""callerContext":{"awsSdkVersion":"aws-sdk-unknown-unknown","clientId":"client"},"#,
        r#""triggerSource":"CustomMessage_SignUp","request":{"userAttributes":{"sub":"sub-of-ann","#,
        r#""cognito:user_status":"UNCONFIRMED","email_verified":"false","email":"ann@example.com"},"#,
        r##""codeParameter":"{####}","linkParameter":"{##confirm##}","usernameParameter":null,"##,
        r#""clientMetadata":{"language":"de"}},"#,
        r#""response":{"smsMessage":null,"emailMessage":null,"emailSubject":null}}"#
    );
    assert_eq!(only_event(&lambda).to_string(), expected);
}

#[tokio::test]
async fn which_words_of_custom_message_are_taken() {
    let all = json!({ "smsMessage": "S {####}", "emailMessage": "M {####}", "emailSubject": "T" });
    let taken = CustomWords {
        sms_message: Some("S {####}".into()),
        email_message: Some("M {####}".into()),
        email_subject: Some("T".into()),
    };
    let taken = || Ok(Intervention::Send(taken.clone()));
    let fault = |fault: TriggerFault| Err(InterventionFault::Trigger(fault));
    let subject = CustomWords { email_subject: Some("T".into()), ..CustomWords::default() };
    let cases = [
        (ContactKind::Email, "DEVELOPER", all.clone(), taken()),
        (ContactKind::PhoneNumber, "DEVELOPER", all.clone(), taken()),
        // cog-0103
        (ContactKind::Email, "COGNITO_DEFAULT", all.clone(), fault(TriggerFault::mail_not_the_developers())),
        (
            ContactKind::Email,
            "COGNITO_DEFAULT",
            json!({ "emailSubject": "T" }),
            fault(TriggerFault::mail_not_the_developers()),
        ),
        (ContactKind::PhoneNumber, "COGNITO_DEFAULT", all, taken()),
        (
            ContactKind::Email,
            "COGNITO_DEFAULT",
            json!({ "emailMessage": null }),
            Ok(Intervention::Send(CustomWords::default())),
        ),
        // cog-0102
        (
            ContactKind::Email,
            "DEVELOPER",
            json!({ "emailMessage": "" }),
            fault(TriggerFault::empty_message()),
        ),
        (
            ContactKind::PhoneNumber,
            "DEVELOPER",
            json!({ "smsMessage": "" }),
            fault(TriggerFault::empty_message()),
        ),
        (ContactKind::Email, "DEVELOPER", json!({ "emailSubject": "T" }), Ok(Intervention::Send(subject))),
        (
            ContactKind::Email,
            "DEVELOPER",
            json!({ "emailMessage": 7 }),
            fault(TriggerFault::unrecognizable()),
        ),
    ];
    for (kind, account, response, expected) in cases {
        let mut pool = pool();
        pool.settings["EmailConfiguration"]["EmailSendingAccount"] = account.into();
        pool.settings["LambdaConfig"]["CustomSMSSender"] = Value::Null;
        let row = row(MessageReason::SignUp, kind);
        let recorder = FakeLambda::default();
        intervene(&recorder, &pool, &row).await.expect("an echo");
        let mut event = only_event(&recorder);
        event["response"] = response.clone();
        let lambda = FakeLambda::scripted([Ok(Returned::Answer(event.to_string().into_bytes()))]);
        assert_eq!(intervene(&lambda, &pool, &row).await, expected, "{kind:?} {account} {response}");
    }
}

#[tokio::test]
async fn the_event_of_a_custom_sender() {
    let lambda = FakeLambda::scripted([Ok(Returned::Accepted)]);
    let row = row(MessageReason::SignUp, ContactKind::PhoneNumber);
    assert_eq!(intervene(&lambda, &pool(), &row).await, Ok(Intervention::TakenOver));
    let [call] = lambda.calls().try_into().expect("CustomMessage is not asked");
    assert_eq!(call.manner, Manner::Leave, "nobody waits for it");
    let mut event = call.event;
    let code = event["request"]["code"].take();
    // Version 1, authenticated data, suite 0x0378: the recorded codes begin so too.
    assert!(code.as_str().is_some_and(|code| code.starts_with("AYAD")), "{code}");
    let expected = concat!(
        r#"{"version":"1","triggerSource":"CustomSMSSender_SignUp","region":"us-east-1","#,
        r#""userPoolId":"us-east-1_pool","userName":"ann","#,
        r#""callerContext":{"awsSdkVersion":"aws-sdk-unknown-unknown","clientId":"client"},"#,
        r#""request":{"type":"customSMSSenderRequestV1","code":null,"clientMetadata":null,"#,
        r#""userAttributes":{"sub":"sub-of-ann","cognito:user_status":"UNCONFIRMED","#,
        r#""email_verified":"false","email":"ann@example.com"}}}"#
    );
    assert_eq!(event.to_string(), expected);

    let lambda = FakeLambda::scripted([Ok(Returned::Thrown(br#"{"errorMessage":"no"}"#.to_vec()))]);
    let told = TriggerFault::Validation("CustomSMSSender failed with error no.".into());
    assert_eq!(intervene(&lambda, &pool(), &row).await, Err(told.into()));
    let mut keyless = pool();
    keyless.settings["LambdaConfig"]["KMSKeyID"] = "arn:aws:kms:us-east-1:000000000000:key/two".into();
    let told = TriggerFault::Unexpected("CustomSMSSender invocation failed due to configuration.".into());
    assert_eq!(intervene(&lambda, &keyless, &row).await, Err(told.into()));
    assert_eq!(lambda.calls().len(), 1, "without a key nothing is handed over");
}

#[tokio::test]
async fn a_message_for_nobody_is_dropped() {
    let lambda = FakeLambda::default();
    let mut row = row(MessageReason::SignUp, ContactKind::Email);
    row.of = Sub::new("sub-of-nobody");
    assert_eq!(intervene(&lambda, &pool(), &row).await, Ok(Intervention::TakenOver));
    assert!(lambda.calls().is_empty());
}

async fn post_confirmation(triggers: &Triggers, pool: &PoolRecord) -> Result<(), TriggerFault> {
    let (client, cause) = (ClientId::new("client"), Cause::default());
    let context = EventContext { pool, client: Some(&client), cause: &cause };
    triggers.post_confirmation(context, Confirmation::SignUp, &ann(Status::Confirmed)).await
}

#[tokio::test]
async fn how_often_a_function_is_called() {
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
async fn a_function_that_does_not_answer_is_given_up() {
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
async fn a_pool_without_triggers_calls_nothing_and_one_that_cannot_be_called_fails() {
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
async fn what_must_come_back() {
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
async fn what_a_function_throws_is_told() {
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
