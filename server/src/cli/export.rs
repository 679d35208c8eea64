//! `lido export`: writes everything that a store has to a file, for `lido import`.

use std::{ops::ControlFlow, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use lido::{
    clock::{Clock, rfc3339},
    store::transfer,
};

use super::{
    VERSION,
    progress::{Interrupt, Progress},
    store_arguments::{StoreArguments, start},
};
use crate::config::{ConfigError, StoreSettings};

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,

    /// File to write, which must not exist
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// Writes the export, and prints how much is in it.
///
/// # Errors
/// The configuration is wrong (outer), or there is no export (inner).
pub(crate) fn run(arguments: &ExportArguments) -> Result<anyhow::Result<()>, ConfigError> {
    let settings = StoreSettings::new("lido export", &arguments.store)?;
    Ok(start(&settings).and_then(|()| export(&settings, &arguments.file)))
}

fn export(settings: &StoreSettings, to: &std::path::Path) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.context("the threads of the command cannot be started")?;
    runtime.block_on(async {
        let store = settings.open_to_read().await?;
        if let Some(keys) = settings.keys()? {
            settings.check_keys(&store, &keys, true).await?;
        }
        let interrupt = Interrupt::listen()?;
        let bar = Progress::counting("exporting", "lines");
        let mut progress = |lines| {
            bar.set(lines, 0);
            if interrupt.is_set() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let now = rfc3339(Clock::system().now());
        let report = transfer::export(&store, to, (&VERSION, now), &mut progress).await;
        let report = report.with_context(|| format!("there is no export of {} yet", settings.store))?;
        drop(bar);
        let continued = match report.continued {
            0 => String::new(),
            lines => format!(", {lines} of them by an earlier run"),
        };
        println!("{} has {} records of {}{continued}", to.display(), report.records, settings.store);
        Ok(())
    })
}
