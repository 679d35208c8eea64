//! `POST /oauth2/revoke`.

use aws_sdk_cognitoidentityprovider::types::OAuthFlowType;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;

use crate::support::{
    PoolAndClient,
    oauth::{OAuthFixture, id_of},
};

/// oau-0127, oau-0128, oau-0129, oau-0131, oau-0133.
#[tokio::test]
async fn revoke_ends_the_tokens_of_a_sign_in() {
    let fixture = OAuthFixture::new().await;
    let other = id_of(&fixture.create_client(&[OAuthFlowType::Code], |create| create).await);
    let tokens = fixture.get_tokens("openid").await;
    let text = |name: &str| tokens[name].as_str().expect("a token").to_owned();
    let revoke = async |client: &str, token: &str| {
        let answer = fixture.post("/oauth2/revoke", &[("client_id", client), ("token", token)], &[]).await;
        (answer.status.as_u16(), answer.body)
    };
    let (client, done) = (fixture.ids.client.as_str(), (200, String::new()));
    let error = |code: &str| (400, json!({ "error": code }).to_string());
    assert_eq!(revoke(client, "").await, error("invalid_request"));
    for name in ["access_token", "id_token"] {
        assert_eq!(revoke(client, &text(name)).await, error("unsupported_token_type"), "{name}");
    }
    assert_eq!(revoke(client, "unknown").await, done);
    assert_eq!(revoke(&other, &text("refresh_token")).await, done);
    assert_eq!(fixture.user_info(&text("access_token")).await.status, 200, "another client ends nothing");
    assert_eq!(revoke(client, &text("refresh_token")).await, done);
    assert_eq!(fixture.user_info(&text("access_token")).await.status, 401);
    assert_eq!(revoke(client, &text("refresh_token")).await, done);
}

/// oau-0128, oau-0130, oau-0132.
#[tokio::test]
async fn revoke_needs_the_secret_and_revocation_turned_on() {
    let fixture = OAuthFixture::new().await;
    let created = fixture
        .create_client(&[OAuthFlowType::Code], |create| {
            create.generate_secret(true).enable_token_revocation(false)
        })
        .await;
    let (id, secret) = (id_of(&created), created.client_secret().expect("a secret"));
    let fixture =
        OAuthFixture { ids: PoolAndClient { client: id.clone(), ..fixture.ids.clone() }, ..fixture };
    let basic = |secret: &str| format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")));
    let wrong =
        fixture.post("/oauth2/revoke", &[("token", "x")], &[("authorization", &basic("wrong"))]).await;
    assert_eq!((wrong.status.as_u16(), wrong.json()), (401, json!({ "error": "invalid_client" })));
    let off = fixture.post("/oauth2/revoke", &[("token", "x")], &[("authorization", &basic(secret))]).await;
    assert_eq!((off.status.as_u16(), off.json()), (400, json!({ "error": "invalid_request" })));
}
