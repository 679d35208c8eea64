use lido_cognito::{Error, FaultRule, LidoServer};

#[tokio::test]
async fn app_sees_that_it_is_throttled() -> Result<(), Box<dyn std::error::Error>> {
    let lido = LidoServer::start().await?;
    let pool = lido.create_pool().await?;
    pool.create_user_without_password("mary", &[]).await?;
    let tokens = pool.tokens_for("mary").await?;

    let fault = lido.fault(FaultRule::throttle().operation("GetUser").count(1)).await?;
    let get_user = serde_json::json!({"AccessToken": tokens.access_token});
    let throttled = lido.call("GetUser", get_user.clone()).await;
    assert!(matches!(throttled, Err(Error::Refused { code, .. }) if code == "TooManyRequestsException"));
    assert_eq!(fault.hits().await?, 1);
    assert_eq!(lido.call("GetUser", get_user).await?["Username"], "mary");
    Ok(())
}
