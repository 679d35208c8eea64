//! Contacts of one's own, and the codes that verify them.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    operation::{
        get_user_attribute_verification_code::builders::GetUserAttributeVerificationCodeFluentBuilder,
        verify_user_attribute::builders::VerifyUserAttributeFluentBuilder,
    },
    types::{
        AliasAttributeType, CodeDeliveryDetailsType, DeliveryMediumType, PreventUserExistenceErrorTypes,
        UserAttributeUpdateSettingsType, VerifiedAttributeType,
    },
};
use lido::delivery::Filter;

use crate::{
    sign_in::SignIn,
    support::{House, PASSWORD, Place, attribute, id_of, other_than, refused},
};

const MISMATCH: &str = "Invalid verification code provided, please try again.";
const EXPIRED: &str = "Invalid code provided, please request a code again.";
const LIMIT: &str = "Attempt limit exceeded, please try after some time.";

impl SignIn {
    fn ask(&self, token: &str, name: &str) -> GetUserAttributeVerificationCodeFluentBuilder {
        self.house.sdk.get_user_attribute_verification_code().access_token(token).attribute_name(name)
    }

    fn verify(&self, token: &str, name: &str, code: &str) -> VerifyUserAttributeFluentBuilder {
        self.house.sdk.verify_user_attribute().access_token(token).attribute_name(name).code(code)
    }
}

/// The destination, the medium and the attribute.
fn told(sent: &CodeDeliveryDetailsType) -> (Option<&str>, Option<&DeliveryMediumType>, Option<&str>) {
    (sent.destination(), sent.delivery_medium(), sent.attribute_name())
}

/// The triggers of the messages that went to this address, the newest first.
fn sent_to(house: &House, to: &str) -> Vec<String> {
    let inbox = house.app.inbox.as_ref().expect("tests have an inbox");
    let messages = inbox.messages(&Filter { to: Some(to.to_owned()), ..Filter::default() });
    messages.into_iter().map(|message| message.trigger).collect()
}

/// cog-0346.
#[tokio::test]
async fn a_new_address_is_unverified_until_its_code_comes_back() {
    let world = SignIn::new().await;
    let token = world.token().await;
    let answer = world.update(&token, &[("email", "new@example.com")]).send().await.expect("updated");
    let list = answer.code_delivery_details_list();
    let email = DeliveryMediumType::Email;
    assert_eq!(list.iter().map(told).collect::<Vec<_>>(), [(Some("n***@e***"), Some(&email), Some("email"))]);
    assert_eq!(world.value("email").await.as_deref(), Some("new@example.com"));
    assert_eq!(world.value("email_verified").await.as_deref(), Some("false"));
    assert_eq!(sent_to(&world.house, "new@example.com"), ["CustomMessage_UpdateUserAttribute"]);

    let code = world.house.code_of("ann");
    let wrong = world.verify(&token, "email", other_than(&code));
    refused!(wrong, is_code_mismatch_exception, MISMATCH);
    world.verify(&token, "email", &code).send().await.expect("verified");
    assert_eq!(world.value("email_verified").await.as_deref(), Some("true"));
    // Reported of the live service: a code is good once, and a verified address may get another.
    refused!(world.verify(&token, "email", &code), is_expired_code_exception, EXPIRED);
    let sent = world.ask(&token, "email").send().await.expect("sent").code_delivery_details.expect("told");
    assert_eq!(told(&sent), (Some("n***@e***"), Some(&email), Some("email")));
    let asked = sent_to(&world.house, "new@example.com");
    assert_eq!(asked.first().map(String::as_str), Some("CustomMessage_VerifyUserAttribute"));
    world.verify(&token, "email", &world.house.code_of("ann")).send().await.expect("verified again");
}

#[tokio::test]
async fn only_contacts_that_are_there_are_verified() {
    let world = SignIn::new().await;
    let token = world.token().await;
    let text = "Invalid attribute name. Only phone_number and email can be verified.";
    refused!(world.ask(&token, "name"), is_invalid_parameter_exception, text);
    refused!(world.verify(&token, "name", "123456"), is_invalid_parameter_exception, text);
    let text = "User does not have a valid registered phone number";
    refused!(world.ask(&token, "phone_number"), is_invalid_parameter_exception, text);
    let delete = world.house.sdk.delete_user_attributes().access_token(&token);
    delete.user_attribute_names("email").send().await.expect("taken away");
    let text = "User does not have a valid registered email address";
    refused!(world.ask(&token, "email"), is_invalid_parameter_exception, text);
    refused!(world.verify(&token, "email", "123456"), is_expired_code_exception, EXPIRED);
    // A phone number that the pool does not verify by itself can be verified on demand.
    let answer = world.update(&token, &[("phone_number", "+15555550100")]).send().await.expect("updated");
    assert!(answer.code_delivery_details_list().is_empty());
    let sent = world.ask(&token, "phone_number").send().await.expect("sent");
    let sent = sent.code_delivery_details.expect("told");
    let sms = DeliveryMediumType::Sms;
    assert_eq!(told(&sent), (Some("+********0100"), Some(&sms), Some("phone_number")));
    world.verify(&token, "phone_number", &world.house.code_of("ann")).send().await.expect("verified");
    assert_eq!(world.value("phone_number_verified").await.as_deref(), Some("true"));
}

/// A world whose pool has e-mail addresses as aliases, and verifies them before they change if `beforehand`.
async fn alias_world(beforehand: bool) -> (SignIn, String) {
    let mut world = SignIn::new().await;
    let pool = world.house.sdk.create_user_pool().pool_name("p").alias_attributes(AliasAttributeType::Email);
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let settings = UserAttributeUpdateSettingsType::builder()
        .attributes_require_verification_before_update(VerifiedAttributeType::Email)
        .build();
    let pool = pool.set_user_attribute_update_settings(beforehand.then_some(settings));
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    let client = world.house.client_for_sign_in(&pool, PreventUserExistenceErrorTypes::Legacy).await;
    world.sub = world.house.sign_up(&client, "ann", "ann@example.com").await;
    let inbox = world.house.app.inbox.as_ref().expect("tests have an inbox");
    let filter = Filter { user_pool_id: Some(pool.clone()), ..Filter::default() };
    let code = inbox.messages(&filter).first().expect("a code").code.clone();
    let confirm = world.house.sdk.confirm_sign_up().client_id(&client).username("ann");
    confirm.confirmation_code(code).send().await.expect("confirmed");
    world.place = Place { pool, client };
    let token = world.token().await;
    (world, token)
}

/// cog-0346.
#[tokio::test]
async fn where_the_pool_wants_it_the_old_address_stays_until_the_new_one_is_verified() {
    let (world, token) = alias_world(true).await;
    let by_alias = |alias: &'static str| world.by_password(alias, PASSWORD);
    let answer = world.update(&token, &[("email", "new@example.com")]).send().await.expect("updated");
    assert_eq!(answer.code_delivery_details_list()[0].destination(), Some("n***@e***"));
    assert_eq!(world.value("email").await.as_deref(), Some("ann@example.com"));
    assert_eq!(world.value("email_verified").await.as_deref(), Some("true"));
    by_alias("ann@example.com").send().await.expect("the old one signs in");
    refused!(by_alias("new@example.com"), is_user_not_found_exception, "User does not exist.");

    // Another code goes to the address that waits, and the first is good no longer.
    let first = world.house.code_of("ann");
    world.ask(&token, "email").send().await.expect("sent");
    assert_eq!(sent_to(&world.house, "new@example.com").len(), 2);
    let code = world.house.code_of("ann");
    assert_ne!(first, code);
    refused!(world.verify(&token, "email", &first), is_code_mismatch_exception, MISMATCH);
    world.verify(&token, "email", &code).send().await.expect("verified");
    assert_eq!(world.value("email").await.as_deref(), Some("new@example.com"));
    assert_eq!(world.value("email_verified").await.as_deref(), Some("true"));
    by_alias("new@example.com").send().await.expect("the new one signs in");
    refused!(by_alias("ann@example.com"), is_user_not_found_exception, "User does not exist.");
}

#[tokio::test]
async fn an_alias_belongs_to_whoever_verified_it_first() {
    for beforehand in [false, true] {
        let (world, token) = alias_world(beforehand).await;
        let create = world.house.sdk.admin_create_user().user_pool_id(&world.place.pool).username("bob");
        let create = create.user_attributes(attribute("email", "bob@example.com"));
        create.user_attributes(attribute("email_verified", "true")).send().await.expect("created");
        world.update(&token, &[("email", "bob@example.com")]).send().await.expect("no name yet");
        let code = world.house.code_of("ann");
        for _ in 0..2 {
            let text = "An account with the given email already exists.";
            refused!(world.verify(&token, "email", &code), is_alias_exists_exception, text);
        }
        let verified = world.value("email_verified").await;
        assert_eq!(verified.as_deref(), Some(if beforehand { "true" } else { "false" }));
        // Once bob has gone, the code is good.
        let delete = world.house.sdk.admin_delete_user().user_pool_id(&world.place.pool).username("bob");
        delete.send().await.expect("deleted");
        world.verify(&token, "email", &code).send().await.expect("verified");
        world.by_password("bob@example.com", PASSWORD).send().await.expect("ann's alias");
    }
}

/// cog-0338, cog-0347.
#[tokio::test]
async fn codes_and_guesses_are_limited_and_codes_die_after_a_day() {
    let world = SignIn::new().await;
    let token = world.token().await;
    for _ in 0..5 {
        world.ask(&token, "email").send().await.expect("sent");
    }
    refused!(world.ask(&token, "email"), is_limit_exceeded_exception, LIMIT);
    let code = world.house.code_of("ann");
    for _ in 0..15 {
        refused!(world.verify(&token, "email", other_than(&code)), is_code_mismatch_exception, MISMATCH);
    }
    refused!(world.verify(&token, "email", &code), is_limit_exceeded_exception, LIMIT);
    world.house.app.clock.advance(Duration::from_secs(60 * 60));
    let token = world.token().await;
    world.verify(&token, "email", &code).send().await.expect("verified");

    world.ask(&token, "email").send().await.expect("sent");
    let code = world.house.code_of("ann");
    world.house.app.clock.advance(Duration::from_secs(24 * 60 * 60));
    let token = world.token().await;
    refused!(world.verify(&token, "email", &code), is_expired_code_exception, EXPIRED);
}
