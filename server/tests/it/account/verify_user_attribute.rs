//! VerifyUserAttribute.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{
    AliasAttributeType, DeliveryMediumType, PreventUserExistenceErrorTypes, UserAttributeUpdateSettingsType,
    VerifiedAttributeType,
};
use lido::delivery::Filter;

use super::{EXPIRED, LIMIT, MISMATCH, sent_to, told};
use crate::support::{
    PASSWORD, PoolAndClient, assert_refused, attribute, id_of, other_than, sign_in::SignInFixture,
};

/// A fixture whose pool has e-mail addresses as aliases, and verifies them before they change if `beforehand`.
async fn alias_fixture(beforehand: bool) -> (SignInFixture, String) {
    let mut fixture = SignInFixture::new().await;
    let pool =
        fixture.server.sdk.create_user_pool().pool_name("p").alias_attributes(AliasAttributeType::Email);
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let settings = UserAttributeUpdateSettingsType::builder()
        .attributes_require_verification_before_update(VerifiedAttributeType::Email)
        .build();
    let pool = pool.set_user_attribute_update_settings(beforehand.then_some(settings));
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    let client = fixture.server.client_for_sign_in(&pool, PreventUserExistenceErrorTypes::Legacy).await;
    fixture.sub = fixture.server.sign_up(&client, "ann", "ann@example.com").await;
    let inbox = fixture.server.app.inbox.as_ref().expect("tests have an inbox");
    let filter = Filter { user_pool_id: Some(pool.clone()), ..Filter::default() };
    let code = inbox.messages(&filter).first().expect("a code").code.clone();
    let confirm = fixture.server.sdk.confirm_sign_up().client_id(&client).username("ann");
    confirm.confirmation_code(code).send().await.expect("confirmed");
    fixture.ids = PoolAndClient { pool, client };
    let token = fixture.token().await;
    (fixture, token)
}

/// cog-0346.
#[tokio::test]
async fn verify_user_attribute_with_the_code_verifies_a_new_email() {
    let fixture = SignInFixture::new().await;
    let token = fixture.token().await;
    let answer = fixture.update(&token, &[("email", "new@example.com")]).send().await.expect("updated");
    let list = answer.code_delivery_details_list();
    let email = DeliveryMediumType::Email;
    assert_eq!(list.iter().map(told).collect::<Vec<_>>(), [(Some("n***@e***"), Some(&email), Some("email"))]);
    assert_eq!(fixture.value("email").await.as_deref(), Some("new@example.com"));
    assert_eq!(fixture.value("email_verified").await.as_deref(), Some("false"));
    assert_eq!(sent_to(&fixture.server, "new@example.com"), ["CustomMessage_UpdateUserAttribute"]);

    let code = fixture.server.code_of("ann");
    let wrong = fixture.verify(&token, "email", other_than(&code));
    assert_refused!(wrong, is_code_mismatch_exception, MISMATCH);
    fixture.verify(&token, "email", &code).send().await.expect("verified");
    assert_eq!(fixture.value("email_verified").await.as_deref(), Some("true"));
    // Reported of the live service: a code is good once, and a verified address may get another.
    assert_refused!(fixture.verify(&token, "email", &code), is_expired_code_exception, EXPIRED);
    let sent = fixture.ask(&token, "email").send().await.expect("sent").code_delivery_details.expect("told");
    assert_eq!(told(&sent), (Some("n***@e***"), Some(&email), Some("email")));
    let asked = sent_to(&fixture.server, "new@example.com");
    assert_eq!(asked.first().map(String::as_str), Some("CustomMessage_VerifyUserAttribute"));
    fixture.verify(&token, "email", &fixture.server.code_of("ann")).send().await.expect("verified again");
}

/// cog-0346.
#[tokio::test]
async fn verify_user_attribute_with_verification_before_update_replaces_the_old_email() {
    let (fixture, token) = alias_fixture(true).await;
    let by_alias = |alias: &'static str| fixture.by_password(alias, PASSWORD);
    let answer = fixture.update(&token, &[("email", "new@example.com")]).send().await.expect("updated");
    assert_eq!(answer.code_delivery_details_list()[0].destination(), Some("n***@e***"));
    assert_eq!(fixture.value("email").await.as_deref(), Some("ann@example.com"));
    assert_eq!(fixture.value("email_verified").await.as_deref(), Some("true"));
    by_alias("ann@example.com").send().await.expect("the old one signs in");
    assert_refused!(by_alias("new@example.com"), is_user_not_found_exception, "User does not exist.");

    // Another code goes to the address that waits, and the first is good no longer.
    let first = fixture.server.code_of("ann");
    fixture.ask(&token, "email").send().await.expect("sent");
    assert_eq!(sent_to(&fixture.server, "new@example.com").len(), 2);
    let code = fixture.server.code_of("ann");
    assert_ne!(first, code);
    assert_refused!(fixture.verify(&token, "email", &first), is_code_mismatch_exception, MISMATCH);
    fixture.verify(&token, "email", &code).send().await.expect("verified");
    assert_eq!(fixture.value("email").await.as_deref(), Some("new@example.com"));
    assert_eq!(fixture.value("email_verified").await.as_deref(), Some("true"));
    by_alias("new@example.com").send().await.expect("the new one signs in");
    assert_refused!(by_alias("ann@example.com"), is_user_not_found_exception, "User does not exist.");
}

#[tokio::test]
async fn verify_user_attribute_with_taken_alias_is_refused() {
    for beforehand in [false, true] {
        let (fixture, token) = alias_fixture(beforehand).await;
        let create = fixture.server.sdk.admin_create_user().user_pool_id(&fixture.ids.pool).username("bob");
        let create = create.user_attributes(attribute("email", "bob@example.com"));
        create.user_attributes(attribute("email_verified", "true")).send().await.expect("created");
        fixture.update(&token, &[("email", "bob@example.com")]).send().await.expect("no name yet");
        let code = fixture.server.code_of("ann");
        for _ in 0..2 {
            let text = "An account with the given email already exists.";
            assert_refused!(fixture.verify(&token, "email", &code), is_alias_exists_exception, text);
        }
        let verified = fixture.value("email_verified").await;
        assert_eq!(verified.as_deref(), Some(if beforehand { "true" } else { "false" }));
        // Once bob has gone, the code is good.
        let delete = fixture.server.sdk.admin_delete_user().user_pool_id(&fixture.ids.pool).username("bob");
        delete.send().await.expect("deleted");
        fixture.verify(&token, "email", &code).send().await.expect("verified");
        fixture.by_password("bob@example.com", PASSWORD).send().await.expect("ann's alias");
    }
}

#[tokio::test]
async fn verify_user_attribute_of_other_attribute_or_without_code_is_refused() {
    let fixture = SignInFixture::new().await;
    let token = fixture.token().await;
    let text = "Invalid attribute name. Only phone_number and email can be verified.";
    assert_refused!(fixture.verify(&token, "name", "123456"), is_invalid_parameter_exception, text);
    let delete = fixture.server.sdk.delete_user_attributes().access_token(&token);
    delete.user_attribute_names("email").send().await.expect("taken away");
    assert_refused!(fixture.verify(&token, "email", "123456"), is_expired_code_exception, EXPIRED);
}

/// cog-0338, cog-0347.
#[tokio::test]
async fn verify_user_attribute_beyond_fifteen_guesses_is_refused_for_an_hour() {
    let fixture = SignInFixture::new().await;
    let token = fixture.token().await;
    for _ in 0..5 {
        fixture.ask(&token, "email").send().await.expect("sent");
    }
    let code = fixture.server.code_of("ann");
    for _ in 0..15 {
        let wrong = fixture.verify(&token, "email", other_than(&code));
        assert_refused!(wrong, is_code_mismatch_exception, MISMATCH);
    }
    assert_refused!(fixture.verify(&token, "email", &code), is_limit_exceeded_exception, LIMIT);
    fixture.server.app.clock.advance(Duration::from_secs(60 * 60));
    let token = fixture.token().await;
    fixture.verify(&token, "email", &code).send().await.expect("verified");
}

/// cog-0347.
#[tokio::test]
async fn verify_user_attribute_with_expired_code_is_refused() {
    let fixture = SignInFixture::new().await;
    let token = fixture.token().await;
    fixture.ask(&token, "email").send().await.expect("sent");
    let code = fixture.server.code_of("ann");
    fixture.server.app.clock.advance(Duration::from_secs(24 * 60 * 60));
    let token = fixture.token().await;
    assert_refused!(fixture.verify(&token, "email", &code), is_expired_code_exception, EXPIRED);
}
