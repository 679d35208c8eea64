//! GetDerivedToken. The SDK of the tests does not have it yet.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::LambdaConfigType;
use serde_json::{Value, json};

use crate::{
    functions::{Behavior, arn},
    support::{
        json_requests::{JsonResponse, id},
        jwt_claims,
        oauth::{ADMIN, OAuthFixture},
        raw_requests::{self, PAWS_HEADERS},
        triggers::TriggerFixture,
    },
};

/// An app client that exchanges tokens, of a pool with the confirmed user `ann` and the resource server `api`.
struct Exchange {
    fixture: OAuthFixture,
    client: String,
    secret: String,
}

impl Exchange {
    async fn new() -> Self {
        Self::with_fixture(OAuthFixture::new().await).await
    }

    async fn with_fixture(fixture: OAuthFixture) -> Self {
        let (server, pool) = (&fixture.server, &fixture.ids.pool);
        let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "reads" }]);
        let api = json!({ "UserPoolId": pool, "Identifier": "api", "Name": "API", "Scopes": scopes });
        server.expect_output("CreateResourceServer", &api).await;
        let client = json!({
            "UserPoolId": pool, "ClientName": "x", "GenerateSecret": true,
            "ExplicitAuthFlows": ["ALLOW_TOKEN_EXCHANGE_DELEGATION", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION"],
            "AllowedOAuthScopes": ["openid", "api/read"],
        });
        let created = &server.expect_output("CreateUserPoolClient", &client).await["UserPoolClient"];
        let (client, secret) = (id(&created["ClientId"]), id(&created["ClientSecret"]));
        Self { fixture, client, secret }
    }

    /// Returns the request to exchange an access token, with more members.
    fn request(&self, subject: &str, more: Value) -> Value {
        let mut request = json!({
            "ClientId": self.client, "ClientSecret": self.secret, "SubjectToken": subject,
            "SubjectTokenType": "ACCESS_TOKEN",
        });
        for (name, value) in more.as_object().expect("an object") {
            request[name] = value.clone();
        }
        request
    }

    async fn exchange(&self, subject: &str, more: Value) -> JsonResponse {
        self.fixture.server.post("GetDerivedToken", &self.request(subject, more)).await
    }

    async fn refusal(&self, subject: &str, more: Value) -> (String, String) {
        let (_, kind, text) = self.exchange(subject, more).await.refusal();
        (kind, text)
    }

    /// Signs `ann` in on the page.
    async fn tokens(&self, scope: &str) -> (String, String) {
        let tokens = self.fixture.get_tokens(scope).await;
        (id(&tokens["access_token"]), id(&tokens["id_token"]))
    }
}

fn refused(kind: &str, text: &str) -> (String, String) {
    (kind.to_owned(), text.to_owned())
}

/// Returns the token of an answer and its claims.
fn issued(response: &JsonResponse) -> (String, Value) {
    let token = id(&response.expect_output()["IssuedToken"]);
    let claims = jwt_claims(&token);
    (token, claims)
}

/// api-0292, api-0294.
#[tokio::test]
async fn get_derived_token_issues_a_token_of_the_same_sign_in() {
    let exchange = Exchange::new().await;
    let (access, id_token) = exchange.tokens(&format!("openid email {ADMIN}")).await;
    let answer = exchange.exchange(&access, json!({ "Audiences": ["https://service"] })).await;
    let output = answer.expect_output();
    let members: Vec<&String> = output.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["ExpiresIn", "IssuedToken", "IssuedTokenType", "Scopes", "TokenType"]);
    assert_eq!(
        (&output["IssuedTokenType"], &output["TokenType"]),
        (&json!("ACCESS_TOKEN"), &json!("Bearer"))
    );
    assert_eq!(output["ExpiresIn"], 3_600);
    let scopes: Vec<String> = serde_json::from_value(output["Scopes"].clone()).expect("scopes");
    let (_, claims) = issued(&answer);
    let before = jwt_claims(&access);
    assert_eq!(claims["scope"], before["scope"]);
    assert_eq!(scopes.join(" "), before["scope"].as_str().expect("scopes"));
    for same in ["sub", "event_id", "origin_jti", "auth_time", "iss", "exp", "username"] {
        assert_eq!(claims[same], before[same], "{same}");
    }
    assert_eq!((&claims["client_id"], &claims["aud"]), (&json!(exchange.client), &json!("https://service")));
    assert_eq!((&claims["token_use"], claims.get("act")), (&json!("access"), None));
    let narrow = json!({ "Scopes": ["openid", "email", "api/read"], "Resources": ["api"] });
    let (_, claims) = issued(&exchange.exchange(&access, narrow).await);
    assert_eq!((&claims["scope"], &claims["aud"]), (&json!("openid"), &json!("api")));
    let by_id = json!({ "SubjectTokenType": "ID_TOKEN", "RequestedTokenType": "ID_TOKEN" });
    let answer = exchange.exchange(&id_token, by_id).await;
    let output = answer.expect_output();
    assert_eq!((&output["IssuedTokenType"], &output["TokenType"]), (&json!("ID_TOKEN"), &json!("N_A")));
    let (_, claims) = issued(&answer);
    assert_eq!((&claims["token_use"], &claims["aud"]), (&json!("id"), &json!(exchange.client)));
    assert_eq!(claims["email"], "ann@example.com");
}

/// api-0293.
#[tokio::test]
async fn get_derived_token_names_the_actors() {
    let exchange = Exchange::new().await;
    let (access, _) = exchange.tokens("openid").await;
    let server = &exchange.fixture.server;
    let machine = json!({
        "UserPoolId": exchange.fixture.ids.pool, "ClientName": "m", "GenerateSecret": true,
        "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"], "AllowedOAuthScopes": ["api/read"],
    });
    let machine = &server.expect_output("CreateUserPoolClient", &machine).await["UserPoolClient"];
    let machine_id = id(&machine["ClientId"]);
    let proof = json!({ "ClientId": machine_id, "Secret": machine["ClientSecret"] });
    let token =
        &server.expect_output("GetClientToken", &proof).await["ClientAuthenticationResult"]["AccessToken"];
    let by_machine = json!({ "ActorToken": token, "ActorTokenType": "ACCESS_TOKEN" });
    let (first, claims) = issued(&exchange.exchange(&access, by_machine.clone()).await);
    assert_eq!(claims["act"], json!({ "sub": machine_id, "client_id": machine_id }));
    let by_user = json!({ "ActorToken": access, "ActorTokenType": "ACCESS_TOKEN" });
    let (_, claims) = issued(&exchange.exchange(&first, by_user).await);
    let user = json!({
        "sub": exchange.fixture.sub, "client_id": exchange.fixture.ids.client,
        "act": { "sub": machine_id, "client_id": machine_id },
    });
    assert_eq!(claims["act"], user);
    assert_eq!(
        exchange.refusal(&access, json!({ "ActorToken": token })).await,
        refused("InvalidParameterException", "ActorTokenType is required with ActorToken")
    );
    let as_subject = exchange.refusal(token.as_str().expect("a token"), json!({})).await;
    assert_eq!(as_subject, refused("InvalidParameterException", "Subject Token is not a token of a user"));
    let delete = json!({ "UserPoolId": exchange.fixture.ids.pool, "ClientId": machine_id });
    assert_eq!(server.post("DeleteUserPoolClient", &delete).await.status, 200);
    assert_eq!(
        exchange.refusal(&access, by_machine).await,
        refused("NotAuthorizedException", "Actor Token has been revoked")
    );
}

/// api-0292, api-0293, api-0294.
#[tokio::test]
async fn get_derived_token_with_each_fault_is_refused() {
    let exchange = Exchange::new().await;
    let (access, id_token) = exchange.tokens("openid").await;
    let invalid = |text: &str| refused("InvalidParameterException", text);
    let unauthorized = |text: &str| refused("NotAuthorizedException", text);
    let missing = |text: &str| refused("ResourceNotFoundException", text);
    let other = &exchange.fixture.ids.client;
    let cases = [
        (json!({ "ClientId": "none" }), missing("User pool client none does not exist.")),
        (
            json!({ "ClientSecret": "x".repeat(40) }),
            unauthorized(&format!("Unable to verify the secret of client {}", exchange.client)),
        ),
        (
            json!({ "ClientId": other }),
            invalid("ALLOW_TOKEN_EXCHANGE_IMPERSONATION flow not enabled for this client"),
        ),
        (
            json!({ "ClientId": other, "ActorToken": access, "ActorTokenType": "ACCESS_TOKEN" }),
            invalid("ALLOW_TOKEN_EXCHANGE_DELEGATION flow not enabled for this client"),
        ),
        (
            json!({ "ActorTokenType": "ID_TOKEN" }),
            invalid("ActorToken is required with its type or its provider name"),
        ),
        (
            json!({ "Audiences": ["a"], "Resources": ["api"] }),
            invalid("Audiences and Resources cannot be used in the same request"),
        ),
        (
            json!({ "SubjectTokenType": "SAML2" }),
            invalid("SubjectTokenProviderName is required for a SAML assertion"),
        ),
        (json!({ "SubjectTokenProviderName": "Okta" }), missing("Identity provider Okta does not exist.")),
        (json!({ "Resources": ["none"] }), missing("Resource server none does not exist.")),
        (json!({ "Scopes": ["api/read"] }), invalid("No scope can be granted")),
        (json!({ "SubjectToken": id_token }), unauthorized("Invalid Subject Token")),
        (json!({ "SubjectTokenType": "ID_TOKEN" }), unauthorized("Invalid Subject Token")),
        (
            json!({ "ActorToken": "x.y.z", "ActorTokenType": "ACCESS_TOKEN" }),
            unauthorized("Invalid Actor Token"),
        ),
    ];
    for (more, expected) in cases {
        assert_eq!(exchange.refusal(&access, more.clone()).await, expected, "{more}");
    }
    let (_, kind, text) = exchange.exchange(&access, json!({ "Audiences": ["a", "b"] })).await.refusal();
    assert_eq!(kind, "InvalidParameterException");
    assert!(text.contains("audiences' failed to satisfy constraint"), "{text}");
    let elsewhere = OAuthFixture::new().await;
    let foreign = id(&elsewhere.get_tokens("openid").await["access_token"]);
    let other_pool = json!({ "SubjectToken": tampered(&foreign) });
    assert_eq!(exchange.refusal(&access, other_pool).await, unauthorized("Invalid Subject Token"));
}

/// Changes the signature of a token.
fn tampered(token: &str) -> String {
    let (message, _) = token.rsplit_once('.').expect("three parts");
    format!("{message}.{}", "A".repeat(342))
}

#[tokio::test]
async fn get_derived_token_ends_with_the_sign_in_and_the_subject() {
    let exchange = Exchange::new().await;
    let (server, pool) = (&exchange.fixture.server, &exchange.fixture.ids.pool);
    let (access, _) = exchange.tokens(&format!("openid {ADMIN}")).await;
    server.app.clock.advance(Duration::from_secs(3_000));
    let answer = exchange.exchange(&access, json!({})).await;
    let (derived, _) = issued(&answer);
    assert_eq!(answer.json()["ExpiresIn"], 600);
    // A token of another app client than that of the sign-in is for other services (*Chosen*).
    assert_eq!(exchange.fixture.user_info(&derived).await.status, 401);
    let again = exchange.exchange(&derived, json!({})).await;
    assert_eq!(again.expect_output()["ExpiresIn"], 600);
    server.app.clock.advance(Duration::from_secs(600));
    let expired = refused("NotAuthorizedException", "Subject Token has expired");
    assert_eq!(exchange.refusal(&access, json!({})).await, expired);
    assert_eq!(exchange.refusal(&derived, json!({})).await, expired);
    let (access, _) = exchange.tokens("openid").await;
    let (derived, _) = issued(&exchange.exchange(&access, json!({})).await);
    let ann = json!({ "UserPoolId": pool, "Username": "ann" });
    server.expect_output("AdminUserGlobalSignOut", &ann).await;
    let revoked = refused("NotAuthorizedException", "Subject Token has been revoked");
    for token in [&access, &derived] {
        assert_eq!(exchange.refusal(token, json!({})).await, revoked);
    }
}

/// The documentation of the operation: app clients call it without credentials of AWS, too.
#[tokio::test]
async fn get_derived_token_ignores_a_signature() {
    let exchange = Exchange::new().await;
    let (access, _) = exchange.tokens("openid").await;
    let (server, request) = (&exchange.fixture.server, exchange.request(&access, json!({})));
    assert_eq!(server.post_unsigned("GetDerivedToken", &request).await.status, 200);
    let body = request.to_string();
    let signed = raw_requests::send(server.address, "GetDerivedToken", PAWS_HEADERS, &body).await;
    assert_eq!(signed.status, 200, "{}", signed.body);
}

#[tokio::test]
async fn get_derived_token_invokes_pre_token_generation() {
    let config = LambdaConfigType::builder().pre_token_generation(arn("tokens")).build();
    let TriggerFixture { functions, server, ids, sub } = TriggerFixture::with(config).await;
    functions.when("tokens", Behavior::Answer(|_| ()));
    let exchange = Exchange::with_fixture(OAuthFixture::in_pool(server, ids, sub).await).await;
    let (access, _) = exchange.tokens("openid").await;
    functions.when(
        "tokens",
        Behavior::Answer(|event| {
            let claims = json!({ "tenant": "one", "act": "someone else" });
            event["response"]["claimsOverrideDetails"] = json!({ "claimsToAddOrOverride": claims });
        }),
    );
    let id_token = json!({ "RequestedTokenType": "ID_TOKEN" });
    let (_, claims) = issued(&exchange.exchange(&access, id_token).await);
    assert_eq!((&claims["tenant"], claims.get("act")), (&json!("one"), None));
    functions.when("tokens", Behavior::Throw("no tokens today"));
    let refused = exchange.refusal(&access, json!({})).await;
    assert_eq!(refused.0, "UserLambdaValidationException", "{refused:?}");
}
