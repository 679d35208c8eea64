//! Empty, unsigned requests at the quota of a category: administrators' signed calls of the same category go through.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread::{self, sleep},
    time::{Duration, Instant},
};

use super::{
    Measure,
    client::{Client, error_of},
    lab::{Lab, Setup},
    raw_client::post,
    signing::SignedRequest,
};

const TIME: Duration = Duration::from_secs(6);
/// Between two unsigned requests: a hundred a second, twice the quota.
const PAUSE: Duration = Duration::from_millis(10);

/// Floods with SignUp, and calls AdminCreateUser ten times a second.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut server = lab.start(Setup::serve("")?)?;
    let mut client = server.client()?;
    client.send(SignedRequest::new("CreateUserPool", r#"{"PoolName":"attacked"}"#, 0)?.signed_bytes()?)?;
    let pool = super::client::text(&client.read()?.json(), "/UserPool/Id")?;
    let is_over = AtomicBool::new(false);
    let (port, over) = (server.port, &is_over);
    let (signed, refused, flooded) = thread::scope(|scope| {
        let flood = scope.spawn(move || flood(port, over));
        let called = call(&mut client, &pool);
        over.store(true, Ordering::SeqCst);
        let flooded = flood.join().unwrap_or_else(|_| Ok(0));
        called.and_then(|(signed, refused)| Ok((signed, refused, flooded?)))
    })?;
    Ok(vec![
        Measure::new("unsigned requests meanwhile", flooded, "some hundreds", flooded > 200),
        Measure::at_most(
            format!("of {signed} signed calls, refused for the number"),
            refused,
            signed / 10,
            "",
        ),
        Measure::none("faults of the server", &server.faults()?),
    ])
}

/// Returns how many calls were made, and how many were refused for their number.
fn call(client: &mut Client, pool: &str) -> anyhow::Result<(u64, u64)> {
    let (mut signed, mut refused) = (0, 0);
    let started = Instant::now();
    while started.elapsed() < TIME {
        let body = format!(r#"{{"UserPoolId":"{pool}","Username":"u{signed}","MessageAction":"SUPPRESS"}}"#);
        client.send(SignedRequest::new("AdminCreateUser", &body, 0)?.signed_bytes()?)?;
        let error = error_of(&client.read()?);
        signed += 1;
        refused += u64::from(error == "TooManyRequestsException");
        sleep(Duration::from_millis(100));
    }
    Ok((signed, refused))
}

fn flood(port: u16, is_over: &AtomicBool) -> anyhow::Result<u64> {
    let mut client = Client::connect(port)?;
    let mut sent = 0;
    while !is_over.load(Ordering::SeqCst) {
        client.send(post("SignUp", "{}"))?;
        client.read()?;
        sent += 1;
        sleep(PAUSE);
    }
    Ok(sent)
}
