//! Contradictory settings of user pools, refused by CreateUserPool and by UpdateUserPool.

use serde_json::{Value, json};

use super::{
    create, describe,
    settings::{FUNCTION, ROLE},
};
use crate::support::{
    TestServer,
    documents::{call, merge},
};

/// api-0082, api-0083, api-0085.
#[tokio::test]
async fn contradictory_settings_are_refused_at_creation_and_update() {
    const INVALID: &str = "InvalidParameterException";
    const TIER: &str = "FeatureUnavailableInTierException";
    let server = TestServer::new().await;
    let recovery = |names: [(u8, &str); 2]| {
        let list = names.map(|(priority, name)| json!({"Priority": priority, "Name": name}));
        json!({"AccountRecoverySetting": {"RecoveryMechanisms": list}})
    };
    let invitation =
        |text: &str| json!({"AdminCreateUserConfig": {"InviteMessageTemplate": {"SMSMessage": text}}});
    let one = |attribute: Value| json!({"Schema": [attribute]});
    let many: serde_json::Map<_, _> = (0..51).map(|n| (format!("k{n}"), json!("v"))).collect();
    let cases = [
        (
            json!({"AliasAttributes": ["email"], "UsernameAttributes": ["email"]}),
            INVALID,
            "Only one of the aliasAttributes or usernameAttributes can be set in a User pool.",
        ),
        (
            json!({"MfaConfiguration": "ON"}),
            INVALID,
            "SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
        ),
        (
            json!({"SmsConfiguration": {"SnsCallerArn": ROLE, "EumsSms": {"CallerArn": ROLE}}}),
            INVALID,
            "SmsConfiguration can have either SnsCallerArn or EumsSms, but not both.",
        ),
        (
            json!({"SmsConfiguration": {"EumsSms": {"CallerArn": ROLE, "Region": "eu-west-1"}}}),
            INVALID,
            "The Region of EumsSms must be the Region of the user pool.",
        ),
        (
            json!({"EmailConfiguration": {"EmailSendingAccount": "DEVELOPER"}}),
            INVALID,
            "Source ARN is required to use DEVELOPER email sending owner",
        ),
        (
            json!({"UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]}}),
            INVALID,
            "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes",
        ),
        (
            recovery([(1, "admin_only"), (2, "verified_email")]),
            INVALID,
            "Account Recovery Setting cannot use admin_only setting with any other recovery mechanisms.",
        ),
        (
            recovery([(1, "verified_phone_number"), (1, "verified_email")]),
            INVALID,
            "Invalid account recovery setting parameter. \
             Account Recovery Setting cannot have duplicate priorities or recovery mechanisms.",
        ),
        (
            json!({
                "Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 7}},
                "AdminCreateUserConfig": {"UnusedAccountValidityDays": 7},
            }),
            INVALID,
            "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays",
        ),
        (
            json!({
                "LambdaConfig": {
                    "PreTokenGeneration": FUNCTION,
                    "PreTokenGenerationConfig": {"LambdaVersion": "V1_0", "LambdaArn": format!("{FUNCTION}2")},
                },
            }),
            INVALID,
            "Cannot use PreTokenGenerationLambda and PreTokenGeneration with different Lambda function ARN's",
        ),
        (
            invitation("come in, {username}"),
            INVALID,
            "The messages of InviteMessageTemplate must contain the placeholder {####}.",
        ),
        (
            json!({"AcrConfiguration": {"Level1": {"AcrValue": "urn:cognito:loa:2"}}}),
            INVALID,
            "Each name in AcrConfiguration must be unique across all four levels.",
        ),
        (
            json!({"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["EMAIL_OTP"]}}}),
            INVALID,
            "Password should be configured as one of the allowed first auth factors.",
        ),
        (
            json!({
                "UserPoolTier": "LITE",
                "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}},
            }),
            TIER,
            "The following features need to be disabled for the LITE pricing tier configured: Passwordless Sign-In",
        ),
        (
            json!({"UserPoolTier": "LITE", "Policies": {"PasswordPolicy": {"PasswordHistorySize": 3}}}),
            TIER,
            "The following features need to be disabled for the LITE pricing tier configured: Password History",
        ),
        (
            json!({"UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}}),
            TIER,
            "The following features need to be disabled for the ESSENTIALS pricing tier configured: \
             Threat Protection",
        ),
        (
            json!({
                "UserPoolTier": "LITE",
                "LambdaConfig": {
                    "PreTokenGenerationConfig": {"LambdaVersion": "V3_0", "LambdaArn": FUNCTION},
                },
            }),
            TIER,
            "The following features need to be disabled for the LITE pricing tier configured: \
             Token Customization with Pre-Token Generation Lambda V3_0",
        ),
        (
            one(json!({"Name": "size", "AttributeDataType": "String", "Required": true})),
            INVALID,
            "Required custom attributes are not supported currently.",
        ),
        (
            one(json!({"Name": "email", "AttributeDataType": "Number"})),
            INVALID,
            "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute email",
        ),
        (
            json!({
                "Schema": [
                    {"Name": "size", "AttributeDataType": "String"}, {"Name": "size", "AttributeDataType": "String"},
                ],
            }),
            INVALID,
            "Duplicate custom attribute names custom:size are not allowed in a user pool schema.",
        ),
        (
            one(json!({
                "Name": "size", "AttributeDataType": "Number",
                "NumberAttributeConstraints": {"MinValue": "2", "MaxValue": "1"},
            })),
            INVALID,
            "Attribute custom:size cannot have a max value smaller than it's min value",
        ),
        (
            one(json!({
                "Name": "size", "AttributeDataType": "String",
                "StringAttributeConstraints": {"MinLength": "2", "MaxLength": "1"},
            })),
            INVALID,
            "Attribute custom:size cannot have a max length shorter than it's min length",
        ),
        (json!({"UserPoolTags": many}), "UserPoolTaggingException", "A user pool can have at most 50 tags."),
    ];
    let pool = create(&server, &json!({"PoolName": "p"})).await;
    for (settings, kind, text) in &cases {
        let refused = Err(((*kind).to_owned(), (*text).to_owned()));
        let sent = merge(settings, &json!({"PoolName": "p"}));
        assert_eq!(call(&server, "CreateUserPool", &sent).await, refused, "{settings}");
        let only_at_creation = ["Schema", "AliasAttributes", "MfaConfiguration"];
        if only_at_creation.iter().any(|name| settings.get(name).is_some()) {
            continue;
        }
        let sent = merge(settings, &json!({"UserPoolId": pool["Id"]}));
        let refused = if settings["UserPoolTier"] == "LITE" {
            Err(("TierChangeNotAllowedException".to_owned(), (*text).to_owned())) // api-0072
        } else {
            refused
        };
        assert_eq!(call(&server, "UpdateUserPool", &sent).await, refused, "{settings}");
    }
    assert_eq!(describe(&server, &pool["Id"]).await, pool, "a refused update changes nothing");

    // Similar settings that are not contradictory.
    let fine = [
        json!({"AutoVerifiedAttributes": ["phone_number"], "SmsConfiguration": {"SnsCallerArn": ROLE}}),
        json!({"MfaConfiguration": "ON", "SmsConfiguration": {"SnsCallerArn": ROLE}}),
        json!({"Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 3}},
               "AdminCreateUserConfig": {"UnusedAccountValidityDays": 0}}),
        merge(
            &invitation("come in, {username}"),
            &json!({"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}}),
        ),
        json!({"UserPoolTier": "LITE"}),
    ];
    for settings in fine {
        create(&server, &merge(&settings, &json!({"PoolName": "p"}))).await;
    }
}
