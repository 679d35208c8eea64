//! Operations of users on their own account.

mod change_password;
mod delete_user;
mod delete_user_attributes;
mod get_user_attribute_verification_code;
mod get_user_auth_factors;
mod update_user_attributes;
mod verify_user_attribute;

use aws_sdk_cognitoidentityprovider::{
    operation::{
        get_user_attribute_verification_code::builders::GetUserAttributeVerificationCodeFluentBuilder,
        update_user_attributes::builders::UpdateUserAttributesFluentBuilder,
        verify_user_attribute::builders::VerifyUserAttributeFluentBuilder,
    },
    types::{CodeDeliveryDetailsType, DeliveryMediumType},
};
use lido::delivery::Filter;

use crate::support::{TestServer, attribute, sign_in::SignInFixture};

const MISMATCH: &str = "Invalid verification code provided, please try again.";
const EXPIRED: &str = "Invalid code provided, please request a code again.";
const LIMIT: &str = "Attempt limit exceeded, please try after some time.";

/// Returns the destination, the medium and the attribute name.
fn delivery_details(
    sent: &CodeDeliveryDetailsType,
) -> (Option<&str>, Option<&DeliveryMediumType>, Option<&str>) {
    (sent.destination(), sent.delivery_medium(), sent.attribute_name())
}

/// Returns the triggers of the messages to this address, the newest first.
fn triggers_of_messages_to(server: &TestServer, to: &str) -> Vec<String> {
    let inbox = server.app.inbox.as_ref().expect("tests have an inbox");
    let messages = inbox.messages(&Filter { to: Some(to.to_owned()), ..Filter::default() });
    messages.into_iter().map(|message| message.trigger).collect()
}

impl SignInFixture {
    /// Builds an UpdateUserAttributes request.
    fn update(&self, token: &str, given: &[(&str, &str)]) -> UpdateUserAttributesFluentBuilder {
        let given = given.iter().map(|(name, value)| attribute(name, value)).collect();
        self.server.sdk.update_user_attributes().access_token(token).set_user_attributes(Some(given))
    }

    /// Returns an attribute of `ann`.
    async fn value(&self, name: &str) -> Option<String> {
        self.server.status_and_attribute(&self.ids.pool, &self.sub, name).await.1
    }

    /// Builds a GetUserAttributeVerificationCode request.
    fn request_code(&self, token: &str, name: &str) -> GetUserAttributeVerificationCodeFluentBuilder {
        self.server.sdk.get_user_attribute_verification_code().access_token(token).attribute_name(name)
    }

    /// Builds a VerifyUserAttribute request.
    fn verify(&self, token: &str, name: &str, code: &str) -> VerifyUserAttributeFluentBuilder {
        self.server.sdk.verify_user_attribute().access_token(token).attribute_name(name).code(code)
    }
}
