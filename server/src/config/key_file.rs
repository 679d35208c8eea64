//! Loads the keys of a server, and checks that they belong to its store.
//!
//! `lido::keys::file` reads a file, and `Store::check_keys` compares its keys with the store; this module decides when a
//! file is created and words what is wrong for the operator.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow, bail};
use lido::{
    entropy::Entropy,
    keys::{Keys, file as key_file},
    store::{KeyCheck, KeyCheckError, Store},
};
use zeroize::Zeroizing;

use super::{Config, Mode, StoreLocation};

/// Loads the keys. `lido dev` creates the file if there is none and the store has no secrets.
///
/// # Errors
/// The file cannot be used, or its keys do not open the secrets of the store.
pub(super) async fn load_and_check(
    config: &Config,
    store: &Store,
    entropy: &Entropy,
) -> anyhow::Result<Keys> {
    let Some(path) = path_of(config) else {
        // The store is lost with the process, so its key may be too.
        let keys = new_keys(entropy)?;
        store.check_keys(&keys, config.is_standby).await?;
        return Ok(keys);
    };
    let exists = path.exists();
    if !exists && !store.is_new().await? {
        check_that_key_may_be_new(config, store, &path, entropy).await?;
    }
    let keys = match config.mode {
        Mode::Serve => key_file::load(&path, entropy)?,
        Mode::Dev { .. } => key_file::load_or_create(&path, entropy)?,
    };
    if config.key_file.is_none() {
        write_gitignore(&path);
    }
    let (file, location) = (path.display(), &config.store);
    match store.check_keys(&keys, config.is_standby).await {
        Ok(KeyCheck::Opened) => {}
        Ok(KeyCheck::NewStore) if !exists => {}
        Ok(KeyCheck::NewStore) => new_store_beside_key(config, &path),
        Ok(KeyCheck::FormerStore { unopened: 0 }) => {
            tracing::info!(store = %location, "the store now has a check value for its key file");
        }
        Ok(KeyCheck::FormerStore { unopened }) => tracing::warn!(
            key_file = %file,
            store = %location,
            "{unopened} secrets of the store are sealed under keys that are not in the key file, so their users cannot \
             sign in; add the former keys to the file as further lines"
        ),
        Err(KeyCheckError::OtherKey) => bail!(
            "the key file {file} does not belong to the store {location}: secrets there are sealed under a key that is \
             not in the file; put the right key file back, or add the missing key to it as a further line"
        ),
        Err(KeyCheckError::Damaged) => bail!(
            "the check value of the key file {file} in the store {location} is damaged; restore the store from a backup"
        ),
        Err(error) => {
            return Err(error)
                .with_context(|| format!("the key file {file} cannot be compared with {location}"));
        }
    }
    Ok(keys)
}

/// Returns the path of the key file. A store in memory needs none.
fn path_of(config: &Config) -> Option<PathBuf> {
    match (&config.key_file, &config.store) {
        (Some(path), _) => Some(path.clone()),
        (None, StoreLocation::Sqlite(store)) => Some(store.with_extension("key")),
        // The database is elsewhere; its key is where that of a file would be.
        (None, StoreLocation::Postgres(_)) => Some(Path::new(super::DEV_STORE).with_extension("key")),
        (None, StoreLocation::Memory) => None,
    }
}

fn new_keys(entropy: &Entropy) -> anyhow::Result<Keys> {
    Ok(Keys::new(Zeroizing::new(entropy.bytes()?), Vec::new(), entropy.clone()))
}

/// Checks that a store that is not new has no secret, so that a key may be made for it.
async fn check_that_key_may_be_new(
    config: &Config,
    store: &Store,
    path: &Path,
    entropy: &Entropy,
) -> anyhow::Result<()> {
    let (file, location) = (path.display(), &config.store);
    // Keys that nothing was sealed under open no secret.
    match store.check_keys(&new_keys(entropy)?, true).await {
        Ok(_) if matches!(config.mode, Mode::Serve) => Ok(()),
        Ok(_) => {
            tracing::warn!(key_file = %file, store = %location, "the store had no key file, so a new key is made for it");
            Ok(())
        }
        Err(KeyCheckError::OtherKey | KeyCheckError::Damaged) => Err(anyhow!(
            "there is no key file {file}, but the store {location} has secrets that are sealed under its keys; restore \
             the key file, or start with a new store"
        )),
        Err(error) => Err(error).with_context(|| format!("the store {location} cannot be read")),
    }
}

/// Tells that the store is new and its key file is not: at the first start, or because the store was moved or lost.
fn new_store_beside_key(config: &Config, path: &Path) {
    let (file, location) = (path.display(), &config.store);
    match config.mode {
        // `lido serve` requires a key file, so this is what its first start looks like.
        Mode::Serve => tracing::info!(
            store = %location, key_file = %file,
            "the store is new and empty; if it should have contents, stop and check --store"
        ),
        Mode::Dev { .. } if matches!(config.store, StoreLocation::Memory) => {}
        Mode::Dev { .. } => tracing::warn!(
            store = %location, key_file = %file,
            "the store is new and empty, but its key file was there before; if it should have contents, stop and check \
             --store"
        ),
    }
}

/// Writes a `.gitignore` into the folder of the key if it is `.lido`, the folder that Lido creates itself.
fn write_gitignore(key: &Path) {
    if let Some(folder) = key.parent().filter(|folder| folder.ends_with(".lido")) {
        let ignore = folder.join(".gitignore");
        if !ignore.exists() {
            // The server does not need it.
            let _ = fs::write(ignore, "*\n");
        }
    }
}
