//! Serves the shop until Ctrl-C, then completes the requests that have begun, and prints how often each operation was
//! called.

use lido_runtime::{MakeServiceExt as _, serve::serve};
use ticket_shop::{Calls, Shop, service};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let calls = Calls::default();
    let service = service(Shop::open()?, calls.clone())?;
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8091".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve(listener, service.into_make_service())
        .with_graceful_shutdown(async { drop(tokio::signal::ctrl_c().await) })
        .with_shutdown_timeout(std::time::Duration::from_secs(10))
        .await?;
    println!("{:?}", calls.counted());
    Ok(())
}
