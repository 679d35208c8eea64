//! What a store with its users costs before anything is confirmed: the start of a server on it, the memory of this server,
//! and finding users.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};

use crate::{
    load,
    process::{Server, median},
    seed::mail,
};

/// How often the server is started, and how often users are searched for.
const STARTS: usize = 5;
const SEARCHES: usize = 500;

/// The results.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    /// From the start of the process to its first answer.
    pub(crate) start: Duration,
    /// The resident memory after the searches.
    pub(crate) mebibytes: Option<f64>,
    /// The time of a ListUsers with a filter on an e-mail address that one user has.
    pub(crate) by_mail: Duration,
    /// The time of a ListUsers with a filter on a status that all users have.
    pub(crate) by_status: Duration,
}

impl Standing {
    /// Measures servers on a store with this many users in a pool.
    pub(crate) fn measure(location: &str, pool: &str, users: usize) -> anyhow::Result<Self> {
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            let started = Instant::now();
            let (server, _) = Server::start(&[location])?;
            search(&server, pool, 1, |_| by_mail(0))?;
            starts.push(started.elapsed().as_secs_f64());
        }
        let (server, _) = Server::start(&[location])?;
        let by_mail = search(&server, pool, SEARCHES, |number| by_mail(number * 7_919 % users))?;
        let by_status =
            search(&server, pool, SEARCHES, |_| "cognito:user_status = \\\"UNCONFIRMED\\\"".to_owned())?;
        let start = Duration::from_secs_f64(median(starts));
        Ok(Self { start, mebibytes: resident_mebibytes(server.pid), by_mail, by_status })
    }
}

fn by_mail(number: usize) -> String {
    format!("email = \\\"{}\\\"", mail(number))
}

/// Searches with these filters on one connection, and returns the time of each.
fn search(
    server: &Server,
    pool: &str,
    times: usize,
    filter: impl Fn(usize) -> String,
) -> anyhow::Result<Duration> {
    let request = |number| {
        let body = format!(r#"{{"UserPoolId":"{pool}","Filter":"{}"}}"#, filter(number));
        load::request(server.port, "ListUsers", &body)
    };
    let requests: Vec<String> = (0..times).map(request).collect();
    let started = Instant::now();
    let mut stream = TcpStream::connect(("127.0.0.1", server.port))?;
    stream.set_nodelay(true)?;
    for request in requests {
        exchange(&mut stream, &request)?;
    }
    Ok(started.elapsed() / u32::try_from(times)?)
}

/// Sends a request, and reads its response, whose length differs from those of others.
fn exchange(stream: &mut TcpStream, request: &str) -> anyhow::Result<()> {
    stream.write_all(request.as_bytes())?;
    let (mut response, mut buffer) = (Vec::new(), [0; 16_384]);
    loop {
        let read = stream.read(&mut buffer)?;
        response.extend_from_slice(buffer.get(..read).unwrap_or_default());
        let text = String::from_utf8_lossy(&response);
        ensure!(read > 0, "the server answered {text}");
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        ensure!(head.starts_with("HTTP/1.1 200 "), "the server answered {text}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.context("a response without content-length")?.parse()? {
            return Ok(());
        }
    }
}

fn resident_mebibytes(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}
