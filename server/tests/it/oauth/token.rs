//! `POST /oauth2/token` for codes and refresh tokens.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType, ExplicitAuthFlowsType, FeatureType, OAuthFlowType, RefreshTokenRotationType,
    ResourceServerScopeType,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use lido::store::Kind;
use lido_domain::id::PoolId;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{
    PoolAndClient, assert_refused, jwt_claims,
    oauth::{ADMIN, CHALLENGE, OAuthFixture, VERIFIER, id_of},
};

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap_or_else(|| panic!("no {name}: {tokens}"))
}

/// oau-0046, oau-0047, oau-0110, oau-0112, oau-0115, oau-0118, oau-0272, oau-0273, oau-0286.
#[tokio::test]
async fn tokens_have_the_claims_of_the_scopes() {
    let fixture = OAuthFixture::new().await;
    let code = fixture
        .get_code(&mut fixture.browser(), &[("scope", "openid email"), ("resource", "https://api.example")])
        .await;
    let tokens = fixture.exchange(&code, &[]).await.json();
    let (id, access) = (jwt_claims(text(&tokens, "id_token")), jwt_claims(text(&tokens, "access_token")));
    assert_eq!(
        (&access["scope"], &access["aud"], &access["version"]),
        (&json!("openid email"), &json!("https://api.example"), &json!(2))
    );
    assert_eq!((&access["username"], &access["token_use"]), (&json!("ann"), &json!("access")));
    assert_eq!(
        (&id["email"], &id["email_verified"], &id["aud"]),
        (&json!("ann@example.com"), &json!(false), &json!(fixture.ids.client))
    );
    assert_eq!((&id["cognito:username"], &id["nonce"]), (&json!("ann"), &Value::Null));
    assert_eq!((&id["auth_time"], &id["origin_jti"]), (&access["auth_time"], &access["origin_jti"]));
    let hash = Sha256::digest(text(&tokens, "access_token"));
    let hash = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(&hash[..16]);
    assert_eq!(id["at_hash"], json!(hash));
    let call = fixture.server.sdk.get_user().access_token(text(&tokens, "access_token"));
    assert_refused!(call, is_not_authorized_exception, "Access Token does not have required scopes");

    let tokens = fixture.get_tokens(ADMIN).await;
    assert!(tokens.get("id_token").is_none(), "{tokens}");
    fixture.server.sdk.get_user().access_token(text(&tokens, "access_token")).send().await.expect("a user");
}

/// oau-0051. The levels of other factors are a table in the domain.
#[tokio::test]
async fn tokens_tell_how_the_user_signed_in() {
    let fixture = OAuthFixture::new().await;
    let mut browser = fixture.browser();
    let code = fixture.get_code(&mut browser, &[]).await;
    let tokens = fixture.exchange(&code, &[]).await.json();
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", fixture.ids.client.as_str()),
        ("refresh_token", text(&tokens, "refresh_token")),
    ];
    let renewed = fixture.post("/oauth2/token", &refresh, &[]).await.json();
    let answer = browser.get("/oauth2/authorize", &fixture.query(&[("prompt", "none")])).await;
    let by_session = fixture.exchange(&answer.redirect_parameters()["code"], &[]).await.json();
    for tokens in [&tokens, &renewed, &by_session] {
        for name in ["id_token", "access_token"] {
            let claims = jwt_claims(text(tokens, name));
            assert_eq!((&claims["acr"], &claims["amr"]), (&json!("urn:cognito:loa:1"), &json!(["pwd"])));
        }
    }
    let change =
        json!({ "UserPoolId": fixture.ids.pool, "AcrConfiguration": { "Level1": { "AcrValue": "basic" } } });
    fixture.server.expect_output("UpdateUserPool", &change).await;
    let renewed = fixture.post("/oauth2/token", &refresh, &[]).await.json();
    assert_eq!(jwt_claims(text(&renewed, "id_token"))["acr"], "basic");
}

/// oau-0049.
#[tokio::test]
async fn session_of_a_lower_level_than_acr_values_signs_in_again() {
    let fixture = OAuthFixture::new().await;
    let mut browser = fixture.browser();
    fixture.get_code(&mut browser, &[]).await;
    let query = |acr, prompt| fixture.query(&[("acr_values", acr), ("prompt", prompt)]);
    for values in ["urn:cognito:loa:1", "urn:cognito:loa:3 urn:cognito:loa:1", "urn:example:gold"] {
        let answer = browser.get("/oauth2/authorize", &query(values, "none")).await;
        assert!(answer.redirect_parameters().contains_key("code"), "{values}: {answer:?}");
    }
    let higher = "urn:cognito:loa:4 urn:cognito:loa:2";
    let answer = browser.get("/oauth2/authorize", &query(higher, "none")).await;
    assert_eq!(answer.redirect_parameters()["error"], "login_required");
    let answer = browser.get("/oauth2/authorize", &query(higher, "")).await;
    assert!(answer.header("location").contains("/login?"), "{answer:?}");
    // The service ignores it in this plan.
    let change = json!({ "UserPoolId": fixture.ids.pool, "UserPoolTier": "LITE" });
    fixture.server.expect_output("UpdateUserPool", &change).await;
    let answer = browser.get("/oauth2/authorize", &query(higher, "none")).await;
    assert!(answer.redirect_parameters().contains_key("code"), "{answer:?}");
}

/// oau-0095, oau-0295, oau-0297, oau-0306, oau-0307.
#[tokio::test]
async fn code_is_good_once_and_a_second_use_revokes_its_tokens() {
    let fixture = OAuthFixture::new().await;
    let code = fixture.get_code(&mut fixture.browser(), &[]).await;
    let tokens = fixture.exchange(&code, &[]).await.json();
    assert!(fixture.user_info(text(&tokens, "access_token")).await.status.is_success());
    let invalid_grant = json!({ "error": "invalid_grant" });
    let again = fixture.exchange(&code, &[]).await;
    assert_eq!((again.status.as_u16(), again.json()), (400, invalid_grant.clone()));
    assert_eq!(fixture.user_info(text(&tokens, "access_token")).await.status, 401);
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", fixture.ids.client.as_str()),
        ("refresh_token", text(&tokens, "refresh_token")),
    ];
    assert_eq!(fixture.post("/oauth2/token", &refresh, &[]).await.json(), invalid_grant);
    assert_eq!(fixture.exchange("unknown", &[]).await.json(), invalid_grant);
    assert_eq!(fixture.exchange("", &[]).await.json(), json!({ "error": "invalid_request" }));
}

/// oau-0017, oau-0098, oau-0251, oau-0295, oau-0307.
#[tokio::test]
async fn code_is_bound_to_its_redirect_uri_verifier_and_time() {
    let fixture = OAuthFixture::new().await;
    let mut browser = fixture.browser();
    let challenge = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let code = fixture.get_code(&mut browser, &challenge).await;
    let mismatch = fixture
        .exchange(&code, &[("code_verifier", VERIFIER), ("redirect_uri", "http://localhost:3000/back/")])
        .await;
    assert_eq!(
        mismatch.json(),
        json!({ "error": "unauthorized_client", "error_description": "invalid_redirect" })
    );
    let invalid_grant = json!({ "error": "invalid_grant" });
    assert_eq!(fixture.exchange(&code, &[]).await.json(), invalid_grant, "no verifier");
    let good = fixture.exchange(&code, &[("code_verifier", VERIFIER)]).await;
    assert_eq!(good.status, 200, "neither of the faults spends the code");

    let code = fixture.get_code(&mut browser, &challenge).await;
    let wrong = "x".repeat(43);
    assert_eq!(fixture.exchange(&code, &[("code_verifier", &wrong)]).await.json(), invalid_grant);
    assert_eq!(
        fixture.exchange(&code, &[("code_verifier", VERIFIER)]).await.json(),
        invalid_grant,
        "a wrong verifier does"
    );

    let code = fixture.get_code(&mut browser, &[]).await;
    fixture.server.app.clock.advance(Duration::from_secs(5 * 60));
    assert_eq!(fixture.exchange(&code, &[]).await.json(), invalid_grant);
}

/// oau-0085, oau-0093, oau-0250, oau-0299, oau-0300.
#[tokio::test]
async fn client_with_a_secret_must_prove_it() {
    let fixture = OAuthFixture::new().await;
    let created = fixture.create_client(&[OAuthFlowType::Code], |create| create.generate_secret(true)).await;
    let (id, secret) = (id_of(&created), created.client_secret().expect("a secret").to_owned());
    let fixture =
        OAuthFixture { ids: PoolAndClient { client: id.clone(), ..fixture.ids.clone() }, ..fixture };
    let mut browser = fixture.browser();
    let basic = |secret: &str| format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")));
    let invalid_client = json!({ "error": "invalid_client" });
    let code = fixture.get_code(&mut browser, &[]).await;
    let body = [
        ("grant_type", "authorization_code"),
        ("redirect_uri", crate::support::oauth::BACK),
        ("code", code.as_str()),
    ];
    for headers in [vec![], vec![("authorization", basic("wrong"))], vec![("authorization", basic(""))]] {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = fixture.post("/oauth2/token", &body, &headers).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (400, invalid_client.clone()), "{headers:?}");
    }
    for (client, secret) in [(id.as_str(), "wrong"), ("nowhere", secret.as_str())] {
        let answer = fixture.exchange(&code, &[("client_id", client), ("client_secret", secret)]).await;
        assert_eq!(answer.json(), invalid_client, "{client}");
    }
    let good = fixture.post("/oauth2/token", &body, &[("authorization", &basic(&secret))]).await;
    assert_eq!(good.status, 200, "{good:?}");
    let code = fixture.get_code(&mut browser, &[]).await;
    assert_eq!(fixture.exchange(&code, &[("client_secret", &secret)]).await.status, 200);
}

/// oau-0084, oau-0091, oau-0099, oau-0249, oau-0298.
#[tokio::test]
async fn malformed_request_is_refused() {
    let fixture = OAuthFixture::new().await;
    let client = ("client_id", fixture.ids.client.as_str());
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[client], "invalid_request"),
        (&[client, ("grant_type", "password")], "unsupported_grant_type"),
        (&[client, ("grant_type", "refresh_token"), ("grant_type", "refresh_token")], "invalid_request"),
        (&[client, ("grant_type", "refresh_token")], "invalid_request"),
        (&[("grant_type", "refresh_token"), ("refresh_token", "x")], "invalid_client"),
    ];
    for (form, error) in cases {
        let answer = fixture.post("/oauth2/token", form, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (400, json!({ "error": error })), "{form:?}");
        assert_eq!(answer.header("content-type"), "application/json;charset=UTF-8");
    }
    let form = [client, ("grant_type", "refresh_token"), ("refresh_token", "x")];
    let url = format!("{}/oauth2/token", fixture.base);
    let headers = [("content-type", "application/json")];
    let body = json!({ "grant_type": "refresh_token", "client_id": fixture.ids.client }).to_string();
    let answer = crate::support::oauth::send(reqwest::Method::POST, &url, &headers, Some(body)).await;
    assert_eq!(answer.json(), json!({ "error": "invalid_request" }));
    assert_eq!(fixture.post("/oauth2/token", &form, &[]).await.json(), json!({ "error": "invalid_grant" }));
}

/// oau-0088, oau-0092, oau-0119, oau-0304, oau-0305.
#[tokio::test]
async fn refresh_keeps_scopes_and_time_of_the_sign_in() {
    let fixture = OAuthFixture::new().await;
    let code = fixture
        .get_code(
            &mut fixture.browser(),
            &[("scope", "openid email"), ("nonce", "n"), ("resource", "https://api.example")],
        )
        .await;
    let first = fixture.exchange(&code, &[]).await.json();
    fixture.server.app.clock.advance(Duration::from_secs(90));
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", fixture.ids.client.as_str()),
        ("refresh_token", text(&first, "refresh_token")),
    ];
    let answer = fixture.post("/oauth2/token", &form, &[]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let second = answer.json();
    assert!(second.get("refresh_token").is_none(), "{second}");
    for name in ["access_token", "id_token"] {
        let (before, after) = (jwt_claims(text(&first, name)), jwt_claims(text(&second, name)));
        for claim in ["sub", "auth_time", "origin_jti", "scope", "aud", "event_id"] {
            assert_eq!(before[claim], after[claim], "{name} {claim}");
        }
        assert_ne!((&before["iat"], &before["jti"]), (&after["iat"], &after["jti"]));
        assert_eq!(after.get("nonce"), None);
    }
    // The operations renew the same grant, with the same scopes.
    let sdk = &fixture.server.sdk;
    let call = sdk.get_tokens_from_refresh_token().client_id(&fixture.ids.client);
    let renewed = call.refresh_token(text(&first, "refresh_token")).send().await.expect("renewed");
    let renewed = renewed.authentication_result.expect("tokens");
    assert_eq!(jwt_claims(renewed.access_token().expect("a token"))["scope"], "openid email");
}

#[tokio::test]
async fn refresh_drops_scopes_of_a_deleted_resource_server() {
    let fixture = OAuthFixture::new().await;
    let (sdk, pool) = (&fixture.server.sdk, &fixture.ids.pool);
    let scope = ResourceServerScopeType::builder().scope_name("read").scope_description("Read");
    let create = sdk.create_resource_server().user_pool_id(pool).identifier("api").name("API");
    create.scopes(scope.build().expect("a scope")).send().await.expect("a resource server");
    let created = fixture
        .create_client(&[OAuthFlowType::Code], |create| create.allowed_o_auth_scopes("api/read"))
        .await;
    let ids = PoolAndClient { client: id_of(&created), ..fixture.ids.clone() };
    let fixture = OAuthFixture { ids, ..fixture };
    let (both, api) = (fixture.get_tokens("openid api/read").await, fixture.get_tokens("api/read").await);
    let refresh = async |tokens: &Value| {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", fixture.ids.client.as_str()),
            ("refresh_token", text(tokens, "refresh_token")),
        ];
        fixture.post("/oauth2/token", &form, &[]).await.json()
    };
    let scope_of = |tokens: &Value| jwt_claims(text(tokens, "access_token"))["scope"].clone();
    assert_eq!(scope_of(&refresh(&both).await), "openid api/read");
    let sdk = &fixture.server.sdk;
    let delete = sdk.delete_resource_server().user_pool_id(&fixture.ids.pool).identifier("api");
    delete.send().await.expect("deleted");
    assert_eq!(scope_of(&refresh(&both).await), "openid");
    assert_eq!(refresh(&api).await, json!({ "error": "invalid_grant" }));
}

/// *Chosen*: the service's answer is unknown. What an administrator has withdrawn from the client is given no more.
#[tokio::test]
async fn refresh_drops_scopes_that_the_client_has_lost() {
    let fixture = OAuthFixture::new().await;
    let (both, admin) =
        (fixture.get_tokens(&format!("openid {ADMIN}")).await, fixture.get_tokens(ADMIN).await);
    let code_of = async |scope: &str| fixture.get_code(&mut fixture.browser(), &[("scope", scope)]).await;
    let (code, admin_code) = (code_of(&format!("openid {ADMIN}")).await, code_of(ADMIN).await);
    let sdk = &fixture.server.sdk;
    let update = sdk.update_user_pool_client().user_pool_id(&fixture.ids.pool).client_id(&fixture.ids.client);
    let update = update.allowed_o_auth_flows(OAuthFlowType::Code).allowed_o_auth_flows_user_pool_client(true);
    let update = update.callback_urls(crate::support::oauth::BACK).allowed_o_auth_scopes("openid");
    update.send().await.expect("updated");
    let refresh = async |tokens: &Value| {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", fixture.ids.client.as_str()),
            ("refresh_token", text(tokens, "refresh_token")),
        ];
        fixture.post("/oauth2/token", &form, &[]).await.json()
    };
    let invalid_grant = json!({ "error": "invalid_grant" });
    let scope_of = |tokens: &Value| jwt_claims(text(tokens, "access_token"))["scope"].clone();
    assert_eq!(scope_of(&refresh(&both).await), "openid");
    assert_eq!(refresh(&admin).await, invalid_grant);
    let exchanged = fixture.exchange(&code, &[]).await.json();
    assert_eq!(scope_of(&exchanged), "openid");
    assert_eq!(scope_of(&refresh(&exchanged).await), "openid");
    assert_eq!(fixture.exchange(&admin_code, &[]).await.json(), invalid_grant);
}

/// The store forgets a code that is not exchanged, with its grant, and keeps the grant of one that is.
#[tokio::test]
async fn grant_of_a_code_that_is_not_exchanged_ends_with_the_code() {
    let fixture = OAuthFixture::new().await;
    let (store, pool) = (&fixture.server.app.store, PoolId::new(&*fixture.ids.pool));
    let mut browser = fixture.browser();
    let code = fixture.get_code(&mut browser, &[]).await;
    for _ in 0..3 {
        let answer = browser.get("/oauth2/authorize", &fixture.query(&[])).await;
        assert!(answer.redirect_parameters().contains_key("code"), "{answer:?}");
    }
    let tokens = fixture.exchange(&code, &[]).await.json();
    assert_eq!(store.count(&pool, Kind::Grant).await, Ok(4));
    fixture.server.app.clock.advance(Duration::from_secs(2 * 24 * 60 * 60));
    store.sweep(fixture.server.app.clock.now(), 99).await.expect("swept");
    assert_eq!(store.count(&pool, Kind::Grant).await, Ok(1));
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", fixture.ids.client.as_str()),
        ("refresh_token", text(&tokens, "refresh_token")),
    ];
    assert_eq!(fixture.post("/oauth2/token", &form, &[]).await.status, 200);
}

/// oau-0089.
#[tokio::test]
async fn refresh_rotates_where_the_client_says_so() {
    let fixture = OAuthFixture::new().await;
    let rotation =
        RefreshTokenRotationType::builder().feature(FeatureType::Enabled).retry_grace_period_seconds(0);
    let rotation = rotation.build().expect("a rotation");
    let created = fixture
        .create_client(&[OAuthFlowType::Code], |create| {
            create
                .refresh_token_rotation(rotation)
                .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserSrpAuth)
        })
        .await;
    let fixture =
        OAuthFixture { ids: PoolAndClient { client: id_of(&created), ..fixture.ids.clone() }, ..fixture };
    let tokens = fixture.get_tokens("openid").await;
    let refresh = async |token: &str| {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", fixture.ids.client.as_str()),
            ("refresh_token", token),
        ];
        fixture.post("/oauth2/token", &form, &[]).await.json()
    };
    let renewed = refresh(text(&tokens, "refresh_token")).await;
    assert_ne!(text(&renewed, "refresh_token"), text(&tokens, "refresh_token"));
    assert_eq!(refresh(text(&tokens, "refresh_token")).await, json!({ "error": "invalid_grant" }));
    assert!(refresh(text(&renewed, "refresh_token")).await.get("access_token").is_some());
}

/// oau-0094, oau-0302, oau-0303.
#[tokio::test]
async fn refresh_of_a_signed_out_disabled_or_other_user_is_refused() {
    let fixture = OAuthFixture::new().await;
    let other = id_of(&fixture.create_client(&[OAuthFlowType::Code], |create| create).await);
    let refresh = async |client: &str, tokens: &Value| {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", client),
            ("refresh_token", text(tokens, "refresh_token")),
        ];
        fixture.post("/oauth2/token", &form, &[]).await.json()
    };
    let invalid_grant = json!({ "error": "invalid_grant" });
    let tokens = fixture.get_tokens("openid").await;
    assert_eq!(refresh(&other, &tokens).await, invalid_grant);
    assert!(refresh(&fixture.ids.client, &tokens).await.get("access_token").is_some());
    let sdk = &fixture.server.sdk;
    let (pool, client) = (&fixture.ids.pool, &fixture.ids.client);
    sdk.admin_user_global_sign_out().user_pool_id(pool).username("ann").send().await.expect("signed out");
    assert_eq!(refresh(client, &tokens).await, invalid_grant);
    let tokens = fixture.get_tokens("openid").await;
    sdk.revoke_token().client_id(client).token(text(&tokens, "refresh_token")).send().await.expect("revoked");
    assert_eq!(refresh(client, &tokens).await, invalid_grant);
    let tokens = fixture.get_tokens("openid").await;
    sdk.admin_disable_user().user_pool_id(pool).username("ann").send().await.expect("disabled");
    assert_eq!(refresh(client, &tokens).await, invalid_grant);
}

/// oau-0104.
#[tokio::test]
async fn refresh_token_of_an_operation_is_good_here() {
    let fixture = OAuthFixture::new().await;
    let sdk = &fixture.server.sdk;
    let created = fixture
        .create_client(&[OAuthFlowType::Code], |create| {
            let flows =
                [ExplicitAuthFlowsType::AllowUserPasswordAuth, ExplicitAuthFlowsType::AllowRefreshTokenAuth];
            create.set_explicit_auth_flows(Some(flows.to_vec()))
        })
        .await;
    let client = id_of(&created);
    let call = sdk.initiate_auth().client_id(&client).auth_flow(AuthFlowType::UserPasswordAuth);
    let call = call.auth_parameters("USERNAME", "ann").auth_parameters("PASSWORD", crate::support::PASSWORD);
    let result = call.send().await.expect("signed in").authentication_result.expect("tokens");
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", client.as_str()),
        ("refresh_token", result.refresh_token().expect("one")),
    ];
    let tokens = fixture.post("/oauth2/token", &form, &[]).await.json();
    assert_eq!(jwt_claims(text(&tokens, "access_token"))["scope"], ADMIN);
    assert_eq!(fixture.user_info(text(&tokens, "access_token")).await.status, 401, "oau-0124");
}

#[tokio::test]
async fn concurrent_exchanges_of_a_code_give_tokens_once() {
    let fixture = OAuthFixture::new().await;
    let code = fixture.get_code(&mut fixture.browser(), &[]).await;
    let (one, two) = tokio::join!(fixture.exchange(&code, &[]), fixture.exchange(&code, &[]));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}
