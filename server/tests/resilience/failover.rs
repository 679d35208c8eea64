//! A primary with a synchronous standby: the primary is killed under load, the standby takes over, and the servers follow.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::{
    postgres_cluster::{Cluster, PASSWORD},
    servers::{Servers, Settings},
    workload,
};

#[test]
fn failover_to_a_synchronous_standby_loses_nothing() {
    let Some(primary) = Cluster::start(&[]) else { return };
    let standby = primary.start_standby();
    let hosts = format!("127.0.0.1:{},127.0.0.1:{}", primary.port(), standby.port());
    let store = primary.tcp_url(PASSWORD).replace(&format!("127.0.0.1:{}", primary.port()), &hosts);
    let store = format!("{store}?target_session_attrs=read-write");
    let servers = Servers::start(2, Settings { store, ..Settings::default() });
    let (stop, answers) = (AtomicBool::new(false), AtomicU64::new(0));
    let report = thread::scope(|scope| {
        let report = scope.spawn(|| workload::run(&servers, 3, 3, &stop, &answers));
        thread::sleep(Duration::from_secs(3));
        let start = Instant::now();
        primary.kill();
        standby.promote();
        println!("promoted {:?} after the primary was killed", start.elapsed());
        thread::sleep(Duration::from_secs(6));
        stop.store(true, Ordering::SeqCst);
        report.join().expect("no panic")
    });
    println!("time without service: {:?}", report.longest_gap);
    report.assert_explained(&servers);
    assert_eq!(standby.psql("SELECT pg_is_in_recovery()"), "f\n");
}
