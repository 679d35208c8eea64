//! AWS CDK: what its constructs send through CloudFormation, and its custom resources by themselves.
//!
//! The properties are those that `aws-cdk-lib/aws-cognito` (`user-pool.ts`, `user-pool-client.ts`, `user-pool-group.ts` of
//! `aws/aws-cdk`) writes into a template. CloudFormation's handler is not public. Its calls are known from deployments: it
//! adds an account recovery that the template does not have (api-0046), makes factors by SetUserPoolMfaConfig after
//! CreateUserPool, repeats all properties in UpdateUserPool, and adds attributes by AddCustomAttributes. The open
//! handler of `go-to-k/cdkd` (`CognitoUserPoolProvider`) makes the same calls in the same order.

use serde_json::{Value, json};

use super::{PoolState, ROLE, assert_told, destroy_pool, members, wait};
use crate::support::{TestServer, documents::merge};

/// The text that the construct sends if the stack has none.
const MESSAGE: &str = "The verification code to your new account is {####}";
const SUBJECT: &str = "Verify your new account";

/// Returns the properties of a `UserPool` with sign-in by e-mail, in the members of the API.
fn properties() -> Value {
    json!({
        "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": false },
        "AutoVerifiedAttributes": ["email"],
        "EmailVerificationMessage": MESSAGE,
        "EmailVerificationSubject": SUBJECT,
        "Policies": { "PasswordPolicy": {
            "MinimumLength": 12, "RequireLowercase": true, "RequireNumbers": true, "RequireSymbols": true,
            "RequireUppercase": true, "TemporaryPasswordValidityDays": 3,
        } },
        "SmsVerificationMessage": MESSAGE,
        "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] },
        "UserPoolTier": "ESSENTIALS",
        "VerificationMessageTemplate": {
            "DefaultEmailOption": "CONFIRM_WITH_CODE", "EmailMessage": MESSAGE, "EmailSubject": SUBJECT,
            "SmsMessage": MESSAGE,
        },
    })
}

/// Returns what CloudFormation adds to a template without account recovery.
fn added_recovery() -> Value {
    json!({ "AccountRecoverySetting": { "RecoveryMechanisms": [
        { "Name": "verified_email", "Priority": 1 }, { "Name": "verified_phone_number", "Priority": 2 },
    ] } })
}

/// api-0046.
#[tokio::test]
async fn pool_of_a_stack_is_told_as_sent_and_does_not_drift() {
    let server = TestServer::new().await;
    let fixed = json!({
        "PoolName": "p", "UsernameAttributes": ["email"], "UsernameConfiguration": { "CaseSensitive": false },
        "Schema": [
            { "Name": "email", "Mutable": true, "Required": true },
            { "Name": "size", "AttributeDataType": "Number", "NumberAttributeConstraints": { "MinValue": "1" } },
        ],
        "UserPoolTags": { "stack": "s" },
    });
    let own = merge(&properties(), &added_recovery());
    let sent = merge(&fixed, &own);
    let id = server.expect_output("CreateUserPool", &sent).await["UserPool"]["Id"].clone();
    let factors = json!({
        "UserPoolId": id, "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": { "Enabled": true },
    });
    server.expect_output("SetUserPoolMfaConfig", &factors).await;
    let read = PoolState::read(&server, &id).await;
    assert_told(&sent, &read.pool);
    assert_told(&factors, &read.mfa);
    assert_eq!(read.pool["MfaConfiguration"], "OPTIONAL");

    // A second deployment repeats all properties, with a change of one that has nothing to do with them.
    wait(&server);
    let ids = json!({ "UserPoolId": id, "UserPoolTags": { "stack": "t" }, "MfaConfiguration": "OPTIONAL" });
    server.expect_output("UpdateUserPool", &merge(&own, &ids)).await;
    server.expect_output("SetUserPoolMfaConfig", &factors).await;
    let again = PoolState::read(&server, &id).await;
    let expected = merge(&read.pool, &json!({ "UserPoolTags": { "stack": "t" } }));
    assert_eq!((&again.pool, &again.mfa), (&expected, &read.mfa));

    let attribute = json!({ "Name": "more", "AttributeDataType": "Boolean" });
    let add = json!({ "UserPoolId": id, "CustomAttributes": [attribute] });
    server.expect_output("AddCustomAttributes", &add).await;
    let grown = PoolState::read(&server, &id).await.pool;
    let names = grown["SchemaAttributes"].as_array().expect("a list").iter().map(|one| &one["Name"]);
    assert_eq!(names.filter(|name| **name == "custom:more" || **name == "custom:size").count(), 2);
    destroy_pool(&server, &id).await;
}

/// The construct's property `userPoolClientSecret` is a custom resource (`AwsCustomResource`) that calls
/// DescribeUserPoolClient and takes `UserPoolClient.ClientSecret`.
#[tokio::test]
async fn custom_resource_reads_the_secret_of_a_client() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({})).await;
    let sent = json!({
        "UserPoolId": pool, "ClientName": "c",
        "AllowedOAuthFlows": ["implicit", "code"],
        "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthScopes": ["profile", "phone", "email", "openid", "aws.cognito.signin.user.admin"],
        "CallbackURLs": ["https://example.com"],
        "EnableTokenRevocation": true,
        "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        "PreventUserExistenceErrors": "ENABLED",
        "SupportedIdentityProviders": ["COGNITO"],
        "GenerateSecret": true,
    });
    let created = server.expect_output("CreateUserPoolClient", &sent).await["UserPoolClient"].clone();
    assert_told(&merge(&sent, &json!({ "GenerateSecret": null })), &created);
    let describe = members(&created, &["UserPoolId", "ClientId"]);
    let described = server.expect_output("DescribeUserPoolClient", &describe).await["UserPoolClient"].clone();
    let secret = described["ClientSecret"].as_str().expect("a secret");
    assert_eq!(created["ClientSecret"], secret);
    // A deployment without a change calls it again, after an update that repeats all properties.
    let update = merge(&merge(&sent, &json!({ "GenerateSecret": null })), &describe);
    server.expect_output("UpdateUserPoolClient", &update).await;
    let again = server.expect_output("DescribeUserPoolClient", &describe).await["UserPoolClient"].clone();
    assert_eq!(again, described, "the clock has not moved");
}

/// Custom resources of before CloudFormation knew these properties turn authenticator apps on after the deployment, and
/// CloudFormation's next update repeats MfaConfiguration without SMS.
#[tokio::test]
async fn custom_resource_turns_factors_on_after_the_deployment() {
    let server = TestServer::new().await;
    let id = json!(server.create_pool_with(properties()).await);
    let set = json!({
        "UserPoolId": id, "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": { "Enabled": true },
    });
    server.expect_output("SetUserPoolMfaConfig", &set).await;
    let read = PoolState::read(&server, &id).await;
    let repeated = merge(&properties(), &json!({ "UserPoolId": id, "MfaConfiguration": "ON" }));
    server.expect_output("UpdateUserPool", &repeated).await;
    assert_eq!(PoolState::read(&server, &id).await, read);
}

#[tokio::test]
async fn group_of_a_stack_keeps_precedence_zero() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({})).await;
    let group = json!({ "UserPoolId": pool, "GroupName": "first", "Precedence": 0, "RoleArn": ROLE });
    assert_told(&group, &server.expect_output("CreateGroup", &group).await["Group"]);
    assert_told(&group, &server.expect_output("UpdateGroup", &group).await["Group"]);
    let get = members(&group, &["UserPoolId", "GroupName"]);
    assert_told(&group, &server.expect_output("GetGroup", &get).await["Group"]);
}
