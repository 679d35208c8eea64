//! CustomMessage, CustomEmailSender and CustomSMSSender: other words for a message, or another way out.

use aws_sdk_cognitoidentityprovider::types::{
    AttributeType, AuthFactorType, AuthFlowType, CustomEmailLambdaVersionConfigType,
    CustomEmailSenderLambdaVersionType, CustomSmsLambdaVersionConfigType, CustomSmsSenderLambdaVersionType,
    EmailConfigurationType, EmailSendingAccountType, LambdaConfigType, PreventUserExistenceErrorTypes,
    SignInPolicyType, UserPoolPolicyType, UserStatusType, VerifiedAttributeType,
};
use lido::{clock::Clock, delivery::Filter, delivery::inbox::InboxMessage, triggers::SenderKeys};
use serde_json::{Value, json};

use crate::{
    decryption::{Decrypted, decrypt},
    functions::{Does, Functions, arn, echo},
    support::{House, PASSWORD, Place, attribute, id_of, refused},
    triggers::house_of,
};

const KEY: &str = "arn:aws:kms:us-east-1:000000000000:key/one";

/// A pool that verifies both contacts and lets codes to them sign in, with this LambdaConfig and this account to send mail
/// from.
async fn place(house: &House, functions: LambdaConfigType, account: EmailSendingAccountType) -> Place {
    let source = "arn:aws:ses:us-east-1:000000000000:identity/words.example";
    let mail = EmailConfigurationType::builder().email_sending_account(account).source_arn(source).build();
    let factors = [AuthFactorType::Password, AuthFactorType::EmailOtp, AuthFactorType::SmsOtp];
    let factors = SignInPolicyType::builder().set_allowed_first_auth_factors(Some(factors.to_vec())).build();
    let pool = house.sdk.create_user_pool().pool_name("p").lambda_config(functions).email_configuration(mail);
    let pool = pool.policies(UserPoolPolicyType::builder().sign_in_policy(factors).build());
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::PhoneNumber);
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    Place { client: house.client_in(&pool).await, pool }
}

pub(crate) async fn place_with_words(house: &House) -> Place {
    let functions = LambdaConfigType::builder().custom_message(arn("words")).build();
    place(house, functions, EmailSendingAccountType::Developer).await
}

fn mail() -> AttributeType {
    attribute("email", "ann@example.com")
}

fn phone() -> AttributeType {
    attribute("phone_number", "+15555550100")
}

fn messages(house: &House, username: &str) -> Vec<InboxMessage> {
    let inbox = house.app.inbox.as_ref().expect("tests have an inbox");
    inbox.messages(&Filter { username: Some(username.to_owned()), ..Filter::default() })
}

fn words(event: &mut Value) {
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
async fn sign_up_and_resend_take_the_functions_words_for_both_media() {
    let functions = Functions::serve().await;
    let house = house_of(&functions).await;
    let place = place_with_words(&house).await;
    functions.when("words", Does::Answer(words));
    for (username, contact) in [("mail", mail()), ("phone", phone())] {
        let call = house.sdk.sign_up().client_id(&place.client).username(username).password(PASSWORD);
        let call = call.user_attributes(contact).client_metadata("language", "de");
        call.send().await.expect("signed up");
        let resend = house.sdk.resend_confirmation_code().client_id(&place.client).username(username);
        resend.client_metadata("language", "fr").send().await.expect("resent");
        let [second, first] = messages(&house, username).try_into().ok().expect("two messages");
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
            assert_eq!(event["callerContext"]["clientId"], place.client);
            assert_eq!(event["request"]["codeParameter"], "{####}");
            assert_eq!(event["request"]["linkParameter"], "{##Click Here##}");
            assert_eq!(event["request"]["usernameParameter"], json!(null));
            let nothing = json!({ "smsMessage": null, "emailMessage": null, "emailSubject": null });
            assert_eq!(event["response"], nothing);
        }
    }
}

#[tokio::test]
async fn a_function_that_says_nothing_leaves_the_pools_words() {
    let functions = Functions::serve().await;
    let house = house_of(&functions).await;
    let place = place_with_words(&house).await;
    functions.when("words", echo());
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    let [message] = messages(&house, "ann").try_into().ok().expect("one message");
    assert_eq!(message.body, format!("Your verification code is {}. ", message.code));
}

/// cog-0123.
#[tokio::test]
async fn codes_for_contacts_of_ones_own_take_the_functions_words() {
    let functions = Functions::serve().await;
    let house = house_of(&functions).await;
    let place = place_with_words(&house).await;
    functions.when("words", Does::Answer(words));
    let client = house.client_for_sign_in(&place.pool, PreventUserExistenceErrorTypes::Legacy).await;
    house.sign_up(&client, "ann", "ann@example.com").await;
    house.sdk.admin_confirm_sign_up().user_pool_id(&place.pool).username("ann").send().await.expect("done");
    let sign_in = house.sdk.initiate_auth().client_id(&client).auth_flow(AuthFlowType::UserPasswordAuth);
    let sign_in = sign_in.auth_parameters("USERNAME", "ann").auth_parameters("PASSWORD", PASSWORD);
    let result = sign_in.send().await.expect("signed in").authentication_result.expect("tokens");
    let token = result.access_token.expect("a token");
    let update = house.sdk.update_user_attributes().access_token(&token).client_metadata("language", "de");
    update.user_attributes(attribute("email", "new@example.com")).send().await.expect("updated");
    let ask = house.sdk.get_user_attribute_verification_code().access_token(&token);
    ask.attribute_name("email").client_metadata("language", "fr").send().await.expect("sent");
    for (source, language) in
        [("CustomMessage_UpdateUserAttribute", "de"), ("CustomMessage_VerifyUserAttribute", "fr")]
    {
        let [event] = functions.events(source).try_into().expect("one event");
        assert_eq!(event["callerContext"]["clientId"], client);
        assert_eq!(event["request"]["userAttributes"]["email"], "new@example.com");
        let [message] = messages(&house, "ann")
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
async fn a_function_that_fails_is_told_and_the_user_is_there() {
    let functions = Functions::serve().await;
    let house = house_of(&functions).await;
    let place = place_with_words(&house).await;
    let sign_up = |username: &str| {
        let call = house.sdk.sign_up().client_id(&place.client).username(username).password(PASSWORD);
        call.user_attributes(mail())
    };
    functions.when("words", Does::Throw(r#"{"errorMessage":"no words"}"#));
    let text = "CustomMessage failed with error no words.";
    refused!(sign_up("a"), is_user_lambda_validation_exception, text);
    functions.when("words", Does::Answer(|event| event["response"]["emailMessage"] = "".into()));
    refused!(sign_up("b"), is_invalid_parameter_exception, "The message is empty."); // cog-0102
    functions.when("words", Does::Body("{}"));
    refused!(sign_up("c"), is_invalid_lambda_response_exception, "Unrecognizable lambda output");
    functions.when("words", Does::Refuse(403, "AccessDeniedException"));
    let text = "CustomMessage invocation failed due to error AccessDeniedException."; // cog-0021
    refused!(sign_up("d"), is_unexpected_lambda_exception, text);
    for username in ["a", "b", "c", "d"] {
        assert!(messages(&house, username).is_empty());
        assert_eq!(house.user(&place.pool, username, "sub").await.0, UserStatusType::Unconfirmed);
        let resend = house.sdk.resend_confirmation_code().client_id(&place.client).username(username);
        refused!(resend, is_unexpected_lambda_exception, text);
    }
    functions.when("words", Does::Answer(words));
    house.sdk.resend_confirmation_code().client_id(&place.client).username("a").send().await.expect("resent");
    let confirm = house.sdk.confirm_sign_up().client_id(&place.client).username("a");
    confirm.confirmation_code(house.code_of("a")).send().await.expect("confirmed");
}

#[tokio::test]
async fn mail_that_is_not_the_developers_keeps_its_words() {
    let functions = Functions::serve().await;
    let house = house_of(&functions).await;
    let config = LambdaConfigType::builder().custom_message(arn("words")).build();
    let place = place(&house, config, EmailSendingAccountType::CognitoDefault).await;
    functions.when("words", Does::Answer(words));
    let sign_up = |username: &str, contact| {
        let call = house.sdk.sign_up().client_id(&place.client).username(username).password(PASSWORD);
        call.user_attributes(contact)
    };
    // cog-0103
    let text =
        "CustomMessage returned an email message, but EmailSendingAccount of the user pool is not DEVELOPER.";
    refused!(sign_up("mail", mail()), is_invalid_lambda_response_exception, text);
    sign_up("phone", phone()).send().await.expect("an SMS may have any words");
}

/// A house with a key for custom senders, and a pool whose messages they send.
pub(crate) async fn senders(functions: &Functions) -> (House, Place) {
    let lambda = functions.lambda(None, Clock::system());
    let keys = SenderKeys::of(KEY, [7; 32]);
    let house = House::with_triggers(|triggers| triggers.through(lambda).with_sender_keys(keys)).await;
    let email = CustomEmailLambdaVersionConfigType::builder().lambda_arn(arn("email"));
    let email = email.lambda_version(CustomEmailSenderLambdaVersionType::V10).build().expect("complete");
    let sms = CustomSmsLambdaVersionConfigType::builder().lambda_arn(arn("sms"));
    let sms = sms.lambda_version(CustomSmsSenderLambdaVersionType::V10).build().expect("complete");
    let config =
        LambdaConfigType::builder().custom_email_sender(email).custom_sms_sender(sms).kms_key_id(KEY);
    let config = config.custom_message(arn("words")).build();
    let place = place(&house, config, EmailSendingAccountType::CognitoDefault).await;
    (house, place)
}

#[tokio::test]
async fn custom_senders_get_the_code_encrypted() {
    let functions = Functions::serve().await;
    let (house, place) = senders(&functions).await;
    functions.when("email", echo());
    functions.when("sms", echo());
    for (username, contact, sender, kind) in [
        ("mail", mail(), "CustomEmailSender", "customEmailSenderRequestV1"),
        ("phone", phone(), "CustomSMSSender", "customSMSSenderRequestV1"),
    ] {
        let call = house.sdk.sign_up().client_id(&place.client).username(username).password(PASSWORD);
        let signed_up = call.user_attributes(contact.clone()).send().await.expect("signed up");
        assert!(signed_up.code_delivery_details.is_some());
        let resend = house.sdk.resend_confirmation_code().client_id(&place.client).username(username);
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
        let context = vec![("userpool-id".to_owned(), place.pool.clone())];
        let key = ("lido".to_owned(), KEY.to_owned());
        assert_eq!(first, Decrypted { plain: first.plain.clone(), context, key });
        let confirm = house.sdk.confirm_sign_up().client_id(&place.client).username(username);
        confirm.confirmation_code(second.plain).send().await.expect("confirmed");
        assert!(messages(&house, username).is_empty(), "the function sends it, and nobody else");
    }
    assert!(functions.events("CustomMessage_SignUp").is_empty());
    let manners = functions.invoked().into_iter().map(|call| call.headers["x-amz-invocation-type"].clone());
    assert!(manners.into_iter().all(|manner| manner == "Event"), "what the function does is not waited for");
}

#[tokio::test]
async fn who_serves_only_calls_that_are_waited_for_serves_custom_senders_too() {
    let functions = Functions::serve().await;
    let (house, place) = senders(&functions).await;
    functions.when("email", Does::WaitedFor);
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    assert_eq!(
        functions.events("CustomEmailSender_SignUp").len(),
        2,
        "as Event, and then as RequestResponse"
    );
    assert!(messages(&house, "ann").is_empty());
}

#[tokio::test]
async fn a_custom_sender_that_cannot_be_called_is_told_and_the_user_is_there() {
    let functions = Functions::serve().await;
    let (house, place) = senders(&functions).await;
    functions.when("email", Does::Refuse(403, "AccessDeniedException"));
    let call = house.sdk.sign_up().client_id(&place.client).username("ann").password(PASSWORD);
    let text = "CustomEmailSender invocation failed due to error AccessDeniedException.";
    refused!(call.user_attributes(mail()), is_unexpected_lambda_exception, text);
    assert_eq!(house.user(&place.pool, "ann", "sub").await.0, UserStatusType::Unconfirmed);
    functions.when("email", Does::Throw(r#"{"errorMessage":"the mail server is down"}"#));
    // Nobody waits for it, so nobody learns that it failed.
    house
        .sdk
        .resend_confirmation_code()
        .client_id(&place.client)
        .username("ann")
        .send()
        .await
        .expect("handed over");
}
