//! The deletion of a large pool: it is answered at once, and requests to other pools do not wait for its rows.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    Measure,
    client::{Client, Ids},
    lab::Lab,
    raw_client::post,
};

const USERS: usize = 6_000;
const BATCH: usize = 100;
/// How long writes to the other pool go on after the deletion, while the sweeper removes the rows.
const AFTER: Duration = Duration::from_secs(40);

/// Fills a pool with users, deletes it while another pool is written to, and measures the longest wait of a write.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut server = lab.dev("--store sqlite:lido.db")?;
    let mut client = server.client()?;
    let factors = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}});
    let large =
        client.create(json!({"AutoVerifiedAttributes": ["email"], "Policies": factors}), json!({}))?;
    let other = client.create(json!({}), json!({}))?;
    fill(&mut client, &large)?;
    let (port, is_over) = (server.port, AtomicBool::new(false));
    let (deletion, longest, writes) = thread::scope(|scope| {
        let writer = scope.spawn(|| write_until(port, &other, &is_over));
        thread::sleep(Duration::from_secs(1));
        let started = Instant::now();
        let deleted = client.output("DeleteUserPool", &json!({"UserPoolId": large.pool}));
        let deletion = deleted.map(|_| started.elapsed());
        thread::sleep(AFTER);
        is_over.store(true, Ordering::SeqCst);
        let written = writer.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the writer panicked")));
        let (longest, writes) = written?;
        anyhow::Ok((deletion?, longest, writes))
    })?;
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Ok(vec![
        Measure::at_most(format!("deletion of a pool with {USERS} users"), millis(deletion), 1_000, " ms"),
        Measure::at_most(format!("longest of {writes} writes beside it"), millis(longest), 1_000, " ms"),
        Measure::none("faults of the server", &server.faults()?),
    ])
}

/// Creates users without passwords, which takes no derivation of keys.
fn fill(client: &mut Client, ids: &Ids) -> anyhow::Result<()> {
    for batch in 0..USERS / BATCH {
        let requests: Vec<String> = (0..BATCH).map(|index| create(ids, batch * BATCH + index)).collect();
        client.send(requests.concat())?;
        for _ in 0..BATCH {
            let answer = client.read()?;
            anyhow::ensure!(answer.status == 200, "{}", answer.body);
        }
    }
    Ok(())
}

fn create(ids: &Ids, number: usize) -> String {
    let attributes: Value = json!([
        {"Name": "email", "Value": format!("user{number}@example.com")}, {"Name": "email_verified", "Value": "true"}
    ]);
    let user = json!({
        "UserPoolId": ids.pool, "Username": format!("user{number}"), "MessageAction": "SUPPRESS",
        "UserAttributes": attributes
    });
    post("AdminCreateUser", &user.to_string())
}

/// Creates and deletes groups, one after the other. Returns the longest wait and the number of writes.
fn write_until(port: u16, ids: &Ids, is_over: &AtomicBool) -> anyhow::Result<(Duration, usize)> {
    let mut client = Client::connect(port)?;
    let (mut longest, mut writes) = (Duration::ZERO, 0);
    let group = json!({"UserPoolId": ids.pool, "GroupName": "group"});
    while !is_over.load(Ordering::SeqCst) {
        for operation in ["CreateGroup", "DeleteGroup"] {
            let (answer, time) = client.timed(operation, &group)?;
            anyhow::ensure!(answer.status == 200, "{}", answer.body);
            longest = longest.max(time);
            writes += 1;
        }
    }
    Ok((longest, writes))
}
