//! GetUserAttributeVerificationCode.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::DeliveryMediumType;

use super::{LIMIT, delivery_details};
use crate::support::{assert_refused, sign_in::SignInFixture};

#[tokio::test]
async fn get_user_attribute_verification_code_of_other_or_missing_attribute_is_refused() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    let text = "Invalid attribute name. Only phone_number and email can be verified.";
    assert_refused!(fixture.request_code(&token, "name"), is_invalid_parameter_exception, text);
    let text = "User does not have a valid registered phone number";
    assert_refused!(fixture.request_code(&token, "phone_number"), is_invalid_parameter_exception, text);
    let delete = fixture.server.sdk.delete_user_attributes().access_token(&token);
    delete.user_attribute_names("email").send().await.expect("removed");
    let text = "User does not have a valid registered email address";
    assert_refused!(fixture.request_code(&token, "email"), is_invalid_parameter_exception, text);
}

/// A phone number can be verified even in a pool that does not verify phone numbers automatically.
#[tokio::test]
async fn get_user_attribute_verification_code_of_phone_number_sends_an_sms() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    let output = fixture.update(&token, &[("phone_number", "+15555550100")]).send().await.expect("updated");
    assert!(output.code_delivery_details_list().is_empty());
    let sent = fixture.request_code(&token, "phone_number").send().await.expect("sent");
    let sent = sent.code_delivery_details.expect("delivery details");
    let sms = DeliveryMediumType::Sms;
    assert_eq!(delivery_details(&sent), (Some("+********0100"), Some(&sms), Some("phone_number")));
    let code = fixture.server.code_of("ann");
    fixture.verify(&token, "phone_number", &code).send().await.expect("verified");
    assert_eq!(fixture.value("phone_number_verified").await.as_deref(), Some("true"));
}

/// cog-0338.
#[tokio::test]
async fn get_user_attribute_verification_code_beyond_five_an_hour_is_refused() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    for _ in 0..5 {
        fixture.request_code(&token, "email").send().await.expect("sent");
    }
    assert_refused!(fixture.request_code(&token, "email"), is_limit_exceeded_exception, LIMIT);
    fixture.server.app.clock.advance(Duration::from_secs(60 * 60));
    let token = fixture.access_token().await;
    fixture.request_code(&token, "email").send().await.expect("sent");
}
