//! User pools: every setting given back and set anew, and every contradiction refused.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    document::{assert_given_back, call, paths_in, paths_of_input, with},
    support::House,
};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";
const ROLE: &str = "arn:aws:iam::000000000000:role/sms";

/// Every member but those that exclude one of these.
fn first() -> Value {
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
        "EmailVerificationMessage": "mail {####}",
        "EmailVerificationSubject": "subject",
        "VerificationMessageTemplate": {
            "SmsMessage": "sms {####}", "EmailMessage": "mail {####}", "EmailSubject": "subject",
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

/// What [`first`] excludes.
fn second() -> Value {
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
    })
}

fn schema() -> Value {
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

async fn create(house: &House, body: &Value) -> Value {
    call(house, "CreateUserPool", body).await.expect("a pool")["UserPool"].clone()
}

async fn describe(house: &House, id: &Value) -> Value {
    let described = call(house, "DescribeUserPool", &json!({"UserPoolId": id})).await;
    described.expect("described")["UserPool"].clone()
}

/// What an answer says of a request: the name has another name there, and the schema lies elsewhere.
fn as_told(sent: &Value) -> Value {
    with(sent, &json!({"PoolName": null, "Name": sent["PoolName"], "Schema": null}))
}

#[tokio::test]
async fn every_setting_is_given_back() {
    let house = House::new().await;
    let (first, second) = (with(&first(), &json!({"Schema": schema()})), second());
    let missed: Vec<_> =
        paths_of_input("CreateUserPool").difference(&paths_in(&[&first, &second])).cloned().collect();
    assert!(missed.is_empty(), "never sent: {missed:?}");
    for sent in [&first, &second] {
        let made = create(&house, sent).await;
        assert_given_back(&as_told(sent), &made, "");
        assert_eq!(describe(&house, &made["Id"]).await, made, "what was made is what is described");
    }
    let made = create(&house, &with(&first, &json!({"PoolName": "again"}))).await;
    let named = |name: &str| {
        let all = made["SchemaAttributes"].as_array().into_iter().flatten();
        all.into_iter().find(|one| one["Name"] == name).cloned().expect("there")
    };
    for (sent, name) in
        schema().as_array().into_iter().flatten().zip(["email", "custom:size", "dev:custom:shy"])
    {
        assert_given_back(&with(sent, &json!({"Name": name})), &named(name), name);
    }
    // What was said of one level leaves the others as they are by default.
    assert_eq!(made["AcrConfiguration"]["Level1"], json!({"AcrValue": "urn:cognito:loa:1"}));
    // The days of a temporary password, said in the old place, are told in both.
    let second = create(&house, &second).await;
    assert_eq!(second["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"], 30);
    let none = json!({"PoolName": "p", "Policies": {"PasswordPolicy": {"PasswordHistorySize": 0}}});
    let told = &create(&house, &none).await["Policies"]["PasswordPolicy"];
    assert!(told["MinimumLength"].is_u64() && told["PasswordHistorySize"].is_null(), "{told}");
}

#[tokio::test]
async fn an_update_sets_everything_anew() {
    let house = House::new().await;
    let plain = create(&house, &json!({"PoolName": "plain"})).await;
    house.app.clock.advance(Duration::from_secs(60));
    let immutable = json!({"AliasAttributes": null, "UserPoolId": plain["Id"]});
    let sent = with(&first(), &immutable);
    let mut missed = paths_of_input("UpdateUserPool");
    for document in [&sent, &second()] {
        missed = missed.difference(&paths_in(&[document])).cloned().collect();
    }
    assert!(missed.is_empty(), "never sent: {missed:?}");
    assert_eq!(call(&house, "UpdateUserPool", &sent).await, Ok(json!({})));
    let told = describe(&house, &plain["Id"]).await;
    assert_given_back(&with(&as_told(&sent), &json!({"UserPoolId": null})), &told, "");
    for same in ["Id", "Arn", "CreationDate", "SchemaAttributes"] {
        assert_eq!(told[same], plain[same], "{same}");
    }
    assert_ne!(told["LastModifiedDate"], plain["LastModifiedDate"]);

    // What an update leaves out goes back to its default; name and tags are kept.
    call(&house, "UpdateUserPool", &json!({"UserPoolId": plain["Id"]})).await.expect("updated");
    let kept = json!({
        "Name": "all of it", "UserPoolTags": {"stage": "test"}, "LastModifiedDate": told["LastModifiedDate"],
    });
    assert_eq!(describe(&house, &plain["Id"]).await, with(&plain, &kept));
}

#[tokio::test]
async fn what_cannot_change_stays() {
    let house = House::new().await;
    let made = create(&house, &with(&second(), &json!({"Schema": schema()}))).await;
    let update = json!({"UserPoolId": made["Id"], "UserPoolTags": {"new": "tag"}});
    call(&house, "UpdateUserPool", &update).await.expect("updated");
    let told = describe(&house, &made["Id"]).await;
    for same in ["UsernameAttributes", "UsernameConfiguration", "SchemaAttributes"] {
        assert_eq!(told[same], made[same], "{same}");
    }
    assert_eq!(told["UserPoolTags"], json!({"new": "tag"}), "tags are replaced");
    // Its users still sign in by the names that they have.
    let client = house.client_in(made["Id"].as_str().expect("an id")).await;
    house.sign_up(&client, "ann@example.com", "ann@example.com").await;
    let again = house.sdk.sign_up().client_id(&client).username("ANN@example.com").password("Passw0rd!");
    let again = again.user_attributes(crate::support::attribute("email", "ANN@example.com"));
    let refused = again.send().await.expect_err("taken").into_service_error();
    assert!(refused.is_username_exists_exception(), "{refused:?}");
}

#[tokio::test]
async fn contradictions_are_refused() {
    const INVALID: &str = "InvalidParameterException";
    const TIER: &str = "FeatureUnavailableInTierException";
    let house = House::new().await;
    let recovery = |names: [(u8, &str); 2]| {
        let list = names.map(|(priority, name)| json!({"Priority": priority, "Name": name}));
        json!({"AccountRecoverySetting": {"RecoveryMechanisms": list}})
    };
    let invitation =
        |text: &str| json!({"AdminCreateUserConfig": {"InviteMessageTemplate": {"EmailMessage": text}}});
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
            "Account Recovery Setting cannot have duplicate priorities or recovery mechanisms.",
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
            one(json!({"Name": "size", "Required": true})),
            INVALID,
            "Required custom attributes are not supported currently.",
        ),
        (
            one(json!({"Name": "email", "AttributeDataType": "Number"})),
            INVALID,
            "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute email",
        ),
        (
            json!({"Schema": [{"Name": "size"}, {"Name": "size"}]}),
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
            one(json!({"Name": "size", "StringAttributeConstraints": {"MinLength": "2", "MaxLength": "1"}})),
            INVALID,
            "Attribute custom:size cannot have a max length shorter than it's min length",
        ),
        (json!({"UserPoolTags": many}), "UserPoolTaggingException", "A user pool can have at most 50 tags."),
    ];
    let pool = create(&house, &json!({"PoolName": "p"})).await;
    for (settings, kind, text) in &cases {
        let refused = Err(((*kind).to_owned(), (*text).to_owned()));
        let sent = with(settings, &json!({"PoolName": "p"}));
        assert_eq!(call(&house, "CreateUserPool", &sent).await, refused, "{settings}");
        let only_at_creation = ["Schema", "AliasAttributes", "MfaConfiguration"];
        if only_at_creation.iter().any(|name| settings.get(name).is_some()) {
            continue;
        }
        let sent = with(settings, &json!({"UserPoolId": pool["Id"]}));
        assert_eq!(call(&house, "UpdateUserPool", &sent).await, refused, "{settings}");
    }
    assert_eq!(describe(&house, &pool["Id"]).await, pool, "a refused update changes nothing");

    // What looks alike and is not refused.
    let fine = [
        json!({"AutoVerifiedAttributes": ["phone_number"]}),
        json!({"MfaConfiguration": "ON", "SmsConfiguration": {"SnsCallerArn": ROLE}}),
        json!({"Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 3}},
               "AdminCreateUserConfig": {"UnusedAccountValidityDays": 0}}),
        with(
            &invitation("come in, {username}"),
            &json!({"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}}),
        ),
        json!({"UserPoolTier": "LITE"}),
    ];
    for settings in fine {
        create(&house, &with(&settings, &json!({"PoolName": "p"}))).await;
    }
}

#[tokio::test]
async fn a_protected_pool_is_deleted_once_it_is_not() {
    let house = House::new().await;
    let made = create(&house, &json!({"PoolName": "p", "DeletionProtection": "ACTIVE"})).await;
    let delete = json!({"UserPoolId": made["Id"]});
    let text = "The user pool cannot be deleted because deletion protection is activated. \
                Deletion protection must be inactivated first.";
    let refused = Err(("InvalidParameterException".to_owned(), text.to_owned()));
    assert_eq!(call(&house, "DeleteUserPool", &delete).await, refused);
    let update = json!({"UserPoolId": made["Id"], "DeletionProtection": "INACTIVE"});
    call(&house, "UpdateUserPool", &update).await.expect("updated");
    call(&house, "DeleteUserPool", &delete).await.expect("deleted");
    let unknown = format!("User pool {} does not exist.", made["Id"].as_str().unwrap_or_default());
    let refused = Err(("ResourceNotFoundException".to_owned(), unknown));
    assert_eq!(call(&house, "UpdateUserPool", &update).await, refused, "cog-0325");
}

#[tokio::test]
async fn custom_attributes_are_added() {
    let house = House::new().await;
    let place = house.place().await;
    let add = |attributes: Value| json!({"UserPoolId": place.pool, "CustomAttributes": attributes});
    let size = json!({
        "Name": "size", "AttributeDataType": "Number", "Mutable": false,
        "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "9"},
    });
    let asked = add(json!([size, {"Name": "sub"}, {"Name": "shy", "DeveloperOnlyAttribute": true}]));
    assert_eq!(call(&house, "AddCustomAttributes", &asked).await, Ok(json!({})));
    let told = describe(&house, &json!(place.pool)).await;
    let attributes = told["SchemaAttributes"].as_array().expect("a list");
    let named = |name: &str| attributes.iter().find(|one| one["Name"] == name).cloned().expect("there");
    assert_given_back(&with(&size, &json!({"Name": "custom:size"})), &named("custom:size"), "");
    assert_eq!(named("custom:sub")["AttributeDataType"], "String");
    assert_eq!(named("dev:custom:shy")["DeveloperOnlyAttribute"], true);
    assert_eq!(named("sub")["Required"], true, "the standard attribute is another");

    // A client that lists nothing may write standard attributes only, as before.
    let sign_up = house.sdk.sign_up().client_id(&place.client).username("ann").password("Passw0rd!");
    let sign_up = sign_up.user_attributes(crate::support::attribute("custom:size", "5"));
    let refused = sign_up.send().await.expect_err("not writable").into_service_error();
    assert_eq!(refused.meta().message(), Some("A client attempted to write unauthorized attribute"));

    let fill: Vec<_> = (0..25).map(|n| json!({"Name": format!("a{n}")})).collect();
    call(&house, "AddCustomAttributes", &add(json!(fill))).await.expect("added");
    let rest: Vec<_> = (0..23).map(|n| json!({"Name": format!("b{n}")})).collect();
    let cases = [
        (json!([{"Name": "size"}]), "custom:size: Existing attribute already has name custom:size."),
        (
            json!([{"Name": "shy", "DeveloperOnlyAttribute": true}]),
            "custom:shy: Existing attribute already has name dev:custom:shy.",
        ),
        (
            json!([{"Name": "new"}, {"Name": "new"}]),
            "Duplicate custom attribute names custom:new are not allowed in a user pool schema.",
        ),
        (
            json!([{"Name": "new", "Required": true}]),
            "Required custom attributes are not supported currently.",
        ),
        (json!(rest), "A user pool can have at most 50 custom attributes."),
    ];
    for (attributes, text) in cases {
        let refused = Err(("InvalidParameterException".to_owned(), text.to_owned()));
        assert_eq!(call(&house, "AddCustomAttributes", &add(attributes)).await, refused);
    }
}
