//! What a store with its users costs before anything is confirmed: the start of a server on it, the memory of this server,
//! and finding users.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

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
        Rc::from(load::request(server.port, "ListUsers", &body))
    };
    let mut next = (0..times).map(request).collect::<Vec<Rc<str>>>().into_iter();
    let started = Instant::now();
    load::run(server.port, 1, move || next.next())?;
    Ok(started.elapsed() / u32::try_from(times)?)
}

fn resident_mebibytes(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}
