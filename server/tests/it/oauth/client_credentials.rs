//! The grant `client_credentials`.

use aws_sdk_cognitoidentityprovider::types::{
    LambdaConfigType, OAuthFlowType, PreTokenGenerationLambdaVersionType,
    PreTokenGenerationVersionConfigType, ResourceServerScopeType, UserPoolClientType,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;

use crate::{
    functions::{Behavior, arn},
    support::{
        jwt_claims,
        oauth::{Answer, OAuthFixture, id_of},
        triggers::TriggerFixture,
    },
};

/// oau-0087, oau-0101, oau-0102, oau-0109, oau-0137, oau-0301, oau-0309.
#[tokio::test]
async fn client_gets_a_token_for_itself() {
    let fixture = OAuthFixture::new().await;
    let created = create_machine(&fixture).await;
    let id = id_of(&created);
    let ask = async |more: &[(&str, &str)]| ask(&fixture, &created, more).await;
    let answer = ask(&[]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = answer.json();
    let mut members: Vec<&String> = body.as_object().expect("an object").keys().collect();
    members.sort();
    assert_eq!(members, ["access_token", "expires_in", "token_type"]);
    let token = body["access_token"].as_str().expect("a token");
    let mut claims = jwt_claims(token);
    assert_eq!(claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(exp, iat)| exp - iat), Some(3_600));
    for time in ["exp", "iat", "auth_time", "jti"] {
        assert!(claims.as_object_mut().expect("an object").remove(time).is_some(), "{time}");
    }
    let expected = json!({
        "sub": id, "client_id": id, "token_use": "access", "scope": "api/read api/write", "iss": fixture.base, "version": 2,
    });
    assert_eq!(claims, expected);
    assert_eq!(fixture.user_info(token).await.status, 401);
    assert!(fixture.server.sdk.get_user().access_token(token).send().await.is_err());
    let narrow = ask(&[("scope", "api/read")]).await.json();
    assert_eq!(jwt_claims(narrow["access_token"].as_str().expect("a token"))["scope"], "api/read");
    assert_eq!(ask(&[("scope", "api/read nowhere/read")]).await.json(), json!({ "error": "invalid_scope" }));
    assert_eq!(
        ask(&[("aws_client_metadata", "no JSON")]).await.json(),
        json!({ "error": "invalid_request" })
    );
    let form = [("grant_type", "client_credentials"), ("client_id", fixture.ids.client.as_str())];
    let refused = fixture.post("/oauth2/token", &form, &[]).await;
    assert_eq!(refused.json(), json!({ "error": "unauthorized_client" }));
}

/// oau-0100.
#[tokio::test]
async fn scopes_are_those_that_the_client_has_and_the_resource_server_too() {
    let fixture = OAuthFixture::new().await;
    let machine = create_machine(&fixture).await;
    let ask = async |more: &[(&str, &str)]| ask(&fixture, &machine, more).await.json();
    let (invalid_grant, invalid_scope) =
        (json!({ "error": "invalid_grant" }), json!({ "error": "invalid_scope" }));
    for not_of_the_client in ["api/delete", "api/read api/delete"] {
        assert_eq!(ask(&[("scope", not_of_the_client)]).await, invalid_grant, "{not_of_the_client}");
    }
    let sdk = &fixture.server.sdk;
    let update = sdk.update_resource_server().user_pool_id(&fixture.ids.pool).identifier("api").name("API");
    update.scopes(scope("read")).send().await.expect("updated");
    let left = ask(&[]).await;
    assert_eq!(jwt_claims(left["access_token"].as_str().expect("a token"))["scope"], "api/read");
    assert_eq!(ask(&[("scope", "api/write")]).await, invalid_scope);
    let delete = sdk.delete_resource_server().user_pool_id(&fixture.ids.pool).identifier("api");
    delete.send().await.expect("deleted");
    assert_eq!(ask(&[]).await, invalid_scope);
}

/// oau-0105, oau-0106.
#[tokio::test]
async fn trigger_of_version_3_changes_the_token() {
    let config = PreTokenGenerationVersionConfigType::builder().lambda_arn(arn("tokens"));
    let config = config.lambda_version(PreTokenGenerationLambdaVersionType::V30).build().expect("a config");
    let config = LambdaConfigType::builder().pre_token_generation_config(config).build();
    let TriggerFixture { functions, server, ids, sub } = TriggerFixture::with(config).await;
    let fixture = OAuthFixture::in_pool(server, ids, sub).await;
    let machine = create_machine(&fixture).await;
    functions.when(
        "tokens",
        Behavior::Answer(|event| {
            event["response"]["claimsAndScopeOverrideDetails"] = json!({
                "accessTokenGeneration": { "claimsToAddOrOverride": { "tenant": "one" } },
            });
        }),
    );
    let tokens = ask(&fixture, &machine, &[("aws_client_metadata", r#"{"a":"b"}"#)]).await.json();
    assert_eq!(jwt_claims(tokens["access_token"].as_str().expect("a token"))["tenant"], "one");
    let [event] = functions.events("TokenGeneration_ClientCredentials").try_into().expect("one event");
    assert_eq!((&event["version"], &event["userName"]), (&json!("3"), &json!("ClientCredentials")));
    let expected = json!({
        "userAttributes": {}, "groupConfiguration": null, "scopes": ["api/read", "api/write"],
        "clientMetadata": { "a": "b" },
    });
    assert_eq!(event["request"], expected);
}

/// Asks for a token of an app client itself.
async fn ask(fixture: &OAuthFixture, client: &UserPoolClientType, more: &[(&str, &str)]) -> Answer {
    let (id, secret) = (id_of(client), client.client_secret().expect("a secret"));
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")));
    let form = [&[("grant_type", "client_credentials")], more].concat();
    fixture.post("/oauth2/token", &form, &[("authorization", &basic)]).await
}

fn scope(name: &str) -> ResourceServerScopeType {
    let scope = ResourceServerScopeType::builder().scope_name(name).scope_description("a scope");
    scope.build().expect("a scope")
}

/// Creates a resource server `api`, and an app client that may act for itself with two of its scopes.
async fn create_machine(fixture: &OAuthFixture) -> UserPoolClientType {
    let create = fixture.server.sdk.create_resource_server().user_pool_id(&fixture.ids.pool);
    let scopes = ["read", "write", "delete"].map(scope).to_vec();
    let create = create.identifier("api").name("API").set_scopes(Some(scopes));
    create.send().await.expect("a resource server");
    let scopes = ["api/read", "api/write"].map(str::to_owned).to_vec();
    let flows = [OAuthFlowType::ClientCredentials];
    fixture
        .create_client(&flows, |create| create.generate_secret(true).set_allowed_o_auth_scopes(Some(scopes)))
        .await
}
