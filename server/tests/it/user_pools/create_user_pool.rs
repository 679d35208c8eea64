//! CreateUserPool.

use aws_sdk_cognitoidentityprovider::types::{
    AccountRecoverySettingType, AliasAttributeType, AttributeDataType, AuthFactorType,
    DefaultEmailOptionType, DeletionProtectionType, EmailSendingAccountType, LambdaConfigType,
    NumberAttributeConstraintsType, PasswordPolicyType, RecoveryOptionNameType, RecoveryOptionType,
    SchemaAttributeType, SignInPolicyType, SmsConfigurationType, StringAttributeConstraintsType,
    UserPoolMfaType, UserPoolPolicyType, UserPoolTierType, UsernameAttributeType, UsernameConfigurationType,
    VerificationMessageTemplateType, VerifiedAttributeType,
};
use serde_json::json;

use super::{
    create, describe, described,
    settings::{as_described, first, schema, second},
};
use crate::support::{
    TestServer, assert_refused,
    documents::{assert_contains, input_member_paths, member_paths, merge},
    pool_id_of,
};

#[tokio::test]
async fn create_user_pool_with_name_only_has_defaults() {
    let server = TestServer::new().await;
    let created = server.sdk.create_user_pool().pool_name("my pool").send().await.expect("a pool");
    let id = pool_id_of(created.user_pool());
    let (region, name) = id.split_once('_').expect("two parts");
    assert_eq!((region, name.len()), ("us-east-1", 9));
    let pool = described(&server, &id).await;
    assert_eq!(created.user_pool(), Some(&pool), "the output of the creation is what Describe returns");

    assert_eq!(pool.name(), Some("my pool"));
    assert_eq!(
        pool.arn(),
        Some(format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{id}").as_str())
    );
    assert_eq!(pool.creation_date().map(|date| date.secs()), Some(1_795_246_200));
    assert_eq!(pool.last_modified_date(), pool.creation_date());
    assert_eq!(pool.mfa_configuration(), Some(&UserPoolMfaType::Off));
    assert_eq!(pool.deletion_protection(), Some(&DeletionProtectionType::Inactive));
    assert_eq!(pool.user_pool_tier(), Some(&UserPoolTierType::Essentials));
    assert_eq!(pool.estimated_number_of_users(), 0);
    assert_eq!(pool.lambda_config(), Some(&LambdaConfigType::builder().build()));
    assert_eq!(pool.user_pool_tags().map(|tags| tags.len()), Some(0));
    let policies = pool.policies().expect("policies");
    let expected = PasswordPolicyType::builder()
        .minimum_length(8)
        .require_uppercase(true)
        .require_lowercase(true)
        .require_numbers(true)
        .require_symbols(true)
        .temporary_password_validity_days(7)
        .build();
    assert_eq!(policies.password_policy(), Some(&expected));
    let factors = policies.sign_in_policy().map(SignInPolicyType::allowed_first_auth_factors);
    assert_eq!(factors, Some([AuthFactorType::Password].as_slice()));
    let email = pool.email_configuration().and_then(|email| email.email_sending_account());
    assert_eq!(email, Some(&EmailSendingAccountType::CognitoDefault));
    let admin = pool.admin_create_user_config().expect("a configuration");
    assert_eq!((admin.allow_admin_create_user_only(), admin.unused_account_validity_days()), (false, 7));
    let template = pool.verification_message_template().and_then(|template| template.default_email_option());
    assert_eq!(template, Some(&DefaultEmailOptionType::ConfirmWithCode));
    assert_eq!(pool.account_recovery_setting(), None);
    assert_eq!(pool.username_configuration(), None);

    let schema: Vec<_> = pool.schema_attributes().iter().filter_map(SchemaAttributeType::name).collect();
    let some = (schema.len(), schema[0], schema[9], schema[14]);
    assert_eq!(some, (21, "profile", "sub", "email")); // api-0052
    let sub = &pool.schema_attributes()[9];
    assert_eq!((sub.mutable(), sub.required()), (Some(false), Some(true)));
    let bounds = StringAttributeConstraintsType::builder().min_length("1").max_length("2048").build();
    assert_eq!(sub.string_attribute_constraints(), Some(&bounds));
}

#[tokio::test]
async fn create_user_pool_returns_given_settings() {
    let server = TestServer::new().await;
    let size = SchemaAttributeType::builder()
        .name("size")
        .attribute_data_type(AttributeDataType::Number)
        .number_attribute_constraints(NumberAttributeConstraintsType::builder().max_value("9").build())
        .build();
    let recovery = RecoveryOptionType::builder().name(RecoveryOptionNameType::VerifiedEmail).priority(1);
    let recovery =
        AccountRecoverySettingType::builder().recovery_mechanisms(recovery.build().expect("complete"));
    let policy = PasswordPolicyType::builder().minimum_length(12).require_numbers(true).build();
    let function = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let template = VerificationMessageTemplateType::builder().sms_message("sms {####}").build();
    let created = server
        .sdk
        .create_user_pool()
        .pool_name("p")
        .policies(UserPoolPolicyType::builder().password_policy(policy).build())
        .deletion_protection(DeletionProtectionType::Active)
        .lambda_config(LambdaConfigType::builder().pre_sign_up(function).build())
        .auto_verified_attributes(VerifiedAttributeType::Email)
        .alias_attributes(AliasAttributeType::PreferredUsername)
        .alias_attributes(AliasAttributeType::Email)
        .email_verification_subject("subject")
        .verification_message_template(template)
        .mfa_configuration(UserPoolMfaType::Optional)
        .sms_configuration(SmsConfigurationType::builder().sns_caller_arn(function).build())
        .user_pool_tags("stage", "test")
        .schema(size)
        .username_configuration(
            UsernameConfigurationType::builder().case_sensitive(false).build().expect("complete"),
        )
        .account_recovery_setting(recovery.build())
        .user_pool_tier(UserPoolTierType::Plus)
        .send()
        .await
        .expect("a pool");
    let pool = described(&server, &pool_id_of(created.user_pool())).await;
    assert_eq!(created.user_pool(), Some(&pool));
    let policy = pool.policies().and_then(UserPoolPolicyType::password_policy).expect("a policy");
    assert_eq!(
        (policy.minimum_length(), policy.require_numbers, policy.require_symbols),
        (Some(12), true, false)
    );
    assert_eq!(pool.deletion_protection(), Some(&DeletionProtectionType::Active));
    assert_eq!(pool.lambda_config().and_then(LambdaConfigType::pre_sign_up), Some(function));
    let order = [AliasAttributeType::PreferredUsername, AliasAttributeType::Email];
    assert_eq!(pool.alias_attributes(), order, "in the order sent");
    assert_eq!(pool.email_verification_subject(), Some("subject"));
    assert_eq!(pool.sms_verification_message(), Some("sms {####}"));
    let template = pool.verification_message_template().expect("a template");
    assert_eq!((template.email_subject(), template.sms_message()), (Some("subject"), Some("sms {####}")));
    assert_eq!(pool.mfa_configuration(), Some(&UserPoolMfaType::Optional));
    assert_eq!(pool.user_pool_tags().and_then(|tags| tags.get("stage")).map(String::as_str), Some("test"));
    assert_eq!(
        pool.username_configuration().map(|configuration| configuration.case_sensitive()),
        Some(false)
    );
    assert_eq!(pool.account_recovery_setting().map(|setting| setting.recovery_mechanisms().len()), Some(1));
    assert_eq!(pool.user_pool_tier(), Some(&UserPoolTierType::Plus));
    let size = pool.schema_attributes().last().expect("a custom attribute");
    assert_eq!((size.name(), size.mutable()), (Some("custom:size"), Some(true)));
    assert_eq!(size.number_attribute_constraints().and_then(|bounds| bounds.max_value()), Some("9"));
}

#[tokio::test]
async fn create_user_pool_returns_every_member_of_its_input() {
    let server = TestServer::new().await;
    let (first, second) = (merge(&first(), &json!({"Schema": schema()})), second());
    let missed: Vec<_> =
        input_member_paths("CreateUserPool").difference(&member_paths(&[&first, &second])).cloned().collect();
    assert!(missed.is_empty(), "members that no request has: {missed:?}");
    for sent in [&first, &second] {
        let created = create(&server, sent).await;
        assert_contains(&as_described(sent), &created, "");
        assert_eq!(
            describe(&server, &created["Id"]).await,
            created,
            "the output of the creation is what Describe returns"
        );
    }
    let created = create(&server, &merge(&first, &json!({"PoolName": "again"}))).await;
    let named = |name: &str| {
        let all = created["SchemaAttributes"].as_array().into_iter().flatten();
        all.into_iter().find(|one| one["Name"] == name).cloned().expect("present")
    };
    for (sent, name) in
        schema().as_array().into_iter().flatten().zip(["email", "custom:size", "dev:custom:shy"])
    {
        assert_contains(&merge(sent, &json!({"Name": name})), &named(name), name);
    }
    // Levels that the request does not set have their defaults.
    assert_eq!(created["AcrConfiguration"]["Level1"], json!({"AcrValue": "urn:cognito:loa:1"}));
    // UnusedAccountValidityDays, the older member, sets TemporaryPasswordValidityDays too.
    let second = create(&server, &second).await;
    assert_eq!(second["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"], 30);
    let none = json!({"PoolName": "p", "Policies": {"PasswordPolicy": {"PasswordHistorySize": 0}}});
    let output = &create(&server, &none).await["Policies"]["PasswordPolicy"];
    assert!(output["MinimumLength"].is_u64() && output["PasswordHistorySize"].is_null(), "{output}");
}

#[tokio::test]
async fn create_user_pool_with_contradictory_settings_is_refused() {
    let server = TestServer::new().await;
    let create = || server.sdk.create_user_pool().pool_name("p");
    let both = create().alias_attributes(AliasAttributeType::Email);
    let both = both.username_attributes(UsernameAttributeType::Email);
    let text = "Only one of the aliasAttributes or usernameAttributes can be set in a User pool.";
    assert_refused!(both, is_invalid_parameter_exception, text);
    let required = SchemaAttributeType::builder()
        .name("size")
        .attribute_data_type(AttributeDataType::String)
        .required(true)
        .build();
    let text = "Required custom attributes are not supported currently.";
    assert_refused!(create().schema(required), is_invalid_parameter_exception, text);
    let factors = SignInPolicyType::builder()
        .allowed_first_auth_factors(AuthFactorType::Password)
        .allowed_first_auth_factors(AuthFactorType::EmailOtp)
        .build();
    let lite = create().policies(UserPoolPolicyType::builder().sign_in_policy(factors).build());
    let lite = lite.user_pool_tier(UserPoolTierType::Lite);
    let text = "The following features need to be disabled for the LITE pricing tier configured: Passwordless Sign-In";
    assert_refused!(lite, is_feature_unavailable_in_tier_exception, text);
}
