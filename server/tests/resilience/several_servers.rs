//! Three servers on one store under load, with clocks apart, one killed and restarted again and again.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::{
    mail::assert_sent_once,
    mail_server::{MailBehavior, MailServer},
    postgres_cluster::{Cluster, PASSWORD},
    servers::{Servers, Settings},
    workload::{self, Report},
};

/// Runs the workload on all servers for `seconds`, while the last one is killed and restarted if `kills`.
fn run(servers: &Servers, seconds: u64, kills: bool, seed: u64) -> Report {
    let (stop, answers) = (AtomicBool::new(false), AtomicU64::new(0));
    let until = Instant::now() + Duration::from_secs(seconds);
    thread::scope(|scope| {
        let report = scope.spawn(|| workload::run(servers, 4, seed, &stop, &answers));
        while Instant::now() < until {
            thread::sleep(Duration::from_millis(700));
            if kills {
                servers.restart(servers.count() - 1);
            }
        }
        stop.store(true, Ordering::SeqCst);
        report.join().expect("no panic")
    })
}

/// For how long the test on PostgreSQL runs, in seconds, unless `LIDO_SEVERAL_SERVERS` says.
fn seconds() -> u64 {
    std::env::var("LIDO_SEVERAL_SERVERS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(10)
}

#[test]
fn three_servers_on_sqlite_answer_as_one() {
    let (folder, mail) = (tempfile::tempdir().expect("a folder"), MailServer::start(MailBehavior::default()));
    let store = format!("sqlite:{}", folder.path().join("lido.db").display());
    let smtp = Some(format!("smtp://{}", mail.address));
    let servers =
        Servers::start(3, Settings { store, smtp, clocks_ahead: vec![0, 1], ..Settings::default() });
    let report = run(&servers, 5, false, 1);
    report.assert_explained(&servers);
    assert_sent_once(&report, &mail, false);
}

#[test]
fn three_servers_on_postgresql_answer_as_one() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let mail = MailServer::start(MailBehavior::default());
    let smtp = Some(format!("smtp://{}", mail.address));
    let store = cluster.tcp_url(PASSWORD);
    let settings = Settings { store, smtp, clocks_ahead: vec![0, 1], ..Settings::default() };
    let servers = Servers::start(3, settings);
    for (part, kills) in [(1, false), (2, true)] {
        let report = run(&servers, seconds() * part / 3, kills, part);
        report.assert_explained(&servers);
        assert_sent_once(&report, &mail, kills);
    }
}
