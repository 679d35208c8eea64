//! Amplify Gen 2: the pool of `ampx sandbox`, its seed, and what `referenceAuth` reads of a pool that exists.
//!
//! The properties are those of `AmplifyAuth` (`packages/auth-construct/src/construct.ts` and `defaults.ts` of
//! `aws-amplify/amplify-backend`), through the constructs of [`super::cdk`]; the reads are those of
//! `lambda/reference_auth_initializer.ts`. It also lists identity providers, and reads an identity pool, which Lido does not
//! serve.

use serde_json::{Value, json};

use super::{PoolState, ROLE, assert_told, destroy_pool, members, wait};
use crate::support::{TestServer, documents::merge};

/// Returns the members of the pool that `defineAuth` with sign-in by e-mail, codes and passkeys creates.
fn pool() -> Value {
    json!({
        "PoolName": "amplify",
        "AccountRecoverySetting": { "RecoveryMechanisms": [{ "Name": "verified_email", "Priority": 1 }] },
        "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": false },
        "AutoVerifiedAttributes": ["email"],
        "EmailVerificationMessage": "Code: {####}",
        "EmailVerificationSubject": "Verify your new account",
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 8, "RequireLowercase": true, "RequireNumbers": true, "RequireSymbols": true,
                "RequireUppercase": true,
            },
            "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"] },
        },
        "Schema": [{ "Name": "email", "Mutable": true, "Required": true }],
        "SmsVerificationMessage": "The verification code to your new account is {####}",
        "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] },
        "UsernameAttributes": ["email"],
        "UsernameConfiguration": { "CaseSensitive": false },
        "UserPoolTags": { "amplify:deployment-type": "sandbox" },
        "VerificationMessageTemplate": {
            "DefaultEmailOption": "CONFIRM_WITH_CODE", "EmailMessage": "Code: {####}",
            "EmailSubject": "Verify your new account",
            "SmsMessage": "The verification code to your new account is {####}",
        },
    })
}

/// Returns the members of its app client, except for the pool.
fn client() -> Value {
    json!({
        "ClientName": "web",
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthScopes": ["profile", "phone", "email", "openid", "aws.cognito.signin.user.admin"],
        "CallbackURLs": ["https://example.com"],
        "ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH"],
        "PreventUserExistenceErrors": "ENABLED",
        "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 60 },
        "SupportedIdentityProviders": ["COGNITO"],
    })
}

#[tokio::test]
async fn sandbox_of_amplify_is_told_as_sent_and_deploys_again() {
    let server = TestServer::new().await;
    let created = server.expect_output("CreateUserPool", &pool()).await;
    let id = &created["UserPool"]["Id"];
    let passkeys = json!({
        "UserPoolId": id, "MfaConfiguration": "OFF",
        "WebAuthnConfiguration": { "RelyingPartyId": "localhost", "UserVerification": "preferred" },
    });
    server.expect_output("SetUserPoolMfaConfig", &passkeys).await;
    let web = merge(&client(), &json!({ "UserPoolId": id }));
    let web = server.expect_output("CreateUserPoolClient", &web).await["UserPoolClient"].clone();
    for (precedence, name) in ["admins", "editors"].into_iter().enumerate() {
        let group = json!({ "UserPoolId": id, "GroupName": name, "Precedence": precedence, "RoleArn": ROLE });
        assert_told(&group, &server.expect_output("CreateGroup", &group).await["Group"]);
    }
    let read = PoolState::read(&server, id).await;
    assert_told(&pool(), &read.pool);
    assert_told(&passkeys, &read.mfa);
    assert_told(&client(), &web);

    // Every saved file deploys again: all properties, whether they changed or not.
    wait(&server);
    let fixed = ["Schema", "UsernameAttributes", "UsernameConfiguration"];
    let fixed: Value = fixed.into_iter().map(|name| (name.to_owned(), Value::Null)).collect();
    server
        .expect_output("UpdateUserPool", &merge(&merge(&pool(), &fixed), &json!({ "UserPoolId": id })))
        .await;
    server.expect_output("SetUserPoolMfaConfig", &passkeys).await;
    let ids = members(&web, &["UserPoolId", "ClientId"]);
    server.expect_output("UpdateUserPoolClient", &merge(&client(), &ids)).await;
    assert_eq!(PoolState::read(&server, id).await, read);
    destroy_pool(&server, id).await;
}

/// The package `@aws-amplify/seed` creates users with AdminCreateUser, without a message, and adds them to groups; they
/// then choose their password by signing in.
#[tokio::test]
async fn seed_of_amplify_creates_users_in_groups() {
    let server = TestServer::new().await;
    let created = server.expect_output("CreateUserPool", &pool()).await;
    let id = &created["UserPool"]["Id"];
    let group = json!({ "UserPoolId": id, "GroupName": "admins", "Precedence": 0, "RoleArn": ROLE });
    server.expect_output("CreateGroup", &group).await;
    let user = json!({
        "UserPoolId": id, "Username": "ann@example.com", "TemporaryPassword": "Temp0rary!", "MessageAction": "SUPPRESS",
    });
    let user = server.expect_output("AdminCreateUser", &user).await["User"].clone();
    assert_eq!(user["UserStatus"], "FORCE_CHANGE_PASSWORD");
    let member = json!({ "UserPoolId": id, "Username": "ann@example.com", "GroupName": "admins" });
    assert_eq!(server.post("AdminAddUserToGroup", &member).await.status, 200);
    let list = json!({ "UserPoolId": id, "GroupName": "admins" });
    let listed = server.expect_output("ListUsersInGroup", &list).await;
    assert_eq!(listed["Users"][0]["Username"], user["Username"]);
}

/// What `referenceAuth` derives from its reads: `amplify_outputs.json`.
#[tokio::test]
async fn reference_auth_of_amplify_reads_what_it_needs() {
    let server = TestServer::new().await;
    let created = server.expect_output("CreateUserPool", &pool()).await;
    let id = &created["UserPool"]["Id"];
    let group = json!({ "UserPoolId": id, "GroupName": "admins", "Precedence": 0, "RoleArn": ROLE });
    server.expect_output("CreateGroup", &group).await;
    let web = merge(&client(), &json!({ "UserPoolId": id }));
    let web = server.expect_output("CreateUserPoolClient", &web).await["UserPoolClient"].clone();

    let PoolState { pool, mfa } = PoolState::read(&server, id).await;
    let required = pool["SchemaAttributes"].as_array().expect("a list").iter();
    let required: Vec<_> = required.filter(|one| one["Required"] == true).map(|one| &one["Name"]).collect();
    assert_eq!(required, ["sub", "email"]);
    assert_eq!(pool["UsernameAttributes"], json!(["email"]));
    assert!(pool["Policies"]["PasswordPolicy"]["MinimumLength"].is_number());
    assert!(pool.get("AliasAttributes").is_none(), "it refuses pools with aliases");
    // It takes each block of a factor for a factor, whatever the mode.
    assert_eq!(mfa, json!({ "MfaConfiguration": "OFF" }));
    let groups = server.expect_output("ListGroups", &json!({ "UserPoolId": id })).await;
    assert_eq!(groups["Groups"][0]["RoleArn"], ROLE);
    assert!(groups.get("NextToken").is_none());
    let described =
        server.expect_output("DescribeUserPoolClient", &members(&web, &["UserPoolId", "ClientId"])).await;
    assert!(described["UserPoolClient"].get("ClientSecret").is_none(), "it refuses clients with a secret");
    let providers = server.post("ListIdentityProviders", &json!({ "UserPoolId": id })).await;
    assert_eq!(providers.status, 501, "served now: the page on clients may say that referenceAuth works");
}
