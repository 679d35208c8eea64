//! PreSignUp and PostConfirmation.

use aws_sdk_cognitoidentityprovider::types::{
    AliasAttributeType, LambdaConfigType, UserStatusType, UsernameAttributeType,
};
use lido::{clock::Clock, triggers::lambda::credentials::LambdaCredentials};
use lido_domain::Timestamp;
use serde_json::{Value, json};

use crate::{
    functions::{Behavior, Functions, arn, echo},
    support::{
        PASSWORD, TestServer, assert_refused, attribute, pool_id_of,
        triggers::{create_pool_with_triggers, server_with_functions},
    },
};

const CONFIRMED: &str = "User cannot be confirmed. Current status is CONFIRMED";

/// Removes a null app client from the event. Without this, the service refuses the response of a function after
/// AdminConfirmSignUp (cog-0053).
fn without_null(event: &mut Value) {
    if let Some(caller) = event["callerContext"].as_object_mut() {
        caller.retain(|_, value| !value.is_null());
    }
}

#[tokio::test]
async fn pre_sign_up_is_called_once_with_all_inputs() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_triggers(&server).await;
    functions.when("pre", echo());
    let call = server.sdk.sign_up().client_id(&ids.client).username("ann").password(PASSWORD);
    let call = call.user_attributes(attribute("email", "ann@example.com"));
    let call = call.validation_data(attribute("cognito:iOSVersion", "11.0")); // cog-0141
    let signed_up = call.client_metadata("campaign", "spring").send().await.expect("signed up");
    assert!(!signed_up.user_confirmed);
    let mut events = functions.events("PreSignUp_SignUp");
    assert_eq!(events.len(), 1);
    let sdk = events[0]["callerContext"]["awsSdkVersion"].take();
    assert!(sdk.as_str().is_some_and(|sdk| sdk.starts_with("aws-sdk-rust-")), "{sdk}");
    // cog-0124, cog-0140
    let expected = json!({
        "version": "1", "region": "us-east-1", "userPoolId": ids.pool, "userName": "ann",
        "callerContext": { "awsSdkVersion": null, "clientId": ids.client },
        "triggerSource": "PreSignUp_SignUp",
        "request": {
            "userAttributes": { "email": "ann@example.com" },
            "validationData": { "cognito:iOSVersion": "11.0" },
            "clientMetadata": { "campaign": "spring" },
        },
        "response": { "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false },
    });
    assert_eq!(events[0], expected);
    let [call] = functions.invoked().try_into().expect("one call");
    assert_eq!(call.path, "/2015-03-31/functions/pre/invocations");
    assert_eq!(call.headers["x-amz-invocation-type"], "RequestResponse");
    assert!(!call.headers.contains_key("authorization"), "the call was signed without credentials");
}

#[tokio::test]
async fn pre_sign_up_of_email_username_has_the_sub_as_username() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    functions.when("pre", echo());
    let config = LambdaConfigType::builder().pre_sign_up(arn("pre:live")).build();
    let pool = server.sdk.create_user_pool().pool_name("p").lambda_config(config);
    let pool = pool.username_attributes(UsernameAttributeType::Email).send().await.expect("a pool");
    let client = server.create_client(&pool_id_of(pool.user_pool())).await;
    let call = server.sdk.sign_up().client_id(&client).username("ann@example.com").password(PASSWORD);
    let sub = call.send().await.expect("signed up").user_sub;
    let [event] = functions.events("PreSignUp_SignUp").try_into().expect("one event");
    assert_eq!(event["userName"], sub); // cog-0141
    assert_eq!(event["request"]["userAttributes"], json!({ "email": "ann@example.com" }));
    assert_eq!(functions.invoked()[0].path, "/2015-03-31/functions/pre/invocations?Qualifier=live");
}

#[tokio::test]
async fn pre_sign_up_that_confirms_sends_no_code_and_calls_post_confirmation() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_triggers(&server).await;
    functions.when(
        "pre",
        Behavior::Answer(|event| {
            event["response"]["autoConfirmUser"] = true.into();
            event["response"]["autoVerifyEmail"] = true.into();
        }),
    );
    functions.when("post", echo());
    let call = server.sdk.sign_up().client_id(&ids.client).username("ann").password(PASSWORD);
    let call =
        call.user_attributes(attribute("email", "ann@example.com")).client_metadata("campaign", "spring");
    let signed_up = call.send().await.expect("signed up");
    assert!(signed_up.user_confirmed && signed_up.code_delivery_details.is_none());
    assert!(server.codes_of("ann").is_empty());
    let (status, verified) = server.status_and_attribute(&ids.pool, "ann", "email_verified").await;
    assert_eq!((status, verified.as_deref()), (UserStatusType::Confirmed, Some("true")));
    // cog-0123
    let [event] = functions.events("PostConfirmation_ConfirmSignUp").try_into().expect("one event");
    let expected = json!({
        "userAttributes": {
            "sub": signed_up.user_sub, "cognito:user_status": "CONFIRMED", "email_verified": "true",
            "email": "ann@example.com",
        },
        "clientMetadata": { "campaign": "spring" },
    });
    assert_eq!(event["request"], expected);
    // cog-0361
    let confirm =
        server.sdk.confirm_sign_up().client_id(&ids.client).username("ann").confirmation_code("123456");
    assert_refused!(confirm, is_not_authorized_exception, CONFIRMED);
}

#[tokio::test]
async fn pre_sign_up_that_verifies_moves_the_alias() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    functions.when(
        "pre",
        Behavior::Answer(|event| {
            event["response"]["autoConfirmUser"] = true.into();
            event["response"]["autoVerifyEmail"] = true.into();
        }),
    );
    let config = LambdaConfigType::builder().pre_sign_up(arn("pre")).build();
    let pool = server.sdk.create_user_pool().pool_name("p").lambda_config(config);
    let pool = pool.alias_attributes(AliasAttributeType::Email);
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    let client = server.create_client(&pool).await;
    // cog-0100
    for username in ["ann", "eve"] {
        server.sign_up(&client, username, "one@example.com").await;
        let holder = server.sdk.admin_get_user().user_pool_id(&pool).username("one@example.com");
        assert_eq!(holder.send().await.expect("there").username, username);
    }
    assert_eq!(server.status_and_attribute(&pool, "ann", "email_verified").await.1.as_deref(), Some("false"));
    // cog-0099
    let call = server.sdk.sign_up().client_id(&client).username("bob").password(PASSWORD);
    let error = call.send().await.expect_err("nothing to verify").into_service_error();
    assert!(error.is_invalid_lambda_response_exception(), "{error:?}");
    let bob = server.sdk.admin_get_user().user_pool_id(&pool).username("bob").send().await;
    assert!(bob.expect_err("no user").into_service_error().is_user_not_found_exception());
}

#[tokio::test]
async fn pre_sign_up_that_refuses_comes_before_a_taken_name() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_triggers(&server).await;
    functions.when("pre", echo());
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    functions.when(
        "pre",
        Behavior::Throw(r#"{"errorMessage":"User with role Admin can't sign up by themselves"}"#),
    );
    // cog-0093, cog-0094, cog-0373
    let text = "PreSignUp failed with error User with role Admin can't sign up by themselves.";
    for username in ["ann", "bob"] {
        let call = server.sdk.sign_up().client_id(&ids.client).username(username).password(PASSWORD);
        assert_refused!(call, is_user_lambda_validation_exception, text);
    }
    let bob = server.sdk.admin_get_user().user_pool_id(&ids.pool).username("bob").send().await;
    assert!(bob.expect_err("no user").into_service_error().is_user_not_found_exception());
    // Rules that need no other user are checked before the trigger.
    let weak = server.sdk.sign_up().client_id(&ids.client).username("bob").password("weak");
    assert!(weak.send().await.expect_err("refused").into_service_error().is_invalid_password_exception());
    assert_eq!(functions.events("PreSignUp_SignUp").len(), 3);
}

#[tokio::test]
async fn pre_sign_up_in_a_race_is_called_once_per_request() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_triggers(&server).await;
    functions.when("pre", echo());
    let sign_up = || server.sdk.sign_up().client_id(&ids.client).username("ann").password(PASSWORD).send();
    let (one, two, three) = tokio::join!(sign_up(), sign_up(), sign_up());
    let outcomes = [one.is_ok(), two.is_ok(), three.is_ok()];
    assert_eq!(outcomes.iter().filter(|is_ok| **is_ok).count(), 1);
    assert_eq!(functions.events("PreSignUp_SignUp").len(), 3);
}

#[tokio::test]
async fn post_confirmation_is_called_after_confirm_forgot_password() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_triggers(&server).await;
    functions.when("pre", echo());
    functions.when("post", echo());
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let confirm = server.sdk.confirm_sign_up().client_id(&ids.client).username("ann");
    confirm.confirmation_code(server.code_of("ann")).send().await.expect("confirmed");
    let forgot = server.sdk.forgot_password().client_id(&ids.client).username("ann");
    forgot.send().await.expect("sent");
    functions.when("post", Behavior::Throw(r#"{"errorMessage":"No more passwords"}"#));
    let reset = server.sdk.confirm_forgot_password().client_id(&ids.client).username("ann");
    let reset = reset.confirmation_code(server.code_of("ann")).password("Passw0rd?");
    let text = "PostConfirmation failed with error No more passwords.";
    assert_refused!(reset.client_metadata("plan", "free"), is_user_lambda_validation_exception, text);
    let [event] = functions.events("PostConfirmation_ConfirmForgotPassword").try_into().expect("one event"); // cog-0313
    assert_eq!(event["request"]["userAttributes"]["cognito:user_status"], "CONFIRMED");
    assert_eq!(event["request"]["clientMetadata"], json!({ "plan": "free" }));
    // The password was changed, and the code is used.
    let again = server.sdk.confirm_forgot_password().client_id(&ids.client).username("ann");
    let again = again.confirmation_code(server.code_of("ann")).password("Passw0rd?");
    assert_refused!(again, is_expired_code_exception, "Invalid code provided, please request a code again.");
}

#[tokio::test]
async fn post_confirmation_has_the_metadata_of_confirm_sign_up() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_triggers(&server).await;
    functions.when("pre", echo());
    functions.when("post", echo());
    let sub = server.sign_up(&ids.client, "ann", "ann@example.com").await;
    assert!(functions.events("PostConfirmation_ConfirmSignUp").is_empty());
    let confirm = server.sdk.confirm_sign_up().client_id(&ids.client).username("ann");
    let confirm = confirm.confirmation_code(server.code_of("ann")).client_metadata("plan", "free");
    confirm.send().await.expect("confirmed");
    let [event] = functions.events("PostConfirmation_ConfirmSignUp").try_into().expect("one event");
    // cog-0035, cog-0036
    let expected = json!({
        "userAttributes": {
            "sub": sub, "cognito:user_status": "CONFIRMED", "email_verified": "true", "email": "ann@example.com",
        },
        "clientMetadata": { "plan": "free" },
    });
    assert_eq!((&event["request"], &event["response"]), (&expected, &json!({})));
    assert_eq!(event["callerContext"]["clientId"], ids.client);
}

#[tokio::test]
async fn post_confirmation_that_fails_leaves_the_user_confirmed() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_triggers(&server).await;
    functions.when("pre", echo());
    functions.when(
        "post",
        Behavior::Throw(r#"{"errorMessage":"callback is not a function","errorType":"TypeError"}"#),
    );
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let code = server.code_of("ann");
    let confirm =
        || server.sdk.confirm_sign_up().client_id(&ids.client).username("ann").confirmation_code(&code);
    // cog-0017, cog-0018
    let text = "PostConfirmation failed with error callback is not a function.";
    assert_refused!(confirm(), is_user_lambda_validation_exception, text);
    let (status, verified) = server.status_and_attribute(&ids.pool, "ann", "email_verified").await;
    assert_eq!((status, verified.as_deref()), (UserStatusType::Confirmed, Some("true")));
    assert_refused!(confirm(), is_not_authorized_exception, CONFIRMED); // cog-0001
    assert_eq!(functions.events("PostConfirmation_ConfirmSignUp").len(), 1);

    // A wrong code confirms no user, so that the function is not called.
    server.sign_up(&ids.client, "bob", "bob@example.com").await;
    let confirm =
        server.sdk.confirm_sign_up().client_id(&ids.client).username("bob").confirmation_code("nonsense");
    assert!(confirm.send().await.expect_err("refused").into_service_error().is_code_mismatch_exception());
    assert_eq!(functions.events("PostConfirmation_ConfirmSignUp").len(), 1);

    // The same if PreSignUp confirms the user.
    functions.when("pre", Behavior::Answer(|event| event["response"]["autoConfirmUser"] = true.into()));
    let sign_up = server.sdk.sign_up().client_id(&ids.client).username("cat").password(PASSWORD);
    assert_refused!(sign_up, is_user_lambda_validation_exception, text);
    assert_eq!(server.status_and_attribute(&ids.pool, "cat", "sub").await.0, UserStatusType::Confirmed);
}

#[tokio::test]
async fn post_confirmation_of_admin_confirm_sign_up_has_no_app_client() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_triggers(&server).await;
    functions.when("pre", echo());
    functions.when("post", Behavior::Answer(without_null));
    let confirm =
        |username: &str| server.sdk.admin_confirm_sign_up().user_pool_id(&ids.pool).username(username);
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    confirm("ann").client_metadata("by", "hand").send().await.expect("confirmed");
    let [event] = functions.events("PostConfirmation_ConfirmSignUp").try_into().expect("one event");
    // cog-0050
    assert_eq!(event["callerContext"]["clientId"], json!(null));
    assert_eq!(event["request"]["clientMetadata"], json!({ "by": "hand" }));
    assert_eq!(event["request"]["userAttributes"]["email_verified"], "false");

    // cog-0053: a response that has a null app client, as the event did, is refused.
    functions.when("post", echo());
    server.sign_up(&ids.client, "bob", "bob@example.com").await;
    assert_refused!(confirm("bob"), is_invalid_lambda_response_exception, "Unrecognizable lambda output");
    assert_eq!(server.status_and_attribute(&ids.pool, "bob", "sub").await.0, UserStatusType::Confirmed);
    let [_, event] = functions.events("PostConfirmation_ConfirmSignUp").try_into().expect("two events");
    assert_eq!(event["request"].get("clientMetadata"), None);
    assert_refused!(confirm("bob"), is_not_authorized_exception, CONFIRMED);
}

#[tokio::test]
async fn calls_with_credentials_are_signed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lambda.json");
    let file =
        r#"{"Version":1,"AccessKeyId":"AKIDLAMBDA","SecretAccessKey":"s3cret","SessionToken":"a token"}"#;
    std::fs::write(&path, file).expect("written");
    let functions = Functions::serve().await;
    functions.when("pre", echo());
    // 2026-11-21T07:30:00Z
    let clock = Clock::frozen(Timestamp::from_millis(1_795_246_200_000));
    let credentials = LambdaCredentials::at(&path).expect("valid credentials");
    let lambda = functions.lambda(Some(credentials), clock);
    let server = TestServer::with_triggers(|triggers| triggers.with_invoker(lambda)).await;
    let ids = create_pool_with_triggers(&server).await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;

    let [call] = functions.invoked().try_into().expect("one call");
    let header = |name: &str| call.headers[name].to_str().expect("text").to_owned();
    assert_eq!(header("x-amz-date"), "20261121T073000Z");
    assert_eq!(header("x-amz-security-token"), "a token");
    let authorization = header("authorization");
    let (head, signature) = authorization.rsplit_once(", Signature=").expect("a signature");
    let signed = "content-type;host;x-amz-date;x-amz-invocation-type;x-amz-security-token";
    let scope = "20261121/us-east-1/lambda/aws4_request";
    assert_eq!(head, format!("AWS4-HMAC-SHA256 Credential=AKIDLAMBDA/{scope}, SignedHeaders={signed}"));
    let headers: String = signed.split(';').map(|name| format!("{name}:{}\n", header(name))).collect();
    let canonical = format!("POST\n{}\n\n{headers}\n{signed}\n{}", call.path, sha256(&call.body));
    let text = format!("AWS4-HMAC-SHA256\n20261121T073000Z\n{scope}\n{}", sha256(canonical.as_bytes()));
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_millis(1_795_246_200_000);
    let key = aws_sigv4::sign::v4::generate_signing_key("s3cret", at, "us-east-1", "lambda");
    assert_eq!(signature, aws_sigv4::sign::v4::calculate_signature(key, text.as_bytes()));
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn pre_sign_up_of_admin_create_user_may_only_refuse() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_triggers(&server).await;
    // cog-0285: its decisions to confirm and to verify are ignored.
    functions.when(
        "pre",
        Behavior::Answer(|event| {
            event["response"] =
                json!({ "autoConfirmUser": true, "autoVerifyEmail": true, "autoVerifyPhone": false });
            without_null(event);
        }),
    );
    let call = |username: &str| {
        let call = server.sdk.admin_create_user().user_pool_id(&ids.pool).username(username);
        let call = call.user_attributes(attribute("email", "ann@example.com"));
        call.validation_data(attribute("invite", "7")).client_metadata("campaign", "spring")
    };
    call("ann").send().await.expect("created");
    let (status, verified) = server.status_and_attribute(&ids.pool, "ann", "email_verified").await;
    assert_eq!((status, verified), (UserStatusType::ForceChangePassword, None));
    let [event] = functions.events("PreSignUp_AdminCreateUser").try_into().expect("one event");
    assert_eq!(event["request"]["validationData"], json!({ "invite": "7" }));
    assert_eq!(event["request"]["clientMetadata"], json!({ "campaign": "spring" }));

    // cog-0292
    functions.when(
        "pre",
        Behavior::Answer(|event| {
            event["userName"] = json!("another user");
            without_null(event);
        }),
    );
    let text = "Invalid user name. User name in Lambda mismatches the actual username.";
    assert_refused!(call("bob"), is_invalid_lambda_response_exception, text);
    functions.when("pre", Behavior::Throw(r#"{"errorMessage":"no"}"#));
    assert_refused!(call("bob"), is_user_lambda_validation_exception, "PreSignUp failed with error no.");
    // cog-0294
    functions.when("pre", Behavior::Refuse(403, "AccessDeniedException"));
    let text = "PreSignUp invocation failed due to error AccessDeniedException.";
    assert_refused!(call("bob"), is_unexpected_lambda_exception, text);
    let bob = server.sdk.admin_get_user().user_pool_id(&ids.pool).username("bob");
    assert_refused!(bob, is_user_not_found_exception, "User does not exist.");
}
