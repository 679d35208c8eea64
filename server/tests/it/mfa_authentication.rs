//! Second factors from the pool's configuration and the user's setup to the challenges of a sign-in.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{
    ChallengeNameType as Name, EmailMfaConfigType, EmailMfaSettingsType, SmsMfaSettingsType, UserPoolMfaType,
    VerifySoftwareTokenResponseType,
};

use crate::support::{
    PASSWORD, assert_refused, attribute,
    mfa::{TOTP_STEP, sms_mfa_config, software_token_settings},
    sign_in::SignInFixture,
};

/// cog-0231, cog-0306, cog-0393.
#[tokio::test]
async fn software_token_mfa_with_right_code_signs_in() {
    let fixture = SignInFixture::new().await;
    let sdk = &fixture.server.sdk;
    let token = fixture.access_token().await;
    let not_enabled = "Software Token MFA has not been enabled by the userPool";
    let associate = sdk.associate_software_token().access_token(&token);
    assert_refused!(associate, is_software_token_mfa_not_found_exception, not_enabled);
    fixture.set_mfa(UserPoolMfaType::Optional).send().await.expect("set");
    let missing = "Software Token MFA does not exist for the user.";
    let verify = sdk.verify_software_token().access_token(&token).user_code("000000");
    assert_refused!(verify, is_software_token_mfa_not_found_exception, missing);
    let prefer =
        sdk.set_user_mfa_preference().software_token_mfa_settings(software_token_settings(true, true));
    let not_set_up = "User has not set up software token mfa"; // pub-0015
    assert_refused!(prefer.clone().access_token(&token), is_invalid_parameter_exception, not_set_up);
    let both = sdk.verify_software_token().user_code("000000");
    assert_refused!(both, is_invalid_parameter_exception, "Either an access token or a session is required.");

    let (token, secret) = fixture.set_up_software_token().await;
    assert_eq!(secret.len(), 52);
    fixture.access_token().await;
    assert_eq!(
        fixture.mfa_settings().await,
        (vec![], None, false),
        "the token is verified, but not turned on"
    );
    prefer.access_token(&token).send().await.expect("turned on");
    let name = "SOFTWARE_TOKEN_MFA".to_owned();
    assert_eq!(fixture.mfa_settings().await, (vec![name.clone()], Some(name), false));

    let response = fixture.by_password("ann", PASSWORD).send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&Name::SoftwareTokenMfa));
    assert!(response.authentication_result.is_none());
    let parameters = response.challenge_parameters().expect("parameters");
    assert_eq!(parameters["FRIENDLY_DEVICE_NAME"], "phone");
    assert_eq!(parameters["USER_ID_FOR_SRP"], "ann");
    let session = response.session().expect("a session");
    let answer = |code: &str| {
        fixture.respond(Name::SoftwareTokenMfa, session).challenge_responses("SOFTWARE_TOKEN_MFA_CODE", code)
    };
    let used = "Your software token has already been used once.";
    assert_refused!(answer(&fixture.totp_code(&secret)), is_expired_code_exception, used);
    assert_refused!(answer("none"), is_code_mismatch_exception, "Invalid code received for user");
    fixture.server.app.clock.advance(TOTP_STEP);
    let signed_in = answer(&fixture.totp_code(&secret)).send().await.expect("signed in");
    assert!(signed_in.authentication_result.is_some_and(|result| result.refresh_token.is_some()));
    let already_used = "Invalid session for the user, session can only be used once.";
    assert_refused!(answer(&fixture.totp_code(&secret)), is_not_authorized_exception, already_used);

    let off = sdk.admin_set_user_mfa_preference().user_pool_id(&fixture.ids.pool).username("ann");
    off.software_token_mfa_settings(software_token_settings(false, false)).send().await.expect("turned off");
    fixture.access_token().await;
}

#[tokio::test]
async fn software_token_mfa_with_wrong_codes_is_locked_like_passwords() {
    let fixture = SignInFixture::new().await;
    fixture.set_mfa(UserPoolMfaType::Optional).send().await.expect("set");
    let (token, secret) = fixture.set_up_software_token().await;
    let prefer = fixture.server.sdk.set_user_mfa_preference().access_token(token);
    prefer.software_token_mfa_settings(software_token_settings(true, true)).send().await.expect("turned on");
    fixture.server.app.clock.advance(TOTP_STEP);
    for _ in 0..5 {
        // The right password alone does not reset the count of failures.
        let response = fixture.by_password("ann", PASSWORD).send().await.expect("a challenge");
        let wrong = fixture.respond(Name::SoftwareTokenMfa, response.session().expect("a session"));
        let wrong = wrong.challenge_responses("SOFTWARE_TOKEN_MFA_CODE", "none");
        assert_refused!(wrong, is_code_mismatch_exception, "Invalid code received for user");
    }
    let locked = "Password attempts exceeded";
    assert_refused!(fixture.by_password("ann", PASSWORD), is_not_authorized_exception, locked);
    fixture.server.app.clock.advance(Duration::from_secs(1));
    let response = fixture.by_password("ann", PASSWORD).send().await.expect("a challenge");
    let right = fixture.respond(Name::SoftwareTokenMfa, response.session().expect("a session"));
    let right = right.challenge_responses("SOFTWARE_TOKEN_MFA_CODE", fixture.totp_code(&secret));
    right.send().await.expect("signed in");
}

/// cog-0306.
#[tokio::test]
async fn mfa_setup_in_sign_in_signs_in() {
    let fixture = SignInFixture::new().await;
    let sdk = &fixture.server.sdk;
    fixture.set_mfa(UserPoolMfaType::On).send().await.expect("set");
    let response = fixture.by_password("ann", PASSWORD).send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&Name::MfaSetup));
    let parameters = response.challenge_parameters().expect("parameters");
    assert_eq!(parameters["MFAS_CAN_SETUP"], r#"["SOFTWARE_TOKEN_MFA"]"#);
    let session = response.session().expect("a session");
    let too_early = "The user has not set up an MFA type.";
    assert_refused!(fixture.respond(Name::MfaSetup, session), is_invalid_parameter_exception, too_early);
    for invalid in ["a session that was never issued", "x.an-invented-client"] {
        let call = sdk.associate_software_token().session(invalid);
        assert_refused!(call, is_not_authorized_exception, "Invalid session for the user.");
    }
    let associated = sdk.associate_software_token().session(session).send().await.expect("associated");
    let (secret, session) =
        (associated.secret_code.expect("a secret"), associated.session.expect("a session"));
    let verify = |code: String| sdk.verify_software_token().session(&session).user_code(code);
    assert_refused!(
        verify("000000".into()),
        is_enable_software_token_mfa_exception,
        "Code mismatch and fail enable Software Token MFA"
    );
    let verified = verify(fixture.totp_code(&secret)).send().await.expect("verified");
    assert_eq!(verified.status, Some(VerifySoftwareTokenResponseType::Success));
    let session = verified.session.expect("a session");
    let signed_in = fixture.respond(Name::MfaSetup, session.as_str()).send().await.expect("signed in");
    assert!(signed_in.authentication_result.is_some());
    let again = fixture.by_password("ann", PASSWORD).send().await.expect("a challenge");
    assert_eq!(again.challenge_name(), Some(&Name::SoftwareTokenMfa));
    assert_eq!(fixture.mfa_settings().await.0, ["SOFTWARE_TOKEN_MFA"]);
}

/// cog-0208, cog-0262, cog-0354.
#[tokio::test]
async fn mfa_by_sms_or_email_chosen_by_the_user_signs_in() {
    let fixture = SignInFixture::new().await;
    let sdk = &fixture.server.sdk;
    fixture.server.send_mail_as_developer(&fixture.ids.pool).await;
    let email = EmailMfaConfigType::builder().subject("sign in").message("mail {####}").build();
    let set = fixture
        .set_mfa(UserPoolMfaType::On)
        .sms_mfa_configuration(sms_mfa_config())
        .email_mfa_configuration(email);
    set.send().await.expect("set");
    let update = sdk.admin_update_user_attributes().user_pool_id(&fixture.ids.pool).username("ann");
    update.user_attributes(attribute("phone_number", "+15555550108")).send().await.expect("changed");
    let response = fixture.by_password("ann", PASSWORD).send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&Name::SelectMfaType));
    let parameters = response.challenge_parameters().expect("parameters");
    assert_eq!(parameters["MFAS_CAN_CHOOSE"], r#"["SMS_MFA","EMAIL_OTP"]"#);
    let choose = fixture.respond(Name::SelectMfaType, response.session().expect("a session"));
    let none = choose.clone().challenge_responses("ANSWER", "SOFTWARE_TOKEN_MFA");
    assert_refused!(none, is_invalid_parameter_exception, "Invalid parameter ANSWER");
    let response = choose.challenge_responses("ANSWER", "SMS_MFA").send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&Name::SmsMfa));
    let parameters = response.challenge_parameters().expect("parameters");
    assert_eq!(parameters["CODE_DELIVERY_DELIVERY_MEDIUM"], "SMS");
    assert_eq!(parameters["CODE_DELIVERY_DESTINATION"], "+********0108");
    let code = fixture.server.code_of("ann");
    assert_eq!(code.len(), 6);
    let answer = fixture.respond(Name::SmsMfa, response.session().expect("a session"));
    let wrong = answer.clone().challenge_responses("SMS_MFA_CODE", "none");
    assert_refused!(wrong, is_code_mismatch_exception, "Invalid code or auth state for the user.");
    answer.challenge_responses("SMS_MFA_CODE", code).send().await.expect("signed in");
    let (_, verified) =
        fixture.server.status_and_attribute(&fixture.ids.pool, "ann", "phone_number_verified").await;
    assert_eq!(verified.as_deref(), Some("true"));

    let prefer = sdk.admin_set_user_mfa_preference().user_pool_id(&fixture.ids.pool).username("ann");
    let by_mail = EmailMfaSettingsType::builder().enabled(true).preferred_mfa(true).build();
    let by_sms = SmsMfaSettingsType::builder().enabled(true).build();
    prefer.email_mfa_settings(by_mail).sms_mfa_settings(by_sms).send().await.expect("preferred");
    let (active, preferred, has_options) = fixture.mfa_settings().await;
    assert_eq!((active.len(), preferred.as_deref(), has_options), (2, Some("EMAIL_OTP"), true));
    let response = fixture.by_password("ann", PASSWORD).send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&Name::EmailOtp));
    let answer = fixture.respond(Name::EmailOtp, response.session().expect("a session"));
    let late = answer.clone().challenge_responses("EMAIL_OTP_CODE", fixture.server.code_of("ann"));
    fixture.server.app.clock.advance(Duration::from_secs(180));
    let expired = "Invalid session for the user, session is expired.";
    assert_refused!(late, is_not_authorized_exception, expired);
    let response = fixture.by_password("ann", PASSWORD).send().await.expect("a challenge");
    let answer = fixture.respond(Name::EmailOtp, response.session().expect("a session"));
    answer
        .challenge_responses("EMAIL_OTP_CODE", fixture.server.code_of("ann"))
        .send()
        .await
        .expect("signed in");
    let inbox = fixture.server.app.inbox.as_ref().expect("an inbox").messages(&Default::default());
    let sent: Vec<_> =
        inbox.iter().map(|message| (message.subject.as_deref(), message.body.clone())).collect();
    assert!(sent.iter().any(|(subject, body)| *subject == Some("sign in") && body.starts_with("mail ")));
    assert!(sent.iter().any(|(subject, body)| subject.is_none() && body.starts_with("sms ")));
}

#[tokio::test]
async fn mfa_of_user_with_temporary_password_is_challenged_after_the_new_password() {
    let fixture = SignInFixture::new().await;
    fixture.set_mfa(UserPoolMfaType::On).send().await.expect("set");
    let reset = fixture.server.sdk.admin_set_user_password().user_pool_id(&fixture.ids.pool).username("ann");
    reset.password("Temp0rary!").send().await.expect("reset");
    let response = fixture.by_password("ann", "Temp0rary!").send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&Name::NewPasswordRequired));
    let answer = fixture.respond(Name::NewPasswordRequired, response.session().expect("a session"));
    let response = answer.challenge_responses("NEW_PASSWORD", PASSWORD).send().await.expect("a challenge"); // cog-0189
    assert_eq!(response.challenge_name(), Some(&Name::MfaSetup));
}
