//! Clocks that jump, forward and back, while several servers share a database.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    postgres_cluster::{Cluster, PASSWORD},
    raw_client::Client,
    servers::{CODE, Servers, Settings},
    workload,
};

const DAY: u64 = 86_400;

/// Puts the clock of a server of `lido dev` back to the real time.
fn put_back(client: &mut Client) {
    client.send("DELETE /_lido/clock HTTP/1.1\r\nhost: lido\r\n\r\n").expect("sent");
    assert_eq!(client.read().expect("answered").status, 200);
}

/// The clock of one server jumps by a second, and back, again and again, as it does where time is set badly.
#[test]
fn clock_that_jumps_by_a_second_under_load_loses_nothing() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let servers = Servers::start(2, Settings { store: cluster.tcp_url(PASSWORD), ..Settings::default() });
    let (stop, answers) = (AtomicBool::new(false), AtomicU64::new(0));
    let report = thread::scope(|scope| {
        let report = scope.spawn(|| workload::run(&servers, 2, 5, &stop, &answers));
        let mut clock = servers.connect(1).expect("it runs");
        let until = Instant::now() + Duration::from_secs(4);
        while Instant::now() < until {
            clock.advance(1);
            thread::sleep(Duration::from_millis(150));
            put_back(&mut clock);
            thread::sleep(Duration::from_millis(150));
        }
        stop.store(true, Ordering::SeqCst);
        report.join().expect("no panic")
    });
    report.assert_explained(&servers);
}

/// The clock of one server is days ahead, and then right again. What it has stored meanwhile has times in the future.
#[test]
fn clock_that_was_days_ahead_locks_no_user_out_and_ends_nothing_early() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let servers = Servers::start(2, Settings { store: cluster.tcp_url(PASSWORD), ..Settings::default() });
    let (mut right, mut wrong) = (servers.connect(0).expect("it runs"), servers.connect(1).expect("it runs"));
    let user = |name: &str| {
        let mail = json!([{"Name": "email", "Value": format!("{name}@example.com")}]);
        json!({"ClientId": servers.client, "Username": name, "Password": "Passw0rd!", "UserAttributes": mail})
    };
    let confirmation =
        |name: &str| json!({"ClientId": servers.client, "Username": name, "ConfirmationCode": CODE});
    let sign_in = |password: &str| {
        let parameters = json!({"USERNAME": "ann", "PASSWORD": password});
        json!({"ClientId": servers.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters})
    };
    let ahead = 10 * DAY;
    wrong.advance(ahead);
    // What one server stores at its time, the other one takes at its own.
    wrong.expect_output("SignUp", &user("ann"));
    right.expect_output("ConfirmSignUp", &confirmation("ann"));
    let signed_in = wrong.expect_output("InitiateAuth", &sign_in("Passw0rd!"));
    let token = &signed_in["AuthenticationResult"]["RefreshToken"];
    let refresh = json!({"ClientId": servers.client, "RefreshToken": token});
    right.expect_output("GetTokensFromRefreshToken", &refresh);
    // A code of the right time is old for the wrong clock, and still good for the right one.
    right.expect_output("SignUp", &user("bob"));
    let old = wrong.call("ConfirmSignUp", &confirmation("bob"));
    assert_eq!(old.json()["__type"], "ExpiredCodeException", "{old:?}");
    right.expect_output("ConfirmSignUp", &confirmation("bob"));
    // Wrong passwords in ten days' time: the user is locked out then, for a quarter of an hour at most.
    for _ in 0..25 {
        wrong.call("InitiateAuth", &sign_in("Wrong-Horse-1"));
    }
    let locked = wrong.call("InitiateAuth", &sign_in("Passw0rd!"));
    assert_eq!(locked.status, 400, "{locked:?}");
    put_back(&mut wrong);
    for client in [&mut right, &mut wrong] {
        // The first request moves what lies in the future to the clock.
        client.call("InitiateAuth", &sign_in("Passw0rd!"));
        client.advance(3_700);
        let answer = client.call("InitiateAuth", &sign_in("Passw0rd!"));
        assert_eq!(answer.status, 200, "{answer:?}");
        put_back(client);
    }
    // All that was written is there.
    let found = right.expect_output("ListUsers", &json!({"UserPoolId": servers.pool}));
    let mut names: Vec<&str> = found["Users"]
        .as_array()
        .expect("users")
        .iter()
        .filter_map(|user| user["Username"].as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["ann", "bob"]);
    let statuses = found["Users"].as_array().expect("users").iter().map(|user| &user["UserStatus"]);
    assert!(statuses.into_iter().all(|status| *status == "CONFIRMED"), "{found}");
    assert!(!servers.logs().contains("panic"), "{}", servers.logs());
}
