//! SignUp.

use aws_sdk_cognitoidentityprovider::types::{
    AdminCreateUserConfigType, DeliveryMediumType, SchemaAttributeType, UserStatusType,
    UsernameAttributeType, VerifiedAttributeType,
};
use lido::delivery::{DeliveryFault, fake::FakeTransport};

use super::alias_pool;
use crate::support::{PASSWORD, TestServer, assert_refused, attribute, pool_id_of, sms_configuration};

#[tokio::test]
async fn sign_up_returns_the_code_delivery_details() {
    let server = TestServer::new().await;
    let pool = server.sdk.create_user_pool().pool_name("p");
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::PhoneNumber);
    let pool = pool.sms_configuration(sms_configuration());
    let client = server.create_client(&pool_id_of(pool.send().await.expect("a pool").user_pool())).await;
    let call = || server.sdk.sign_up().client_id(&client).password(PASSWORD);
    let email = attribute("email", "test@test.com");
    let phone = attribute("phone_number", "+15555550388");
    let cases = [
        (
            "both",
            vec![email.clone(), phone.clone()],
            Some(("+********0388", DeliveryMediumType::Sms, "phone_number")),
        ),
        ("mail", vec![email], Some(("t***@t***", DeliveryMediumType::Email, "email"))),
        ("none", vec![], None),
        ("empty", vec![attribute("email", ""), attribute("phone_number", "")], None),
    ];
    for (username, attributes, expected) in cases {
        let call = call().username(username).set_user_attributes(Some(attributes));
        let signed_up = call.send().await.expect("signed up");
        assert!(!signed_up.user_confirmed && signed_up.session.is_none());
        assert_eq!(signed_up.user_sub.len(), 36);
        let details = signed_up.code_delivery_details;
        let details = details.as_ref().map(|details| {
            let medium = details.delivery_medium.clone().expect("a medium");
            (details.destination().expect("a destination"), medium, details.attribute_name().expect("a name"))
        });
        assert_eq!(details, expected, "{username}");
    }
}

#[tokio::test]
async fn sign_up_with_taken_username_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let again = server.sdk.sign_up().client_id(&ids.client).username("ann").password(PASSWORD);
    assert_refused!(again, is_username_exists_exception, "User already exists");
}

#[tokio::test]
async fn sign_up_with_taken_email_username_is_refused() {
    let server = TestServer::new().await;
    let pool = server.sdk.create_user_pool().pool_name("p");
    let pool = pool.username_attributes(UsernameAttributeType::Email);
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    let client = server.create_client(&pool).await;
    let call = || server.sdk.sign_up().client_id(&client).username("ann@example.com").password(PASSWORD);
    let sub = call().send().await.expect("signed up").user_sub;
    let text = "An account with the given email already exists.";
    assert_refused!(call(), is_username_exists_exception, text);
    assert_refused!(call().username("ann"), is_invalid_parameter_exception, "Username should be an email.");
    let user = server.sdk.admin_get_user().user_pool_id(&pool).username("ann@example.com");
    assert_eq!(user.send().await.expect("present").username, sub, "the username is the sub");
}

#[tokio::test]
async fn sign_up_with_weak_password_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let cases = [
        ("Aa1!", "Password not long enough"),
        ("passw0rd!", "Password must have uppercase characters"),
        ("PASSW0RD!", "Password must have lowercase characters"),
        ("Password!", "Password must have numeric characters"),
        ("Passw0rdd", "Password must have symbol characters"),
    ];
    for (password, rule) in cases {
        let call = server.sdk.sign_up().client_id(&ids.client).username("ann").password(password);
        let text = format!("Password did not conform with policy: {rule}");
        assert_refused!(call, is_invalid_password_exception, text.as_str());
    }
}

#[tokio::test]
async fn sign_up_with_attributes_outside_the_schema_is_refused() {
    let server = TestServer::new().await;
    let email = SchemaAttributeType::builder().name("email").required(true).build();
    let pool = server.sdk.create_user_pool().pool_name("p").schema(email);
    let client = server.create_client(&pool_id_of(pool.send().await.expect("a pool").user_pool())).await;
    let call = || server.sdk.sign_up().client_id(&client).username("ann").password(PASSWORD);
    let missing = "Attributes did not conform to the schema: email: The attribute is required";
    assert_refused!(call(), is_invalid_parameter_exception, missing);
    let unknown = call().user_attributes(attribute("email", "a@b.c")).user_attributes(attribute("nick", "x"));
    let text = "Attributes did not conform to the schema: nick: Attribute does not exist in the schema.\n";
    assert_refused!(unknown, is_invalid_parameter_exception, text);
    let malformed = call().user_attributes(attribute("email", "nonsense"));
    assert_refused!(malformed, is_invalid_parameter_exception, "Invalid email address format.");
    let kept = call().user_attributes(attribute("email", "a@b.c"));
    let kept = kept.user_attributes(attribute("email_verified", "true"));
    let text = "A client attempted to write unauthorized attribute";
    assert_refused!(kept, is_not_authorized_exception, text);
}

#[tokio::test]
async fn sign_up_with_attribute_without_value_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let bare = aws_sdk_cognitoidentityprovider::types::AttributeType::builder().name("email").build();
    let call = server.sdk.sign_up().client_id(&ids.client).username("ann").password(PASSWORD);
    let call = call.user_attributes(bare.expect("a name"));
    assert_refused!(call, is_invalid_parameter_exception, "Attribute value for email must not be null");
}

#[tokio::test]
async fn sign_up_in_pool_of_administrators_only_is_refused() {
    let server = TestServer::new().await;
    let only = AdminCreateUserConfigType::builder().allow_admin_create_user_only(true).build();
    let pool = server.sdk.create_user_pool().pool_name("p").admin_create_user_config(only);
    let client = server.create_client(&pool_id_of(pool.send().await.expect("a pool").user_pool())).await;
    let call = server.sdk.sign_up().client_id(&client).username("ann").password(PASSWORD);
    assert_refused!(call, is_not_authorized_exception, "SignUp is not permitted for this user pool");
}

#[tokio::test]
async fn sign_up_with_unknown_client_is_refused() {
    let server = TestServer::new().await;
    let call = server.sdk.sign_up().client_id("none").username("ann").password(PASSWORD);
    assert_refused!(call, is_resource_not_found_exception, "User pool client none does not exist.");
}

#[tokio::test]
async fn sign_up_sends_the_message_of_the_pool() {
    let server = TestServer::new().await;
    let pool = server.sdk.create_user_pool().pool_name("p");
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = pool.email_verification_message("Hello {username}, {####}").email_verification_subject("Hi");
    let client = server.create_client(&pool_id_of(pool.send().await.expect("a pool").user_pool())).await;
    server.sign_up(&client, "ann", "ann@example.com").await;
    let messages = server.app.inbox.as_ref().expect("an inbox").messages(&Default::default());
    let [message] = messages.as_slice() else { panic!("one message") };
    assert_eq!(message.body, format!("Hello ann, {}", message.code));
    assert_eq!((message.subject.as_deref(), message.to.as_str()), (Some("Hi"), "ann@example.com"));
    assert_eq!(message.trigger, "CustomMessage_SignUp");
}

#[tokio::test]
async fn sign_up_with_undeliverable_message_is_refused_and_keeps_the_user() {
    let permanent = DeliveryFault::Permanent("no such mailbox".into());
    let server = TestServer::with_carrier(FakeTransport::failing([permanent])).await;
    let ids = server.create_pool_and_client().await;
    let call = || {
        let call = server.sdk.sign_up().client_id(&ids.client).username("ann").password(PASSWORD);
        call.user_attributes(attribute("email", "ann@example.com"))
    };
    let text = "Invalid email provided/Unable to send the email";
    assert_refused!(call(), is_code_delivery_failure_exception, text);
    assert_refused!(call(), is_username_exists_exception, "User already exists");
    assert_eq!(server.status_and_attribute(&ids.pool, "ann", "email").await.0, UserStatusType::Unconfirmed);
}

#[tokio::test]
async fn sign_up_with_username_in_alias_format_is_refused() {
    let server = TestServer::new().await;
    let ids = alias_pool(&server).await;
    let call = server.sdk.sign_up().client_id(&ids.client).username("two@example.com").password(PASSWORD);
    let text = "Username cannot be of email format, since user pool is configured for email alias.";
    assert_refused!(call, is_invalid_parameter_exception, text);
}
