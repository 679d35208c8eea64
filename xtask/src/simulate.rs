//! `cargo xtask simulate`: how far one pool, one database and a distributed database go, without a network.
//!
//! A discrete-event simulation of requests that read, decide and commit as `operations/transact.rs` does, back-off
//! included, on servers and databases with measured costs. It is seeded, so that a run can be repeated. What it says
//! about Lido is in docs/scaling.md.

mod events;
mod random;
mod world;

use clap::Args;

use world::{Measured, Scenario, World};

/// The options of `cargo xtask simulate`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "The costs are in µs; `cargo xtask bench confirm` measures them.\n\n\
    Examples:\n  cargo xtask simulate\n  cargo xtask simulate --round-trip 2000 --seed 7")]
pub(crate) struct Arguments {
    /// Seed of the random numbers
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Time of the network from a server to its database and back
    #[arg(long, value_name = "MICROSECONDS", default_value_t = 300)]
    round_trip: u64,
    /// CPU time of a server for a request
    #[arg(long, value_name = "MICROSECONDS", default_value_t = 110)]
    server_cpu: u64,
    /// CPU time of the database for a read
    #[arg(long, value_name = "MICROSECONDS", default_value_t = 130)]
    read_cpu: u64,
    /// CPU time of the database for a commit
    #[arg(long, value_name = "MICROSECONDS", default_value_t = 270)]
    commit_cpu: u64,
    /// Time of the disk of the database for the log of the commits that wait
    #[arg(long, value_name = "MICROSECONDS", default_value_t = 160)]
    flush: u64,
    /// Cores of a server
    #[arg(long, value_name = "COUNT", default_value_t = 4)]
    server_cores: usize,
    /// Cores of a database
    #[arg(long, value_name = "COUNT", default_value_t = 16)]
    database_cores: usize,
    /// Requests in each run
    #[arg(long, value_name = "COUNT", default_value_t = 20_000)]
    requests: usize,
}

/// The longest 99th percentile with which a load counts as carried, in µs.
const BOUND: u64 = 20_000;

/// Prints the tables.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    println!("One database of {} cores", arguments.database_cores);
    println!("  servers   pools   requests/s   p50 ms   p99 ms   server CPU   database CPU   disk");
    for (servers, pools) in
        [(1, 1), (3, 1), (10, 1), (30, 1), (100, 1), (1_000, 1), (10, 1_000), (100, 10_000)]
    {
        let scenario = Scenario { servers, pools, databases: 1, ..Scenario::default() };
        let (rate, measured) = highest_rate(arguments, &scenario);
        println!("  {servers:>7} {pools:>7} {rate:>12.0} {}", row(&measured));
    }
    println!("\nA distributed database: each pool on one of its nodes, popular pools (Zipf) or equal ones");
    println!("  nodes   pools   popular   requests/s   p50 ms   p99 ms   server CPU   database CPU   disk");
    for databases in [3, 10, 30] {
        for (pools, skew) in [(1, 0.0), (1_000, 0.0), (1_000, 1.0), (10_000, 1.0)] {
            let scenario = Scenario { servers: 2_000, pools, databases, skew, ..Scenario::default() };
            let (rate, measured) = highest_rate(arguments, &scenario);
            let popular = if skew > 0.0 { "yes" } else { "no" };
            println!("  {databases:>5} {pools:>7} {popular:>9} {rate:>12.0} {}", row(&measured));
        }
    }
    println!("\nRequests about one user at the same time (10 servers, 1,000 requests a second beside them)");
    println!("  at once   retries each   most retries   p50 ms   p99 ms   given up");
    for at_once in [2, 8, 32, 128, 256, 512] {
        let scenario = Scenario { servers: 10, pools: 1, databases: 1, at_once, ..Scenario::default() };
        let measured = World::new(arguments, &scenario, 1_000.0).run();
        let (p50, p99) = (measured.percentile(0.5), measured.percentile(0.99));
        let retries = measured.retries as f64 / measured.contended.max(1) as f64;
        println!(
            "  {at_once:>7} {retries:>14.2} {:>14} {:>8.2} {:>8.2} {:>10}",
            measured.most_retries,
            millis(p50),
            millis(p99),
            measured.given_up
        );
    }
    Ok(())
}

/// Returns the highest load that is carried, within 3 %, and its measurements.
fn highest_rate(arguments: &Arguments, scenario: &Scenario) -> (f64, Measured) {
    let is_carried = |measured: &Measured| {
        measured.percentile(0.99) <= BOUND && measured.server_use.max(measured.database_use) <= 1.0
    };
    let measure = |rate: f64| World::new(arguments, scenario, rate).run();
    let (mut low, mut best) = (100.0, measure(100.0));
    let mut high = low * 2.0;
    loop {
        let measured = measure(high);
        if !is_carried(&measured) {
            break;
        }
        (low, best) = (high, measured);
        high *= 2.0;
    }
    while high / low > 1.03 {
        let middle = f64::midpoint(low, high);
        let measured = measure(middle);
        if is_carried(&measured) {
            (low, best) = (middle, measured);
        } else {
            high = middle;
        }
    }
    (low, best)
}

fn row(measured: &Measured) -> String {
    format!(
        "{:>8.2} {:>8.2} {:>10.0} % {:>12.0} % {:>4.0} %",
        millis(measured.percentile(0.5)),
        millis(measured.percentile(0.99)),
        measured.server_use * 100.0,
        measured.database_use * 100.0,
        measured.disk_use * 100.0
    )
}

fn millis(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}
