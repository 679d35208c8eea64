//! The servers of the benchmark: Lido, and the bare hyper server of `echo`.

use std::{future::pending, io::Write as _, path::Path, sync::Arc};

use anyhow::bail;
use lido::{
    credentials::Credentials,
    http::{HttpService, Limits},
};
use tokio::net::TcpListener;

use crate::{
    echo,
    seed::{self, SeededApp},
};

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
            None => echo::serve(listener).await,
            Some(seeded) => lido(listener, seeded).await,
        }
    })
}

async fn lido(listener: TcpListener, seeded: SeededApp) -> anyhow::Result<()> {
    let service = HttpService::new(seeded.app, Credentials::AnyWellFormed)?;
    lido::http::serve(listener, Arc::new(service), Limits::of_system(), pending()).await;
    Ok(())
}
