//! Second factors, the whole way: pools ask for them, users set them up, sign-ins meet them.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    operation::{
        respond_to_auth_challenge::builders::RespondToAuthChallengeFluentBuilder,
        set_user_pool_mfa_config::builders::SetUserPoolMfaConfigFluentBuilder,
    },
    types::{
        ChallengeNameType as Name, DeliveryMediumType, EmailMfaConfigType, EmailMfaSettingsType,
        MfaOptionType, SmsConfigurationType, SmsMfaConfigType, SmsMfaSettingsType,
        SoftwareTokenMfaConfigType, SoftwareTokenMfaSettingsType, UserPoolMfaType,
        VerifySoftwareTokenResponseType,
    },
};
use totp_rs::{Builder, Secret};

use crate::{
    sign_in::SignIn,
    support::{PASSWORD, attribute, refused},
};

const STEP: Duration = Duration::from_secs(30);

impl SignIn {
    fn set_mfa(&self, mode: UserPoolMfaType) -> SetUserPoolMfaConfigFluentBuilder {
        let call = self.house.sdk.set_user_pool_mfa_config().user_pool_id(&self.place.pool);
        let token = SoftwareTokenMfaConfigType::builder().enabled(true).build();
        match mode {
            UserPoolMfaType::Off => call.mfa_configuration(mode),
            mode => call.mfa_configuration(mode).software_token_mfa_configuration(token),
        }
    }

    /// The code that an authenticator app shows now for this secret.
    pub(crate) fn app_code(&self, secret: &str) -> String {
        let secret = Secret::try_from_base32(secret).expect("Base32");
        let now = u64::try_from(self.house.app.clock.now().as_seconds()).expect("after 1970");
        Builder::new().with_secret(secret).build_noncompliant().generate(now).to_string()
    }

    async fn access_token(&self) -> String {
        let answer = self.by_password("ann", PASSWORD).send().await.expect("signed in");
        answer.authentication_result.and_then(|result| result.access_token).expect("a token")
    }

    /// Ann sets an authenticator app up; gives her token and its secret.
    async fn set_app_up(&self) -> (String, String) {
        let (sdk, token) = (&self.house.sdk, self.access_token().await);
        let associated =
            sdk.associate_software_token().access_token(&token).send().await.expect("associated");
        assert_eq!(associated.session, None);
        let secret = associated.secret_code.expect("a secret");
        let verify = sdk.verify_software_token().access_token(&token).user_code(self.app_code(&secret));
        let verified = verify.friendly_device_name("phone").send().await.expect("verified");
        assert_eq!(verified.status, Some(VerifySoftwareTokenResponseType::Success));
        (token, secret)
    }

    fn answer(&self, name: Name, session: &str) -> RespondToAuthChallengeFluentBuilder {
        let call = self.house.sdk.respond_to_auth_challenge().client_id(&self.place.client);
        call.challenge_name(name).session(session).challenge_responses("USERNAME", "ann")
    }

    async fn told(&self) -> (Vec<String>, Option<String>, bool) {
        let call = self.house.sdk.admin_get_user().user_pool_id(&self.place.pool).username("ann");
        let user = call.send().await.expect("ann");
        let by_options = !user.mfa_options().is_empty();
        (user.user_mfa_setting_list().to_vec(), user.preferred_mfa_setting, by_options)
    }
}

fn by_token(enabled: bool, preferred: bool) -> SoftwareTokenMfaSettingsType {
    SoftwareTokenMfaSettingsType::builder().enabled(enabled).preferred_mfa(preferred).build()
}

fn sms() -> SmsMfaConfigType {
    let configuration = SmsConfigurationType::builder().sns_caller_arn("arn:aws:iam::000000000000:role/sms");
    let configuration = configuration.build();
    SmsMfaConfigType::builder()
        .sms_configuration(configuration)
        .sms_authentication_message("sms {####}")
        .build()
}

/// cog-0231, cog-0306, cog-0393.
#[tokio::test]
async fn an_authenticator_app_from_its_setup_to_its_last_code() {
    let world = SignIn::new().await;
    let sdk = &world.house.sdk;
    let token = world.access_token().await;
    let not_enabled = "Software Token MFA has not been enabled by the userPool";
    let associate = sdk.associate_software_token().access_token(&token);
    refused!(associate, is_software_token_mfa_not_found_exception, not_enabled);
    world.set_mfa(UserPoolMfaType::Optional).send().await.expect("set");
    let missing = "Software Token MFA does not exist for the user.";
    let verify = sdk.verify_software_token().access_token(&token).user_code("000000");
    refused!(verify, is_software_token_mfa_not_found_exception, missing);
    let prefer = sdk.set_user_mfa_preference().software_token_mfa_settings(by_token(true, true));
    let not_set_up = "User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA";
    refused!(prefer.clone().access_token(&token), is_invalid_parameter_exception, not_set_up);
    let both = sdk.verify_software_token().user_code("000000");
    refused!(both, is_invalid_parameter_exception, "Either an access token or a session is required.");

    let (token, secret) = world.set_app_up().await;
    assert_eq!(secret.len(), 52);
    world.access_token().await;
    assert_eq!(world.told().await, (vec![], None, false), "verified, and not turned on");
    prefer.access_token(&token).send().await.expect("turned on");
    let name = "SOFTWARE_TOKEN_MFA".to_owned();
    assert_eq!(world.told().await, (vec![name.clone()], Some(name), false));

    let asked = world.by_password("ann", PASSWORD).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::SoftwareTokenMfa));
    assert!(asked.authentication_result.is_none());
    let parameters = asked.challenge_parameters().expect("parameters");
    assert_eq!(parameters["FRIENDLY_DEVICE_NAME"], "phone");
    assert_eq!(parameters["USER_ID_FOR_SRP"], "ann");
    let session = asked.session().expect("a session");
    let answer = |code: &str| {
        world.answer(Name::SoftwareTokenMfa, session).challenge_responses("SOFTWARE_TOKEN_MFA_CODE", code)
    };
    let used = "Your software token has already been used once.";
    refused!(answer(&world.app_code(&secret)), is_expired_code_exception, used);
    refused!(answer("none"), is_code_mismatch_exception, "Invalid code received for user");
    world.house.app.clock.advance(STEP);
    let done = answer(&world.app_code(&secret)).send().await.expect("signed in");
    assert!(done.authentication_result.is_some_and(|result| result.refresh_token.is_some()));
    let over = "Invalid session for the user, session can only be used once.";
    refused!(answer(&world.app_code(&secret)), is_not_authorized_exception, over);

    let off = sdk.admin_set_user_mfa_preference().user_pool_id(&world.place.pool).username("ann");
    off.software_token_mfa_settings(by_token(false, false)).send().await.expect("turned off");
    world.access_token().await;
}

#[tokio::test]
async fn codes_are_guessed_no_faster_than_passwords() {
    let world = SignIn::new().await;
    world.set_mfa(UserPoolMfaType::Optional).send().await.expect("set");
    let (token, secret) = world.set_app_up().await;
    let prefer = world.house.sdk.set_user_mfa_preference().access_token(token);
    prefer.software_token_mfa_settings(by_token(true, true)).send().await.expect("turned on");
    world.house.app.clock.advance(STEP);
    for _ in 0..5 {
        // The right password forgives nothing before the second factor was right.
        let asked = world.by_password("ann", PASSWORD).send().await.expect("asked");
        let wrong = world.answer(Name::SoftwareTokenMfa, asked.session().expect("a session"));
        let wrong = wrong.challenge_responses("SOFTWARE_TOKEN_MFA_CODE", "none");
        refused!(wrong, is_code_mismatch_exception, "Invalid code received for user");
    }
    let locked = "Password attempts exceeded";
    refused!(world.by_password("ann", PASSWORD), is_not_authorized_exception, locked);
    world.house.app.clock.advance(Duration::from_secs(1));
    let asked = world.by_password("ann", PASSWORD).send().await.expect("asked");
    let right = world.answer(Name::SoftwareTokenMfa, asked.session().expect("a session"));
    let right = right.challenge_responses("SOFTWARE_TOKEN_MFA_CODE", world.app_code(&secret));
    right.send().await.expect("signed in");
}

/// cog-0306.
#[tokio::test]
async fn whoever_must_have_a_factor_sets_one_up_on_the_way() {
    let world = SignIn::new().await;
    let sdk = &world.house.sdk;
    world.set_mfa(UserPoolMfaType::On).send().await.expect("set");
    let asked = world.by_password("ann", PASSWORD).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::MfaSetup));
    let parameters = asked.challenge_parameters().expect("parameters");
    assert_eq!(parameters["MFAS_CAN_SETUP"], r#"["SOFTWARE_TOKEN_MFA"]"#);
    let session = asked.session().expect("a session");
    let too_early = "The user has not set up an MFA type.";
    refused!(world.answer(Name::MfaSetup, session), is_invalid_parameter_exception, too_early);
    for made_up in ["a session that nobody was given", "x.a-client-that-is-none"] {
        let call = sdk.associate_software_token().session(made_up);
        refused!(call, is_not_authorized_exception, "Invalid session for the user.");
    }
    let associated = sdk.associate_software_token().session(session).send().await.expect("associated");
    let (secret, session) =
        (associated.secret_code.expect("a secret"), associated.session.expect("a session"));
    let verify = |code: String| sdk.verify_software_token().session(&session).user_code(code);
    refused!(verify("000000".into()), is_enable_software_token_mfa_exception, "Code mismatch");
    let verified = verify(world.app_code(&secret)).send().await.expect("verified");
    assert_eq!(verified.status, Some(VerifySoftwareTokenResponseType::Success));
    let session = verified.session.expect("a session");
    let done = world.answer(Name::MfaSetup, &session).send().await.expect("signed in");
    assert!(done.authentication_result.is_some());
    let again = world.by_password("ann", PASSWORD).send().await.expect("asked");
    assert_eq!(again.challenge_name(), Some(&Name::SoftwareTokenMfa));
    assert_eq!(world.told().await.0, ["SOFTWARE_TOKEN_MFA"]);
}

/// cog-0208, cog-0262, cog-0354.
#[tokio::test]
async fn codes_by_sms_and_mail_and_the_choice_between_them() {
    let world = SignIn::new().await;
    let sdk = &world.house.sdk;
    let email = EmailMfaConfigType::builder().subject("sign in").message("mail {####}").build();
    let set = world.set_mfa(UserPoolMfaType::On).sms_mfa_configuration(sms()).email_mfa_configuration(email);
    set.send().await.expect("set");
    let update = sdk.admin_update_user_attributes().user_pool_id(&world.place.pool).username("ann");
    update.user_attributes(attribute("phone_number", "+15555550108")).send().await.expect("changed");
    let asked = world.by_password("ann", PASSWORD).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::SelectMfaType));
    let parameters = asked.challenge_parameters().expect("parameters");
    assert_eq!(parameters["MFAS_CAN_CHOOSE"], r#"["SMS_MFA","EMAIL_OTP"]"#);
    let choose = world.answer(Name::SelectMfaType, asked.session().expect("a session"));
    let none = choose.clone().challenge_responses("ANSWER", "SOFTWARE_TOKEN_MFA");
    refused!(none, is_invalid_parameter_exception, "Invalid parameter ANSWER");
    let asked = choose.challenge_responses("ANSWER", "SMS_MFA").send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::SmsMfa));
    let parameters = asked.challenge_parameters().expect("parameters");
    assert_eq!(parameters["CODE_DELIVERY_DELIVERY_MEDIUM"], "SMS");
    assert_eq!(parameters["CODE_DELIVERY_DESTINATION"], "+********0108");
    let code = world.house.code_of("ann");
    assert_eq!(code.len(), 6);
    let answer = world.answer(Name::SmsMfa, asked.session().expect("a session"));
    let wrong = answer.clone().challenge_responses("SMS_MFA_CODE", "none");
    refused!(wrong, is_code_mismatch_exception, "Invalid code or auth state for the user.");
    answer.challenge_responses("SMS_MFA_CODE", code).send().await.expect("signed in");
    let (_, verified) = world.house.user(&world.place.pool, "ann", "phone_number_verified").await;
    assert_eq!(verified.as_deref(), Some("true"));

    let prefer = sdk.admin_set_user_mfa_preference().user_pool_id(&world.place.pool).username("ann");
    let by_mail = EmailMfaSettingsType::builder().enabled(true).preferred_mfa(true).build();
    let by_sms = SmsMfaSettingsType::builder().enabled(true).build();
    prefer.email_mfa_settings(by_mail).sms_mfa_settings(by_sms).send().await.expect("preferred");
    let (active, preferred, by_options) = world.told().await;
    assert_eq!((active.len(), preferred.as_deref(), by_options), (2, Some("EMAIL_OTP"), true));
    let asked = world.by_password("ann", PASSWORD).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::EmailOtp));
    let answer = world.answer(Name::EmailOtp, asked.session().expect("a session"));
    let late = answer.clone().challenge_responses("EMAIL_OTP_CODE", world.house.code_of("ann"));
    world.house.app.clock.advance(Duration::from_secs(180));
    let expired = "Invalid session for the user, session is expired.";
    refused!(late, is_not_authorized_exception, expired);
    let asked = world.by_password("ann", PASSWORD).send().await.expect("asked");
    let answer = world.answer(Name::EmailOtp, asked.session().expect("a session"));
    answer.challenge_responses("EMAIL_OTP_CODE", world.house.code_of("ann")).send().await.expect("signed in");
    let inbox = world.house.app.inbox.as_ref().expect("an inbox").messages(&Default::default());
    let said: Vec<_> =
        inbox.iter().map(|message| (message.subject.as_deref(), message.body.clone())).collect();
    assert!(said.iter().any(|(subject, body)| *subject == Some("sign in") && body.starts_with("mail ")));
    assert!(said.iter().any(|(subject, body)| subject.is_none() && body.starts_with("sms ")));
}

#[tokio::test]
async fn a_new_password_comes_before_the_second_factor() {
    let world = SignIn::new().await;
    world.set_mfa(UserPoolMfaType::On).send().await.expect("set");
    let reset = world.house.sdk.admin_set_user_password().user_pool_id(&world.place.pool).username("ann");
    reset.password("Temp0rary!").send().await.expect("reset");
    let asked = world.by_password("ann", "Temp0rary!").send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::NewPasswordRequired));
    let answer = world.answer(Name::NewPasswordRequired, asked.session().expect("a session"));
    let asked = answer.challenge_responses("NEW_PASSWORD", PASSWORD).send().await.expect("asked"); // cog-0189
    assert_eq!(asked.challenge_name(), Some(&Name::MfaSetup));
}

#[tokio::test]
async fn what_a_pool_says_is_kept_and_told() {
    let world = SignIn::new().await;
    let sdk = &world.house.sdk;
    let get = || sdk.get_user_pool_mfa_config().user_pool_id(&world.place.pool);
    let told = get().send().await.expect("told");
    assert_eq!(told.mfa_configuration(), Some(&UserPoolMfaType::Off));
    assert!(told.software_token_mfa_configuration.is_none() && told.sms_mfa_configuration.is_none());
    let bare = sdk.set_user_pool_mfa_config().user_pool_id(&world.place.pool);
    let nothing =
        "Invalid MFA Configuration given. SMS MFA, Email MFA, or Software Token MFA must be enabled.";
    refused!(bare.clone().mfa_configuration(UserPoolMfaType::On), is_invalid_parameter_exception, nothing);
    let off = bare.clone().mfa_configuration(UserPoolMfaType::Off).sms_mfa_configuration(sms());
    let both = "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.";
    refused!(off, is_invalid_parameter_exception, both);
    let email = EmailMfaConfigType::builder().message("mail {####}").build();
    let set = world.set_mfa(UserPoolMfaType::Optional).sms_mfa_configuration(sms());
    let set = set.email_mfa_configuration(email.clone()).send().await.expect("set");
    // UpdateUserPool knows nothing of authenticator apps and mail, and takes neither away.
    let update = sdk.update_user_pool().user_pool_id(&world.place.pool);
    update.mfa_configuration(UserPoolMfaType::On).send().await.expect("updated");
    let told = get().send().await.expect("told");
    assert_eq!(told.mfa_configuration(), Some(&UserPoolMfaType::On));
    assert_eq!(told.software_token_mfa_configuration(), set.software_token_mfa_configuration());
    assert_eq!(told.email_mfa_configuration(), Some(&email));
    assert_eq!(set.sms_mfa_configuration(), Some(&sms()));
    let kept = bare.send().await.expect("nothing was said, and nothing changes");
    assert_eq!(kept.mfa_configuration(), Some(&UserPoolMfaType::On));
    assert_eq!(kept.email_mfa_configuration(), Some(&email));
    world.set_mfa(UserPoolMfaType::Off).send().await.expect("turned off");
    assert!(get().send().await.expect("told").email_mfa_configuration.is_none());
    world.access_token().await;
}

#[tokio::test]
async fn the_older_settings_know_sms_alone() {
    let world = SignIn::new().await;
    let sdk = &world.house.sdk;
    world.set_mfa(UserPoolMfaType::Optional).sms_mfa_configuration(sms()).send().await.expect("set");
    let option =
        MfaOptionType::builder().delivery_medium(DeliveryMediumType::Sms).attribute_name("phone_number");
    let set = sdk.set_user_settings().access_token(world.access_token().await).mfa_options(option.build());
    let no_phone = "User does not have delivery config set to turn on SMS_MFA";
    refused!(set, is_invalid_parameter_exception, no_phone);
    let admin = || sdk.admin_set_user_settings().user_pool_id(&world.place.pool).username("ann");
    let update = sdk.admin_update_user_attributes().user_pool_id(&world.place.pool).username("ann");
    update.user_attributes(attribute("phone_number", "+15555550108")).send().await.expect("changed");
    let token = world.access_token().await;
    let option =
        MfaOptionType::builder().delivery_medium(DeliveryMediumType::Sms).attribute_name("phone_number");
    admin().mfa_options(option.build()).send().await.expect("turned on");
    let told = sdk.get_user().access_token(&token).send().await.expect("told");
    assert_eq!(told.user_mfa_setting_list(), ["SMS_MFA"]);
    assert_eq!(told.mfa_options().len(), 1);
    let asked = world.by_password("ann", PASSWORD).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::SmsMfa));
    admin().set_mfa_options(Some(Vec::new())).send().await.expect("turned off");
    world.access_token().await;
    let nobody = sdk.admin_set_user_settings().user_pool_id(&world.place.pool).username("nobody");
    let nobody = nobody.set_mfa_options(Some(Vec::new()));
    refused!(nobody, is_user_not_found_exception, "User does not exist.");
}
