//! Three servers that share their request limits stay within them together, also when the database was away.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    postgres_cluster::{Cluster, PASSWORD},
    servers::{Servers, Settings},
};

/// The requests per second that all servers together serve.
const QUOTA: u32 = 30;

/// Sends requests to all servers at once for this long, each by several connections, and returns when each one that was
/// within the limit was answered.
fn flood(servers: &Servers, time: Duration) -> Vec<Duration> {
    let since = Instant::now();
    let caller = |index: usize| {
        let mut client = servers.connect(index).expect("it runs");
        let mut served = Vec::new();
        while since.elapsed() < time {
            let answer = client.call("GetUser", &json!({"AccessToken": "none"}));
            if answer.body.contains("TooManyRequestsException") {
                thread::sleep(Duration::from_millis(2));
            } else {
                served.push(since.elapsed());
            }
        }
        served
    };
    let mut served: Vec<Duration> = thread::scope(|scope| {
        let callers: Vec<_> = (0..3 * servers.count())
            .map(|number| scope.spawn(move || caller(number % servers.count())))
            .collect();
        callers.into_iter().flat_map(|caller| caller.join().expect("no panic")).collect()
    });
    served.sort();
    served
}

/// Floods the servers as [`flood`] does, while they share their limits. A server limits alone, and says so, from a request that
/// the database did not answer in time, as on a busy machine, to the first one that it answers again, which may be one of this
/// flood. A flood with such a time in it is repeated.
fn flood_shared(servers: &Servers, time: Duration) -> Vec<Duration> {
    let times_alone = || {
        let logs = servers.logs();
        let count = |line| logs.matches(line).count();
        (
            count("request limits are not shared now"),
            count("request limits are shared with other servers again"),
        )
    };
    for _ in 0..10 {
        // Whatever is left of the last one.
        thread::sleep(Duration::from_secs(2));
        let before = times_alone();
        let served = flood(servers, time);
        if before.0 == before.1 && times_alone() == before {
            return served;
        }
    }
    panic!("the servers never share their limits: {}", servers.logs())
}

/// Checks that no window has more requests than the documented bound: the quota at once, the quota a second, and half of it.
/// Answers of a busy machine may come late, so that a window is taken for a fifth of a second longer than it is.
fn assert_within_quota(served: &[Duration]) {
    for (first, from) in served.iter().enumerate() {
        for (count, until) in served.iter().skip(first).enumerate() {
            let seconds = (*until - *from).as_secs_f64() + 0.2;
            let bound = f64::from(QUOTA) * (1.5 + seconds);
            assert!(count as f64 <= bound, "{count} in {seconds:.2} s, at most {bound:.1}: {served:?}");
        }
    }
}

#[test]
fn three_servers_together_stay_within_shared_request_limits() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let limits = format!("shared,UserRead={QUOTA}");
    let settings =
        Settings { store: cluster.tcp_url(PASSWORD), request_limits: Some(limits), ..Settings::default() };
    let servers = Servers::start(3, settings);
    let time = Duration::from_secs(5);
    let served = flood_shared(&servers, time);
    assert_within_quota(&served);
    // They use what is there: the quota at once, and most of what is regained.
    let least = (f64::from(QUOTA) * (1.0 + 0.8 * (time.as_secs_f64() - 1.0))) as usize;
    assert!(served.len() >= least, "{} of at least {least}", served.len());

    // While the database is away, each server limits its own requests, and answers without waiting.
    cluster.kill();
    let (since, away) = (Instant::now(), Duration::from_secs(2));
    let served = flood(&servers, away);
    let alone = f64::from(QUOTA) * (1.0 + since.elapsed().as_secs_f64());
    let range = f64::from(QUOTA)..=3.0 * (alone + f64::from(QUOTA) / 2.0);
    assert!(range.contains(&(served.len() as f64)), "{} requests, {range:?} expected", served.len());
    assert!(since.elapsed() < away + Duration::from_secs(2), "{:?}", since.elapsed());

    // They share them again by themselves.
    cluster.run_server();
    assert_within_quota(&flood_shared(&servers, Duration::from_secs(3)));
    let logs = servers.logs();
    assert!(logs.contains("this server limits its own requests"), "{logs}");
}
