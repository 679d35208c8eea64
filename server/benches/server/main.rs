//! Benchmark of the whole server: AdminConfirmSignUp with the memory store and with SQLite, compared with a bare hyper
//! server and with the disk; also the time to start, and the memory at rest.
//!
//! Each server runs in its own process on one core, the load on another core. Every request confirms another user. Runs
//! alternate, with a measurement of the disk before and after, so that other work of the machine affects all of them. It
//! prints medians, and ratios within the same run.

mod call;
mod disk;
mod echo;
#[path = "../wire/load.rs"]
mod load;
#[path = "../wire/process.rs"]
mod process;
mod seed;
mod servers;
mod start;

use std::{path::Path, rc::Rc, time::Instant};

use anyhow::Context as _;

use crate::process::{Server, median, pin};

const CONNECTIONS: [usize; 2] = [32, 256];
const ROUNDS: usize = 3;

/// The number of requests in one run.
const ECHOES: usize = 40_000;
const IN_MEMORY: usize = 20_000;
const ON_DISK: usize = 10_000;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let Some((first, rest)) = arguments.split_first() {
        anyhow::ensure!(first == "serve", "unexpected argument `{first}`; run: cargo xtask bench server");
        return servers::serve(rest);
    }
    // In the target folder, because the temporary folder may be in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let users = |requests: usize| (ROUNDS * CONNECTIONS.len() * requests).to_string();
    let store = folder.path().join("lido.db");
    let disk = store.to_str().context("the folder's name")?;
    let echo = Target::start(&["echo"])?;
    let memory = Target::start(&["memory", &users(IN_MEMORY)])?;
    let sqlite = Target::start(&["sqlite", &users(ON_DISK), disk])?;
    pin(1);
    println!("{:<34}{:>16}{:>16}", "requests a second", "32 connections", "256 connections");
    let mut rates: [[Vec<f64>; 2]; 4] = Default::default();
    let mut costs: [[Vec<f64>; 2]; 3] = Default::default();
    let mut next = [0; 3];
    for _ in 0..ROUNDS {
        for (column, connections) in CONNECTIONS.into_iter().enumerate() {
            let put = |row: &mut [Vec<f64>; 2], value| row.get_mut(column).map(|row| row.push(value));
            let before = disk::syncs_per_second(folder.path())?;
            let targets = [(&echo, ECHOES), (&memory, IN_MEMORY), (&sqlite, ON_DISK)];
            for (row, (target, count)) in targets.into_iter().enumerate() {
                let run = target.confirm(connections, count, &mut next[row])?;
                put(&mut rates[row], run.per_second);
                put(&mut costs[row], run.cpu_per_request);
            }
            let after = disk::syncs_per_second(folder.path())?;
            put(&mut rates[3], f64::midpoint(before, after));
        }
    }
    report(rates, costs);
    drop((echo, memory, sqlite));
    measure_start_and_memory(folder.path())
}

/// A server, and the user pool whose users are confirmed.
struct Target {
    server: Server,
    pool: String,
}

/// The results of one run.
struct RunResult {
    per_second: f64,
    /// The processor time of the server, in microseconds.
    cpu_per_request: f64,
}

impl Target {
    fn start(arguments: &[&str]) -> anyhow::Result<Self> {
        let (server, pool) = Server::start(arguments)?;
        Ok(Self { server, pool })
    }

    /// Confirms `count` users, beginning with number `next`, and advances `next`.
    fn confirm(&self, connections: usize, count: usize, next: &mut usize) -> anyhow::Result<RunResult> {
        let (port, pool) = (self.server.port, self.pool.clone());
        let mut users = *next..*next + count;
        *next = users.end;
        let next = move || {
            let body = format!(r#"{{"UserPoolId":"{pool}","Username":"{}"}}"#, seed::name(users.next()?));
            Some(Rc::from(load::request(port, "AdminConfirmSignUp", &body)))
        };
        let (started, before) = (Instant::now(), self.server.processor_time());
        let answered = load::run(port, connections, next)?;
        let (took, spent) = (started.elapsed(), self.server.processor_time().saturating_sub(before));
        anyhow::ensure!(answered == count as u64, "{answered} of {count} were answered");
        #[expect(clippy::cast_precision_loss, reason = "counts of a few seconds")]
        let count = count as f64;
        Ok(RunResult {
            per_second: count / took.as_secs_f64(),
            cpu_per_request: spent.as_secs_f64() * 1e6 / count,
        })
    }
}

fn report(rates: [[Vec<f64>; 2]; 4], costs: [[Vec<f64>; 2]; 3]) {
    let [echo, memory, sqlite, syncs] = rates.map(|row| row.map(median));
    let costs = costs.map(|row| row.map(median));
    let line = |name: &str, [one, other]: [f64; 2]| println!("{name:<34}{one:>16.0}{other:>16.0}");
    let ratio = |name: &str, a: [f64; 2], b: [f64; 2]| {
        let [one, other] = [a[0] / b[0], a[1] / b[1]];
        println!("{name:<34}{one:>16.2}{other:>16.2}");
    };
    line("bare hyper echo", echo);
    line("AdminConfirmSignUp, memory", memory);
    line("AdminConfirmSignUp, SQLite", sqlite);
    line("fdatasync of the disk", syncs);
    ratio("memory / echo", memory, echo);
    ratio("SQLite / echo", sqlite, echo);
    ratio("SQLite / fdatasync", sqlite, syncs);
    for (name, cost) in ["echo, us CPU a request", "memory", "SQLite"].into_iter().zip(costs) {
        line(name, cost);
    }
}

fn measure_start_and_memory(folder: &Path) -> anyhow::Result<()> {
    let store = folder.join("small.db");
    drop(seed::sqlite(&store, 1_000)?);
    start::write_key_file(&folder.join("small.key"))?;
    let (ready, memory) = start::measure(&store)?;
    println!("start to ready, 1,000 users        {ready:>12.1} ms   (aim: 20)");
    match memory {
        Some(mib) => println!("resident memory at rest            {mib:>12.1} MiB  (aim: 15)"),
        None => println!("resident memory at rest: not available on this system"),
    }
    Ok(())
}
