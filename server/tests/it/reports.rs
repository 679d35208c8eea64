//! Requests that Lido once answered differently from the live service, by the facts that are known about them, and requests
//! like them.
//!
//! They are sent over the socket; the rules behind them are tested in the domain's tables.

use serde_json::{Value, json};

use crate::support::{PASSWORD, TestServer, documents::merge};

const INVALID: &str = "InvalidParameterException";

/// Sends requests that are refused with a type and a text.
async fn assert_refusals<const N: usize>(server: &TestServer, rows: [(&str, &str, Value, &str, &str); N]) {
    for (report, operation, input, kind, text) in rows {
        let answer = server.post(operation, &input).await;
        assert_eq!(answer.refusal(), (400, kind.to_owned(), text.to_owned()), "{report} {operation} {input}");
    }
}

fn sms() -> Value {
    json!({ "SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "e" })
}

fn first_factors(names: &[&str]) -> Value {
    json!({ "SignInPolicy": { "AllowedFirstAuthFactors": names } })
}

fn totp() -> Value {
    json!({ "Enabled": true })
}

/// Makes a pool with MFA by authenticator apps.
async fn pool_with_totp(server: &TestServer, settings: Value, mode: &str) -> String {
    let pool = server.create_pool_with(settings).await;
    let config = json!({
        "UserPoolId": pool, "MfaConfiguration": mode, "SoftwareTokenMfaConfiguration": totp(),
    });
    server.expect_output("SetUserPoolMfaConfig", &config).await;
    pool
}

async fn described(server: &TestServer, pool: &str) -> Value {
    server.expect_output("DescribeUserPool", &json!({ "UserPoolId": pool })).await["UserPool"].clone()
}

async fn create_user(server: &TestServer, pool: &str, username: &str, attributes: Value) {
    let user = json!({
        "UserPoolId": pool, "Username": username, "UserAttributes": attributes, "MessageAction": "SUPPRESS",
    });
    server.expect_output("AdminCreateUser", &user).await;
    let password =
        json!({ "UserPoolId": pool, "Username": username, "Password": PASSWORD, "Permanent": true });
    server.expect_output("AdminSetUserPassword", &password).await;
}

/// Makes an app client that signs in by password, and signs a user in.
async fn access_token(server: &TestServer, pool: &str, username: &str) -> String {
    let client =
        server.create_client_with(pool, json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] })).await;
    let sign_in = json!({
        "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": username, "PASSWORD": PASSWORD },
    });
    let answer = server.expect_output("InitiateAuth", &sign_in).await;
    answer["AuthenticationResult"]["AccessToken"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn preferred_username_that_is_taken_is_refused_in_the_words_of_the_service() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({ "AliasAttributes": ["preferred_username", "email"] })).await;
    let name = |value: &str| json!([{ "Name": "preferred_username", "Value": value }]);
    create_user(&server, &pool, "ann", name("cat")).await;
    create_user(&server, &pool, "bob", json!([])).await;
    let token = access_token(&server, &pool, "bob").await;
    let text = "Already found an entry for the provided username.";
    assert_refusals(
        &server,
        [
            (
                "api-0325",
                "UpdateUserAttributes",
                json!({ "AccessToken": token, "UserAttributes": name("cat") }),
                "AliasExistsException",
                text,
            ),
            (
                "api-0325",
                "AdminUpdateUserAttributes",
                json!({ "UserPoolId": pool, "Username": "bob", "UserAttributes": name("cat") }),
                "AliasExistsException",
                text,
            ),
            (
                "api-0326",
                "AdminCreateUser",
                json!({ "UserPoolId": pool, "Username": "eve", "UserAttributes": name("cat") }),
                "UsernameExistsException",
                text,
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn pool_that_needs_an_sms_configuration_is_refused_without_one() {
    let server = TestServer::new().await;
    let create = |settings: Value| merge(&json!({ "PoolName": "p" }), &settings);
    let verifying = json!({ "AutoVerifiedAttributes": ["phone_number"], "SmsConfiguration": sms() });
    let pool = server.create_pool_with(verifying).await;
    let bare = server.create_pool_with(json!({})).await;
    let verification = "SMS configuration is required when phone_number is selected for auto verification";
    let one_time_codes =
        "SMS_OTP can not be configured as AuthFactor as user pool is missing valid SMS configuration";
    let phone = json!({ "AutoVerifiedAttributes": ["phone_number"] });
    let codes = json!({ "Policies": first_factors(&["PASSWORD", "SMS_OTP"]) });
    let update = |pool: &str, settings: &Value| merge(&json!({ "UserPoolId": pool }), settings);
    assert_refusals(
        &server,
        [
            ("api-0056", "CreateUserPool", create(phone.clone()), INVALID, verification),
            ("api-0056", "UpdateUserPool", update(&pool, &phone), INVALID, verification),
            ("api-0066", "CreateUserPool", create(codes.clone()), INVALID, one_time_codes),
            ("api-0066", "UpdateUserPool", update(&bare, &codes), INVALID, one_time_codes),
        ],
    )
    .await;
    assert_eq!(
        described(&server, &pool).await["SmsConfiguration"],
        sms(),
        "a refused update changes nothing"
    );
}

#[tokio::test]
async fn challenge_response_without_session_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let missing = "Missing required parameter Session";
    let response = |challenge: &str, name: &str| {
        json!({
            "ClientId": ids.client, "ChallengeName": challenge,
            "ChallengeResponses": { "USERNAME": "ann", name: "123456" },
        })
    };
    assert_refusals(
        &server,
        [
            (
                "api-0323",
                "RespondToAuthChallenge",
                response("SOFTWARE_TOKEN_MFA", "SOFTWARE_TOKEN_MFA_CODE"),
                INVALID,
                missing,
            ),
            ("api-0323", "RespondToAuthChallenge", response("SMS_MFA", "SMS_MFA_CODE"), INVALID, missing),
            ("api-0323", "RespondToAuthChallenge", response("MFA_SETUP", "ANSWER"), INVALID, missing),
            (
                "api-0323",
                "RespondToAuthChallenge",
                response("NEW_PASSWORD_REQUIRED", "NEW_PASSWORD"),
                INVALID,
                missing,
            ),
            ("api-0323", "RespondToAuthChallenge", response("EMAIL_OTP", "EMAIL_OTP_CODE"), INVALID, missing),
            ("api-0323", "RespondToAuthChallenge", response("SELECT_CHALLENGE", "ANSWER"), INVALID, missing),
        ],
    )
    .await;
}

#[tokio::test]
async fn verify_software_token_with_wrong_code_is_refused() {
    let server = TestServer::new().await;
    let pool = pool_with_totp(&server, json!({}), "OPTIONAL").await;
    create_user(&server, &pool, "ann", json!([])).await;
    let token = access_token(&server, &pool, "ann").await;
    server.expect_output("AssociateSoftwareToken", &json!({ "AccessToken": token })).await;
    // One of two codes is wrong at any instant.
    let mut refused = Vec::new();
    for code in ["000000", "111111"] {
        refused.push(
            server
                .post("VerifySoftwareToken", &json!({ "AccessToken": token, "UserCode": code }))
                .await
                .refusal(),
        );
    }
    let text = "Code mismatch and fail enable Software Token MFA"; // api-0324
    let expected = (400, "EnableSoftwareTokenMFAException".to_owned(), text.to_owned());
    assert!(refused.contains(&expected), "{refused:?}");
}

#[tokio::test]
async fn unused_account_validity_beside_the_newer_member_is_refused() {
    let server = TestServer::new().await;
    let days = json!({ "Policies": { "PasswordPolicy": { "TemporaryPasswordValidityDays": 3 } } });
    let unused = json!({ "AdminCreateUserConfig": { "UnusedAccountValidityDays": 9 } });
    let pool = server.create_pool_with(days.clone()).await;
    let text =
        "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays";
    let update = merge(&json!({ "UserPoolId": pool }), &unused);
    let both = merge(&merge(&json!({ "PoolName": "p" }), &days), &unused);
    assert_refusals(
        &server,
        [
            ("api-0059", "UpdateUserPool", update, INVALID, text),
            ("api-0059", "CreateUserPool", both, INVALID, text),
        ],
    )
    .await;
    let pool = described(&server, &pool).await;
    assert_eq!(pool["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"], 3);
    assert_eq!(
        pool["AdminCreateUserConfig"]["UnusedAccountValidityDays"], 3,
        "the older member mirrors the newer"
    );
}

#[tokio::test]
async fn bare_pool_is_described_as_recorded() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({})).await;
    let pool = described(&server, &pool).await;
    let attributes = pool["SchemaAttributes"].as_array().expect("a list");
    let identities = attributes.iter().find(|one| one["Name"] == "identities").expect("listed");
    assert_eq!(identities["StringAttributeConstraints"], json!({}), "api-0051");
    // api-0044
    assert_eq!(pool["KeyConfiguration"], json!({ "KeyType": "AWS_OWNED_KEY" }));
    assert_eq!(pool["IssuerConfiguration"], json!({ "Type": "ORIGINAL" }));
}

#[tokio::test]
async fn update_user_pool_keeps_policies_and_mfa_and_resets_verified_contacts() {
    let server = TestServer::new().await;
    let settings = json!({
        "AutoVerifiedAttributes": ["email"],
        "Policies": {
            "PasswordPolicy": { "MinimumLength": 11 },
            "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] },
        },
    });
    let pool = pool_with_totp(&server, settings, "OPTIONAL").await;
    let before = described(&server, &pool).await;
    server
        .expect_output("UpdateUserPool", &json!({ "UserPoolId": pool, "DeletionProtection": "ACTIVE" }))
        .await;
    let after = described(&server, &pool).await;
    // api-0092, api-0095, api-0096
    assert_eq!(after["Policies"], before["Policies"]);
    assert_eq!(after["MfaConfiguration"], "OPTIONAL");
    assert_eq!(after.get("AutoVerifiedAttributes"), None);
    // api-0093
    let half = json!({ "UserPoolId": pool, "Policies": { "PasswordPolicy": { "MinimumLength": 9 } } });
    server.expect_output("UpdateUserPool", &half).await;
    let after = described(&server, &pool).await;
    assert_eq!(after["Policies"]["PasswordPolicy"]["MinimumLength"], 9);
    assert_eq!(after["Policies"]["SignInPolicy"], before["Policies"]["SignInPolicy"]);
    assert_eq!(after["DeletionProtection"], "ACTIVE"); // api-0097
}

#[tokio::test]
async fn update_user_pool_that_loses_the_verified_contacts_is_refused_where_updates_wait_for_them() {
    let server = TestServer::new().await;
    let pool = server
        .create_pool_with(json!({
            "AutoVerifiedAttributes": ["email"],
            "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] },
        }))
        .await;
    let update = json!({ "UserPoolId": pool, "DeletionProtection": "ACTIVE" });
    let text =
        "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes";
    assert_refusals(&server, [("api-0098", "UpdateUserPool", update, INVALID, text)]).await;
}

#[tokio::test]
async fn set_user_pool_mfa_config_replaces_everything() {
    let server = TestServer::new().await;
    let pool = pool_with_totp(&server, json!({}), "ON").await;
    let bare = json!({ "UserPoolId": pool });
    let config = json!({ "SoftwareTokenMfaConfiguration": totp(), "MfaConfiguration": "ON" });
    assert_eq!(server.expect_output("GetUserPoolMfaConfig", &bare).await, config);
    let off = json!({ "MfaConfiguration": "OFF" });
    assert_eq!(server.expect_output("SetUserPoolMfaConfig", &bare).await, off, "api-0112");
    assert_eq!(server.expect_output("GetUserPoolMfaConfig", &bare).await, off);
}

#[tokio::test]
async fn set_user_pool_mfa_config_that_contradicts_is_refused() {
    let server = TestServer::new().await;
    let bare = server.create_pool_with(json!({})).await;
    let codes = server
        .create_pool_with(json!({
            "SmsConfiguration": sms(), "Policies": first_factors(&["PASSWORD", "EMAIL_OTP", "SMS_OTP"]),
        }))
        .await;
    let passkeys =
        server.create_pool_with(json!({ "Policies": first_factors(&["PASSWORD", "WEB_AUTHN"]) })).await;
    let config = |pool: &str, mode: &str, members: Value| {
        merge(&json!({ "UserPoolId": pool, "MfaConfiguration": mode }), &members)
    };
    let token = || json!({ "SoftwareTokenMfaConfiguration": totp() });
    let disabled = json!({ "SoftwareTokenMfaConfiguration": { "Enabled": false } });
    assert_refusals(
        &server,
        [
            (
                "api-0113",
                "SetUserPoolMfaConfig",
                config(&bare, "OFF", disabled),
                INVALID,
                "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.",
            ),
            (
                "api-0120",
                "SetUserPoolMfaConfig",
                config(&codes, "ON", token()),
                INVALID,
                "Only PASSWORD and WEB_AUTHN (if configured) can be enabled as an auth factor if MFA is enabled",
            ),
            (
                "api-0122",
                "SetUserPoolMfaConfig",
                config(&passkeys, "ON", token()),
                INVALID,
                "Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required and WebAuthn is an allowed \
                 first auth factor",
            ),
        ],
    )
    .await;
    server.expect_output("SetUserPoolMfaConfig", &config(&codes, "OPTIONAL", token())).await;
    let multi =
        json!({ "WebAuthnConfiguration": { "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION" } });
    server.expect_output("SetUserPoolMfaConfig", &config(&passkeys, "ON", merge(&token(), &multi))).await;
}

#[tokio::test]
async fn custom_attribute_without_type_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({})).await;
    let named = |name: &str| json!([{ "Name": name }]);
    let text = "Invalid AttributeDataType input, consider using the provided AttributeDataType enum.";
    let create = json!({ "PoolName": "p", "Schema": named("size") });
    let add = |name: &str| json!({ "UserPoolId": pool, "CustomAttributes": named(name) });
    assert_refusals(
        &server,
        [
            ("api-0087", "CreateUserPool", create, INVALID, text),
            ("api-0087", "AddCustomAttributes", add("size"), INVALID, text),
            ("api-0087", "AddCustomAttributes", add("email"), INVALID, text),
        ],
    )
    .await;
}

#[tokio::test]
async fn verified_flag_in_schema_becomes_a_custom_attribute() {
    let server = TestServer::new().await;
    let flag = json!([{ "Name": "email_verified", "AttributeDataType": "String" }]);
    let pool = server.create_pool_with(json!({ "Schema": flag })).await;
    let pool = described(&server, &pool).await;
    let types = |name: &str| -> Vec<&Value> {
        let all = pool["SchemaAttributes"].as_array().expect("a list").iter();
        all.filter(|one| one["Name"] == name).map(|one| &one["AttributeDataType"]).collect()
    };
    // api-0088
    assert_eq!(types("custom:email_verified"), ["String"]);
    assert_eq!(types("email_verified"), ["Boolean"]);
}

#[tokio::test]
async fn bare_app_client_answers_only_the_recorded_members() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({})).await;
    let create = json!({ "UserPoolId": pool, "ClientName": "c" });
    let created = server.expect_output("CreateUserPoolClient", &create).await["UserPoolClient"].clone();
    let id = json!({ "UserPoolId": pool, "ClientId": created["ClientId"] });
    let described = server.expect_output("DescribeUserPoolClient", &id).await["UserPoolClient"].clone();
    assert_eq!(created, described);
    let names: Vec<_> = created.as_object().expect("an object").keys().map(String::as_str).collect();
    // api-0128 to api-0131, api-0134; ClientType is newer than the recording.
    let expected = [
        "AllowedOAuthFlowsUserPoolClient",
        "AuthSessionValidity",
        "ClientId",
        "ClientName",
        "ClientType",
        "CreationDate",
        "EnablePropagateAdditionalUserContextData",
        "EnableTokenRevocation",
        "LastModifiedDate",
        "RefreshTokenValidity",
        "TokenValidityUnits",
        "UserPoolId",
    ];
    assert_eq!(names, expected);
    assert_eq!(created["TokenValidityUnits"], json!({}));
}

#[tokio::test]
async fn required_attribute_cannot_be_removed() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({ "Schema": [{ "Name": "email", "Required": true }] })).await;
    create_user(&server, &pool, "ann", json!([{ "Name": "email", "Value": "ann@example.com" }])).await;
    let token = access_token(&server, &pool, "ann").await;
    let text = "user.email: Required attribute cannot be deleted.\n";
    let blank = json!([{ "Name": "email", "Value": "" }]);
    let user = json!({ "UserPoolId": pool, "Username": "ann" });
    assert_refusals(
        &server,
        [
            (
                "api-0327",
                "UpdateUserAttributes",
                json!({ "AccessToken": token, "UserAttributes": blank }),
                INVALID,
                text,
            ),
            (
                "api-0327",
                "AdminUpdateUserAttributes",
                merge(&user, &json!({ "UserAttributes": blank })),
                INVALID,
                text,
            ),
            (
                "api-0327",
                "DeleteUserAttributes",
                json!({ "AccessToken": token, "UserAttributeNames": ["email"] }),
                INVALID,
                text,
            ),
            (
                "api-0327",
                "AdminDeleteUserAttributes",
                merge(&user, &json!({ "UserAttributeNames": ["email"] })),
                INVALID,
                text,
            ),
        ],
    )
    .await;
}
