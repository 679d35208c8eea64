//! `lido backup`: copies a SQLite store while a server uses it.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Args;
use lido::{
    entropy::Entropy,
    keys,
    store::{
        postgres::PostgresUrl,
        sqlite::{BackupReport, back_up},
    },
};

use super::{
    progress::{Interrupt, Progress},
    store_arguments::{StoreArguments, start},
};
use crate::config::{ConfigError, StoreLocation, StoreSettings};

#[derive(Debug, Args)]
pub(crate) struct BackupArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,

    /// File to write, which must not exist
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// Writes the backup, and prints what is in it.
///
/// # Errors
/// The configuration is wrong or the store is none of SQLite (outer), or there is no backup (inner).
pub(crate) fn run(arguments: &BackupArguments) -> Result<anyhow::Result<()>, ConfigError> {
    let settings = StoreSettings::new("lido backup", &arguments.store)?;
    Ok(start(&settings).and_then(|()| back_up_store(&settings, &arguments.file)))
}

fn back_up_store(settings: &StoreSettings, to: &Path) -> anyhow::Result<()> {
    let from = match &settings.store {
        StoreLocation::Sqlite(path) => path.clone(),
        StoreLocation::Memory => {
            bail!("a store in memory ends with its server, so there is nothing to back up")
        }
        StoreLocation::Postgres(url) => bail!("{}", refusal(url)),
    };
    let keys =
        settings.key_file.as_deref().map(|path| keys::file::load(path, &Entropy::system())).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.context("the threads of the command cannot be started")?;
    let interrupt = runtime.block_on(async { Interrupt::listen() })?;
    let progress = Progress::new("copying", "pages");
    let report = back_up(&from, to, keys.as_ref(), &mut |done, total| {
        progress.set(done, total);
        if interrupt.is_set() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    drop(progress);
    println!("{}", summary(to, report));
    if settings.key_file.is_none() {
        println!(
            "no --key-file was given, so it was not checked that one belongs to it; back the key file up too, elsewhere"
        );
    }
    Ok(())
}

fn summary(to: &Path, report: BackupReport) -> String {
    let BackupReport { bytes, tables, key_is_checked } = report;
    let key = if key_is_checked { ", and the key file opens its check value" } else { "" };
    format!(
        "{} is a complete and sound backup of {bytes} bytes, with tables of version {tables}{key}",
        to.display()
    )
}

/// Says how a database is backed up: by its own programs, which know its log and its other servers.
fn refusal(url: &PostgresUrl) -> String {
    format!(
        "the store {url} is a database of PostgreSQL, which its own programs back up: pg_dump --format=custom for all tables \
         whose names begin with lido_, or pg_basebackup with the log for the whole cluster; back up the key file too, elsewhere"
    )
}
