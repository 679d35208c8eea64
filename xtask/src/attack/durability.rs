//! A process that is killed while it writes: everything that it acknowledged is there afterwards.

use std::{
    thread::{self, sleep},
    time::Duration,
};

use serde_json::json;

use super::{Measure, client::Client, lab::Lab};

const ROUNDS: u64 = 3;

/// Kills the server several times while four clients create users.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut server = lab.dev("--store sqlite:lido.db")?;
    let ids = server.client()?.create(json!({}), json!({}))?;
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (port, pool, prefix) = (server.port, ids.pool.clone(), format!("r{round}w{writer}"));
                thread::spawn(move || write(port, &pool, &prefix))
            })
            .collect();
        sleep(Duration::from_millis(400 + 170 * round));
        server = lab.start(server.kill()?)?;
        acknowledged.extend(writers.into_iter().flat_map(|writer| writer.join().unwrap_or_default()));
    }
    let mut client = server.client()?;
    let mut lost = Vec::new();
    for name in &acknowledged {
        if client.call("AdminGetUser", &json!({"UserPoolId": ids.pool, "Username": name}))?.status != 200 {
            lost.push(name.clone());
        }
    }
    let count = acknowledged.len();
    Ok(vec![
        Measure::none(format!("of {count} acknowledged users, lost by {ROUNDS} kills"), &lost),
        Measure::new("users acknowledged", count, "some", count > 0),
        Measure::none("faults of the server", &server.faults()?),
    ])
}

/// Creates users until the server does not answer, and returns those that it acknowledged.
fn write(port: u16, pool: &str, prefix: &str) -> Vec<String> {
    let mut acknowledged = Vec::new();
    let Ok(mut client) = Client::connect(port) else { return acknowledged };
    for index in 0.. {
        let name = format!("{prefix}u{index}");
        let user = json!({"UserPoolId": pool, "Username": name, "MessageAction": "SUPPRESS"});
        match client.call("AdminCreateUser", &user) {
            Ok(answer) if answer.status == 200 => acknowledged.push(name),
            _ => break,
        }
    }
    acknowledged
}
