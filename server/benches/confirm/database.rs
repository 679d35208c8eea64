//! PostgreSQL of the benchmark: a throw-away cluster, the processor time of its processes, and what it counts.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use crate::{
    postgres_cluster::{Cluster, PASSWORD},
    process::processor_time,
};

/// As much memory as a small database server gives it. All else is the default, `fsync` too.
const SETTINGS: [&str; 2] = ["shared_buffers=512MB", "max_wal_size=4GB"];

/// A database.
pub(crate) struct Database {
    cluster: Cluster,
    data: PathBuf,
}

/// What the database has counted so far.
#[derive(Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) transactions: f64,
    /// How often the log was flushed, where the database tells.
    pub(crate) flushes: Option<f64>,
}

impl Database {
    /// Starts a cluster below a folder, or returns `None` where PostgreSQL is not installed.
    pub(crate) fn start(folder: &Path) -> anyhow::Result<Option<Self>> {
        // The server may run as another user.
        fs::set_permissions(folder, fs::Permissions::from_mode(0o777))?;
        Ok(Cluster::start_in(folder, &SETTINGS).map(|cluster| {
            let data = cluster.folder().join("data");
            Self { cluster, data }
        }))
    }

    /// Returns the URL of a new schema, over TCP.
    pub(crate) fn new_schema(&self, name: &str) -> String {
        self.cluster.psql(&format!("CREATE SCHEMA {name}"));
        format!("{}?options=-csearch_path%3D{name}", self.cluster.tcp_url(PASSWORD))
    }

    /// Does what the database would do in the background after a load.
    pub(crate) fn settle(&self) {
        self.cluster.psql("VACUUM ANALYZE");
        self.cluster.psql("CHECKPOINT");
    }

    /// Returns the processor time of all processes so far. Their connections stay, so that none is lost.
    pub(crate) fn processor_time(&self) -> Duration {
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        processes
            .filter(|process| fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == self.data))
            .filter_map(|process| process.file_name().to_str()?.parse().ok())
            .map(processor_time)
            .sum()
    }

    /// Returns what is counted, after the time in which the processes tell it.
    pub(crate) fn counts(&self) -> Counts {
        thread::sleep(Duration::from_millis(1_500));
        let number = |sql: &str| self.cluster.psql(sql).trim().parse::<f64>().ok();
        let transactions =
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'postgres'";
        // Newer versions count them elsewhere.
        let has_flushes = "SELECT count(*) FROM information_schema.columns
                           WHERE table_name = 'pg_stat_wal' AND column_name = 'wal_sync'";
        let flushes = (number(has_flushes) == Some(1.0)).then(|| number("SELECT wal_sync FROM pg_stat_wal"));
        Counts { transactions: number(transactions).unwrap_or_default(), flushes: flushes.flatten() }
    }
}
