//! Servers and databases are killed under load at random moments: every acknowledged write is there afterwards, and none
//! is half there.
//!
//! `LIDO_CRASHES` sets how often; the default is five times, CI has 40, and by hand it is 1,000.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Duration,
};

use crate::{
    postgres_cluster::{Cluster, PASSWORD},
    random::Random,
    servers::{Servers, Settings},
    workload,
};

/// How many pairs of users are used at a time.
const PAIRS: usize = 3;

/// Returns how often servers are killed.
pub(crate) fn crashes() -> usize {
    std::env::var("LIDO_CRASHES").ok().and_then(|count| count.parse().ok()).unwrap_or(5)
}

/// Runs the workload while `crash` is called as often as is asked for.
fn run(servers: &Servers, mut crash: impl FnMut(&mut Random)) {
    let (stop, answers) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut random = Random::new(7);
    let report = thread::scope(|scope| {
        let report = scope.spawn(|| workload::run(servers, PAIRS, 7, &stop, &answers));
        for _ in 0..crashes() {
            // Some requests are answered between two crashes, however slow the machine is.
            let next = answers.load(Ordering::SeqCst) + 30 + random.below(60) as u64;
            while answers.load(Ordering::SeqCst) < next && !report.is_finished() {
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_micros(random.below(5_000) as u64));
            crash(&mut random);
        }
        thread::sleep(Duration::from_millis(500));
        stop.store(true, Ordering::SeqCst);
        report.join().expect("no panic")
    });
    report.assert_explained(servers);
}

#[test]
fn killed_server_on_sqlite_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = format!("sqlite:{}", folder.path().join("lido.db").display());
    let servers = Servers::start(1, Settings { store, ..Settings::default() });
    run(&servers, |_| servers.restart(0));
}

#[test]
fn killed_server_on_postgresql_loses_nothing() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let servers = Servers::start(1, Settings { store: cluster.tcp_url(PASSWORD), ..Settings::default() });
    run(&servers, |_| servers.restart(0));
}

#[test]
fn killed_postgresql_loses_nothing() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let servers = Servers::start(1, Settings { store: cluster.tcp_url(PASSWORD), ..Settings::default() });
    run(&servers, |_| {
        cluster.kill();
        cluster.run_server();
    });
}

#[test]
fn killed_server_and_killed_postgresql_lose_nothing() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let servers = Servers::start(2, Settings { store: cluster.tcp_url(PASSWORD), ..Settings::default() });
    run(&servers, |random| {
        cluster.kill();
        servers.kill(random.below(2));
        cluster.run_server();
        servers.restart_stopped();
    });
}
