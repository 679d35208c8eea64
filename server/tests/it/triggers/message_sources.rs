//! The trigger source with which each operation calls CustomMessage and the custom senders, and whether the event has the
//! ClientMetadata of the call. The responses of the functions are tested in [`super::messages`].

use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType, ChallengeNameType, DeliveryMediumType, EmailMfaConfigType, EmailMfaSettingsType,
    MessageActionType, PreventUserExistenceErrorTypes, SmsConfigurationType, SmsMfaConfigType,
    SmsMfaSettingsType, UserPoolMfaType,
};
use serde_json::{Value, json};

use crate::{
    functions::{Functions, echo},
    support::{
        PASSWORD, PoolAndClient, TestServer, attribute,
        triggers::{create_pool_with_custom_message, server_with_custom_senders, server_with_functions},
    },
};

/// A medium for messages to `ann`.
struct Medium {
    delivery: DeliveryMediumType,
    /// The attribute of the contact, and its values one after the other.
    contact: &'static str,
    values: [&'static str; 3],
    /// The challenge for a code to this contact.
    factor: &'static str,
}

fn mail() -> Medium {
    let values = ["ann@example.com", "new@example.com", "newer@example.com"];
    Medium { delivery: DeliveryMediumType::Email, contact: "email", values, factor: "EMAIL_OTP" }
}

fn sms() -> Medium {
    let values = ["+15555550100", "+15555550101", "+15555550102"];
    Medium { delivery: DeliveryMediumType::Sms, contact: "phone_number", values, factor: "SMS_OTP" }
}

/// Calls every operation that sends a message to `ann`, and checks the events of `trigger`.
struct MessageScenario {
    functions: Functions,
    server: TestServer,
    ids: PoolAndClient,
    trigger: &'static str,
    medium: Medium,
    /// The number of invocations checked so far.
    checked: usize,
}

impl MessageScenario {
    async fn new(
        functions: Functions,
        (server, ids): (TestServer, PoolAndClient),
        trigger: &'static str,
        medium: Medium,
    ) -> Self {
        for function in ["words", "email", "sms"] {
            functions.when(function, echo());
        }
        let client = server.create_sign_in_client(&ids.pool, PreventUserExistenceErrorTypes::Legacy).await;
        Self { functions, server, ids: PoolAndClient { client, ..ids }, trigger, medium, checked: 0 }
    }

    /// Asserts that one function was called since the last check, with this trigger source and ClientMetadata.
    fn check(&mut self, operation: &str, reason: &str, metadata: Value) {
        let invoked = self.functions.invoked();
        let [call] = &invoked[self.checked..] else {
            panic!("{operation}: {} calls", invoked.len() - self.checked)
        };
        assert_eq!(call.event["triggerSource"], format!("{}_{reason}", self.trigger), "{operation}");
        assert_eq!(call.event["request"]["clientMetadata"], metadata, "{operation}");
        self.checked = invoked.len();
    }

    /// Marks the contact as verified.
    async fn verify_contact(&self) {
        let update = self.server.sdk.admin_update_user_attributes().user_pool_id(&self.ids.pool);
        let verified = attribute(&format!("{}_verified", self.medium.contact), "true");
        update.username("ann").user_attributes(verified).send().await.expect("verified");
    }

    /// Makes a code to the contact the second factor.
    async fn require_second_factor(&self) {
        let sdk = &self.server.sdk;
        let role = SmsConfigurationType::builder().sns_caller_arn("arn:aws:iam::000000000000:role/sms");
        let sms = SmsMfaConfigType::builder().sms_configuration(role.build());
        let sms = sms.sms_authentication_message("sms {####}").build();
        let email = EmailMfaConfigType::builder().subject("sign in").message("mail {####}").build();
        let set = sdk.set_user_pool_mfa_config().user_pool_id(&self.ids.pool);
        let set = set.mfa_configuration(UserPoolMfaType::Optional);
        set.sms_mfa_configuration(sms).email_mfa_configuration(email).send().await.expect("set");
        let prefer = sdk.admin_set_user_mfa_preference().user_pool_id(&self.ids.pool).username("ann");
        let prefer = match self.medium.delivery {
            DeliveryMediumType::Email => prefer.email_mfa_settings(
                EmailMfaSettingsType::builder().enabled(true).preferred_mfa(true).build(),
            ),
            _ => prefer
                .sms_mfa_settings(SmsMfaSettingsType::builder().enabled(true).preferred_mfa(true).build()),
        };
        prefer.send().await.expect("preferred");
    }
}

/// Asserts that a call succeeds and calls the trigger for this reason, with the ClientMetadata of the call if `metadata` is
/// true. Returns the output.
macro_rules! sends {
    ($scenario:expr, $operation:literal, $call:expr, $reason:literal, metadata: $has_metadata:literal) => {{
        let answer = $call.client_metadata("by", $operation).send().await.expect($operation);
        let metadata = if $has_metadata { json!({ "by": $operation }) } else { Value::Null };
        $scenario.check($operation, $reason, metadata);
        answer
    }};
}

async fn run(mut scenario: MessageScenario) {
    sign_up_and_recover(&mut scenario).await;
    invite(&mut scenario).await;
    change_contacts(&mut scenario).await;
    sign_in_by_code(&mut scenario).await;
    scenario.require_second_factor().await;
    sign_in_by_two_factors(&mut scenario).await;
}

async fn sign_up_and_recover(scenario: &mut MessageScenario) {
    let (sdk, PoolAndClient { pool, client }) = (scenario.server.sdk.clone(), scenario.ids.clone());
    let contact = attribute(scenario.medium.contact, scenario.medium.values[0]);
    let call = sdk.sign_up().client_id(&client).username("ann").password(PASSWORD).user_attributes(contact);
    sends!(scenario, "SignUp", call, "SignUp", metadata: true);
    let call = sdk.resend_confirmation_code().client_id(&client).username("ann");
    sends!(scenario, "ResendConfirmationCode", call, "ResendCode", metadata: true);
    sdk.admin_confirm_sign_up().user_pool_id(&pool).username("ann").send().await.expect("confirmed");
    scenario.verify_contact().await;
    let call = sdk.forgot_password().client_id(&client).username("ann");
    sends!(scenario, "ForgotPassword", call, "ForgotPassword", metadata: true);
    let call = sdk.admin_reset_user_password().user_pool_id(&pool).username("ann");
    sends!(scenario, "AdminResetUserPassword", call, "ForgotPassword", metadata: true);
    let set = sdk.admin_set_user_password().user_pool_id(&pool).username("ann").password(PASSWORD);
    set.permanent(true).send().await.expect("set");
}

async fn invite(scenario: &mut MessageScenario) {
    let contact = attribute(scenario.medium.contact, scenario.medium.values[2]);
    let call = scenario.server.sdk.admin_create_user().user_pool_id(&scenario.ids.pool).username("bob");
    let call = call.user_attributes(contact).desired_delivery_mediums(scenario.medium.delivery.clone());
    let call = call.temporary_password(PASSWORD);
    let again = call.clone().message_action(MessageActionType::Resend);
    sends!(scenario, "AdminCreateUser", call, "AdminCreateUser", metadata: true);
    sends!(scenario, "AdminCreateUser RESEND", again, "AdminCreateUser", metadata: true);
}

async fn change_contacts(scenario: &mut MessageScenario) {
    let (sdk, PoolAndClient { pool, client }) = (scenario.server.sdk.clone(), scenario.ids.clone());
    let [_, second, third] = scenario.medium.values.map(|value| attribute(scenario.medium.contact, value));
    let sign_in = sdk.initiate_auth().client_id(&client).auth_flow(AuthFlowType::UserPasswordAuth);
    let sign_in = sign_in.auth_parameters("USERNAME", "ann").auth_parameters("PASSWORD", PASSWORD);
    let tokens = sign_in.send().await.expect("signed in").authentication_result.expect("tokens");
    let token = tokens.access_token.expect("a token");
    let call = sdk.update_user_attributes().access_token(&token).user_attributes(second);
    sends!(scenario, "UpdateUserAttributes", call, "UpdateUserAttribute", metadata: true);
    let call = sdk.get_user_attribute_verification_code().access_token(&token);
    let call = call.attribute_name(scenario.medium.contact);
    sends!(scenario, "GetUserAttributeVerificationCode", call, "VerifyUserAttribute", metadata: true);
    let call = sdk.admin_update_user_attributes().user_pool_id(&pool).username("ann").user_attributes(third);
    sends!(scenario, "AdminUpdateUserAttributes", call, "UpdateUserAttribute", metadata: true);
}

/// cog-0196: the event does not have the ClientMetadata of InitiateAuth.
async fn sign_in_by_code(scenario: &mut MessageScenario) {
    let (sdk, PoolAndClient { pool, client }) = (scenario.server.sdk.clone(), scenario.ids.clone());
    let factor = scenario.medium.factor;
    let begin = sdk.initiate_auth().client_id(&client).auth_flow(AuthFlowType::UserAuth);
    let begin = begin.auth_parameters("USERNAME", "ann");
    let call = begin.clone().auth_parameters("PREFERRED_CHALLENGE", factor);
    sends!(scenario, "InitiateAuth", call, "Authentication", metadata: false);
    let call = sdk.admin_initiate_auth().user_pool_id(&pool).client_id(&client);
    let call = call.auth_flow(AuthFlowType::UserAuth).auth_parameters("USERNAME", "ann");
    let call = call.auth_parameters("PREFERRED_CHALLENGE", factor);
    sends!(scenario, "AdminInitiateAuth", call, "Authentication", metadata: false);

    let name = ChallengeNameType::SelectChallenge;
    let challenge = begin.clone().send().await.expect("a challenge");
    let call = sdk.respond_to_auth_challenge().client_id(&client).set_session(challenge.session);
    let call = call.challenge_name(name.clone()).challenge_responses("USERNAME", "ann");
    let call = call.challenge_responses("ANSWER", factor);
    sends!(scenario, "RespondToAuthChallenge", call, "Authentication", metadata: true);
    let challenge = begin.send().await.expect("a challenge");
    let call = sdk.admin_respond_to_auth_challenge().user_pool_id(&pool).client_id(&client);
    let call = call.set_session(challenge.session).challenge_name(name);
    let call = call.challenge_responses("USERNAME", "ann").challenge_responses("ANSWER", factor);
    sends!(scenario, "AdminRespondToAuthChallenge", call, "Authentication", metadata: true);
}

/// cog-0196, with codes as second factors.
async fn sign_in_by_two_factors(scenario: &mut MessageScenario) {
    let (sdk, PoolAndClient { client, .. }) = (scenario.server.sdk.clone(), scenario.ids.clone());
    let begin = sdk.initiate_auth().client_id(&client).auth_parameters("USERNAME", "ann");
    let call = begin.clone().auth_flow(AuthFlowType::UserPasswordAuth).auth_parameters("PASSWORD", PASSWORD);
    sends!(scenario, "InitiateAuth by two factors", call, "Authentication", metadata: false);
    let begin = begin.auth_flow(AuthFlowType::UserAuth).auth_parameters("PREFERRED_CHALLENGE", "PASSWORD");
    let challenge = begin.send().await.expect("a challenge");
    let call = sdk.respond_to_auth_challenge().client_id(&client).set_session(challenge.session);
    let call = call.challenge_name(ChallengeNameType::Password).challenge_responses("USERNAME", "ann");
    let call = call.challenge_responses("PASSWORD", PASSWORD);
    sends!(scenario, "RespondToAuthChallenge by two factors", call, "Authentication", metadata: true);
}

#[tokio::test]
async fn custom_message_is_called_for_every_kind_of_message() {
    for medium in [mail(), sms()] {
        let functions = Functions::serve().await;
        let server = server_with_functions(&functions).await;
        let ids = create_pool_with_custom_message(&server).await;
        run(MessageScenario::new(functions, (server, ids), "CustomMessage", medium).await).await;
    }
}

#[tokio::test]
async fn custom_senders_are_called_for_every_kind_of_message() {
    for (medium, trigger) in [(mail(), "CustomEmailSender"), (sms(), "CustomSMSSender")] {
        let functions = Functions::serve().await;
        let server_and_pool = server_with_custom_senders(&functions).await;
        run(MessageScenario::new(functions, server_and_pool, trigger, medium).await).await;
    }
}
