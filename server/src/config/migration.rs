//! `lido migrate`: brings the tables of a database up to date, or says whether they are.

use anyhow::{Context as _, bail};
use lido::store::postgres::{self, TableVersions};

use super::{ConfigError, StoreLocation, migrated_store};
use crate::cli::MigrateArguments;

/// Migrates the tables of the store, or only compares their version. Prints what it did.
///
/// # Errors
/// The configuration is wrong, the database cannot be used, or, with `--check`, its tables are not up to date.
pub(crate) fn run(arguments: &MigrateArguments) -> Result<anyhow::Result<()>, ConfigError> {
    let store = migrated_store(arguments)?;
    Ok(migrate(&store, arguments.check))
}

fn migrate(store: &StoreLocation, only_checks: bool) -> anyhow::Result<()> {
    let StoreLocation::Postgres(url) = store else {
        println!("the store {store} needs no migration: a server migrates it when it starts");
        return Ok(());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("the threads of the command cannot be started")?;
    let TableVersions { found, known } = runtime.block_on(postgres::table_versions(url))?;
    if found == known {
        println!("the store {store} has tables of version {known}, which this Lido uses");
        return Ok(());
    }
    if only_checks {
        bail!(
            "the store {store} has tables of version {found}, and this Lido uses version {known}; run lido migrate"
        );
    }
    runtime.block_on(postgres::migrate(url))?;
    println!("the store {store} now has tables of version {known}; it had version {found}");
    Ok(())
}
