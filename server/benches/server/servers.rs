//! The servers of the benchmark: Lido, and a bare hyper server that reads the body and sends the same response.

use std::{convert::Infallible, future::pending, io::Write as _, path::Path, sync::Arc};

use anyhow::bail;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    header::{CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use lido::{
    credentials::Credentials,
    http::{HttpService, Limits},
};
use tokio::net::TcpListener;

use crate::seed::{self, SeededApp};

/// Prints a free port and the id of the user pool, and serves on this port until the process is killed.
pub(crate) fn serve(arguments: &[String]) -> anyhow::Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    crate::process::pin(0);
    let seeded = match arguments.as_slice() {
        ["echo"] => None,
        ["memory", users] => Some(seed::memory(users.parse()?)?),
        ["sqlite", users, path] => Some(seed::sqlite(Path::new(path), users.parse()?)?),
        other => bail!("unknown server {other:?}"),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = lido::http::listen(&[([127, 0, 0, 1], 0).into()])?;
        let pool = seeded.as_ref().map_or("none", |seeded| &seeded.pool);
        println!("{} {pool}", listener.local_addr()?.port());
        std::io::stdout().flush()?;
        match seeded {
            None => echo(listener).await,
            Some(seeded) => lido(listener, seeded).await,
        }
    })
}

async fn lido(listener: TcpListener, seeded: SeededApp) -> anyhow::Result<()> {
    let service = HttpService::new(seeded.app, Credentials::AnyWellFormed)?;
    lido::http::serve(listener, Arc::new(service), Limits::of_system(), pending()).await;
    Ok(())
}

async fn echo(listener: TcpListener) -> anyhow::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
        // The load may drop a connection.
        tokio::spawn(async { drop(connection.await) });
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = request.into_body().collect().await.map(http_body_util::Collected::to_bytes);
    std::hint::black_box(body.is_ok());
    let mut response = Response::new(Full::from("{}"));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"));
    Ok(response)
}
