//! CustomMessage, which changes the texts of messages, and the custom senders, which send them.

use aws_sdk_cognitoidentityprovider::types::{
    AttributeType, AuthFlowType, EmailSendingAccountType, LambdaConfigType, PreventUserExistenceErrorTypes,
    UserStatusType,
};
use lido::delivery::{Filter, inbox::InboxMessage};
use serde_json::{Value, json};

use crate::{
    functions::{Behavior, Functions, arn, echo},
    support::{
        PASSWORD, TestServer, assert_refused, attribute,
        decryption::{DecryptedMessage, decrypt},
        triggers::{
            KEY, create_pool_with_custom_message, create_pool_with_functions, server_with_custom_senders,
            server_with_functions,
        },
    },
};

fn mail() -> AttributeType {
    attribute("email", "ann@example.com")
}

fn phone() -> AttributeType {
    attribute("phone_number", "+15555550100")
}

fn messages(server: &TestServer, username: &str) -> Vec<InboxMessage> {
    let inbox = server.app.inbox.as_ref().expect("tests have an inbox");
    inbox.messages(&Filter { username: Some(username.to_owned()), ..Filter::default() })
}

fn custom_texts(event: &mut Value) {
    let name = event["userName"].as_str().expect("a name").to_owned();
    let language = event["request"]["clientMetadata"]["language"].as_str().unwrap_or("en").to_owned();
    let code = event["request"]["codeParameter"].as_str().expect("a placeholder").to_owned();
    event["response"] = json!({
        "smsMessage": format!("SMS ({language}) {code} for {name}"),
        "emailMessage": format!("<b>Mail</b> ({language}) {code} for {name}, {{username}}"),
        "emailSubject": format!("Subject {code}"),
    });
}

#[tokio::test]
async fn custom_message_replaces_texts_of_sign_up_and_resend_for_both_media() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_custom_message(&server).await;
    functions.when("words", Behavior::Answer(custom_texts));
    for (username, contact) in [("mail", mail()), ("phone", phone())] {
        let call = server.sdk.sign_up().client_id(&ids.client).username(username).password(PASSWORD);
        let call = call.user_attributes(contact).client_metadata("language", "de");
        call.send().await.expect("signed up");
        let resend = server.sdk.resend_confirmation_code().client_id(&ids.client).username(username);
        resend.client_metadata("language", "fr").send().await.expect("resent");
        let [second, first] = messages(&server, username).try_into().ok().expect("two messages");
        for (message, language) in [(first, "de"), (second, "fr")] {
            let code = message.code;
            let (subject, body) = match username {
                "mail" => (
                    Some(format!("Subject {code}")),
                    format!("<b>Mail</b> ({language}) {code} for mail, mail"),
                ),
                _ => (None, format!("SMS ({language}) {code} for phone")),
            };
            assert_eq!((message.subject, message.body), (subject, body));
        }
    }
    // cog-0123
    for source in ["CustomMessage_SignUp", "CustomMessage_ResendCode"] {
        let [of_mail, of_phone] = functions.events(source).try_into().expect("two events");
        assert_eq!(of_mail["request"]["userAttributes"]["cognito:user_status"], "UNCONFIRMED");
        assert_eq!(of_phone["request"]["userAttributes"]["phone_number"], "+15555550100");
        for event in [of_mail, of_phone] {
            assert_eq!(event["callerContext"]["clientId"], ids.client);
            assert_eq!(event["request"]["codeParameter"], "{####}");
            assert_eq!(event["request"]["linkParameter"], "{##Click Here##}");
            assert_eq!(event["request"]["usernameParameter"], json!(null));
            let nothing = json!({ "smsMessage": null, "emailMessage": null, "emailSubject": null });
            assert_eq!(event["response"], nothing);
        }
    }
}

#[tokio::test]
async fn custom_message_without_texts_keeps_those_of_the_pool() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_custom_message(&server).await;
    functions.when("words", echo());
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let [message] = messages(&server, "ann").try_into().ok().expect("one message");
    assert_eq!(message.body, format!("Your verification code is {}. ", message.code));
}

/// cog-0123.
#[tokio::test]
async fn custom_message_replaces_texts_of_verification_codes() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_custom_message(&server).await;
    functions.when("words", Behavior::Answer(custom_texts));
    let client = server.create_sign_in_client(&ids.pool, PreventUserExistenceErrorTypes::Legacy).await;
    server.sign_up(&client, "ann", "ann@example.com").await;
    server.sdk.admin_confirm_sign_up().user_pool_id(&ids.pool).username("ann").send().await.expect("done");
    let sign_in = server.sdk.initiate_auth().client_id(&client).auth_flow(AuthFlowType::UserPasswordAuth);
    let sign_in = sign_in.auth_parameters("USERNAME", "ann").auth_parameters("PASSWORD", PASSWORD);
    let result = sign_in.send().await.expect("signed in").authentication_result.expect("tokens");
    let token = result.access_token.expect("a token");
    let update = server.sdk.update_user_attributes().access_token(&token).client_metadata("language", "de");
    update.user_attributes(attribute("email", "new@example.com")).send().await.expect("updated");
    let ask = server.sdk.get_user_attribute_verification_code().access_token(&token);
    ask.attribute_name("email").client_metadata("language", "fr").send().await.expect("sent");
    for (source, language) in
        [("CustomMessage_UpdateUserAttribute", "de"), ("CustomMessage_VerifyUserAttribute", "fr")]
    {
        let [event] = functions.events(source).try_into().expect("one event");
        assert_eq!(event["callerContext"]["clientId"], client);
        assert_eq!(event["request"]["userAttributes"]["email"], "new@example.com");
        let [message] = messages(&server, "ann")
            .into_iter()
            .filter(|message| message.trigger == source)
            .collect::<Vec<_>>()
            .try_into()
            .ok()
            .expect("one message");
        let code = &message.code;
        assert_eq!(message.body, format!("<b>Mail</b> ({language}) {code} for ann, ann"));
    }
}

#[tokio::test]
async fn custom_message_that_fails_fails_sign_up_and_keeps_the_user() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_custom_message(&server).await;
    let sign_up = |username: &str| {
        let call = server.sdk.sign_up().client_id(&ids.client).username(username).password(PASSWORD);
        call.user_attributes(mail())
    };
    functions.when("words", Behavior::Throw(r#"{"errorMessage":"no words"}"#));
    let text = "CustomMessage failed with error no words.";
    assert_refused!(sign_up("a"), is_user_lambda_validation_exception, text);
    functions.when("words", Behavior::Answer(|event| event["response"]["emailMessage"] = "".into()));
    assert_refused!(sign_up("b"), is_invalid_parameter_exception, "The message is empty."); // cog-0102
    functions.when("words", Behavior::Body("{}"));
    assert_refused!(sign_up("c"), is_invalid_lambda_response_exception, "Unrecognizable lambda output");
    functions.when("words", Behavior::Refuse(403, "AccessDeniedException"));
    let text = "CustomMessage invocation failed due to error AccessDeniedException."; // cog-0021
    assert_refused!(sign_up("d"), is_unexpected_lambda_exception, text);
    for username in ["a", "b", "c", "d"] {
        assert!(messages(&server, username).is_empty());
        assert_eq!(
            server.status_and_attribute(&ids.pool, username, "sub").await.0,
            UserStatusType::Unconfirmed
        );
        let resend = server.sdk.resend_confirmation_code().client_id(&ids.client).username(username);
        assert_refused!(resend, is_unexpected_lambda_exception, text);
    }
    functions.when("words", Behavior::Answer(custom_texts));
    server.sdk.resend_confirmation_code().client_id(&ids.client).username("a").send().await.expect("resent");
    let confirm = server.sdk.confirm_sign_up().client_id(&ids.client).username("a");
    confirm.confirmation_code(server.code_of("a")).send().await.expect("confirmed");
}

#[tokio::test]
async fn custom_message_without_developer_account_leaves_mail_unchanged() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let config = LambdaConfigType::builder().custom_message(arn("words")).build();
    let ids = create_pool_with_functions(&server, config, EmailSendingAccountType::CognitoDefault).await;
    functions.when("words", Behavior::Answer(custom_texts));
    let sign_up = |username: &str, contact| {
        let call = server.sdk.sign_up().client_id(&ids.client).username(username).password(PASSWORD);
        call.user_attributes(contact)
    };
    // cog-0103
    let text =
        "CustomMessage returned an email message, but EmailSendingAccount of the user pool is not DEVELOPER.";
    assert_refused!(sign_up("mail", mail()), is_invalid_lambda_response_exception, text);
    sign_up("phone", phone()).send().await.expect("the texts of an SMS are not restricted");
}

#[tokio::test]
async fn custom_senders_get_the_code_encrypted() {
    let functions = Functions::serve().await;
    let (server, ids) = server_with_custom_senders(&functions).await;
    functions.when("email", echo());
    functions.when("sms", echo());
    for (username, contact, sender, kind) in [
        ("mail", mail(), "CustomEmailSender", "customEmailSenderRequestV1"),
        ("phone", phone(), "CustomSMSSender", "customSMSSenderRequestV1"),
    ] {
        let call = server.sdk.sign_up().client_id(&ids.client).username(username).password(PASSWORD);
        let signed_up = call.user_attributes(contact.clone()).send().await.expect("signed up");
        assert!(signed_up.code_delivery_details.is_some());
        let resend = server.sdk.resend_confirmation_code().client_id(&ids.client).username(username);
        resend.client_metadata("language", "fr").send().await.expect("resent");
        let source = |reason: &str| functions.events(&format!("{sender}_{reason}")).remove(0);
        let (first, second) = (source("SignUp"), source("ResendCode")); // cog-0123
        assert_eq!((&first["request"]["type"], &second["request"]["type"]), (&json!(kind), &json!(kind)));
        assert_eq!(first["request"]["clientMetadata"], json!(null));
        assert_eq!(second["request"]["clientMetadata"], json!({ "language": "fr" }));
        assert_eq!(first["request"]["userAttributes"][contact.name()], contact.value().expect("a value"));
        assert_eq!(first.get("response"), None);

        let opened = |event: &Value| decrypt(event["request"]["code"].as_str().expect("a text"), &[7; 32]);
        let (first, second) = (opened(&first), opened(&second));
        assert_ne!(first.plain, second.plain);
        let context = vec![("userpool-id".to_owned(), ids.pool.clone())];
        let key = ("lido".to_owned(), KEY.to_owned());
        assert_eq!(first, DecryptedMessage { plain: first.plain.clone(), context, key });
        let confirm = server.sdk.confirm_sign_up().client_id(&ids.client).username(username);
        confirm.confirmation_code(second.plain).send().await.expect("confirmed");
        assert!(messages(&server, username).is_empty(), "Lido sent the message too");
    }
    assert!(functions.events("CustomMessage_SignUp").is_empty());
    let invocation_types =
        functions.invoked().into_iter().map(|call| call.headers["x-amz-invocation-type"].clone());
    assert!(
        invocation_types.into_iter().all(|one| one == "Event"),
        "a custom sender was called synchronously"
    );
}

#[tokio::test]
async fn custom_sender_falls_back_to_synchronous_invoke() {
    let functions = Functions::serve().await;
    let (server, ids) = server_with_custom_senders(&functions).await;
    functions.when("email", Behavior::SynchronousOnly);
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    assert_eq!(
        functions.events("CustomEmailSender_SignUp").len(),
        2,
        "it must be called as Event, and then as RequestResponse"
    );
    assert!(messages(&server, "ann").is_empty());
}

#[tokio::test]
async fn custom_sender_that_fails_fails_sign_up_and_keeps_the_user() {
    let functions = Functions::serve().await;
    let (server, ids) = server_with_custom_senders(&functions).await;
    functions.when("email", Behavior::Refuse(403, "AccessDeniedException"));
    let call = server.sdk.sign_up().client_id(&ids.client).username("ann").password(PASSWORD);
    let text = "CustomEmailSender invocation failed due to error AccessDeniedException.";
    assert_refused!(call.user_attributes(mail()), is_unexpected_lambda_exception, text);
    assert_eq!(server.status_and_attribute(&ids.pool, "ann", "sub").await.0, UserStatusType::Unconfirmed);
    functions.when("email", Behavior::Throw(r#"{"errorMessage":"the mail server is down"}"#));
    // The call is asynchronous, so that its failure is not noticed.
    server
        .sdk
        .resend_confirmation_code()
        .client_id(&ids.client)
        .username("ann")
        .send()
        .await
        .expect("the function was called");
}
