//! The store, its keys, and the clock of its database.

use std::path::Path;

use lido::{
    clock::Clock,
    entropy::Entropy,
    keys::file::{self as key_file, is_open_to_others},
    store::{
        KeyCheck, KeyCheckError, Store,
        postgres::{self, PostgresAddress, PostgresBackend, PostgresUrl},
        sqlite::{OpenError, SqliteBackend},
    },
};

use super::Finding;
use crate::config::{Config, StoreLocation, warnings};

/// What to do about a store that says nothing better itself.
const REMEDY: &str = "check --store, and that it can be reached and used";

/// The free space below which a server is about to stop writing.
const LEAST_SPACE: u64 = 64 * 1024 * 1024;

/// The free space below which the operator is warned.
const LITTLE_SPACE: u64 = 1024 * 1024 * 1024;

/// How far the clocks of servers may be apart, as docs/running-it.md says.
const CLOCKS_APART: i64 = 60_000;

/// Checks the store.
pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    let store = match &config.store {
        StoreLocation::Sqlite(path) => check_sqlite(path, &mut findings),
        StoreLocation::Postgres(url) => check_postgres(config, url, &mut findings).await,
        StoreLocation::Memory => {
            findings.push(Finding::warning(
                "store",
                "a store in memory: all users and pools are lost when the server stops",
                "name a file or a database with --store",
            ));
            None
        }
    };
    if let Some(store) = store {
        findings.push(check_keys(config, &store).await);
    }
    findings
}

fn check_sqlite(path: &Path, findings: &mut Vec<Finding>) -> Option<Store> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let store = match SqliteBackend::open_existing(path) {
        Ok(backend) => {
            findings.push(Finding::ok(
                "store",
                format!("{} opens, and its tables are those of this Lido", path.display()),
            ));
            Some(Store::new(backend))
        }
        Err(_) if !path.exists() => {
            findings.push(new_file(path, folder));
            None
        }
        Err(OpenError::Older { found, known, .. }) => {
            findings.push(Finding::warning(
                "store",
                format!("{} has tables of version {found}, and this Lido uses {known}", path.display()),
                "back it up with lido backup; the server brings it up to date when it starts",
            ));
            None
        }
        Err(error) => {
            findings.push(Finding::of_error("store", &error, REMEDY));
            None
        }
    };
    let open: Vec<String> = warnings::store_files(path)
        .iter()
        .filter(|file| is_open_to_others(file).unwrap_or(false))
        .map(|file| file.display().to_string())
        .collect();
    if !open.is_empty() {
        let files = open.join(" ");
        let text = format!("other users of this machine can read {files}");
        findings.push(Finding::warning("store files", text, format!("chmod 600 {files}")));
    }
    if let Some(name) = warnings::network_file_system(if path.exists() { path } else { folder }) {
        findings.push(Finding::warning(
            "store files",
            format!("{} is on a network file system ({name}), where SQLite can lose data", path.display()),
            "move it to a local disk",
        ));
    }
    findings.extend(free_space(folder).map(|free| check_space(folder, free)));
    store
}

/// Says whether a store can be made.
fn new_file(path: &Path, folder: &Path) -> Finding {
    let text = format!("there is no store {} yet", path.display());
    match tempfile::tempfile_in(folder) {
        Ok(_) => Finding::warning(
            "store",
            text,
            "nothing, if it is new: the server makes it. Otherwise check --store",
        ),
        Err(error) if folder.exists() => Finding::wrong(
            "store",
            format!("{text}, and none can be made in {}: {error}", folder.display()),
            "let the user of the server write there, or check --store",
        ),
        Err(_) => Finding::warning(
            "store",
            format!("{text}, nor its folder"),
            "nothing, if it is new: the server makes both. Otherwise check --store",
        ),
    }
}

fn check_space(folder: &Path, free: u64) -> Finding {
    let text = format!("{} MiB are free on the disk of {}", free / 1024 / 1024, folder.display());
    let remedy = "make room: a server on a full disk answers reads alone";
    match free {
        0..LEAST_SPACE => Finding::wrong("disk", text, remedy),
        LEAST_SPACE..LITTLE_SPACE => Finding::warning("disk", text, remedy),
        _ => Finding::ok("disk", text),
    }
}

#[cfg(unix)]
fn free_space(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
fn free_space(_: &Path) -> Option<u64> {
    None
}

async fn check_postgres(config: &Config, url: &PostgresUrl, findings: &mut Vec<Finding>) -> Option<Store> {
    let versions = match postgres::table_versions(url).await {
        Ok(versions) => versions,
        Err(error) => {
            findings.push(Finding::of_error("store", &error, REMEDY));
            return None;
        }
    };
    if versions.found < versions.known {
        let text =
            format!("{url} has tables of version {}, and this Lido uses {}", versions.found, versions.known);
        findings.push(Finding::warning(
            "store",
            text,
            "run lido migrate, or let the server do so when it starts",
        ));
    } else {
        findings.push(Finding::ok("store", format!("{url} answers, and its tables are those of this Lido")));
    }
    if PostgresAddress::read(url).is_ok_and(|address| address.is_unverified()) {
        findings.push(Finding::warning(
            "database",
            "its certificate is not verified, so others on the way can read and change what is stored",
            "set sslmode=verify-full and sslrootcert in --store",
        ));
    }
    match PostgresBackend::unsafe_settings(url).await {
        Ok(settings) => findings.extend(settings.into_iter().map(|(name, value)| {
            let text = format!("it has {name} = {value}, so it can lose what was answered when it ends");
            Finding::warning("database", text, format!("set {name} to on"))
        })),
        Err(error) => findings.push(Finding::of_error("database", &error, REMEDY)),
    }
    findings.push(check_clocks(url).await);
    if versions.found < versions.known {
        return None;
    }
    match PostgresBackend::open(url, config.store_limits.clone(), true).await {
        Ok(backend) => Some(Store::new(backend)),
        Err(error) => {
            findings.push(Finding::of_error("store", &error, REMEDY));
            None
        }
    }
}

/// Compares the clock of this machine with that of the database.
async fn check_clocks(url: &PostgresUrl) -> Finding {
    let before = Clock::system().now().as_millis();
    let there = match postgres::clock(url).await {
        Ok(there) => there.as_millis(),
        Err(error) => return Finding::of_error("clocks", &error, REMEDY),
    };
    compare_clocks(before, there, Clock::system().now().as_millis())
}

/// Compares a time of the database with those of this machine before and after it was asked.
fn compare_clocks(before: i64, there: i64, after: i64) -> Finding {
    let apart =
        if there < before { before.saturating_sub(there) } else { there.saturating_sub(after).max(0) };
    let seconds = apart / 1_000;
    let text = format!("the clocks of this machine and of the database are {seconds} s apart");
    match apart {
        0..=5_000 => Finding::ok("clocks", text),
        5_001..=CLOCKS_APART => Finding::warning("clocks", text, "synchronize both (NTP)"),
        _ => Finding::wrong("clocks", text, "synchronize both (NTP): servers may be a minute apart at most"),
    }
}

/// Checks that the key file is that of the store.
async fn check_keys(config: &Config, store: &Store) -> Finding {
    let Some(path) = &config.key_file else {
        return Finding::wrong("keys", "there is no key file", "name it with --key-file");
    };
    let keys = match key_file::load(path, &Entropy::system()) {
        Ok(keys) => keys,
        Err(_) => {
            return Finding::warning(
                "keys",
                "not compared with the store, because the key file cannot be read",
                "mend the key file first",
            );
        }
    };
    match store.check_keys(&keys, true).await {
        Ok(KeyCheck::Opened) => Finding::ok("keys", "the key file opens the secrets of the store"),
        Ok(KeyCheck::NewStore) => Finding::ok("keys", "the store has no secrets yet"),
        Ok(KeyCheck::FormerStore { unopened: 0 }) => {
            Finding::ok("keys", "the key file opens all secrets of the store")
        }
        Ok(KeyCheck::FormerStore { unopened }) => Finding::warning(
            "keys",
            format!("{unopened} secrets of the store are sealed under keys that are not in the key file"),
            "add the former keys to the file as further lines",
        ),
        Err(KeyCheckError::OtherKey) => Finding::wrong(
            "keys",
            format!("the key file {} does not belong to the store {}", path.display(), config.store),
            "put the right key file back, or add the missing key to it as a further line",
        ),
        Err(KeyCheckError::Damaged) => Finding::wrong(
            "keys",
            "the check value of the key file is damaged",
            "restore the store from a backup",
        ),
        Err(error) => Finding::of_error("keys", &error, REMEDY),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::State, *};

    #[test]
    fn clocks_that_are_apart_are_told_by_how_much() {
        for (before, there, after, expected) in [
            (1_000, 1_000, 1_000, State::Ok),
            (1_000, 4_000, 9_000, State::Ok),
            (100_000, 90_000, 100_000, State::Warning),
            (100_000, 115_000, 100_001, State::Warning),
            (100_000, 39_000, 100_000, State::Wrong),
            (0, i64::MAX, 0, State::Wrong),
        ] {
            assert_eq!(compare_clocks(before, there, after).state, expected, "{before} {there} {after}");
        }
    }

    #[test]
    fn disk_with_little_room_is_told() {
        let mib = 1024 * 1024;
        for (free, expected) in
            [(0, State::Wrong), (63 * mib, State::Wrong), (64 * mib, State::Warning), (2048 * mib, State::Ok)]
        {
            assert_eq!(check_space(Path::new("."), free).state, expected, "{free}");
        }
        assert!(free_space(Path::new(".")).is_some_and(|free| free > 0));
    }
}
