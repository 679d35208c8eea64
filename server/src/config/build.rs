//! The parts of a server, made as the configuration says: store, keys, credentials, and the app that holds them.

use std::{fs, path::Path, sync::Arc};

use anyhow::Context as _;
use async_trait::async_trait;
use lido::{
    app::{App, Settings, WayOut},
    clock::Clock,
    credentials::{self, Credentials},
    delivery::{Deliver, DeliveryFault, Inbox, Outgoing},
    entropy::Entropy,
    keys::{Keys, file as key_file},
    store::{Store, memory::MemoryBackend, sqlite::SqliteBackend},
};
use zeroize::Zeroizing;

use super::{Config, Mode, StoreLocation};

/// The app and who may sign.
pub(crate) fn build(config: &Config) -> anyhow::Result<(App, Credentials)> {
    let entropy = Entropy::system();
    let credentials = match &config.credentials {
        Some(path) => credentials::file::load(path)?,
        // `lido serve` has a file: the configuration is not complete without.
        None => Credentials::AnyWellFormed,
    };
    let keys = Arc::new(keys(config, &entropy)?);
    let store = store(&config.store)?;
    let (way_out, confirmation_code) = match &config.mode {
        Mode::Dev { confirmation_code, .. } => (WayOut::Inbox(Inbox::new()), confirmation_code.clone()),
        Mode::Serve => (WayOut::Carrier(Arc::new(NoCarrier)), None),
    };
    let settings = Settings {
        region: config.region.0.clone(),
        account_id: config.account_id.0.clone(),
        confirmation_code: confirmation_code.map(|code| code.0),
    };
    Ok((App::new(store, Clock::system(), entropy, keys, way_out, settings), credentials))
}

fn store(location: &StoreLocation) -> anyhow::Result<Store> {
    Ok(match location {
        StoreLocation::Memory => Store::new(MemoryBackend::default()),
        StoreLocation::Sqlite(path) => Store::new(SqliteBackend::open(path)?),
    })
}

fn keys(config: &Config, entropy: &Entropy) -> anyhow::Result<Keys> {
    match (&config.key_file, &config.store, &config.mode) {
        (Some(path), _, Mode::Serve) => key_file::load(path, entropy)
            .context("make one with: (umask 077; head -c 32 /dev/urandom | base64 > FILE)"),
        (Some(path), _, Mode::Dev { .. }) => Ok(key_file::load_or_create(path, entropy)?),
        (None, StoreLocation::Sqlite(store), _) => {
            let path = store.with_extension("key");
            let keys = key_file::load_or_create(&path, entropy)?;
            keep_out_of_git(&path);
            Ok(keys)
        }
        // What is in memory goes with its key.
        (None, StoreLocation::Memory, _) => {
            Ok(Keys::new(Zeroizing::new(entropy.bytes()?), Vec::new(), entropy.clone()))
        }
    }
}

/// A folder `.lido` is made by us, so it can say itself that it is not to be committed.
fn keep_out_of_git(key: &Path) {
    if let Some(folder) = key.parent().filter(|folder| folder.ends_with(".lido")) {
        let ignore = folder.join(".gitignore");
        if !ignore.exists() {
            // The server runs as well without.
            let _ = fs::write(ignore, "*\n");
        }
    }
}

/// No way out is configured: messages wait in the outbox until there is one, or until their codes have died.
#[derive(Debug)]
struct NoCarrier;

#[async_trait]
impl Deliver for NoCarrier {
    async fn deliver(&self, _: &Outgoing) -> Result<(), DeliveryFault> {
        Err(DeliveryFault::Temporary("this server has no way to send mail or SMS yet".into()))
    }
}
