//! GetClientToken.

use aws_sdk_cognitoidentityprovider::{
    operation::get_client_token::builders::GetClientTokenFluentBuilder,
    types::{LambdaConfigType, PreTokenGenerationLambdaVersionType, PreTokenGenerationVersionConfigType},
};
use serde_json::{Value, json};

use crate::{
    functions::{Behavior, arn},
    support::{
        TestServer, assert_refused,
        json_requests::id,
        jwt_claims,
        raw_requests::{self, PAWS_HEADERS},
        triggers::TriggerFixture,
    },
};

/// An app client with the flow of the operation and two of three scopes of the resource server `api`.
struct Machine {
    server: TestServer,
    pool: String,
    client: String,
    secret: String,
}

impl Machine {
    async fn new() -> Self {
        let server = TestServer::new().await;
        let pool = server.create_pool_with(json!({})).await;
        Self::in_pool(server, pool).await
    }

    async fn in_pool(server: TestServer, pool: String) -> Self {
        let scopes = ["read", "write", "delete"];
        let scopes = scopes.map(|name| json!({ "ScopeName": name, "ScopeDescription": "a scope" }));
        let api =
            json!({ "UserPoolId": pool, "Identifier": "api", "Name": "API", "Scopes": scopes.as_slice() });
        server.expect_output("CreateResourceServer", &api).await;
        let client = json!({
            "UserPoolId": pool, "ClientName": "m", "GenerateSecret": true, "AccessTokenValidity": 2,
            "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"], "AllowedOAuthScopes": ["api/read", "api/write"],
        });
        let created = server.expect_output("CreateUserPoolClient", &client).await;
        let created = &created["UserPoolClient"];
        Self { client: id(&created["ClientId"]), secret: id(&created["ClientSecret"]), server, pool }
    }

    fn get(&self) -> GetClientTokenFluentBuilder {
        self.server.sdk.get_client_token().client_id(&self.client).secret(&self.secret)
    }

    fn request(&self) -> Value {
        json!({ "ClientId": self.client, "Secret": self.secret })
    }
}

/// api-0290.
#[tokio::test]
async fn get_client_token_issues_an_access_token_for_the_client_itself() {
    let machine = Machine::new().await;
    let output = machine.server.expect_output("GetClientToken", &machine.request()).await;
    let result = &output["ClientAuthenticationResult"];
    let members: Vec<&String> = result.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["AccessToken", "ExpiresIn", "TokenType"]);
    assert_eq!((&result["ExpiresIn"], &result["TokenType"]), (&json!(7_200), &json!("Bearer")));
    let mut claims = jwt_claims(result["AccessToken"].as_str().expect("a token"));
    for time in ["exp", "iat", "auth_time", "jti"] {
        assert!(claims.as_object_mut().expect("an object").remove(time).is_some(), "{time}");
    }
    let Machine { server, pool, client, .. } = &machine;
    let expected = json!({
        "sub": client, "client_id": client, "token_use": "access", "scope": "api/read api/write", "version": 2,
        "iss": format!("http://{}/{pool}", server.address),
    });
    assert_eq!(claims, expected);
    let narrow = machine.get().scopes("api/write").send().await.expect("a token");
    let token = narrow.client_authentication_result.expect("a result").access_token.expect("a token");
    assert_eq!(jwt_claims(&token)["scope"], "api/write");
}

/// api-0291.
#[tokio::test]
async fn get_client_token_without_secret_flow_or_scope_is_refused() {
    let machine = Machine::new().await;
    let Machine { server, pool, client, secret } = &machine;
    let unknown = server.sdk.get_client_token().client_id("none").secret(secret);
    assert_refused!(unknown, is_resource_not_found_exception, "User pool client none does not exist.");
    let text = format!("Unable to verify the secret of client {client}");
    assert_refused!(machine.get().secret("x".repeat(40)), is_not_authorized_exception, text.as_str());
    let text = "Invalid scope requested: api/none";
    let get = machine.get().scopes("api/read").scopes("api/none");
    assert_refused!(get, is_invalid_parameter_exception, text);
    let text = "Scope api/delete is not allowed for this client";
    assert_refused!(machine.get().scopes("api/delete"), is_invalid_parameter_exception, text);
    let other = json!({ "UserPoolId": pool, "ClientName": "o", "GenerateSecret": true });
    let other = &server.expect_output("CreateUserPoolClient", &other).await["UserPoolClient"];
    let get = server.sdk.get_client_token().client_id(id(&other["ClientId"]));
    let text = "ALLOW_CLIENT_TOKEN_AUTH flow not enabled for this client";
    assert_refused!(get.secret(id(&other["ClientSecret"])), is_invalid_parameter_exception, text);
    let delete = server.sdk.delete_resource_server().user_pool_id(pool).identifier("api");
    delete.send().await.expect("deleted");
    assert_refused!(machine.get(), is_invalid_parameter_exception, "No scope can be granted");
}

/// The documentation of the operation: IAM policies are not evaluated. The SDK of that release signs the request,
/// others do not.
#[tokio::test]
async fn get_client_token_ignores_a_signature() {
    let machine = Machine::new().await;
    let (server, body) = (&machine.server, machine.request().to_string());
    assert_eq!(server.post_unsigned("GetClientToken", &machine.request()).await.status, 200);
    let signed = raw_requests::send(server.address, "GetClientToken", PAWS_HEADERS, &body).await;
    assert_eq!(signed.status, 200, "{}", signed.body);
}

#[tokio::test]
async fn get_client_token_invokes_pre_token_generation() {
    let config = PreTokenGenerationVersionConfigType::builder().lambda_arn(arn("tokens"));
    let config = config.lambda_version(PreTokenGenerationLambdaVersionType::V30).build().expect("a config");
    let config = LambdaConfigType::builder().pre_token_generation_config(config).build();
    let TriggerFixture { functions, server, ids, .. } = TriggerFixture::with(config).await;
    let machine = Machine::in_pool(server, ids.pool).await;
    functions.when(
        "tokens",
        Behavior::Answer(|event| {
            event["response"]["claimsAndScopeOverrideDetails"] = json!({
                "accessTokenGeneration": { "claimsToAddOrOverride": { "tenant": "one" } },
            });
        }),
    );
    let output = machine.get().client_metadata("a", "b").send().await.expect("a token");
    let token = output.client_authentication_result.expect("a result").access_token.expect("a token");
    assert_eq!(jwt_claims(&token)["tenant"], "one");
    let [event] = functions.events("TokenGeneration_ClientCredentials").try_into().expect("one event");
    assert_eq!(event["request"]["clientMetadata"], json!({ "a": "b" }));
    // *Chosen*: the operation declares none of the types of a trigger's fault.
    functions.when("tokens", Behavior::Throw("no tokens today"));
    let text = "PreTokenGeneration failed with error";
    let refused = machine.server.post("GetClientToken", &machine.request()).await.refusal();
    assert_eq!((refused.1.as_str(), refused.2.starts_with(text)), ("InvalidParameterException", true));
}
