//! A flood of sessions: what has expired is removed as fast as it can come in.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    Measure,
    client::{Client, Ids},
    lab::{Lab, Server},
    raw_client::post,
};

/// What strangers can make in half a minute at the default quota.
const SESSIONS: usize = 5_000;
/// Between a flood and the next, on the real clock. The sweeper runs every half minute.
const PAUSE: Duration = Duration::from_secs(38);

/// Makes sessions, lets them expire by the clock of `lido dev`, waits, and makes as many again. SQLite uses the room of
/// removed rows again, so that the file does not grow by the second flood.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut server = lab.dev("--store sqlite:lido.db")?;
    let mut client = server.client()?;
    let flows = json!({"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]});
    let ids = client.create(json!({}), flows)?;
    client.create_user(&ids, "ann", &[])?;
    let empty = size(&server)?;
    flood(&mut client, &ids)?;
    let first = size(&server)?.saturating_sub(empty);
    client.advance(2 * 86_400)?;
    std::thread::sleep(PAUSE);
    let before = size(&server)?;
    let started = Instant::now();
    flood(&mut client, &ids)?;
    let rate = SESSIONS as f64 / started.elapsed().as_secs_f64();
    let second = size(&server)?.saturating_sub(before);
    Ok(vec![
        Measure::new(
            format!("growth of the store by {SESSIONS} sessions, {rate:.0} a second"),
            format!("{} kB", first / 1024),
            "some",
            first > 0,
        ),
        Measure::new(
            format!("growth by as many again, {} s after they expired", PAUSE.as_secs()),
            format!("{} kB", second / 1024),
            "a third of that",
            second <= first / 3,
        ),
        Measure::none("faults of the server", &server.faults()?),
    ])
}

/// Starts sign-ins, many behind each other, and reads the answers.
fn flood(client: &mut Client, ids: &Ids) -> anyhow::Result<()> {
    const BATCH: usize = 50;

    let start = json!({
        "ClientId": ids.client, "AuthFlow": "USER_AUTH", "AuthParameters": {"USERNAME": "ann"}
    });
    let request = post("InitiateAuth", &start.to_string());
    for _ in 0..SESSIONS / BATCH {
        client.send(request.repeat(BATCH))?;
        for _ in 0..BATCH {
            let answer = client.read()?;
            anyhow::ensure!(answer.status == 200, "{}", answer.body);
        }
    }
    Ok(())
}

/// Returns the bytes of the database, without its log, whose size says nothing about what is kept.
fn size(server: &Server) -> anyhow::Result<u64> {
    Ok(fs::metadata(server.folder().join("lido.db"))?.len())
}
