//! The events of PreSignUp and PostConfirmation, and the effect of their responses.

use std::collections::BTreeMap;

use lido_domain::{
    attribute::Attributes,
    flow::sign_up::PreSignUpReply,
    id::{ClientId, Username},
    pool::{SignInNames, alias::NameKind},
    user::Status,
};
use serde_json::json;

use super::*;
use crate::store::RequestInfo;

/// Invokes PreSignUp for a user with an address and a phone number.
async fn pre_sign_up(
    lambda: &FakeLambda,
    creator: UserCreator,
    cause: &RequestInfo,
    validation_data: Option<&BTreeMap<String, String>>,
) -> Result<PreSignUpReply, TriggerFault> {
    let (pool, client) = (pool(), ClientId::new("client"));
    let client = (creator == UserCreator::SignUp).then_some(&client);
    let attributes = Attributes::from_iter([
        ("email", "ann@example.com"),
        ("email_verified", "false"),
        ("phone_number", "+15555550100"),
        ("phone_number_verified", "false"),
    ]);
    let new_user =
        NewUser { creator, username: &Username::new("ann"), attributes: &attributes, validation_data };
    with_lambda(lambda).pre_sign_up(EventContext { pool: &pool, client, cause }, new_user).await
}

#[tokio::test]
async fn pre_sign_up_event_is_the_recorded_one() {
    let lambda = FakeLambda::default();
    let reply = pre_sign_up(&lambda, UserCreator::SignUp, &RequestInfo::default(), None).await;
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
async fn pre_sign_up_event_has_what_was_sent() {
    let lambda = FakeLambda::default();
    let one = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
    // cog-0141
    let cause = RequestInfo {
        sdk_version: "aws-sdk-ios-2.6.29".into(),
        client_metadata: Some(one("campaign", "spring")),
        ..RequestInfo::default()
    };
    let validation_data = one("cognito:iOSVersion", "11.0");
    pre_sign_up(&lambda, UserCreator::SignUp, &cause, Some(&validation_data)).await.expect("an echo");
    let event = only_event(&lambda);
    assert_eq!(event["callerContext"]["awsSdkVersion"], "aws-sdk-ios-2.6.29");
    assert_eq!(event["request"]["validationData"], json!({ "cognito:iOSVersion": "11.0" }));
    assert_eq!(event["request"]["clientMetadata"], json!({ "campaign": "spring" }));
}

#[tokio::test]
async fn pre_sign_up_reply_for_administrator_is_ignored() {
    let script = |response: Value| {
        let event = json!({
            "version": "1", "region": "us-east-1", "userPoolId": "us-east-1_pool", "userName": "ann",
            "callerContext": { "awsSdkVersion": "x", "clientId": "c" }, "triggerSource": "PreSignUp_AdminCreateUser",
            "request": { "userAttributes": {} }, "response": response,
        });
        FakeLambda::scripted([Ok(InvocationResult::Payload(event.to_string().into_bytes()))])
    };
    // cog-0285
    let lambda = script(json!({ "autoConfirmUser": true, "autoVerifyEmail": true }));
    let reply = pre_sign_up(&lambda, UserCreator::Administrator, &RequestInfo::default(), None).await;
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
        (json!({ "autoConfirmUser": "true" }), Err(TriggerFault::Unrecognizable)),
        (json!({ "autoVerifyPhone": 1 }), Err(TriggerFault::Unrecognizable)),
        (json!(null), Err(TriggerFault::Unrecognizable)),
    ];
    for (response, expected) in cases {
        let lambda = script(response.clone());
        let reply = pre_sign_up(&lambda, UserCreator::SignUp, &RequestInfo::default(), None).await;
        assert_eq!(reply, expected, "{response}");
    }
}

#[tokio::test]
async fn post_confirmation_events_are_the_recorded_ones() {
    let (cause, client) = (RequestInfo::default(), ClientId::new("client"));
    let mut alias_pool = pool();
    alias_pool.pool.names = SignInNames::Aliases([NameKind::Email].into());
    let user = ann(Status::Confirmed);

    // cog-0036
    let lambda = FakeLambda::default();
    let context = EventContext { pool: &alias_pool, client: Some(&client), cause: &cause };
    with_lambda(&lambda).post_confirmation(context, Confirmation::SignUp, &user).await.expect("an echo");
    let recorded = concat!(
        r#"{"version":"1","region":"us-east-1","userPoolId":"us-east-1_pool","userName":"ann","#,
        r#""callerContext":{"awsSdkVersion":"aws-sdk-unknown-unknown","clientId":"client"},"#,
        r#""triggerSource":"PostConfirmation_ConfirmSignUp","request":{"userAttributes":{"sub":"sub-of-ann","#,
        r#""cognito:email_alias":"ann@example.com","cognito:user_status":"CONFIRMED","email_verified":"false","#,
        r#""email":"ann@example.com"}},"response":{}}"#
    );
    assert_eq!(only_event(&lambda).to_string(), recorded);

    // cog-0050, in any order of members. The function returns the `null` unchanged, which is refused (cog-0053).
    let lambda = FakeLambda::default();
    let cause = RequestInfo { sdk_version: "aws-sdk-js-2.1639.0".into(), ..RequestInfo::default() };
    let context = EventContext { pool: &pool(), client: None, cause: &cause };
    let outcome = with_lambda(&lambda).post_confirmation(context, Confirmation::SignUp, &user).await;
    assert_eq!(outcome, Err(TriggerFault::Unrecognizable));
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
    with_lambda(&lambda)
        .post_confirmation(context, Confirmation::ForgotPassword, &user)
        .await
        .expect("an echo");
    assert_eq!(only_event(&lambda)["triggerSource"], "PostConfirmation_ConfirmForgotPassword");
}
