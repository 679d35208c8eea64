//! Serves the store until Ctrl-C. `RUST_LOG=debug` logs requests, without the API key.

use lido_runtime::{MakeServiceExt as _, serve::serve};
use tracing_subscriber::{EnvFilter, fmt};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    fmt().with_env_filter(EnvFilter::from_default_env()).init();
    let service = key_value::service("open-sesame")?;
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8092".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve(listener, service.into_make_service())
        .with_graceful_shutdown(async { drop(tokio::signal::ctrl_c().await) })
        .await?;
    Ok(())
}
