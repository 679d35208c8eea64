//! Contradictory settings of app clients, refused by CreateUserPoolClient and by UpdateUserPoolClient.

use serde_json::{Value, json};

use super::{create, describe, pool, settings::PROJECT};
use crate::support::{
    TestServer,
    documents::{call, merge, values_of_enum},
};

/// api-0147, api-0149, api-0151, api-0152, api-0154, api-0155, api-0157, api-0158, api-0170, oau-0206, oau-0207, oau-0210,
/// oau-0211, oau-0212, oau-0213, oau-0214, oau-0215, oau-0216.
#[tokio::test]
async fn contradictory_settings_are_refused_at_creation_and_update() {
    const INVALID: &str = "InvalidParameterException";
    const FLOW: &str = "InvalidOAuthFlowException";
    let server = TestServer::new().await;
    let pool = pool(&server).await;
    let oauth = |overrides: Value| {
        let complete = json!({
            "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid"], "CallbackURLs": ["https://example.com"],
        });
        merge(&complete, &overrides)
    };
    let analytics = "Invalid analytics configuration given, either <application arn> or \
                     <application id, role arn, external id> are valid";
    let missing = "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.";
    let cases = [
        (
            json!({"ExplicitAuthFlows": ["ADMIN_NO_SRP_AUTH", "ALLOW_USER_SRP_AUTH"]}),
            INVALID,
            "Auth flow name with prefix 'ALLOW' cannot be used with legacy auth flow names.",
        ),
        (
            json!({
                "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"], "RefreshTokenRotation": {"Feature": "ENABLED"},
            }),
            INVALID,
            "ALLOW_REFRESH_TOKEN_AUTH is not a permitted ExplicitAuthFlow when refresh token rotation is enabled.",
        ),
        (
            json!({"ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH", "ALLOW_USER_AUTH"]}),
            INVALID,
            "ALLOW_CLIENT_TOKEN_AUTH cannot be used with other authentication flows.",
        ),
        (
            json!({"ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"]}),
            INVALID,
            "ALLOW_CLIENT_TOKEN_AUTH cannot be used if client does not have a client secret.",
        ),
        (json!({"AccessTokenValidity": 25}), INVALID, "Invalid range for token validity."),
        (
            json!({"IdTokenValidity": 4, "TokenValidityUnits": {"IdToken": "minutes"}}),
            INVALID,
            "Invalid range for token validity.",
        ),
        (json!({"RefreshTokenValidity": 3651}), INVALID, "Invalid range for token validity."),
        (
            json!({
                "RefreshTokenValidity": 1, "AccessTokenValidity": 2, "TokenValidityUnits": {"RefreshToken": "hours"},
            }),
            INVALID,
            "Access and Id Token expiration times must be less than or equal to refresh token expiration times.",
        ),
        (
            json!({"EnablePropagateAdditionalUserContextData": true}),
            INVALID,
            "Client Secret is required to set EnablePropagateAdditionalUserContextData as true",
        ),
        (json!({"AnalyticsConfiguration": {"ApplicationId": "abc"}}), INVALID, analytics),
        (
            json!({"AnalyticsConfiguration": {"ApplicationArn": PROJECT, "ApplicationId": "abc"}}),
            INVALID,
            analytics,
        ),
        (
            json!({"CallbackURLs": ["http://example.com/back"]}),
            INVALID,
            "http://example.com/back cannot use the HTTP protocol.",
        ),
        (
            json!({"LogoutURLs": ["http://example.com/out"]}),
            INVALID,
            "http://example.com/out cannot use the HTTP protocol.",
        ),
        (
            json!({"CallbackURLs": ["https://example.com/#here"]}),
            INVALID,
            "https://example.com/#here cannot use fragment",
        ),
        (json!({"CallbackURLs": ["example.com"]}), INVALID, "example.com is not an absolute URI."),
        (
            oauth(json!({"DefaultRedirectURI": "https://example.com/other"})),
            INVALID,
            "The default redirect URI https://example.com/other is not in the callback URIs list.",
        ),
        (oauth(json!({"AllowedOAuthFlows": null})), INVALID, missing),
        (oauth(json!({"AllowedOAuthScopes": null})), INVALID, missing),
        (
            oauth(json!({"CallbackURLs": null})),
            FLOW,
            "CallbackUrls can not be empty when code flow or implicit flow is selected",
        ),
        (
            oauth(json!({"AllowedOAuthFlows": ["client_credentials", "code"]})),
            FLOW,
            "client_credentials flow can not be selected along with code flow or implicit flow.",
        ),
        (
            oauth(json!({"AllowedOAuthFlows": ["client_credentials"]})),
            FLOW,
            "client_credentials flow can not be selected if client does not have a client secret.",
        ),
        (
            oauth(json!({"AllowedOAuthScopes": ["Cognito"]})),
            "ScopeDoesNotExistException",
            "Invalid scope requested: Cognito",
        ),
        (
            json!({"ReadAttributes": ["custom:nope"]}),
            INVALID,
            "Invalid read attributes specified while DOING a client",
        ),
        (
            json!({"WriteAttributes": ["custom:nope"]}),
            INVALID,
            "Invalid write attributes specified while DOING a client",
        ),
        (
            json!({"WriteAttributes": ["email_verified"]}),
            INVALID,
            "Invalid write attributes specified while DOING a client",
        ),
    ];
    let base = json!({"UserPoolId": pool, "ClientName": "c"});
    let created = create(&server, &base).await;
    for (settings, kind, text) in &cases {
        let refused = |action: &str| Err(((*kind).to_owned(), text.replace("DOING", action)));
        let sent = merge(&base, settings);
        assert_eq!(call(&server, "CreateUserPoolClient", &sent).await, refused("creating"), "{settings}");
        let sent = merge(&sent, &json!({"ClientId": created["ClientId"]}));
        assert_eq!(call(&server, "UpdateUserPoolClient", &sent).await, refused("updating"), "{settings}");
    }
    assert_eq!(describe(&server, &created).await, created, "a refused update changes nothing");

    let machine = json!({
        "GenerateSecret": true, "AllowedOAuthFlowsUserPoolClient": true, "CallbackURLs": null,
        "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["api/read"],
    });
    create(&server, &merge(&base, &machine)).await;
    let sent = merge(&merge(&base, &machine), &json!({"AllowedOAuthScopes": ["openid"]}));
    let text = "openid is not supported with client_credentials flow";
    assert_eq!(call(&server, "CreateUserPoolClient", &sent).await, Err((FLOW.to_owned(), text.to_owned())));
    let both = merge(&base, &json!({"GenerateSecret": true, "ClientSecret": "0123456789abcdefghijklmn"}));
    let text = "GenerateSecret and ClientSecret cannot be specified in one request.";
    assert_eq!(
        call(&server, "CreateUserPoolClient", &both).await,
        Err((INVALID.to_owned(), text.to_owned()))
    );
}

/// oau-0215, oau-0140.
#[tokio::test]
async fn custom_scope_must_be_one_of_a_resource_server() {
    let server = TestServer::new().await;
    let pool = pool(&server).await;
    let base = json!({"UserPoolId": pool, "ClientName": "c"});
    let with = |scopes: Value| merge(&base, &json!({"AllowedOAuthScopes": scopes}));
    let unknown = |scope: &str| {
        Err(("ScopeDoesNotExistException".to_owned(), format!("Invalid scope requested: {scope}")))
    };
    for scope in ["api/write", "other/read", "api", "read", "api/", "/read", "API/read"] {
        let sent = with(json!(["openid", "api/read", scope]));
        assert_eq!(call(&server, "CreateUserPoolClient", &sent).await, unknown(scope));
    }
    let many: Vec<String> = (0..51).map(|number| format!("api/{number}")).collect();
    let (kind, text) =
        call(&server, "CreateUserPoolClient", &with(json!(many))).await.expect_err("a refusal");
    assert_eq!(kind, "InvalidParameterException");
    assert!(text.contains("at 'allowedOAuthScopes'") && text.contains("less than or equal to 50"), "{text}");

    // An app client keeps the scopes of a resource server that is deleted, but cannot be set with them again.
    let sent = with(json!(["openid", "api/read"]));
    let client = create(&server, &sent).await;
    let update = merge(&sent, &json!({"ClientId": client["ClientId"]}));
    call(&server, "UpdateUserPoolClient", &update).await.expect("updated");
    let api = json!({"UserPoolId": pool, "Identifier": "api"});
    call(&server, "DeleteResourceServer", &api).await.expect("deleted");
    assert_eq!(describe(&server, &client).await["AllowedOAuthScopes"], json!(["api/read", "openid"]));
    assert_eq!(call(&server, "UpdateUserPoolClient", &update).await, unknown("api/read"));
    assert_eq!(call(&server, "CreateUserPoolClient", &sent).await, unknown("api/read"));
}

/// The model and the rules of an app client know the same flows.
#[tokio::test]
async fn every_flow_of_the_model_is_known_to_the_rules() {
    let server = TestServer::new().await;
    let pool = pool(&server).await;
    let flows = values_of_enum("ExplicitAuthFlowsType");
    assert!(flows.iter().any(|flow| flow == "ALLOW_CLIENT_TOKEN_AUTH"), "{flows:?}");
    for flow in flows {
        let client = json!({
            "UserPoolId": pool, "ClientName": "c", "GenerateSecret": true, "ExplicitAuthFlows": [flow],
        });
        let created = create(&server, &client).await;
        assert_eq!(created["ExplicitAuthFlows"], json!([flow]));
    }
}
