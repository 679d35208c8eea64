use lido_cognito::LidoServer;
use tokio::sync::OnceCell;

static LIDO: OnceCell<LidoServer> = OnceCell::const_new();

#[tokio::test]
async fn client_with_a_secret_signs_in() -> Result<(), Box<dyn std::error::Error>> {
    let lido = LIDO.get_or_try_init(LidoServer::start).await?;
    let usernames = serde_json::json!({"UsernameAttributes": ["email"]});
    let pool = lido.create_pool_with(usernames, serde_json::json!({"GenerateSecret": true})).await?;
    pool.create_user("mary@example.com", "Correct-Horse-1", &[]).await?;

    let input = serde_json::json!({
        "ClientId": pool.client_id(),
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {
            "USERNAME": "mary@example.com",
            "PASSWORD": "Correct-Horse-1",
            "SECRET_HASH": pool.secret_hash("mary@example.com"),
        },
    });
    let answer = lido.call("InitiateAuth", input).await?;
    assert!(answer["AuthenticationResult"]["AccessToken"].is_string());
    Ok(())
}
