//! Benchmark of confirming users on disk: AdminConfirmSignUp and ConfirmSignUp on SQLite and PostgreSQL, beside few and
//! many users, compared with a bare hyper server and with the disk.
//!
//! Each server runs in its own process on one core and the load on another; the processes of PostgreSQL run on any. Every
//! request confirms another user. Runs alternate, with a measurement of the disk before and after and of the bare server
//! beside, so that other work of the machine affects all of them. It prints medians, and ratios within the same run.
//!
//! Before that it measures what a store with its users costs: the start of a server, its memory, and finding users.
//!
//! `--quick` is a short form for trying, whose figures mean nothing. `--users` sets the larger number of users. `--sqlite`
//! leaves PostgreSQL out.

#[path = "../server/call.rs"]
mod call;
mod database;
#[path = "../server/disk.rs"]
mod disk;
#[path = "../server/echo.rs"]
mod echo;
#[path = "../wire/load.rs"]
mod load;
#[expect(clippy::expect_used, dead_code, reason = "without a database there is no benchmark")]
#[path = "../../tests/outside/postgres_cluster.rs"]
mod postgres_cluster;
#[path = "../wire/process.rs"]
mod process;
mod report;
mod run;
mod seed;
mod servers;
mod standing;

use std::time::Duration;

use anyhow::Context as _;

use crate::{
    database::Database,
    process::{Server, pin},
    report::Report,
    run::{Operation, Target},
};

/// The numbers of connections.
const CONNECTIONS: [usize; 3] = [1, 32, 256];

/// How much is measured.
struct Plan {
    populations: [usize; 2],
    rounds: usize,
    /// The longest time of a run. It ends before if all users are confirmed.
    time: Duration,
}

const WHOLE: Plan = Plan { populations: [1_000, 1_000_000], rounds: 3, time: Duration::from_secs(2) };
const QUICK: Plan = Plan { populations: [100, 1_000], rounds: 1, time: Duration::from_millis(300) };

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let has_postgres = !words.contains(&"--sqlite");
    let words: Vec<&str> = words.into_iter().filter(|word| *word != "--sqlite").collect();
    let plan = match words.as_slice() {
        ["serve", ..] => return servers::serve(arguments.get(1..).unwrap_or_default()),
        [] => WHOLE,
        ["--quick"] => QUICK,
        ["--users", count] => Plan { populations: [1_000, count.parse().context("--users COUNT")?], ..WHOLE },
        other => anyhow::bail!("unexpected arguments {other:?}; run: cargo xtask bench confirm"),
    };
    // In the target folder, because the temporary folder may be in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let database = if has_postgres { Database::start(folder.path())? } else { None };
    let (echo, _) = Server::start(&["echo"])?;
    pin(1);
    let mut targets = Vec::new();
    for users in plan.populations {
        let file = folder.path().join(format!("lido-{users}.db"));
        targets.push(Target::load(file.to_str().context("the folder's name")?, users, None)?);
        if let Some(database) = &database {
            let url = database.new_schema(&format!("users_{users}"));
            targets.push(Target::load(&url, users, Some(database))?);
        }
    }
    println!("measuring");
    let mut report = Report::new();
    for target in &targets {
        report.add_standing(target.name(), target.standing());
    }
    let before = database.as_ref().map(Database::counts);
    for _ in 0..plan.rounds {
        for connections in CONNECTIONS {
            for target in &mut targets {
                let disk_before = disk::syncs_per_second(folder.path())?;
                for operation in Operation::ALL {
                    let run = target.confirm(operation, connections, plan.time)?;
                    report.add(target.name(), operation, connections, &run);
                }
                let disk_after = disk::syncs_per_second(folder.path())?;
                let echoes = run::echo(&echo, connections, plan.time / 3)?;
                report.add_baseline(connections, echoes, f64::midpoint(disk_before, disk_after));
            }
        }
    }
    if let (Some(before), Some(database)) = (before, &database) {
        let confirmed = targets.iter().filter(|target| target.is_on_postgres()).map(Target::confirmed).sum();
        report.add_counts(confirmed, before, database.counts());
    }
    report.print();
    Ok(())
}
