//! VerifyUserAttribute.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{
    AliasAttributeType, DeliveryMediumType, PreventUserExistenceErrorTypes, UserAttributeUpdateSettingsType,
    VerifiedAttributeType,
};
use lido::delivery::Filter;

use super::{EXPIRED, LIMIT, MISMATCH, delivery_details, triggers_of_messages_to};
use crate::support::{
    PASSWORD, PoolAndClient, assert_refused, attribute, different_code, pool_id_of, sign_in::SignInFixture,
};

/// Starts a server whose pool has e-mail addresses as aliases, and signs `ann` in; returns the fixture and the access token.
///
/// With `before_update` a new address takes effect only once it is verified.
async fn alias_fixture(before_update: bool) -> (SignInFixture, String) {
    let mut fixture = SignInFixture::new().await;
    let pool =
        fixture.server.sdk.create_user_pool().pool_name("p").alias_attributes(AliasAttributeType::Email);
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let settings = UserAttributeUpdateSettingsType::builder()
        .attributes_require_verification_before_update(VerifiedAttributeType::Email)
        .build();
    let pool = pool.set_user_attribute_update_settings(before_update.then_some(settings));
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    let client = fixture.server.create_sign_in_client(&pool, PreventUserExistenceErrorTypes::Legacy).await;
    fixture.sub = fixture.server.sign_up(&client, "ann", "ann@example.com").await;
    let inbox = fixture.server.app.inbox.as_ref().expect("tests have an inbox");
    let filter = Filter { user_pool_id: Some(pool.clone()), ..Filter::default() };
    let code = inbox.messages(&filter).first().expect("a code").code.clone();
    let confirm = fixture.server.sdk.confirm_sign_up().client_id(&client).username("ann");
    confirm.confirmation_code(code).send().await.expect("confirmed");
    fixture.ids = PoolAndClient { pool, client };
    let token = fixture.access_token().await;
    (fixture, token)
}

/// cog-0346.
#[tokio::test]
async fn verify_user_attribute_with_right_code_verifies_a_new_email() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    let output = fixture.update(&token, &[("email", "new@example.com")]).send().await.expect("updated");
    let list = output.code_delivery_details_list();
    let email = DeliveryMediumType::Email;
    assert_eq!(
        list.iter().map(delivery_details).collect::<Vec<_>>(),
        [(Some("n***@e***"), Some(&email), Some("email"))]
    );
    assert_eq!(fixture.value("email").await.as_deref(), Some("new@example.com"));
    assert_eq!(fixture.value("email_verified").await.as_deref(), Some("false"));
    assert_eq!(
        triggers_of_messages_to(&fixture.server, "new@example.com"),
        ["CustomMessage_UpdateUserAttribute"]
    );

    let code = fixture.server.code_of("ann");
    let wrong = fixture.verify(&token, "email", different_code(&code));
    assert_refused!(wrong, is_code_mismatch_exception, MISMATCH);
    fixture.verify(&token, "email", &code).send().await.expect("verified");
    assert_eq!(fixture.value("email_verified").await.as_deref(), Some("true"));
    // Reported of the live service: a code is valid once, and a new one is sent even to a verified address.
    assert_refused!(fixture.verify(&token, "email", &code), is_expired_code_exception, EXPIRED);
    let sent = fixture
        .request_code(&token, "email")
        .send()
        .await
        .expect("sent")
        .code_delivery_details
        .expect("delivery details");
    assert_eq!(delivery_details(&sent), (Some("n***@e***"), Some(&email), Some("email")));
    let triggers = triggers_of_messages_to(&fixture.server, "new@example.com");
    assert_eq!(triggers.first().map(String::as_str), Some("CustomMessage_VerifyUserAttribute"));
    fixture.verify(&token, "email", &fixture.server.code_of("ann")).send().await.expect("verified again");
}

/// cog-0346.
#[tokio::test]
async fn verify_user_attribute_with_verification_before_update_replaces_the_old_email() {
    let (fixture, token) = alias_fixture(true).await;
    let by_alias = |alias: &'static str| fixture.by_password(alias, PASSWORD);
    let output = fixture.update(&token, &[("email", "new@example.com")]).send().await.expect("updated");
    assert_eq!(output.code_delivery_details_list()[0].destination(), Some("n***@e***"));
    assert_eq!(fixture.value("email").await.as_deref(), Some("ann@example.com"));
    assert_eq!(fixture.value("email_verified").await.as_deref(), Some("true"));
    by_alias("ann@example.com").send().await.expect("the old address signs in");
    assert_refused!(by_alias("new@example.com"), is_user_not_found_exception, "User does not exist.");

    // A second code is sent to the unverified address and replaces the first.
    let first = fixture.server.code_of("ann");
    fixture.request_code(&token, "email").send().await.expect("sent");
    assert_eq!(triggers_of_messages_to(&fixture.server, "new@example.com").len(), 2);
    let code = fixture.server.code_of("ann");
    assert_ne!(first, code);
    assert_refused!(fixture.verify(&token, "email", &first), is_code_mismatch_exception, MISMATCH);
    fixture.verify(&token, "email", &code).send().await.expect("verified");
    assert_eq!(fixture.value("email").await.as_deref(), Some("new@example.com"));
    assert_eq!(fixture.value("email_verified").await.as_deref(), Some("true"));
    by_alias("new@example.com").send().await.expect("the new address signs in");
    assert_refused!(by_alias("ann@example.com"), is_user_not_found_exception, "User does not exist.");
}

#[tokio::test]
async fn verify_user_attribute_with_taken_alias_is_refused() {
    for before_update in [false, true] {
        let (fixture, token) = alias_fixture(before_update).await;
        let create = fixture.server.sdk.admin_create_user().user_pool_id(&fixture.ids.pool).username("bob");
        let create = create.user_attributes(attribute("email", "bob@example.com"));
        create.user_attributes(attribute("email_verified", "true")).send().await.expect("created");
        fixture
            .update(&token, &[("email", "bob@example.com")])
            .send()
            .await
            .expect("an address that is no alias yet");
        let code = fixture.server.code_of("ann");
        for _ in 0..2 {
            let text = "An account with the given email already exists.";
            assert_refused!(fixture.verify(&token, "email", &code), is_alias_exists_exception, text);
        }
        let verified = fixture.value("email_verified").await;
        assert_eq!(verified.as_deref(), Some(if before_update { "true" } else { "false" }));
        // The code is valid again after `bob` was deleted.
        let delete = fixture.server.sdk.admin_delete_user().user_pool_id(&fixture.ids.pool).username("bob");
        delete.send().await.expect("deleted");
        fixture.verify(&token, "email", &code).send().await.expect("verified");
        fixture.by_password("bob@example.com", PASSWORD).send().await.expect("a sign-in by the alias");
    }
}

#[tokio::test]
async fn verify_user_attribute_of_other_attribute_or_without_code_is_refused() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    let text = "Invalid attribute name. Only phone_number and email can be verified.";
    assert_refused!(fixture.verify(&token, "name", "123456"), is_invalid_parameter_exception, text);
    let delete = fixture.server.sdk.delete_user_attributes().access_token(&token);
    delete.user_attribute_names("email").send().await.expect("removed");
    assert_refused!(fixture.verify(&token, "email", "123456"), is_expired_code_exception, EXPIRED);
}

/// cog-0338, cog-0347.
#[tokio::test]
async fn verify_user_attribute_beyond_fifteen_guesses_is_refused_for_an_hour() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    for _ in 0..5 {
        fixture.request_code(&token, "email").send().await.expect("sent");
    }
    let code = fixture.server.code_of("ann");
    for _ in 0..15 {
        let wrong = fixture.verify(&token, "email", different_code(&code));
        assert_refused!(wrong, is_code_mismatch_exception, MISMATCH);
    }
    assert_refused!(fixture.verify(&token, "email", &code), is_limit_exceeded_exception, LIMIT);
    fixture.server.app.clock.advance(Duration::from_secs(60 * 60));
    let token = fixture.access_token().await;
    fixture.verify(&token, "email", &code).send().await.expect("verified");
}

/// cog-0347.
#[tokio::test]
async fn verify_user_attribute_with_expired_code_is_refused() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    fixture.request_code(&token, "email").send().await.expect("sent");
    let code = fixture.server.code_of("ann");
    fixture.server.app.clock.advance(Duration::from_secs(24 * 60 * 60));
    let token = fixture.access_token().await;
    assert_refused!(fixture.verify(&token, "email", &code), is_expired_code_exception, EXPIRED);
}
