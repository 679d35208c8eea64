//! SetUserPoolMfaConfig.

use aws_sdk_cognitoidentityprovider::types::{EmailMfaConfigType, UserPoolMfaType};

use crate::support::{assert_refused, mfa::sms_mfa_config, sign_in::SignInFixture};

#[tokio::test]
async fn set_user_pool_mfa_config_replaces_all_factors() {
    let fixture = SignInFixture::new().await;
    let sdk = &fixture.server.sdk;
    let get = || sdk.get_user_pool_mfa_config().user_pool_id(&fixture.ids.pool);
    let output = get().send().await.expect("an output");
    assert_eq!(output.mfa_configuration(), Some(&UserPoolMfaType::Off));
    assert!(output.software_token_mfa_configuration.is_none() && output.sms_mfa_configuration.is_none());
    let without_members = sdk.set_user_pool_mfa_config().user_pool_id(&fixture.ids.pool);
    let nothing =
        "Invalid MFA Configuration given. SMS MFA, Email MFA, or Software Token MFA must be enabled.";
    assert_refused!(
        without_members.clone().mfa_configuration(UserPoolMfaType::On),
        is_invalid_parameter_exception,
        nothing
    );
    let off = without_members
        .clone()
        .mfa_configuration(UserPoolMfaType::Off)
        .sms_mfa_configuration(sms_mfa_config());
    let both = "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.";
    assert_refused!(off, is_invalid_parameter_exception, both);
    let email = EmailMfaConfigType::builder().message("mail {####}").build();
    let built_in = fixture.set_mfa(UserPoolMfaType::Optional).email_mfa_configuration(email.clone());
    let sender = "Cannot set EmailMfaConfiguration when user pool EmailConfiguration contains an EmailSendingAccount of \
                  COGNITO_DEFAULT. Update the value of EmailSendingAccount."; // api-0119
    assert_refused!(built_in, is_invalid_parameter_exception, sender);
    fixture.server.send_mail_as_developer(&fixture.ids.pool).await;
    let set = fixture.set_mfa(UserPoolMfaType::Optional).sms_mfa_configuration(sms_mfa_config());
    let set = set.email_mfa_configuration(email.clone()).send().await.expect("set");
    // UpdateUserPool has no members for software tokens and e-mail, and keeps their configuration.
    let update = sdk.update_user_pool().user_pool_id(&fixture.ids.pool);
    update.mfa_configuration(UserPoolMfaType::On).send().await.expect("updated");
    let output = get().send().await.expect("an output");
    assert_eq!(output.mfa_configuration(), Some(&UserPoolMfaType::On));
    assert_eq!(output.software_token_mfa_configuration(), set.software_token_mfa_configuration());
    assert_eq!(output.email_mfa_configuration(), Some(&email));
    assert_eq!(set.sms_mfa_configuration(), Some(&sms_mfa_config()));
    // A request without members turns everything off (api-0112).
    let replaced = without_members.send().await.expect("set");
    assert_eq!(replaced.mfa_configuration(), Some(&UserPoolMfaType::Off));
    assert!(get().send().await.expect("an output").email_mfa_configuration.is_none());
    fixture.access_token().await;
}
