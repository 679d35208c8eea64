//! User pools: made, described, listed, protected and deleted; every setting kept and given back.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{
    AccountRecoverySettingType, AliasAttributeType, AttributeDataType, AuthFactorType,
    DefaultEmailOptionType, DeletionProtectionType, EmailSendingAccountType, LambdaConfigType,
    NumberAttributeConstraintsType, PasswordPolicyType, RecoveryOptionNameType, RecoveryOptionType,
    SchemaAttributeType, SignInPolicyType, SmsConfigurationType, StringAttributeConstraintsType,
    UserPoolMfaType, UserPoolPolicyType, UserPoolTierType, UserPoolType, UsernameAttributeType,
    UsernameConfigurationType, VerificationMessageTemplateType, VerifiedAttributeType,
};

use crate::support::{House, id_of, refused};

async fn described(house: &House, id: &str) -> UserPoolType {
    let described = house.sdk.describe_user_pool().user_pool_id(id).send().await;
    described.expect("described").user_pool.expect("told")
}

#[tokio::test]
async fn a_pool_has_the_services_defaults() {
    let house = House::new().await;
    let made = house.sdk.create_user_pool().pool_name("my pool").send().await.expect("a pool");
    let id = id_of(made.user_pool());
    let (region, name) = id.split_once('_').expect("two parts");
    assert_eq!((region, name.len()), ("us-east-1", 9));
    let pool = described(&house, &id).await;
    assert_eq!(made.user_pool(), Some(&pool), "what was made is what is described");

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
    let some = (schema.len(), schema[0], schema[10], schema[17]);
    assert_eq!(some, (21, "sub", "email", "phone_number_verified"));
    let sub = &pool.schema_attributes()[0];
    assert_eq!((sub.mutable(), sub.required()), (Some(false), Some(true)));
    let bounds = StringAttributeConstraintsType::builder().min_length("1").max_length("2048").build();
    assert_eq!(sub.string_attribute_constraints(), Some(&bounds));
}

#[tokio::test]
async fn every_setting_is_given_back() {
    let house = House::new().await;
    let size = SchemaAttributeType::builder()
        .name("size")
        .attribute_data_type(AttributeDataType::Number)
        .number_attribute_constraints(NumberAttributeConstraintsType::builder().max_value("9").build())
        .build();
    let recovery = RecoveryOptionType::builder().name(RecoveryOptionNameType::VerifiedEmail).priority(1);
    let recovery =
        AccountRecoverySettingType::builder().recovery_mechanisms(recovery.build().expect("whole"));
    let policy = PasswordPolicyType::builder().minimum_length(12).require_numbers(true).build();
    let function = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let template = VerificationMessageTemplateType::builder().sms_message("sms {####}").build();
    let made = house
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
            UsernameConfigurationType::builder().case_sensitive(false).build().expect("whole"),
        )
        .account_recovery_setting(recovery.build())
        .user_pool_tier(UserPoolTierType::Plus)
        .send()
        .await
        .expect("a pool");
    let pool = described(&house, &id_of(made.user_pool())).await;
    assert_eq!(made.user_pool(), Some(&pool));
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
async fn settings_that_contradict_are_refused() {
    let house = House::new().await;
    let create = || house.sdk.create_user_pool().pool_name("p");
    let both = create().alias_attributes(AliasAttributeType::Email);
    let both = both.username_attributes(UsernameAttributeType::Email);
    let text = "Only one of the aliasAttributes or usernameAttributes can be set in a User pool.";
    refused!(both, is_invalid_parameter_exception, text);
    let required = SchemaAttributeType::builder().name("size").required(true).build();
    let text = "Required custom attributes are not supported currently.";
    refused!(create().schema(required), is_invalid_parameter_exception, text);
    let factors = SignInPolicyType::builder()
        .allowed_first_auth_factors(AuthFactorType::Password)
        .allowed_first_auth_factors(AuthFactorType::EmailOtp)
        .build();
    let lite = create().policies(UserPoolPolicyType::builder().sign_in_policy(factors).build());
    let lite = lite.user_pool_tier(UserPoolTierType::Lite);
    let text = "The following features need to be disabled for the LITE pricing tier configured: Passwordless Sign-In";
    refused!(lite, is_feature_unavailable_in_tier_exception, text);
}

#[tokio::test]
async fn users_are_counted() {
    let house = House::new().await;
    let place = house.place().await;
    for username in ["ann", "bob"] {
        house.sign_up(&place.client, username, "one@example.com").await;
    }
    assert_eq!(described(&house, &place.pool).await.estimated_number_of_users(), 2);
}

#[tokio::test]
async fn a_deleted_pool_is_gone_with_all_that_was_in_it() {
    let house = House::new().await;
    let place = house.place().await;
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    let delete = || house.sdk.delete_user_pool().user_pool_id(&place.pool);
    delete().send().await.expect("deleted");
    let text = format!("User pool {} does not exist.", place.pool);
    refused!(delete(), is_resource_not_found_exception, text.as_str());
    let describe = house.sdk.describe_user_pool().user_pool_id(&place.pool);
    refused!(describe, is_resource_not_found_exception, text.as_str());
    let sign_up = house.sdk.sign_up().client_id(&place.client).username("bob").password("Passw0rd!");
    let text = format!("User pool client {} does not exist.", place.client);
    refused!(sign_up, is_resource_not_found_exception, text.as_str());
}

#[tokio::test]
async fn a_protected_pool_stays() {
    let house = House::new().await;
    let create =
        house.sdk.create_user_pool().pool_name("p").deletion_protection(DeletionProtectionType::Active);
    let id = id_of(create.send().await.expect("a pool").user_pool());
    let delete = house.sdk.delete_user_pool().user_pool_id(&id);
    let text = "The user pool cannot be deleted because deletion protection is activated. \
                Deletion protection must be inactivated first.";
    refused!(delete, is_invalid_parameter_exception, text);
    described(&house, &id).await;
}

#[tokio::test]
async fn pools_are_listed_page_by_page() {
    let house = House::new().await;
    let mut made = Vec::new();
    for number in 0..5 {
        let pool = house.sdk.create_user_pool().pool_name(format!("pool {number}")).send().await;
        made.push(id_of(pool.expect("a pool").user_pool()));
        house.app.clock.advance(Duration::from_secs(1));
    }
    made.sort();
    let (mut listed, mut token, mut pages) = (Vec::new(), None, 0);
    loop {
        let page =
            house.sdk.list_user_pools().max_results(2).set_next_token(token).send().await.expect("a page");
        listed.extend(page.user_pools().iter().map(|pool| pool.id().expect("an id").to_owned()));
        pages += 1;
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!((listed, pages), (made, 3));
    for garbage in ["garbage", "MSBjbGllbnRzIHg", "%"] {
        let call = house.sdk.list_user_pools().max_results(2).next_token(garbage);
        refused!(call, is_invalid_parameter_exception, "Invalid pagination token.");
    }
    let call = house.sdk.list_user_pools().max_results(61);
    let text = "1 validation error detected: Value '61' at 'maxResults' failed to satisfy constraint: \
                Member must have value less than or equal to 60";
    refused!(call, is_invalid_parameter_exception, text);
}
