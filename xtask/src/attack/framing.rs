//! HTTP/1.1 that RFC 9112 says to refuse: it is, and nothing behind it is read as a request.

use std::time::{Duration, Instant};

use super::{
    Measure,
    client::Client,
    lab::{Lab, Server},
};

const BEHIND: &str = "GET /_lido/health HTTP/1.1\r\nhost: a\r\n\r\n";

/// Header lines of a request with the body `{}`.
const HEADS: &[(&str, &str)] = &[
    ("no Host", "content-length: 2\r\n"),
    ("two equal Hosts", "host: a\r\nhost: a\r\ncontent-length: 2\r\n"),
    ("two Hosts", "host: a\r\nhost: b\r\ncontent-length: 2\r\n"),
    ("a Host with a path", "host: a/b\r\ncontent-length: 2\r\n"),
    ("bare CR in a value", "host: a\r\nx: 1\r2\r\ncontent-length: 2\r\n"),
    ("bare CR in a name", "host: a\r\nx\r: 1\r\ncontent-length: 2\r\n"),
    ("blank before the colon", "host: a\r\ncontent-length : 2\r\n"),
    ("folded line", "host: a\r\nx: 1\r\n 2\r\ncontent-length: 2\r\n"),
    ("NUL in a value", "host: a\r\nx: \0\r\ncontent-length: 2\r\n"),
    ("sign in the length", "host: a\r\ncontent-length: +2\r\n"),
    ("two lengths", "host: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n"),
    ("a list of lengths", "host: a\r\ncontent-length: 2, 3\r\n"),
    ("a length beyond 64 bits", "host: a\r\ncontent-length: 18446744073709551618\r\n"),
    ("length and encoding", "host: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n"),
    ("unknown encoding", "host: a\r\ntransfer-encoding: identity\r\n"),
    ("chunked before another", "host: a\r\ntransfer-encoding: chunked, gzip\r\n"),
    ("chunked twice", "host: a\r\ntransfer-encoding: chunked, chunked\r\n"),
    ("a vertical tab in the encoding", "host: a\r\ntransfer-encoding: \u{b}chunked\r\n"),
];

/// Chunked bodies.
const CHUNKS: &[(&str, &str)] = &[
    ("bare LF after a size", "2\n{}\r\n0\r\n\r\n"),
    ("bare LF after the last size", "2\r\n{}\r\n0\n\r\n"),
    ("bare LF after the data", "2\r\n{}\n0\r\n\r\n"),
    ("bare LF at the end", "2\r\n{}\r\n0\r\n\n"),
    ("bare LF in an extension", "2;a=\"\n\"\r\n{}\r\n0\r\n\r\n"),
    ("bare CR after a size", "2\r{}\r\n0\r\n\r\n"),
    ("sign before a size", "+2\r\n{}\r\n0\r\n\r\n"),
    ("prefix before a size", "0x2\r\n{}\r\n0\r\n\r\n"),
    ("a size beyond 64 bits", "10000000000000002\r\n{}\r\n0\r\n\r\n"),
    ("less data than the size", "3\r\n{}\r\n0\r\n\r\n"),
    ("more data than the size", "1\r\n{}\r\n0\r\n\r\n"),
];

/// Sends each shape with another request behind it, and counts the answers.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut server = lab.dev("--store memory")?;
    let mut wrong = Vec::new();
    for (what, lines) in HEADS {
        let answers = statuses(&server, &format!("{}{{}}{BEHIND}", head(lines)))?;
        if answers != [400] {
            wrong.push(format!("{what}: {answers:?}"));
        }
    }
    for (what, body) in CHUNKS {
        let head = head("host: a\r\ntransfer-encoding: chunked\r\n");
        let answers = statuses(&server, &format!("{head}{body}{BEHIND}"))?;
        // Some are noticed when the body is read, and then the connection may be closed without an answer.
        if answers.len() > 1 || answers.iter().any(|status| *status != 400) {
            wrong.push(format!("{what}: {answers:?}"));
        }
    }
    let mut measures = vec![Measure::none(
        format!("of {} shapes, accepted or read on behind", HEADS.len() + CHUNKS.len()),
        &wrong,
    )];
    let mut half = server.client()?;
    half.set_timeout(Duration::from_secs(5));
    half.send(format!("{}{{}}", head("host: a\r\ncontent-length: 2\r\n")))?;
    half.shutdown_writing()?;
    let status = half.read().map_or(0, |answer| answer.status);
    measures.push(Measure::new(
        "a client that closes its half after the request",
        status,
        "400",
        status == 400,
    ));
    let mut waiting = server.client()?;
    let started = Instant::now();
    waiting.send(format!("{}{{}}", head("host: a\r\ncontent-length: 3\r\n")))?;
    waiting.shutdown_writing()?;
    waiting.set_timeout(Duration::from_secs(5));
    let is_closed = waiting.is_closed();
    measures.push(Measure::new(
        "a client that closes its half within the body",
        format!("closed: {is_closed}, {} ms", started.elapsed().as_millis()),
        "closed",
        is_closed,
    ));
    measures.push(Measure::none("faults of the server", &server.faults()?));
    Ok(measures)
}

fn head(lines: &str) -> String {
    format!("POST / HTTP/1.1\r\nx-amz-target: AWSCognitoIdentityProviderService.SignUp\r\n{lines}\r\n")
}

/// Returns the statuses of all answers, until the server closes.
fn statuses(server: &Server, bytes: &str) -> anyhow::Result<Vec<u16>> {
    let mut client = Client::connect(server.port)?;
    client.set_timeout(Duration::from_secs(2));
    // The server may close before everything is sent.
    let _ = client.send(bytes);
    let _ = client.shutdown_writing();
    let mut statuses = Vec::new();
    while let Ok(answer) = client.read() {
        statuses.push(answer.status);
    }
    Ok(statuses)
}
