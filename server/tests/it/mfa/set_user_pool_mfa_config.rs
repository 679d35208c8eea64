//! SetUserPoolMfaConfig.

use aws_sdk_cognitoidentityprovider::types::{EmailMfaConfigType, UserPoolMfaType};

use crate::support::{assert_refused, mfa::sms_mfa_config, sign_in::SignInFixture};

#[tokio::test]
async fn set_user_pool_mfa_config_keeps_members_that_are_not_given() {
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
    let kept = without_members.send().await.expect("a request without members changes nothing");
    assert_eq!(kept.mfa_configuration(), Some(&UserPoolMfaType::On));
    assert_eq!(kept.email_mfa_configuration(), Some(&email));
    fixture.set_mfa(UserPoolMfaType::Off).send().await.expect("turned off");
    assert!(get().send().await.expect("an output").email_mfa_configuration.is_none());
    fixture.access_token().await;
}
