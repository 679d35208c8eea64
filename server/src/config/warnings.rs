//! The warnings at the start: settings that work and are not safe, each told once.
//!
//! What cannot work keeps the server from starting instead. Warnings about a single file or address are where it is read,
//! such as `lido::keys::file`.

use std::{
    fs::{self, File},
    net::IpAddr,
    path::{Path, PathBuf},
};

use lido::{
    keys::file::is_open_to_others,
    store::{
        Store,
        postgres::{PostgresAddress, PostgresBackend, PostgresUrl},
    },
};
use lido_domain::attribute::contact::ContactKind;

use super::{Config, Mode, PublicUrl, StoreLocation};

/// The most pools that are looked at for warnings.
const MAX_POOLS: usize = 1_000;

/// The lock on the store that this process holds while it runs. The system releases it however the process ends.
#[derive(Debug)]
pub(crate) struct StoreLock {
    _file: File,
}

/// Logs the warnings, and locks the store if it is a file.
///
/// # Errors
/// The store cannot be read.
pub(super) async fn warn_at_start(config: &Config, store: &Store) -> anyhow::Result<Option<StoreLock>> {
    if let Mode::Serve = config.mode {
        if config.store == StoreLocation::Memory {
            tracing::warn!("--store memory: all users and pools are lost when this server stops");
        }
        if let Some(url) = config.public_url.as_ref().filter(|url| is_unencrypted(url)) {
            tracing::warn!(
                public_url = url.0,
                "--public-url uses http to another machine, so tokens and codes can be read on the way; use https"
            );
        }
        if config.issuer.as_ref().is_some_and(|issuer| issuer.0.is_unencrypted()) {
            tracing::warn!(
                "--issuer uses http to another machine, so that the keys of tokens can be replaced on the way; use https"
            );
        }
        warn_of_missing_transports(config, store).await?;
    }
    if let StoreLocation::Postgres(url) = &config.store {
        warn_of_database(url).await?;
    }
    let StoreLocation::Sqlite(path) = &config.store else { return Ok(None) };
    for file in store_files(path) {
        if is_open_to_others(&file).unwrap_or(false) {
            tracing::warn!(path = %file.display(), "other users of this machine can read the store; restrict it with chmod 600");
        }
    }
    if let Some(name) = network_file_system(path) {
        tracing::warn!(path = %path.display(), "the store is on a network file system ({name}), where SQLite can lose data; move it to a local disk");
    }
    Ok(lock(path))
}

/// Warns of a connection that others can read, and of settings of the database that can lose what was answered.
async fn warn_of_database(url: &PostgresUrl) -> anyhow::Result<()> {
    if PostgresAddress::read(url)?.is_unverified() {
        tracing::warn!(
            store = %url,
            "the certificate of the database is not verified, so others on the way can read and change what is stored; \
             set sslmode=verify-full and sslrootcert"
        );
    }
    for (name, value) in PostgresBackend::unsafe_settings(url).await? {
        tracing::warn!(
            store = %url,
            "the database has {name} = {value}, so it can lose what was answered when it ends; set it to on"
        );
    }
    Ok(())
}

/// Returns the files of a SQLite store.
pub(crate) fn store_files(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|suffix| with_suffix(path, suffix))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Returns whether a URL uses http to a host that is not this machine.
fn is_unencrypted(url: &PublicUrl) -> bool {
    let host = url.host();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_local = host == "localhost"
        || host.ends_with(".localhost")
        || address.is_ok_and(|address| address.is_loopback());
    url.0.starts_with("http://") && !is_local
}

async fn warn_of_missing_transports(config: &Config, store: &Store) -> anyhow::Result<()> {
    let transports = [
        ("mail", "--smtp", config.mail.is_none(), ContactKind::Email),
        ("SMS", "--sms-webhook", config.sms.is_none(), ContactKind::PhoneNumber),
    ];
    for (kind, option, is_missing, contact) in transports {
        if !is_missing {
            continue;
        }
        let pools = store.list_pools(None, MAX_POOLS).await?;
        let verifying = pools.iter().filter(|pool| pool.pool.auto_verified.contains(&contact)).count();
        if verifying > 0 {
            tracing::warn!(
                pools = verifying,
                "{option} is not set, but user pools verify contacts by {kind}: operations that send {kind} fail with \
                 CodeDeliveryFailureException"
            );
        } else {
            tracing::warn!(
                "{option} is not set, so no {kind} is sent: operations that send {kind} fail with \
                 CodeDeliveryFailureException"
            );
        }
    }
    Ok(())
}

/// Takes the lock of a store, `PATH-lock`, and warns if another process has it.
///
/// *Chosen*: a warning, because commits of two processes on one file do not lose each other's changes, and a new version
/// may start before the old one has ended.
fn lock(path: &Path) -> Option<StoreLock> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(with_suffix(path, "-lock")).ok()?;
    if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
        tracing::warn!(path = %path.display(), "another process uses this store: request rates, the inbox and the test clock are per process; run only one server on a store");
        return None;
    }
    Some(StoreLock { _file: file })
}

/// Returns the name of the network file system that a file is on, or `None` if it is on another one.
#[cfg(target_os = "linux")]
pub(crate) fn network_file_system(path: &Path) -> Option<&'static str> {
    let found = rustix::fs::statfs(path).ok()?;
    // The magic numbers have 32 bits; the width of the member depends on the processor.
    network_name(found.f_type as u32)
}

/// Returns `None`, because file systems are not distinguished on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn network_file_system(_: &Path) -> Option<&'static str> {
    None
}

/// Returns the name of a network file system by its magic number (statfs(2)).
#[cfg(target_os = "linux")]
fn network_name(magic: u32) -> Option<&'static str> {
    Some(match magic {
        0x6969 => "NFS",
        0x517b => "SMB",
        0xff53_4d42 => "CIFS",
        0xfe53_4d42 => "SMB2",
        0x0102_1997 => "9P",
        0x5346_414f => "AFS",
        0x00c3_6400 => "Ceph",
        0x0bd0_0bd0 => "Lustre",
        0x4750_4653 => "GPFS",
        0x0116_1970 => "GFS2",
        0x7461_636f => "OCFS2",
        0x786f_4256 => "VirtualBox share",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_to_another_machine_is_unencrypted() {
        for (url, expected) in [
            ("http://auth.example.com", true),
            ("http://auth.example.com:8080", true),
            ("http://192.0.2.1", true),
            ("http://[2001:db8::1]:80", true),
            ("http://localhost.example.com", true),
            ("http://localhost:9229", false),
            ("http://app.localhost", false),
            ("http://127.0.0.1:9229", false),
            ("http://[::1]:9229", false),
            ("https://auth.example.com", false),
        ] {
            assert_eq!(is_unencrypted(&url.parse().expect("a URL")), expected, "{url}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn network_file_systems_are_named() {
        assert_eq!(network_name(0x6969), Some("NFS"));
        assert_eq!(network_name(0xff53_4d42), Some("CIFS"));
        // ext4, tmpfs, overlay, btrfs, xfs.
        for local in [0xef53, 0x0102_1994, 0x794c_7630, 0x9123_683e, 0x5846_5342] {
            assert_eq!(network_name(local), None, "{local:x}");
        }
        assert_eq!(network_file_system(Path::new(env!("CARGO_MANIFEST_DIR"))), None);
    }
}
