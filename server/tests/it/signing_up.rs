//! SignUp: what a good one answers, and why others are refused.

use aws_sdk_cognitoidentityprovider::types::{
    AdminCreateUserConfigType, DeliveryMediumType, SchemaAttributeType, UserStatusType,
    UsernameAttributeType, VerifiedAttributeType,
};
use lido::delivery::{DeliveryFault, fake::FakeCarrier};

use crate::support::{House, PASSWORD, attribute, id_of, refused};

#[tokio::test]
async fn the_answer_tells_where_the_code_went() {
    let house = House::new().await;
    let pool = house.sdk.create_user_pool().pool_name("p");
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::PhoneNumber);
    let client = house.client_in(&id_of(pool.send().await.expect("a pool").user_pool())).await;
    let call = || house.sdk.sign_up().client_id(&client).password(PASSWORD);
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
        let told = details.as_ref().map(|details| {
            let medium = details.delivery_medium.clone().expect("a medium");
            (details.destination().expect("where"), medium, details.attribute_name().expect("what"))
        });
        assert_eq!(told, expected, "{username}");
    }
}

#[tokio::test]
async fn a_username_is_given_once() {
    let house = House::new().await;
    let place = house.place().await;
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    let again = house.sdk.sign_up().client_id(&place.client).username("ann").password(PASSWORD);
    refused!(again, is_username_exists_exception, "User already exists");
}

#[tokio::test]
async fn an_address_as_username_is_given_once() {
    let house = House::new().await;
    let pool = house.sdk.create_user_pool().pool_name("p");
    let pool = pool.username_attributes(UsernameAttributeType::Email);
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    let client = house.client_in(&pool).await;
    let call = || house.sdk.sign_up().client_id(&client).username("ann@example.com").password(PASSWORD);
    let sub = call().send().await.expect("signed up").user_sub;
    let text = "An account with the given email already exists.";
    refused!(call(), is_username_exists_exception, text);
    refused!(call().username("ann"), is_invalid_parameter_exception, "Username should be an email.");
    let user = house.sdk.admin_get_user().user_pool_id(&pool).username("ann@example.com");
    assert_eq!(user.send().await.expect("there").username, sub, "the username is the sub");
}

#[tokio::test]
async fn passwords_break_one_rule_at_a_time() {
    let house = House::new().await;
    let place = house.place().await;
    let cases = [
        ("Aa1!", "Password not long enough"),
        ("passw0rd!", "Password must have uppercase characters"),
        ("PASSW0RD!", "Password must have lowercase characters"),
        ("Password!", "Password must have numeric characters"),
        ("Passw0rdd", "Password must have symbol characters"),
    ];
    for (password, rule) in cases {
        let call = house.sdk.sign_up().client_id(&place.client).username("ann").password(password);
        let text = format!("Password did not conform with policy: {rule}");
        refused!(call, is_invalid_password_exception, text.as_str());
    }
}

#[tokio::test]
async fn attributes_must_fit_the_schema() {
    let house = House::new().await;
    let email = SchemaAttributeType::builder().name("email").required(true).build();
    let pool = house.sdk.create_user_pool().pool_name("p").schema(email);
    let client = house.client_in(&id_of(pool.send().await.expect("a pool").user_pool())).await;
    let call = || house.sdk.sign_up().client_id(&client).username("ann").password(PASSWORD);
    let missing = "Attributes did not conform to the schema: email: The attribute is required";
    refused!(call(), is_invalid_parameter_exception, missing);
    let unknown = call().user_attributes(attribute("email", "a@b.c")).user_attributes(attribute("nick", "x"));
    let text = "Attributes did not conform to the schema: nick: Attribute does not exist in the schema.\n";
    refused!(unknown, is_invalid_parameter_exception, text);
    let malformed = call().user_attributes(attribute("email", "nonsense"));
    refused!(malformed, is_invalid_parameter_exception, "Invalid email address format.");
    let kept = call().user_attributes(attribute("email", "a@b.c"));
    let kept = kept.user_attributes(attribute("email_verified", "true"));
    let text = "A client attempted to write unauthorized attribute";
    refused!(kept, is_not_authorized_exception, text);
}

#[tokio::test]
async fn an_attribute_needs_a_value() {
    let house = House::new().await;
    let place = house.place().await;
    let bare = aws_sdk_cognitoidentityprovider::types::AttributeType::builder().name("email").build();
    let call = house.sdk.sign_up().client_id(&place.client).username("ann").password(PASSWORD);
    let call = call.user_attributes(bare.expect("a name"));
    refused!(call, is_invalid_parameter_exception, "Attribute value for email must not be null");
}

#[tokio::test]
async fn a_pool_may_leave_signing_up_to_administrators() {
    let house = House::new().await;
    let only = AdminCreateUserConfigType::builder().allow_admin_create_user_only(true).build();
    let pool = house.sdk.create_user_pool().pool_name("p").admin_create_user_config(only);
    let client = house.client_in(&id_of(pool.send().await.expect("a pool").user_pool())).await;
    let call = house.sdk.sign_up().client_id(&client).username("ann").password(PASSWORD);
    refused!(call, is_not_authorized_exception, "SignUp is not permitted for this user pool");
}

#[tokio::test]
async fn the_client_must_be_there() {
    let house = House::new().await;
    let call = house.sdk.sign_up().client_id("none").username("ann").password(PASSWORD);
    refused!(call, is_resource_not_found_exception, "User pool client none does not exist.");
}

#[tokio::test]
async fn messages_are_the_pools_own() {
    let house = House::new().await;
    let pool = house.sdk.create_user_pool().pool_name("p");
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = pool.email_verification_message("Hello {username}, {####}").email_verification_subject("Hi");
    let client = house.client_in(&id_of(pool.send().await.expect("a pool").user_pool())).await;
    house.sign_up(&client, "ann", "ann@example.com").await;
    let messages = house.app.inbox.as_ref().expect("an inbox").messages(&Default::default());
    let [message] = messages.as_slice() else { panic!("one message") };
    assert_eq!(message.body, format!("Hello ann, {}", message.code));
    assert_eq!((message.subject.as_deref(), message.to.as_str()), (Some("Hi"), "ann@example.com"));
    assert_eq!(message.trigger, "CustomMessage_SignUp");
}

#[tokio::test]
async fn a_message_that_is_refused_for_good_is_told_and_the_user_exists() {
    let refused_for_good = DeliveryFault::Permanent("no such mailbox".into());
    let house = House::with_carrier(FakeCarrier::failing([refused_for_good])).await;
    let place = house.place().await;
    let call = || {
        let call = house.sdk.sign_up().client_id(&place.client).username("ann").password(PASSWORD);
        call.user_attributes(attribute("email", "ann@example.com"))
    };
    let text = "Invalid email provided/Unable to send the email";
    refused!(call(), is_code_delivery_failure_exception, text);
    refused!(call(), is_username_exists_exception, "User already exists");
    assert_eq!(house.user(&place.pool, "ann", "email").await.0, UserStatusType::Unconfirmed);
}
