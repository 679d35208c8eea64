//! Operations on second factors of pools and users.

mod admin_delete_software_token;
mod admin_set_user_mfa_preference;
mod admin_set_user_settings;
mod associate_software_token;
mod get_user_pool_mfa_config;
mod set_user_mfa_preference;
mod set_user_pool_mfa_config;
mod set_user_settings;
mod verify_software_token;

use aws_sdk_cognitoidentityprovider::types::{DeliveryMediumType, MfaOptionType, UserPoolMfaType};

use crate::support::{attribute, mfa::sms_mfa_config, sign_in::SignInFixture};

/// Returns the option of SetUserSettings that turns SMS on.
fn sms_option() -> MfaOptionType {
    let option = MfaOptionType::builder().delivery_medium(DeliveryMediumType::Sms);
    option.attribute_name("phone_number").build()
}

/// Starts a server whose pool has SMS as a second factor. The user has a phone number if `has_phone` is true.
async fn sms_fixture(has_phone: bool) -> SignInFixture {
    let fixture = SignInFixture::new().await;
    fixture
        .set_mfa(UserPoolMfaType::Optional)
        .sms_mfa_configuration(sms_mfa_config())
        .send()
        .await
        .expect("set");
    if has_phone {
        let update = fixture.server.sdk.admin_update_user_attributes().user_pool_id(&fixture.ids.pool);
        let update = update.username("ann").user_attributes(attribute("phone_number", "+15555550108"));
        update.send().await.expect("changed");
    }
    fixture
}
