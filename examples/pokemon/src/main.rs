//! Serves until Ctrl-C.

use lido_runtime::{MakeServiceExt as _, serve::serve};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = pokemon::pokemon()?;
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8093".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve(listener, service.into_make_service())
        .with_graceful_shutdown(async { drop(tokio::signal::ctrl_c().await) })
        .await?;
    Ok(())
}
