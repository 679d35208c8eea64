//! More connections than there may be, all idle: they give way to clients that send something.

use std::{net::TcpStream, time::Duration};

use serde_json::json;

use super::{
    Measure,
    client::Client,
    lab::{Lab, Setup},
};

/// The open files of the server, which bound its connections.
const FILES: usize = 300;

/// Opens twice as many connections as the server can hold, and then calls an operation.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let setup = Setup::dev("--store memory")?.limited(&format!("ulimit -n {FILES};"));
    let mut server = lab.start(setup)?;
    let connect = || TcpStream::connect(("127.0.0.1", server.port));
    let idle: Vec<TcpStream> = (0..2 * FILES).map(|_| connect()).collect::<Result<_, _>>()?;
    let mut client = Client::connect(server.port)?;
    client.set_timeout(Duration::from_secs(5));
    let outcome = client.timed("SignUp", &json!({}));
    let (measured, is_held) = match &outcome {
        Ok((answer, time)) => (format!("{} in {} ms", answer.status, time.as_millis()), answer.status == 400),
        Err(error) => (format!("{error:#}"), false),
    };
    let warnings = server.log()?.lines().filter(|line| line.contains("WARN")).count();
    drop(idle);
    Ok(vec![
        Measure::new(
            format!("a client beside {} idle ones, at most {FILES} files", 2 * FILES),
            measured,
            "400 in 5000 ms",
            is_held,
        ),
        Measure::new("warnings in the log", warnings, "1 to 10", (1..=10).contains(&warnings)),
        Measure::none("faults of the server", &server.faults()?),
    ])
}
