//! The settings of the commands that work on a store beside the server, or without one.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use lido::{
    entropy::Entropy,
    keys::{self, Keys},
    store::{
        KeyCheckError, Store,
        memory::MemoryBackend,
        postgres::{PostgresBackend, PostgresLimits},
        sqlite::SqliteBackend,
    },
};

use super::{ConfigError, LogFilter, StoreLocation, file::ConfigFile, parse_secret};
use crate::cli::store_arguments::StoreArguments;

/// The log level of such a command: it prints what it did itself.
const LOG: &str = "warn";

/// The store, its keys, and the log.
#[derive(Clone, Debug)]
pub(crate) struct StoreSettings {
    pub(crate) store: StoreLocation,
    pub(crate) key_file: Option<PathBuf>,
    pub(crate) log: LogFilter,
}

impl StoreSettings {
    /// Merges the arguments of `command` with the configuration file. Its log level is that of the server, which logs
    /// each request, so that it counts for the server alone.
    ///
    /// # Errors
    /// The file or the store is wrong, or the store is missing.
    pub(crate) fn new(command: &str, arguments: &StoreArguments) -> Result<Self, ConfigError> {
        let file = ConfigFile::read(arguments.config.as_deref())?;
        let store = parse_secret("--store", arguments.store.clone())?.or(file.store);
        let store = store.ok_or_else(|| ConfigError::Usage(format!("{command} requires --store STORE")))?;
        let key_file = arguments.key_file.clone().or(file.key_file);
        let log = arguments.log.clone().unwrap_or_else(|| LogFilter(LOG.to_owned()));
        Ok(Self { store, key_file, log })
    }

    /// Opens the store to be read, as it is: tables that are not those of this version are refused.
    ///
    /// # Errors
    /// The store cannot be used.
    pub(crate) async fn open_to_read(&self) -> anyhow::Result<Store> {
        Ok(match &self.store {
            StoreLocation::Postgres(url) => {
                Store::new(PostgresBackend::open(url, PostgresLimits::default(), true).await?)
            }
            StoreLocation::Sqlite(path) => Store::new(SqliteBackend::open_existing(path)?),
            StoreLocation::Memory => {
                bail!("a store in memory is that of its server alone; name another --store")
            }
        })
    }

    /// Opens the store to compare an import with it. Nothing is made: where there is no file, an empty store is compared with.
    ///
    /// # Errors
    /// The store cannot be used; the tables of PostgreSQL are missing, or not those of this version.
    pub(crate) async fn open_to_compare(&self) -> anyhow::Result<Store> {
        match &self.store {
            StoreLocation::Sqlite(path) if !path.exists() => Ok(Store::new(MemoryBackend::default())),
            StoreLocation::Postgres(_) => self
                .open_to_read()
                .await
                .context("--check changes nothing; lido migrate brings tables up to date"),
            _ => self.open_to_read().await,
        }
    }

    /// Opens the store as a server does: it is made if there is none, and its tables are brought up to date.
    ///
    /// # Errors
    /// The store cannot be used.
    pub(crate) async fn open_to_write(&self) -> anyhow::Result<Store> {
        Ok(match &self.store {
            StoreLocation::Postgres(url) => {
                Store::new(PostgresBackend::open(url, PostgresLimits::default(), false).await?)
            }
            StoreLocation::Sqlite(path) => Store::new(SqliteBackend::open(path)?),
            StoreLocation::Memory => bail!("a store in memory ends with this command; name another --store"),
        })
    }

    /// Loads the keys, if a file is named.
    ///
    /// # Errors
    /// The file cannot be used.
    pub(crate) fn keys(&self) -> anyhow::Result<Option<Keys>> {
        Ok(self.key_file.as_deref().map(|path| keys::file::load(path, &Entropy::system())).transpose()?)
    }

    /// Checks that the keys are those of the store. A new store gets their check value, unless it is only read.
    ///
    /// # Errors
    /// They are not, or the store cannot be used.
    pub(crate) async fn check_keys(
        &self,
        store: &Store,
        keys: &Keys,
        is_read_only: bool,
    ) -> anyhow::Result<()> {
        match store.check_keys(keys, is_read_only).await {
            Ok(_) => Ok(()),
            Err(KeyCheckError::OtherKey | KeyCheckError::Damaged) => bail!(
                "the key file does not belong to the store {}; name the key file of its server with --key-file",
                self.store
            ),
            Err(error) => {
                Err(error).with_context(|| format!("the key file cannot be compared with {}", self.store))
            }
        }
    }
}
