use aws_sdk_cognitoidentityprovider::{
    Client, Config,
    config::{Credentials, Region},
    types::AttributeType,
};
use lido_cognito::LidoServer;

#[tokio::test]
async fn user_signs_up() -> Result<(), Box<dyn std::error::Error>> {
    let lido = LidoServer::start().await?;
    let pool = lido.create_pool().await?;
    let cognito = cognito(&lido);

    let email = AttributeType::builder().name("email").value("mary@example.com").build()?;
    let sign_up = cognito.sign_up().client_id(pool.client_id()).username("mary");
    sign_up.password("Correct-Horse-1").user_attributes(email).send().await?;

    let code = pool.code_for("mary").await?;
    let confirm = cognito.confirm_sign_up().client_id(pool.client_id()).username("mary");
    confirm.confirmation_code(code).send().await?;

    assert!(!pool.sign_in("mary", "Correct-Horse-1").await?.access_token.is_empty());
    Ok(())
}

/// An SDK client of the server, which speaks HTTP without TLS.
fn cognito(lido: &LidoServer) -> Client {
    let config = Config::builder()
        .behavior_version_latest()
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(lido.endpoint_url())
        .region(Region::new(lido.region().to_owned()))
        .credentials_provider(Credentials::new(
            lido.access_key_id(),
            lido.secret_access_key(),
            None,
            None,
            "lido",
        ))
        .build();
    Client::from_conf(config)
}
