//! CreateUserPoolClient.

use aws_sdk_cognitoidentityprovider::types::{
    ExplicitAuthFlowsType, OAuthFlowType, PreventUserExistenceErrorTypes, TimeUnitsType,
    TokenValidityUnitsType,
};
use serde_json::json;

use super::{
    as_described, create, describe, described, pool,
    settings::{NOT_TOLD, first, second},
};
use crate::support::{
    TestServer, assert_refused,
    documents::{assert_contains, call, input_member_paths, member_paths, merge},
};

#[tokio::test]
async fn create_user_pool_client_with_name_only_has_defaults() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let client = described(&server, &ids.pool, &ids.client).await;
    assert_eq!(ids.client.len(), 26);
    assert!(ids.client.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
    assert_eq!(client.user_pool_id(), Some(ids.pool.as_str()));
    assert_eq!((client.client_name(), client.client_secret()), (Some("c"), None));
    assert_eq!(client.refresh_token_validity(), 30);
    assert!(client.explicit_auth_flows().is_empty(), "the defaults act and are not answered"); // api-0129
    assert_eq!(client.allowed_o_auth_flows_user_pool_client(), Some(false));
    assert_eq!(client.enable_token_revocation(), Some(true));
    assert_eq!(client.enable_propagate_additional_user_context_data(), Some(false));
    assert_eq!(client.auth_session_validity(), Some(3));
    assert_eq!(client.prevent_user_existence_errors(), None); // api-0130
    assert!(client.read_attributes().is_empty() && client.write_attributes().is_empty());
    assert_eq!(client.creation_date().map(|date| date.secs()), Some(1_795_246_200));
}

/// api-0135, api-0150.
#[tokio::test]
async fn create_user_pool_client_returns_given_settings() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let units = TokenValidityUnitsType::builder().access_token(TimeUnitsType::Minutes).build();
    let create = server
        .sdk
        .create_user_pool_client()
        .user_pool_id(&ids.pool)
        .client_name("all of it")
        .generate_secret(true)
        .refresh_token_validity(0)
        .access_token_validity(10)
        .token_validity_units(units.clone())
        .read_attributes("email")
        .write_attributes("email")
        .write_attributes("name")
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserAuth)
        .callback_urls("https://example.com/back")
        .allowed_o_auth_flows(OAuthFlowType::Code)
        .prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled)
        .enable_token_revocation(false)
        .auth_session_validity(15);
    let created = create.send().await.expect("a client").user_pool_client.expect("a description");
    let client = described(&server, &ids.pool, created.client_id().expect("an id")).await;
    assert_eq!(created.token_validity_units(), Some(&units), "the output of the creation has what was given");
    let units = units_in_minutes_hours_and_days();
    assert_eq!(client.client_secret().map(str::len), Some(51));
    assert_eq!((client.refresh_token_validity(), client.access_token_validity()), (30, Some(10)));
    assert_eq!(client.token_validity_units(), Some(&units));
    assert_eq!(
        (client.read_attributes(), client.write_attributes().len()),
        (["email".to_owned()].as_slice(), 2)
    );
    assert_eq!(client.explicit_auth_flows(), [ExplicitAuthFlowsType::AllowUserAuth]);
    assert_eq!(client.callback_urls(), ["https://example.com/back"]);
    assert_eq!(client.allowed_o_auth_flows(), [OAuthFlowType::Code]);
    assert_eq!(client.prevent_user_existence_errors(), Some(&PreventUserExistenceErrorTypes::Enabled));
    assert_eq!((client.enable_token_revocation(), client.auth_session_validity()), (Some(false), Some(15)));
}

/// Units of which the access token's was given and the others are the defaults.
fn units_in_minutes_hours_and_days() -> TokenValidityUnitsType {
    TokenValidityUnitsType::builder()
        .access_token(TimeUnitsType::Minutes)
        .id_token(TimeUnitsType::Hours)
        .refresh_token(TimeUnitsType::Days)
        .build()
}

#[tokio::test]
async fn create_user_pool_client_returns_every_member_of_its_input() {
    let server = TestServer::new().await;
    let pool = pool(&server).await;
    let secret = "0123456789abcdefghijklmn";
    let first = merge(&first(), &json!({"UserPoolId": pool, "GenerateSecret": true}));
    let second = merge(&second(), &json!({"UserPoolId": pool, "ClientSecret": secret}));
    let mut sent = member_paths(&[&first, &second]);
    sent.insert(NOT_TOLD.to_owned());
    let missed: Vec<_> = input_member_paths("CreateUserPoolClient").difference(&sent).cloned().collect();
    assert!(missed.is_empty(), "members that no request has: {missed:?}");
    for sent in [&first, &second] {
        let created = create(&server, sent).await;
        assert_contains(&merge(sent, &json!({"GenerateSecret": null})), &created, "");
        assert_eq!(
            describe(&server, &created).await,
            as_described(&created),
            "the output of the creation is what Describe returns"
        );
    }
}

#[tokio::test]
async fn create_user_pool_client_derives_defaults_from_given_settings() {
    let server = TestServer::new().await;
    let pool = pool(&server).await;
    let base = json!({"UserPoolId": pool, "ClientName": "c"});
    let minutes = json!({"TokenValidityUnits": {"RefreshToken": "minutes"}, "RefreshTokenValidity": 0});
    let created = create(&server, &merge(&base, &minutes)).await;
    assert_eq!(created["RefreshTokenValidity"], 43_200, "30 days");
    let rotating =
        create(&server, &merge(&base, &json!({"RefreshTokenRotation": {"Feature": "ENABLED"}}))).await;
    assert_eq!(rotating["RefreshTokenRotation"]["RetryGracePeriodSeconds"], 0);
}

#[tokio::test]
async fn create_user_pool_client_with_contradictory_settings_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let create = || server.sdk.create_user_pool_client().user_pool_id(&ids.pool).client_name("c");
    let text = "Invalid write attributes specified while creating a client";
    assert_refused!(create().write_attributes("custom:nope"), is_invalid_parameter_exception, text);
    let text = "Invalid read attributes specified while creating a client";
    assert_refused!(create().read_attributes("custom:nope"), is_invalid_parameter_exception, text);
    let mixed = create().explicit_auth_flows(ExplicitAuthFlowsType::AdminNoSrpAuth);
    let mixed = mixed.explicit_auth_flows(ExplicitAuthFlowsType::AllowUserSrpAuth);
    let text = "Auth flow name with prefix 'ALLOW' cannot be used with legacy auth flow names.";
    assert_refused!(mixed, is_invalid_parameter_exception, text);
    let nowhere = create().user_pool_id("us-east-1_nowhere");
    let text = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(nowhere, is_resource_not_found_exception, text);
}

#[tokio::test]
async fn create_user_pool_client_with_user_auth_in_lite_pool_is_refused() {
    let server = TestServer::new().await;
    let created = call(&server, "CreateUserPool", &json!({"PoolName": "p", "UserPoolTier": "LITE"})).await;
    let pool = created.expect("a pool")["UserPool"]["Id"].clone();
    let sent = json!({"UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_USER_AUTH"]});
    let text = "The following features need to be disabled for the LITE pricing tier configured: Choice-Based Sign-In";
    let refused = Err(("FeatureUnavailableInTierException".to_owned(), text.to_owned()));
    assert_eq!(call(&server, "CreateUserPoolClient", &sent).await, refused);
}
