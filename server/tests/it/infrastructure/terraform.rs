//! Terraform's AWS provider, whose calls Pulumi's makes, too: both are built from `internal/service/cognitoidp` of
//! `hashicorp/terraform-provider-aws` (`user_pool.go`, `user_pool_client.go`, `user_group.go`, `user.go`,
//! `user_in_group.go`; read in versions 4 to 6). The stacks are those of `xtask/clients/terraform/`.
//!
//! A pool is created by CreateUserPool, then by SetUserPoolMfaConfig unless MFA is off and there are no passkeys, and read by
//! DescribeUserPool and GetUserPoolMfaConfig. An update calls SetUserPoolMfaConfig, if something about MFA changes, before
//! UpdateUserPool, which gets every argument as it was read; then AddCustomAttributes for new attributes. Tags have their
//! own operations.

use serde_json::{Value, json};

use super::{FUNCTION, PoolState, ROLE, assert_changed_in_place, assert_told, destroy_pool, members, wait};
use crate::support::{TestServer, documents::merge};

/// The members that the provider repeats in UpdateUserPool.
const POOL_ARGUMENTS: &[&str] = &[
    "AccountRecoverySetting",
    "AdminCreateUserConfig",
    "AutoVerifiedAttributes",
    "DeletionProtection",
    "DeviceConfiguration",
    "EmailConfiguration",
    "EmailVerificationMessage",
    "EmailVerificationSubject",
    "LambdaConfig",
    "MfaConfiguration",
    "Policies",
    "SmsAuthenticationMessage",
    "SmsConfiguration",
    "SmsVerificationMessage",
    "UserAttributeUpdateSettings",
    "UserPoolAddOns",
    "UserPoolTier",
    "VerificationMessageTemplate",
];

/// The members of app clients that the provider does not repeat.
const CLIENT_RESULTS: [&str; 6] =
    ["ClientId", "ClientSecret", "ClientType", "CreationDate", "LastModifiedDate", "UserPoolId"];

/// A pool: its arguments, and a change in place.
struct Stack {
    /// The request to CreateUserPool.
    create: Value,
    /// The request to SetUserPoolMfaConfig.
    mfa: Value,
    /// The members that UpdateUserPool changes.
    changes: Value,
    /// The members that SetUserPoolMfaConfig changes; null if nothing about MFA changes.
    mfa_changes: Value,
}

fn bare() -> Stack {
    Stack {
        create: json!({ "PoolName": "bare" }),
        mfa: json!({ "MfaConfiguration": "OFF" }),
        changes: json!({ "DeletionProtection": "ACTIVE" }),
        mfa_changes: Value::Null,
    }
}

fn aliases() -> Stack {
    let recovery = |email: u8, phone: u8| {
        json!({ "RecoveryMechanisms": [
            { "Name": "verified_email", "Priority": email }, { "Name": "verified_phone_number", "Priority": phone },
        ] })
    };
    let policy = |length: u8| {
        json!({
            "PasswordPolicy": {
                "MinimumLength": length, "PasswordHistorySize": 3, "RequireLowercase": true, "RequireNumbers": true,
                "RequireSymbols": false, "RequireUppercase": false, "TemporaryPasswordValidityDays": 5,
            },
            "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD"] },
        })
    };
    let template = |subject: &str| {
        json!({
            "DefaultEmailOption": "CONFIRM_WITH_CODE", "EmailMessage": "Code: {####}", "EmailSubject": subject,
            "SmsMessage": "Code: {####}",
        })
    };
    let devices = |on_prompt: bool| json!({ "ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": on_prompt });
    let add_ons = |mode: &str| json!({ "AdvancedSecurityMode": mode, "AdvancedSecurityAdditionalFlows": { "CustomAuthMode": "AUDIT" } });
    let sms = json!({ "ExternalId": "external", "SnsCallerArn": ROLE, "SnsRegion": "us-east-1" });
    Stack {
        create: json!({
            "PoolName": "aliases",
            "AliasAttributes": ["email", "preferred_username"],
            "AutoVerifiedAttributes": ["email", "phone_number"],
            "DeletionProtection": "INACTIVE",
            "SmsAuthenticationMessage": "Code: {####}",
            "UserPoolTier": "PLUS",
            "UserPoolTags": { "stage": "new" },
            "AccountRecoverySetting": recovery(1, 2),
            "AdminCreateUserConfig": {
                "AllowAdminCreateUserOnly": true,
                "InviteMessageTemplate": {
                    "EmailMessage": "{username}: {####}", "EmailSubject": "Welcome", "SMSMessage": "{username}: {####}",
                },
            },
            "DeviceConfiguration": devices(false),
            "EmailConfiguration": {
                "ConfigurationSet": "set", "EmailSendingAccount": "DEVELOPER", "From": "Shop <shop@example.com>",
                "ReplyToEmailAddress": "help@example.com",
                "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/example.com",
            },
            "LambdaConfig": {
                "CreateAuthChallenge": FUNCTION, "CustomMessage": FUNCTION, "DefineAuthChallenge": FUNCTION,
                "KMSKeyID": "arn:aws:kms:us-east-1:000000000000:key/k", "PostAuthentication": FUNCTION,
                "PostConfirmation": FUNCTION, "PreAuthentication": FUNCTION, "PreSignUp": FUNCTION,
                "UserMigration": FUNCTION, "VerifyAuthChallengeResponse": FUNCTION,
                "CustomEmailSender": { "LambdaArn": FUNCTION, "LambdaVersion": "V1_0" },
                "CustomSMSSender": { "LambdaArn": FUNCTION, "LambdaVersion": "V1_0" },
                "PreTokenGenerationConfig": { "LambdaArn": FUNCTION, "LambdaVersion": "V2_0" },
            },
            "Policies": policy(10),
            "Schema": [
                {
                    "Name": "email", "AttributeDataType": "String", "Mutable": true, "Required": true,
                    "StringAttributeConstraints": { "MinLength": "3", "MaxLength": "99" },
                },
                {
                    "Name": "size", "AttributeDataType": "Number", "DeveloperOnlyAttribute": false, "Mutable": true,
                    "Required": false, "NumberAttributeConstraints": { "MinValue": "1", "MaxValue": "9" },
                },
                {
                    "Name": "note", "AttributeDataType": "String", "Mutable": true, "Required": false,
                    "StringAttributeConstraints": {},
                },
            ],
            "SmsConfiguration": sms,
            "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] },
            "UserPoolAddOns": add_ons("AUDIT"),
            "UsernameConfiguration": { "CaseSensitive": false },
            "VerificationMessageTemplate": template("Code"),
        }),
        mfa: json!({
            "MfaConfiguration": "OPTIONAL",
            "SoftwareTokenMfaConfiguration": { "Enabled": true },
            "EmailMfaConfiguration": { "Message": "Code: {####}", "Subject": "Code" },
            "SmsMfaConfiguration": { "SmsConfiguration": sms, "SmsAuthenticationMessage": "Code: {####}" },
        }),
        changes: json!({
            "AccountRecoverySetting": recovery(2, 1),
            "DeviceConfiguration": devices(true),
            "Policies": policy(12),
            "UserPoolAddOns": add_ons("ENFORCED"),
            "VerificationMessageTemplate": template("Another"),
            "EmailVerificationSubject": "Another",
        }),
        mfa_changes: json!({ "EmailMfaConfiguration": { "Message": "Code: {####}", "Subject": "Another" } }),
    }
}

fn usernames() -> Stack {
    let factors = |factors: &[&str]| json!({ "SignInPolicy": { "AllowedFirstAuthFactors": factors } });
    Stack {
        create: json!({
            "PoolName": "usernames",
            "UsernameAttributes": ["email"],
            "AutoVerifiedAttributes": ["email"],
            "Policies": merge(
                &json!({ "PasswordPolicy": { "MinimumLength": 8 } }),
                &factors(&["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]),
            ),
            "VerificationMessageTemplate": {
                "DefaultEmailOption": "CONFIRM_WITH_LINK", "EmailMessageByLink": "Follow {##this link##}",
                "EmailSubjectByLink": "Confirm",
            },
            "LambdaConfig": {
                "PreTokenGeneration": FUNCTION,
                "PreTokenGenerationConfig": { "LambdaArn": FUNCTION, "LambdaVersion": "V1_0" },
            },
        }),
        mfa: json!({
            "MfaConfiguration": "OFF",
            "WebAuthnConfiguration": { "RelyingPartyId": "example.com", "UserVerification": "preferred" },
        }),
        changes: json!({ "MfaConfiguration": "OPTIONAL" }),
        mfa_changes: json!({
            "MfaConfiguration": "OPTIONAL",
            "SoftwareTokenMfaConfiguration": { "Enabled": true },
            "WebAuthnConfiguration": { "RelyingPartyId": "example.com", "UserVerification": "required" },
        }),
    }
}

/// Calls SetUserPoolMfaConfig as the provider does, which leaves an absent block out.
async fn set_mfa(server: &TestServer, id: &Value, mfa: &Value) {
    server.expect_output("SetUserPoolMfaConfig", &merge(mfa, &json!({ "UserPoolId": id }))).await;
}

/// Returns the arguments about MFA as they were read. SMS is given only while MFA is on, with the pool's configuration.
fn mfa_arguments(state: &PoolState) -> Value {
    let mut mfa = members(
        &state.mfa,
        &[
            "MfaConfiguration",
            "SoftwareTokenMfaConfiguration",
            "EmailMfaConfiguration",
            "WebAuthnConfiguration",
        ],
    );
    if let Some(passkeys) = mfa.get_mut("WebAuthnConfiguration") {
        *passkeys = members(passkeys, &["RelyingPartyId", "UserVerification"]);
    }
    if mfa["MfaConfiguration"] != "OFF" && state.pool.get("SmsConfiguration").is_some() {
        mfa["SmsMfaConfiguration"] = state.members(&["SmsConfiguration", "SmsAuthenticationMessage"]);
    }
    mfa
}

/// Returns the arguments of a pool as they were read. The provider does not know UnusedAccountValidityDays, and leaves out
/// what is empty.
fn pool_arguments(state: &PoolState) -> Value {
    let mut arguments = state.members(POOL_ARGUMENTS);
    let admin = &arguments["AdminCreateUserConfig"];
    arguments["AdminCreateUserConfig"] =
        members(admin, &["AllowAdminCreateUserOnly", "InviteMessageTemplate"]);
    arguments.as_object_mut().expect("an object").retain(|_, value| *value != json!({}));
    arguments
}

async fn update(server: &TestServer, id: &Value, arguments: &Value) {
    wait(server);
    server.expect_output("UpdateUserPool", &merge(arguments, &json!({ "UserPoolId": id }))).await;
}

#[tokio::test]
async fn pool_of_terraform_is_told_as_sent_and_changes_in_place() {
    let server = TestServer::new().await;
    for stack in [bare(), aliases(), usernames()] {
        let created = server.expect_output("CreateUserPool", &stack.create).await;
        let id = &created["UserPool"]["Id"];
        if stack.mfa["MfaConfiguration"] != "OFF" || stack.mfa.get("WebAuthnConfiguration").is_some() {
            set_mfa(&server, id, &stack.mfa).await;
        }
        let read = PoolState::read(&server, id).await;
        assert_told(&stack.create, &read.pool);
        assert_told(&stack.mfa, &read.mfa);
        assert_eq!(PoolState::read(&server, id).await, read, "a plan without changes");

        // Whatever changes, all arguments are given as they were read.
        update(&server, id, &pool_arguments(&read)).await;
        assert_eq!(PoolState::read(&server, id).await, read, "an update with what was read");
        set_mfa(&server, id, &mfa_arguments(&read)).await;
        assert_eq!(PoolState::read(&server, id).await, read, "a configuration of MFA with what was read");

        if !stack.mfa_changes.is_null() {
            set_mfa(&server, id, &merge(&mfa_arguments(&read), &stack.mfa_changes)).await;
        }
        update(&server, id, &merge(&pool_arguments(&read), &stack.changes)).await;
        let changed = PoolState::read(&server, id).await;
        let mirrors = ["AdminCreateUserConfig", "MfaConfiguration"];
        assert_changed_in_place(&read.pool, &stack.changes, &changed.pool, &mirrors);
        if stack.mfa_changes.is_null() {
            assert_eq!(changed.mfa, read.mfa);
        } else {
            assert_changed_in_place(&read.mfa, &stack.mfa_changes, &changed.mfa, &[]);
        }
        update(&server, id, &pool_arguments(&changed)).await;
        assert_eq!(PoolState::read(&server, id).await, changed, "a plan after the change");

        let unprotected = json!({ "DeletionProtection": "INACTIVE" });
        update(&server, id, &merge(&pool_arguments(&changed), &unprotected)).await;
        destroy_pool(&server, id).await;
    }
}

#[tokio::test]
async fn mfa_that_terraform_turns_off_leaves_no_factor() {
    let server = TestServer::new().await;
    let id = json!(server.create_pool_with(json!({})).await);
    let on = json!({ "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": { "Enabled": true } });
    set_mfa(&server, &id, &on).await;
    // The block and the mode are removed from the stack.
    set_mfa(&server, &id, &json!({ "MfaConfiguration": "OFF" })).await;
    let read = PoolState::read(&server, &id).await;
    update(&server, &id, &pool_arguments(&read)).await;
    assert_eq!(PoolState::read(&server, &id).await.mfa, json!({ "MfaConfiguration": "OFF" }));
}

#[tokio::test]
async fn schema_and_tags_of_terraform_grow_by_operations_of_their_own() {
    let server = TestServer::new().await;
    let created = server.expect_output("CreateUserPool", &aliases().create).await["UserPool"].clone();
    let read = PoolState::read(&server, &created["Id"]).await;
    let attribute = json!({
        "Name": "more", "AttributeDataType": "String", "DeveloperOnlyAttribute": false, "Mutable": true, "Required": false,
        "StringAttributeConstraints": { "MinLength": "1", "MaxLength": "5" },
    });
    let add = json!({ "UserPoolId": created["Id"], "CustomAttributes": [attribute] });
    server.expect_output("AddCustomAttributes", &add).await;
    let arn = &created["Arn"];
    let untag = json!({ "ResourceArn": arn, "TagKeys": ["stage"] });
    server.expect_output("UntagResource", &untag).await;
    server.expect_output("TagResource", &json!({ "ResourceArn": arn, "Tags": { "team": "a" } })).await;
    let grown = PoolState::read(&server, &created["Id"]).await;
    let mut schema = grown.pool["SchemaAttributes"].as_array().expect("a list").clone();
    let is_new = |one: &Value| one["Name"] == "custom:more";
    let added: Vec<_> = schema.extract_if(.., |one| is_new(one)).collect();
    assert_eq!(added, [merge(&attribute, &json!({ "Name": "custom:more" }))]);
    assert_eq!(json!(schema), read.pool["SchemaAttributes"]);
    assert_eq!(grown.pool["UserPoolTags"], json!({ "team": "a" }));
    // An update repeats neither.
    update(&server, &created["Id"], &pool_arguments(&grown)).await;
    assert_eq!(PoolState::read(&server, &created["Id"]).await, grown);
}

async fn described_client(server: &TestServer, client: &Value) -> Value {
    let ids = members(client, &["UserPoolId", "ClientId"]);
    server.expect_output("DescribeUserPoolClient", &ids).await["UserPoolClient"].clone()
}

#[tokio::test]
async fn client_of_terraform_is_told_as_sent_and_changes_in_place() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({})).await;
    let rich = json!({
        "ClientName": "web", "GenerateSecret": true, "AccessTokenValidity": 20, "IdTokenValidity": 20,
        "RefreshTokenValidity": 10, "AllowedOAuthFlows": ["code", "implicit"], "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthScopes": ["email", "openid"], "AuthSessionValidity": 5,
        "CallbackURLs": ["http://localhost:3000", "https://example.com/back"],
        "DefaultRedirectURI": "https://example.com/back", "LogoutURLs": ["https://example.com/out"],
        "EnableTokenRevocation": false, "ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH"],
        "PreventUserExistenceErrors": "ENABLED", "ReadAttributes": ["email", "name"],
        "WriteAttributes": ["email", "name"], "SupportedIdentityProviders": ["COGNITO"],
        "EnablePropagateAdditionalUserContextData": true,
        "AnalyticsConfiguration": {
            "ApplicationArn": "arn:aws:mobiletargeting:us-east-1:000000000000:apps/one", "UserDataShared": false,
        },
        "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 10 },
        "TokenValidityUnits": { "AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days" },
    });
    let rich_changes = json!({
        "AccessTokenValidity": 30, "EnableTokenRevocation": true, "PreventUserExistenceErrors": "LEGACY",
        "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 20 },
    });
    let bare = (json!({ "ClientName": "app" }), json!({ "ClientName": "app-renamed" }));
    let legacy = (
        json!({ "ClientName": "legacy", "ExplicitAuthFlows": ["ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH"] }),
        json!({ "ExplicitAuthFlows": ["ADMIN_NO_SRP_AUTH"] }),
    );
    for (arguments, changes) in [bare, (rich, rich_changes), legacy] {
        let create = merge(&arguments, &json!({ "UserPoolId": pool }));
        let created = server.expect_output("CreateUserPoolClient", &create).await["UserPoolClient"].clone();
        assert_told(&merge(&arguments, &json!({ "GenerateSecret": null })), &created);
        let read = described_client(&server, &created).await;
        assert_eq!(read, created, "the lists were sent in their order");

        wait(&server);
        let mut repeated = read.as_object().expect("an object").clone();
        // Units that are empty are none to the provider.
        repeated.retain(|name, value| !CLIENT_RESULTS.contains(&name.as_str()) && *value != json!({}));
        let repeated = merge(&Value::Object(repeated), &members(&read, &["UserPoolId", "ClientId"]));
        let without_time = |client: &Value| merge(client, &json!({ "LastModifiedDate": null }));
        for (changes, about) in [(json!({}), "an update with what was read"), (changes, "a change in place")]
        {
            let request = merge(&repeated, &changes);
            let updated =
                server.expect_output("UpdateUserPoolClient", &request).await["UserPoolClient"].clone();
            let now = described_client(&server, &created).await;
            assert_eq!(now, updated, "{about}");
            assert_eq!(without_time(&now), without_time(&merge(&read, &changes)), "{about}");
        }
        let ids = members(&created, &["UserPoolId", "ClientId"]);
        server.post("DeleteUserPoolClient", &ids).await;
        let (_, error, _) = server.post("DescribeUserPoolClient", &ids).await.refusal();
        assert_eq!(error, "ResourceNotFoundException");
    }
}

#[tokio::test]
async fn group_and_user_of_terraform_are_told_as_sent_and_change_in_place() {
    let server = TestServer::new().await;
    let custom = json!([{ "Name": "size", "AttributeDataType": "Number", "Mutable": true }]);
    let pool = server.create_pool_with(json!({ "Schema": custom })).await;
    let group = |more: Value| merge(&json!({ "UserPoolId": pool, "GroupName": "admins" }), &more);
    let read_group = async || server.expect_output("GetGroup", &group(json!({}))).await["Group"].clone();
    let sent = group(json!({ "Description": "d", "Precedence": 1, "RoleArn": ROLE }));
    server.expect_output("CreateGroup", &sent).await;
    assert_told(&sent, &read_group().await);
    // Only what changes is given; a description that is removed is empty.
    server.expect_output("UpdateGroup", &group(json!({ "Precedence": 2 }))).await;
    assert_told(&merge(&sent, &json!({ "Precedence": 2 })), &read_group().await);
    server.expect_output("UpdateGroup", &group(json!({ "Description": "" }))).await;
    let read = read_group().await;
    assert!(read.get("Description").is_none_or(|text| text == ""), "{read}");
    assert_eq!((&read["Precedence"], &read["RoleArn"]), (&json!(2), &json!(ROLE)));

    let user = |more: Value| merge(&json!({ "UserPoolId": pool, "Username": "ann" }), &more);
    let attribute = |name: &str, value: &str| json!({ "Name": name, "Value": value });
    let attributes = [attribute("email", "ann@example.com"), attribute("custom:size", "3")];
    let create = user(json!({ "MessageAction": "SUPPRESS", "UserAttributes": attributes }));
    server.expect_output("AdminCreateUser", &create).await;
    server.expect_output("AdminDisableUser", &user(json!({}))).await;
    let password = json!({ "Password": "Passw0rd!", "Permanent": true });
    server.expect_output("AdminSetUserPassword", &user(password)).await;
    let read_user = async || server.expect_output("AdminGetUser", &user(json!({}))).await;
    let has = |user: &Value, attribute: &Value| {
        user["UserAttributes"].as_array().expect("a list").contains(attribute)
    };
    let read = read_user().await;
    assert_eq!((&read["Enabled"], &read["UserStatus"]), (&json!(false), &json!("CONFIRMED")));
    assert!(attributes.iter().all(|attribute| has(&read, attribute)), "{read}");
    let update = json!({ "UserAttributes": [attribute("email", "eve@example.com")] });
    server.expect_output("AdminUpdateUserAttributes", &user(update)).await;
    let delete = json!({ "UserAttributeNames": ["custom:size"] });
    server.expect_output("AdminDeleteUserAttributes", &user(delete)).await;
    server.expect_output("AdminEnableUser", &user(json!({}))).await;
    let read = read_user().await;
    assert_eq!(read["Enabled"], true);
    assert!(has(&read, &attribute("email", "eve@example.com")) && !has(&read, &attributes[1]), "{read}");

    let member = user(json!({ "GroupName": "admins" }));
    server.post("AdminAddUserToGroup", &member).await;
    let groups = server.expect_output("AdminListGroupsForUser", &user(json!({}))).await;
    assert_eq!(groups["Groups"][0], read_group().await, "the data source and the resource agree");
    let listed = server.expect_output("ListGroups", &json!({ "UserPoolId": pool })).await;
    assert_eq!(listed["Groups"], groups["Groups"]);
    for (operation, input) in [
        ("AdminRemoveUserFromGroup", &member),
        ("AdminDeleteUser", &user(json!({}))),
        ("DeleteGroup", &group(json!({}))),
    ] {
        assert_eq!(server.post(operation, input).await.status, 200, "{operation}");
    }
    destroy_pool(&server, &json!(pool)).await;
}
