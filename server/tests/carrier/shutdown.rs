//! Shutdown by signals: requests in progress are finished, for a limited time.

use std::{
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use serde_json::json;

use crate::{
    raw_client::{Client, post},
    server_process::Lido,
};

const LINE: &str = "dev --listen 127.0.0.1:0 --store sqlite:lido.db";

#[test]
fn signal_lets_request_in_progress_finish() {
    for signal in [Signal::TERM, Signal::INT] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut lido = Lido::start(folder.path(), LINE);
        let idle = lido.client();
        let mut in_progress = lido.client();
        let request = post("CreateUserPool", "{\"PoolName\": \"last\"}");
        let (first, second) = request.split_at(request.len() - 5);
        in_progress.send(first).expect("sent");
        thread::sleep(Duration::from_millis(200));
        lido.signal(signal);
        thread::sleep(Duration::from_millis(200));
        assert!(crate::raw_client::Client::try_connect(lido.port).is_err(), "a new connection was accepted");
        in_progress.send(second).expect("sent");
        let answer = in_progress.read().expect("answered");
        assert_eq!(answer.status, 200, "{answer:?}");
        let pool = answer.json()["UserPool"]["Id"].clone();
        assert!(in_progress.is_closed(), "the connection was not closed");
        assert!(lido.wait(Duration::from_secs(5)).success(), "{}", lido.log());
        drop(idle);
        assert!(!folder.path().join("lido.db-wal").exists(), "the store was not closed");
        let again = Lido::start(folder.path(), LINE);
        again.client().expect_output("DescribeUserPool", &json!({"UserPoolId": pool}));
    }
}

/// The order of events after SIGTERM: readiness says no, requests are served, then no connection is accepted.
#[test]
fn readiness_says_no_before_connections_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut lido = Lido::start(folder.path(), &format!("{LINE} --drain-delay 2"));
    let mut kept = lido.client();
    let ready = |client: &mut Client| client.get("/_lido/health/ready");
    assert_eq!(ready(&mut kept).status, 200);
    lido.signal(Signal::TERM);
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let Ok(mut client) = Client::try_connect(lido.port) else { panic!("it was ready until it ended") };
        let answer = ready(&mut client);
        if answer.status == 503 {
            assert_eq!(answer.body, "{\"status\":\"draining\"}");
            break;
        }
        assert!(Instant::now() < until, "still ready");
    }
    let answer = kept.call("ListUserPools", &json!({"MaxResults": 1}));
    assert_eq!(answer.status, 200, "it serves: {answer:?}");
    assert!(answer.head.contains("connection: close\r\n"), "{answer:?}");
    assert_eq!(lido.client().get("/_lido/health/live").status, 200);
    assert!(lido.wait(Duration::from_secs(30)).success(), "{}", lido.log());
}

#[test]
fn interrupted_server_does_not_wait() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut lido = Lido::start(folder.path(), &format!("{LINE} --drain-delay 3600"));
    lido.signal(Signal::INT);
    assert!(lido.wait(Duration::from_secs(30)).success(), "{}", lido.log());
}

#[test]
fn second_signal_stops_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut lido = Lido::start(folder.path(), LINE);
    let mut in_progress = lido.client();
    let request = post("CreateUserPool", "{\"PoolName\": \"last\"}");
    in_progress.send(&request[..request.len() - 5]).expect("sent");
    thread::sleep(Duration::from_millis(200));
    let signalled = Instant::now();
    lido.signal(Signal::TERM);
    thread::sleep(Duration::from_millis(200));
    lido.signal(Signal::TERM);
    assert_eq!(lido.wait(Duration::from_secs(5)).code(), Some(1));
    assert!(signalled.elapsed() < Duration::from_secs(5));
}

#[test]
fn shutdown_stops_waiting_for_unfinished_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut lido = Lido::start(folder.path(), LINE);
    let mut in_progress = lido.client();
    let request = post("CreateUserPool", "{\"PoolName\": \"last\"}");
    in_progress.send(&request[..request.len() - 5]).expect("sent");
    thread::sleep(Duration::from_millis(200));
    lido.signal(Signal::TERM);
    assert!(lido.wait(Duration::from_secs(20)).success());
    assert!(lido.log().contains("did not finish in time"), "{}", lido.log());
}
