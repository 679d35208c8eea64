//! The events of CustomMessage and the custom senders, and their effect on a message.

use std::collections::BTreeMap;

use lido_domain::{
    attribute::contact::ContactKind,
    code::{Code, message::MessageReason},
    user::Status,
};
use serde_json::json;

use super::*;
use crate::{
    delivery::{CustomTexts, Interception, MessageInterceptor as _},
    store::{OutboxRow, PoolRecord},
};

/// Intercepts a message of `pool` with scripted functions.
async fn intercept(
    lambda: &FakeLambda,
    pool: &PoolRecord,
    row: &OutboxRow,
) -> Result<Interception, TriggerFault> {
    let user = ann(Status::Unconfirmed);
    let keys = SenderKeys::of("arn:aws:kms:us-east-1:000000000000:key/one", [7; 32]);
    let triggers = with_lambda(lambda).with_sender_keys(keys);
    MessageTriggers::new(triggers).intercept(pool, row, &user, &Code::from_text("123456")).await
}

#[tokio::test]
async fn custom_message_is_called_with_the_source_of_each_reason() {
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
        let sent = intercept(&lambda, &pool(), &row(reason, ContactKind::Email)).await;
        assert_eq!(sent, Ok(Interception::Send(CustomTexts::default())), "the texts of the pool stay");
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
        assert!(!event.to_string().contains("123456"), "the event does not contain the code");
    }
}

#[tokio::test]
async fn custom_message_event_is_complete() {
    let lambda = FakeLambda::default();
    let mut pool = pool();
    pool.settings["VerificationMessageTemplate"] = json!({ "EmailMessageByLink": "Please {##confirm##}." });
    let mut row = row(MessageReason::SignUp, ContactKind::Email);
    row.cause.client_metadata = Some(BTreeMap::from([("language".into(), "de".into())]));
    intercept(&lambda, &pool, &row).await.expect("an echo");
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
async fn custom_message_texts_are_used_or_refused() {
    let all = json!({ "smsMessage": "S {####}", "emailMessage": "M {####}", "emailSubject": "T" });
    let used = CustomTexts {
        sms_message: Some("S {####}".into()),
        email_message: Some("M {####}".into()),
        email_subject: Some("T".into()),
    };
    let used = || Ok(Interception::Send(used.clone()));
    let fault = |fault: TriggerFault| Err(fault);
    let subject = CustomTexts { email_subject: Some("T".into()), ..CustomTexts::default() };
    let cases = [
        (ContactKind::Email, "DEVELOPER", all.clone(), used()),
        (ContactKind::PhoneNumber, "DEVELOPER", all.clone(), used()),
        // cog-0103
        (ContactKind::Email, "COGNITO_DEFAULT", all.clone(), fault(TriggerFault::EmailNotDeveloper)),
        (
            ContactKind::Email,
            "COGNITO_DEFAULT",
            json!({ "emailSubject": "T" }),
            fault(TriggerFault::EmailNotDeveloper),
        ),
        (ContactKind::PhoneNumber, "COGNITO_DEFAULT", all, used()),
        (
            ContactKind::Email,
            "COGNITO_DEFAULT",
            json!({ "emailMessage": null }),
            Ok(Interception::Send(CustomTexts::default())),
        ),
        // cog-0102
        (ContactKind::Email, "DEVELOPER", json!({ "emailMessage": "" }), fault(TriggerFault::EmptyMessage)),
        (
            ContactKind::PhoneNumber,
            "DEVELOPER",
            json!({ "smsMessage": "" }),
            fault(TriggerFault::EmptyMessage),
        ),
        (ContactKind::Email, "DEVELOPER", json!({ "emailSubject": "T" }), Ok(Interception::Send(subject))),
        (ContactKind::Email, "DEVELOPER", json!({ "emailMessage": 7 }), fault(TriggerFault::Unrecognizable)),
    ];
    for (kind, account, response, expected) in cases {
        let mut pool = pool();
        pool.settings["EmailConfiguration"]["EmailSendingAccount"] = account.into();
        pool.settings["LambdaConfig"]["CustomSMSSender"] = Value::Null;
        let row = row(MessageReason::SignUp, kind);
        let recorder = FakeLambda::default();
        intercept(&recorder, &pool, &row).await.expect("an echo");
        let mut event = only_event(&recorder);
        event["response"] = response.clone();
        let lambda = FakeLambda::scripted([Ok(InvocationResult::Payload(event.to_string().into_bytes()))]);
        assert_eq!(intercept(&lambda, &pool, &row).await, expected, "{kind:?} {account} {response}");
    }
}

/// pub-0035.
#[tokio::test]
async fn custom_message_without_a_placeholder_leaves_the_message_of_the_pool() {
    use MessageReason::{AdminCreateUser, ForgotPassword, SignUp};
    let (code, link) = ("CONFIRM_WITH_CODE", "CONFIRM_WITH_LINK");
    // (reason, how the pool confirms, the text, whether it is used)
    let cases = [
        (SignUp, code, "no code", false),
        (SignUp, code, "{####}", true),
        (SignUp, code, "{##click##}", false),
        (SignUp, link, "{##click##}", true),
        (SignUp, link, "{####}", true),
        (ForgotPassword, link, "{##click##}", false),
        (ForgotPassword, code, "{####}", true),
        (AdminCreateUser, code, "{####}", false),
        (AdminCreateUser, code, "{username}", false),
        (AdminCreateUser, code, "{username} {####}", true),
    ];
    for (reason, option, text, is_used) in cases {
        let mut pool = pool();
        pool.settings["EmailConfiguration"]["EmailSendingAccount"] = "DEVELOPER".into();
        pool.settings["VerificationMessageTemplate"] = json!({ "DefaultEmailOption": option });
        let row = row(reason, ContactKind::Email);
        let recorder = FakeLambda::default();
        intercept(&recorder, &pool, &row).await.expect("an echo");
        let mut event = only_event(&recorder);
        event["response"] = json!({ "emailMessage": text, "emailSubject": "T", "smsMessage": null });
        let lambda = FakeLambda::scripted([Ok(InvocationResult::Payload(event.to_string().into_bytes()))]);
        let (message, subject) = (Some(text.to_owned()), Some("T".to_owned()));
        let used = CustomTexts { email_message: message, email_subject: subject, sms_message: None };
        let expected = if is_used { used } else { CustomTexts::default() };
        let outcome = intercept(&lambda, &pool, &row).await;
        assert_eq!(outcome, Ok(Interception::Send(expected)), "{reason:?} {option} {text}");
    }
}

#[tokio::test]
async fn custom_sender_event_has_the_encrypted_code() {
    let lambda = FakeLambda::scripted([Ok(InvocationResult::Accepted)]);
    let row = row(MessageReason::SignUp, ContactKind::PhoneNumber);
    assert_eq!(intercept(&lambda, &pool(), &row).await, Ok(Interception::HandedOver));
    let [call] = lambda.calls().try_into().expect("only the custom sender is invoked");
    assert_eq!(call.kind, InvocationType::Event, "it is invoked asynchronously");
    let mut event = call.event;
    let code = event["request"]["code"].take();
    // Version 1, authenticated data, suite 0x0378: recorded codes start the same.
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

    let lambda =
        FakeLambda::scripted([Ok(InvocationResult::FunctionError(br#"{"errorMessage":"no"}"#.to_vec()))]);
    let fault = TriggerFault::FunctionError { trigger: Trigger::CustomSmsSender, message: "no".into() };
    assert_eq!(intercept(&lambda, &pool(), &row).await, Err(fault));
    let mut keyless = pool();
    keyless.settings["LambdaConfig"]["KMSKeyID"] = "arn:aws:kms:us-east-1:000000000000:key/two".into();
    let fault = TriggerFault::Misconfigured(Trigger::CustomSmsSender);
    assert_eq!(intercept(&lambda, &keyless, &row).await, Err(fault));
    assert_eq!(lambda.calls().len(), 1, "without a key the sender is not invoked");
}
