//! A primary with a synchronous standby: the primary is killed under load, the standby takes over, and the servers follow.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

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

/// An operator ends the wait for a standby that is away. The write is on the primary alone then, and visible there.
#[test]
fn write_that_its_standby_does_not_have_is_never_acknowledged() {
    for ending in ["pg_cancel_backend", "pg_terminate_backend"] {
        let Some(primary) = Cluster::start(&[]) else { return };
        let standby = primary.start_standby();
        let settings = Settings { store: primary.tcp_url(PASSWORD), ..Settings::default() };
        let servers = Servers::start(1, settings);
        let group = |name: &str| json!({"UserPoolId": servers.pool, "GroupName": name});
        let mut client = servers.connect(0).expect("it runs");
        client.expect_output("CreateGroup", &group("before"));
        standby.stop();
        let (stop, ended) = (AtomicBool::new(false), AtomicBool::new(false));
        let answer = thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::SeqCst) {
                    let end =
                        format!("SELECT {ending}(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
                    if !primary.psql(&end).is_empty() {
                        ended.store(true, Ordering::SeqCst);
                    }
                    thread::sleep(Duration::from_millis(100));
                }
            });
            let answer = client.call("CreateGroup", &group("after"));
            stop.store(true, Ordering::SeqCst);
            answer
        });
        assert!(ended.load(Ordering::SeqCst), "{ending}: nothing waited");
        assert_eq!(answer.status, 500, "{ending}: {answer:?}");
        // With the standby it is served again, and knows what it has.
        standby.run_server();
        let until = Instant::now() + Duration::from_secs(60);
        while client.call("CreateGroup", &group("again")).status == 500 {
            assert!(Instant::now() < until, "{ending}: {}", servers.logs());
            thread::sleep(Duration::from_millis(100));
        }
        client.expect_output("GetGroup", &group("before"));
    }
}
