//! Clients that name themselves by the address of a client ID metadata document. How documents are fetched is tested
//! where that is, in `client_metadata`.

use std::{sync::Arc, time::Duration};

use lido::{app::App, client_metadata::FakeMetadata};
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, TestServer,
    json_requests::id,
    jwt_claims,
    oauth::{ADMIN, Answer, Browser, CHALLENGE, OAuthFixture, VERIFIER},
};

const CLIENT: &str = "https://app.example.com/client.json";
const BACK: &str = "https://app.example.com/back";

/// A pool with a policy for the hosts of `example.com`, and documents.
struct Fixture {
    oauth: OAuthFixture,
    documents: Arc<FakeMetadata>,
    policy: String,
}

impl Fixture {
    async fn new() -> Self {
        let documents = Arc::new(FakeMetadata::default());
        let app = App { client_metadata: documents.clone(), ..App::for_tests() };
        let oauth = OAuthFixture::with_server(TestServer::with_app(app).await).await;
        let policy = json!({
            "UserPoolId": oauth.ids.pool, "ClientId": oauth.ids.client, "PolicyName": "apps",
            "URLPatterns": ["https://*.example.com/*"],
        });
        let created = oauth.server.expect_output("CreateCIMDPolicy", &policy).await;
        let policy = id(&created["CIMDPolicy"]["CIMDPolicyId"]);
        documents.put(CLIENT, json!({ "client_id": CLIENT, "redirect_uris": [BACK] }));
        Self { oauth, documents, policy }
    }

    fn query(&self, more: &[(&str, &str)]) -> String {
        let own = [("client_id", CLIENT), ("redirect_uri", BACK)];
        let own = own.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        self.oauth.query(&own.chain(more.iter().copied()).collect::<Vec<_>>())
    }

    async fn exchange(&self, client: &str, code: &str) -> Answer {
        let more = [("client_id", client), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
        self.oauth.exchange(code, &more).await
    }

    /// Signs `ann` in, and returns the code.
    async fn get_code(&self) -> String {
        let scope = format!("openid {ADMIN}");
        let more =
            [("scope", scope.as_str()), ("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
        let answer = self.oauth.browser().sign_in(&self.query(&more), "ann", PASSWORD).await;
        assert!(answer.location().starts_with(&format!("{BACK}?")), "{answer:?}");
        answer.redirect_parameters().remove("code").unwrap_or_else(|| panic!("no code: {answer:?}"))
    }

    async fn get_tokens(&self) -> Value {
        let answer = self.exchange(CLIENT, &self.get_code().await).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    async fn refresh(&self, client: &str, tokens: &Value) -> Answer {
        let token = tokens["refresh_token"].as_str().expect("a token");
        let form = [("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token)];
        self.oauth.post("/oauth2/token", &form, &[]).await
    }

    /// Returns the page that a request for authorization of a client leads to.
    async fn page_of(&self, client: &str) -> String {
        let answer =
            self.oauth.browser().get("/oauth2/authorize", &self.query(&[("client_id", client)])).await;
        answer.location().to_owned()
    }
}

#[tokio::test]
async fn address_of_a_document_is_a_client() {
    let fixture = Fixture::new().await;
    let tokens = fixture.get_tokens().await;
    let (access, id_token) = (id(&tokens["access_token"]), id(&tokens["id_token"]));
    assert_eq!(jwt_claims(&access)["client_id"], CLIENT);
    assert_eq!(jwt_claims(&id_token)["aud"], CLIENT);
    assert_eq!(fixture.oauth.user_info(&access).await.status, 200);
    let user = fixture.oauth.server.sdk.get_user().access_token(&access).send().await.expect("the user");
    assert_eq!(user.username(), "ann");
    let renewed = fixture.refresh(CLIENT, &tokens).await.json();
    assert_eq!(jwt_claims(renewed["id_token"].as_str().expect("a token"))["aud"], CLIENT);
    assert_eq!(fixture.documents.fetches(), 1, "the document is kept");
    let form = [("token", tokens["refresh_token"].as_str().expect("a token")), ("client_id", CLIENT)];
    assert_eq!(fixture.oauth.post("/oauth2/revoke", &form, &[]).await.status, 200);
    assert_eq!(fixture.oauth.user_info(&access).await.status, 401);
}

#[tokio::test]
async fn codes_and_tokens_of_an_address_are_of_no_other_client() {
    let fixture = Fixture::new().await;
    let other = "https://other.example.com/client.json";
    fixture.documents.put(other, json!({ "client_id": other, "redirect_uris": [BACK] }));
    let (code, tokens) = (fixture.get_code().await, fixture.get_tokens().await);
    let invalid = json!({ "error": "invalid_grant" });
    for client in [other, fixture.oauth.ids.client.as_str()] {
        assert_eq!(fixture.exchange(client, &code).await.json(), invalid, "{client}");
        assert_eq!(fixture.refresh(client, &tokens).await.json(), invalid, "{client}");
    }
    assert_eq!(fixture.exchange(CLIENT, &code).await.status, 200);
}

#[tokio::test]
async fn client_with_an_address_needs_a_challenge_and_its_own_redirect_url() {
    let fixture = Fixture::new().await;
    let mut browser = fixture.oauth.browser();
    let without = browser.get("/oauth2/authorize", &fixture.query(&[])).await;
    assert_eq!(without.redirect_parameters()["error"], "invalid_request");
    let implicit = browser.get("/oauth2/authorize", &fixture.query(&[("response_type", "token")])).await;
    assert_eq!(implicit.redirect_parameters()["error_description"], "unauthorized_client");
    let of_the_app_client = fixture.query(&[("redirect_uri", crate::support::oauth::BACK)]);
    let answer = browser.get("/oauth2/authorize", &of_the_app_client).await;
    assert!(answer.location().contains("/error?error=redirect_mismatch"), "{answer:?}");
    let proof =
        [("grant_type", "authorization_code"), ("client_id", CLIENT), ("client_secret", "x"), ("code", "x")];
    let answer = fixture.oauth.post("/oauth2/token", &proof, &[]).await;
    assert_eq!(answer.json(), json!({ "error": "invalid_client" }));
}

#[tokio::test]
async fn address_without_policy_document_or_pool_is_no_client() {
    let fixture = Fixture::new().await;
    for (client, document) in [
        ("https://example.org/client.json", json!({ "redirect_uris": [BACK] })),
        ("https://a.example.com/b/../client.json", json!({ "redirect_uris": [BACK] })),
        ("https://a.example.com/none.json", Value::Null),
        (
            "https://a.example.com/key.json",
            json!({ "redirect_uris": [BACK], "token_endpoint_auth_method": "private_key_jwt" }),
        ),
        ("https://a.example.com/plain.json", json!({ "redirect_uris": ["http://a.example.com/back"] })),
    ] {
        if !document.is_null() {
            let mut document = document;
            document["client_id"] = client.into();
            fixture.documents.put(client, document);
        }
        let page = fixture.page_of(client).await;
        assert!(page.ends_with("/error?error=Client+does+not+exist."), "{client}: {page}");
        let form = [("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", "x")];
        let answer = fixture.oauth.post("/oauth2/token", &form, &[]).await;
        assert_eq!(answer.json(), json!({ "error": "invalid_client" }), "{client}");
    }
    let root = Browser::new(&format!("http://{}", fixture.oauth.server.address));
    let answer = { root }.get("/oauth2/authorize", &fixture.query(&[])).await;
    assert!(answer.location().ends_with("/error?error=Client+does+not+exist."), "{answer:?}");
}

#[tokio::test]
async fn document_is_fetched_again_after_it_expires_and_tokens_outlive_it() {
    let fixture = Fixture::new().await;
    let tokens = fixture.get_tokens().await;
    let clock = &fixture.oauth.server.app.clock;
    clock.advance(Duration::from_secs(86_000));
    let renewed = fixture.refresh(CLIENT, &tokens).await.json();
    assert_eq!(fixture.documents.fetches(), 1);
    clock.advance(Duration::from_secs(400));
    let access = id(&renewed["access_token"]);
    assert_eq!(fixture.oauth.user_info(&access).await.status, 200, "while no document is kept");
    assert_eq!(fixture.documents.fetches(), 1);
    assert_eq!(fixture.refresh(CLIENT, &tokens).await.status, 200);
    assert_eq!(fixture.documents.fetches(), 2);
}

#[tokio::test]
async fn tokens_of_an_address_end_with_its_policy() {
    let fixture = Fixture::new().await;
    let tokens = fixture.get_tokens().await;
    let access = id(&tokens["access_token"]);
    let delete = json!({ "UserPoolId": fixture.oauth.ids.pool, "CIMDPolicyId": fixture.policy });
    fixture.oauth.server.expect_output("DeleteCIMDPolicy", &delete).await;
    assert_eq!(fixture.oauth.user_info(&access).await.status, 401);
    assert_eq!(fixture.refresh(CLIENT, &tokens).await.json(), json!({ "error": "invalid_client" }));
    let refused =
        fixture.oauth.server.sdk.get_user().access_token(&access).send().await.expect_err("refused");
    assert!(refused.into_service_error().is_not_authorized_exception());
}
