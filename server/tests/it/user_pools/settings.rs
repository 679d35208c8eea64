//! Requests for user pools that together have every member of the input.

use serde_json::{Value, json};

use crate::support::documents::merge;

pub(super) const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";
pub(super) const ROLE: &str = "arn:aws:iam::000000000000:role/sms";

/// Returns a request with every member except those of [`second`].
pub(super) fn first() -> Value {
    let versioned = json!({"LambdaVersion": "V1_0", "LambdaArn": FUNCTION});
    json!({
        "PoolName": "all of it",
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 9, "RequireUppercase": true, "RequireLowercase": false, "RequireNumbers": true,
                "RequireSymbols": false, "PasswordHistorySize": 3, "TemporaryPasswordValidityDays": 5,
            },
            "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]},
        },
        "DeletionProtection": "ACTIVE",
        "LambdaConfig": {
            "PreSignUp": FUNCTION, "CustomMessage": FUNCTION, "PostConfirmation": FUNCTION,
            "PreAuthentication": FUNCTION, "PostAuthentication": FUNCTION, "DefineAuthChallenge": FUNCTION,
            "CreateAuthChallenge": FUNCTION, "VerifyAuthChallengeResponse": FUNCTION,
            "PreTokenGeneration": FUNCTION, "UserMigration": FUNCTION,
            "PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": FUNCTION},
            "CustomSMSSender": versioned, "CustomEmailSender": versioned, "InboundFederation": versioned,
            "KMSKeyID": "arn:aws:kms:us-east-1:000000000000:key/k",
        },
        "AutoVerifiedAttributes": ["email", "phone_number"],
        "AliasAttributes": ["preferred_username", "email"],
        "SmsVerificationMessage": "sms {####}",
        "VerificationMessageTemplate": {
            "SmsMessage": "sms {####}",
            "EmailMessageByLink": "follow {##this##}", "EmailSubjectByLink": "link",
            "DefaultEmailOption": "CONFIRM_WITH_LINK",
        },
        "SmsAuthenticationMessage": "mfa {####}",
        "MfaConfiguration": "OPTIONAL",
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
        "DeviceConfiguration": {"ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": false},
        "EmailConfiguration": {
            "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/a@example.com",
            "ReplyToEmailAddress": "b@example.com", "EmailSendingAccount": "DEVELOPER",
            "From": "A <a@example.com>", "ConfigurationSet": "set",
        },
        "SmsConfiguration": {"SnsCallerArn": ROLE, "ExternalId": "x", "SnsRegion": "us-east-1"},
        "UserPoolTags": {"stage": "test"},
        "AdminCreateUserConfig": {
            "AllowAdminCreateUserOnly": true,
            "InviteMessageTemplate": {
                "SMSMessage": "{username} {####}", "EmailMessage": "{username}, {####}", "EmailSubject": "welcome",
            },
        },
        "UserPoolAddOns": {
            "AdvancedSecurityMode": "AUDIT", "AdvancedSecurityAdditionalFlows": {"CustomAuthMode": "ENFORCED"},
        },
        "DcrConfiguration": {
            "EnableStatus": "Enabled", "OpenDcrEnabled": true, "AuthenticatedGrantTypes": ["code"],
            "OpenDcrGrantTypes": ["code"], "AllowedScopes": ["openid"],
        },
        "AccountRecoverySetting": {
            "RecoveryMechanisms": [
                {"Priority": 2, "Name": "verified_email"}, {"Priority": 1, "Name": "verified_phone_number"},
            ],
        },
        "UserPoolTier": "PLUS",
        "KeyConfiguration": {
            "KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": "arn:aws:kms:us-east-1:000000000000:key/k",
        },
        "IssuerConfiguration": {"Type": "UPDATED"},
        "AcrConfiguration": {"Level2": {"AcrValue": "urn:example:two"}},
    })
}

/// Returns a request with the members that cannot be combined with those of [`first`].
pub(super) fn second() -> Value {
    json!({
        "PoolName": "the rest",
        "UsernameAttributes": ["phone_number", "email"],
        "UsernameConfiguration": {"CaseSensitive": false},
        "SmsConfiguration": {
            "EumsSms": {
                "CallerArn": ROLE, "ExternalId": "x", "OriginationIdentity": "+15550100",
                "ConfigurationSetName": "set", "InEntityId": "entity", "InTemplateId": "template",
                "Region": "us-east-1",
            },
        },
        "AdminCreateUserConfig": {"UnusedAccountValidityDays": 30},
        "EmailVerificationMessage": "mail {####}",
        "EmailVerificationSubject": "subject",
        "VerificationMessageTemplate": {"EmailMessage": "mail {####}", "EmailSubject": "subject"},
    })
}

/// Returns a schema with a changed standard attribute, a custom and a developer attribute.
pub(super) fn schema() -> Value {
    json!([
        {
            "Name": "email", "AttributeDataType": "String", "DeveloperOnlyAttribute": false, "Mutable": true,
            "Required": true, "StringAttributeConstraints": {"MinLength": "3", "MaxLength": "99"},
        },
        {
            "Name": "size", "AttributeDataType": "Number", "DeveloperOnlyAttribute": false, "Mutable": false,
            "Required": false, "NumberAttributeConstraints": {"MinValue": "-1", "MaxValue": "9"},
        },
        {"Name": "shy", "AttributeDataType": "Boolean", "DeveloperOnlyAttribute": true, "Mutable": true},
    ])
}

/// Returns a request's members as the output has them: `PoolName` is `Name`, and `Schema` is left out because the output
/// merges it with the standard attributes.
pub(super) fn as_described(sent: &Value) -> Value {
    merge(sent, &json!({"PoolName": null, "Name": sent["PoolName"], "Schema": null}))
}
