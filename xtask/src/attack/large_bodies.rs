//! Many large bodies at once: memory stays bounded, and other requests are answered.

use std::{thread, time::Duration};

use serde_json::json;

use super::{Measure, client::Client, lab::Lab, raw_client::post};

const CONNECTIONS: usize = 150;
const MAX_MIB: u64 = 400;

/// Sends bodies that never end, bodies that violate as much as fits and whose answers are not read, and what is declared
/// larger than it may be.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut server = lab.dev("--store memory")?;
    let mut measures = Vec::new();
    let almost = vec![b' '; 2_000_000];
    let head = "POST / HTTP/1.1\r\nhost: lido\r\ncontent-length: 2097152\r\n\r\n";
    let mut open: Vec<Client> = (0..CONNECTIONS).map(|_| server.client()).collect::<Result<_, _>>()?;
    thread::scope(|scope| {
        for part in open.chunks_mut(25) {
            let almost = &almost;
            scope.spawn(move || {
                for client in part {
                    // The server may refuse before everything is sent.
                    let _ = client.send(head).and_then(|()| client.send(almost));
                }
            });
        }
    });
    let (answer, time) = server.client()?.timed("SignUp", &json!({}))?;
    let millis = u64::try_from(time.as_millis())?;
    measures.push(Measure::new(
        "another request, beside 150 bodies of 2 MB that never end",
        format!("{} in {millis} ms", answer.status),
        "400 in 2000 ms",
        answer.status == 400 && millis <= 2_000,
    ));
    drop(open);

    let body = format!(r#"{{"AccessToken":"x","UserAttributeNames":[{}]}}"#, vec![r#""""#; 20_000].join(","));
    // Several behind each other, so that the answers do not fit into the buffers of the sockets. A client ends when the
    // server takes no more, or has ended.
    let requests = post("DeleteUserAttributes", &body).repeat(8);
    for _ in 0..16 {
        let (mut client, requests) = (server.client()?, requests.clone());
        thread::spawn(move || {
            let _ = client.send(requests);
            thread::sleep(Duration::from_secs(10));
        });
    }
    thread::sleep(Duration::from_secs(1));
    let (answer, time) = server.client()?.timed("SignUp", &json!({}))?;
    let millis = u64::try_from(time.as_millis())?;
    measures.push(Measure::new(
        "another request, beside 128 answers that are not read",
        format!("{} in {millis} ms", answer.status),
        "400 in 5000 ms",
        answer.status == 400 && millis <= 5_000,
    ));

    let mut client = server.client()?;
    client.send(
        "POST / HTTP/1.1\r\nhost: lido\r\ncontent-length: 99999999999\r\nexpect: 100-continue\r\n\r\n",
    )?;
    let status = client.read()?.status;
    measures.push(Measure::new("a length of 100 GB", status, "413", status == 413));
    let mut client = server.client()?;
    client.send(format!("GET / HTTP/1.1\r\nhost: lido\r\n{}", "x: y\r\n".repeat(100_000))).ok();
    let status = client.read().map_or(0, |answer| answer.status);
    measures.push(Measure::new("a head of 600 kB", status, "431, or closed", matches!(status, 431 | 0)));
    measures.push(Measure::at_most("memory at its highest", server.usage()?.peak_mib, MAX_MIB, " MiB"));
    measures.push(Measure::none("faults of the server", &server.faults()?));
    Ok(measures)
}
