//! Clients that send or read a byte now and then: their connections end, and others are served.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    Measure,
    client::{Client, attribute_list},
    lab::Lab,
    raw_client::post,
};

const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the kinds of slow clients at the same time, and waits for the end of each.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut server = lab.dev("--store memory")?;
    let list = large_list(&mut server.client()?)?;
    let head = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n{";
    let seconds = |time: Duration| time.as_secs();
    let (mut slow_head, mut slow_body, mut slow_reader) =
        (server.client()?, server.client()?, server.client()?);
    let (head_time, body_time, reader_time) = thread::scope(|scope| {
        let first = scope.spawn(move || drip(&mut slow_head, b"GET / HTTP/1.1\r\nhost: a\r\nx-long: "));
        let second = scope.spawn(move || drip(&mut slow_body, head.as_bytes()));
        let third = scope.spawn(move || read_slowly(&mut slow_reader, &list));
        let joined = |time: thread::Result<Duration>| time.unwrap_or(Duration::MAX);
        (joined(first.join()), joined(second.join()), joined(third.join()))
    });
    let (answer, time) = server.client()?.timed("SignUp", &json!({}))?;
    Ok(vec![
        Measure::at_most("a head that comes byte by byte, ended after", seconds(head_time), 20, " s"),
        Measure::at_most("a body that comes byte by byte, ended after", seconds(body_time), 45, " s"),
        Measure::at_most("answers read byte by byte, ended after", seconds(reader_time), 59, " s"),
        Measure::new(
            "another request",
            format!("{} in {} ms", answer.status, time.as_millis()),
            "400 in 1000 ms",
            answer.status == 400 && time < Duration::from_secs(1),
        ),
        Measure::none("faults of the server", &server.faults()?),
    ])
}

/// Creates users whose list is large, and returns requests for it, many behind each other.
fn large_list(client: &mut Client) -> anyhow::Result<String> {
    let ids = client.create(json!({}), json!({}))?;
    let value = "x".repeat(2_000);
    let attributes: Vec<_> =
        ["name", "nickname", "profile", "picture", "website"].map(|name| (name, &*value)).to_vec();
    for index in 0..60 {
        let user = json!({
            "UserPoolId": ids.pool, "Username": format!("user{index}"), "MessageAction": "SUPPRESS",
            "UserAttributes": attribute_list(&attributes)
        });
        client.output("AdminCreateUser", &user)?;
    }
    Ok(post("ListUsers", &json!({"UserPoolId": ids.pool, "Limit": 60}).to_string()).repeat(40))
}

/// Sends the beginning, and then a byte a second. Returns when the server has ended the connection.
fn drip(client: &mut Client, start: &[u8]) -> Duration {
    let started = Instant::now();
    let _ = client.send(start);
    client.set_timeout(Duration::from_secs(1));
    while started.elapsed() < PATIENCE {
        if client.send(b"a").is_err() || client.is_closed() {
            break;
        }
    }
    started.elapsed()
}

/// Sends requests whose answers are much larger, and reads next to nothing. Returns when the server ends it.
fn read_slowly(client: &mut Client, requests: &str) -> Duration {
    let started = Instant::now();
    // It may have ended the connection before everything was sent.
    let _ = client.send(requests);
    while started.elapsed() < PATIENCE {
        thread::sleep(Duration::from_secs(1));
        // The server has ended it once sending fails.
        if client.send(b" ").is_err() {
            break;
        }
    }
    started.elapsed()
}
