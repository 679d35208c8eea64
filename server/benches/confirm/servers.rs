//! The servers of the benchmark: Lido on a store that is there, and the bare hyper server of `echo`.

use std::{future::pending, io::Write as _, path::Path, sync::Arc, time::Duration};

use anyhow::bail;
use lido::{
    credentials::Credentials,
    http::{HttpService, Limits},
    store::{
        Store,
        postgres::{PostgresBackend, PostgresLimits, PostgresUrl},
        sqlite::SqliteBackend,
    },
};

use crate::{echo, process::pin, seed};

/// Prints a free port, and serves on it on one core until the process is killed.
pub(crate) fn serve(arguments: &[String]) -> anyhow::Result<()> {
    pin(0);
    // What a request failed for, if one did.
    tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_writer(std::io::stderr).init();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = lido::http::listen(&[([127, 0, 0, 1], 0).into()])?;
        let store = match arguments.as_slice() {
            ["echo"] => None,
            [location] => Some(open(location).await?),
            other => bail!("unknown server {other:?}"),
        };
        println!("{}", listener.local_addr()?.port());
        std::io::stdout().flush()?;
        let Some(store) = store else { return echo::serve(listener).await };
        let service = HttpService::new(seed::app(store), Credentials::AnyWellFormed)?;
        lido::http::serve(listener, Arc::new(service), Limits::of_system(), pending()).await;
        Ok(())
    })
}

/// Opens a store: the URL of a database, or the path of a file.
pub(crate) async fn open(location: &str) -> anyhow::Result<Store> {
    Ok(match location.parse::<PostgresUrl>() {
        Ok(url) => {
            // A commit of the bulk path takes long on a slow disk, and here something waits for it.
            let limits = PostgresLimits { timeout: Duration::from_secs(60), ..PostgresLimits::default() };
            Store::new(PostgresBackend::open(&url, limits, false).await?)
        }
        Err(_) => Store::new(SqliteBackend::open(Path::new(location))?),
    })
}
