//! Benchmark of passwords: sign-up, and sign-in by password and by SRP, with the memory store and with SQLite, compared
//! with the exponentiations and the RSA signatures that they need.
//!
//! Each server runs in its own process on one core, the load on another core. Everything is measured in processor time of
//! the server, so that other work of the machine and the client side of SRP do not count. Runs alternate. It prints
//! medians, and ratios within the same run.

#[path = "../server/call.rs"]
mod call;
#[expect(dead_code, clippy::expect_used, clippy::panic, reason = "tests panic, and use the rest")]
#[path = "../../tests/carrier/raw_client.rs"]
mod client;
mod limit;
mod load;
#[path = "../wire/process.rs"]
mod process;
mod servers;
#[expect(clippy::expect_used, reason = "without valid answers there is no benchmark")]
#[path = "../../tests/outside/srp_client.rs"]
mod srp_client;

use crate::{
    limit::Limit,
    load::{Flow, SignInTarget},
    process::{Server, median, pin},
};

const ROUNDS: usize = 5;

/// The number of users.
const USERS: usize = 16;
const PASSWORD: &str = "Passw0rd!";

const STORES: [&str; 2] = ["memory", "sqlite"];

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let Some((first, rest)) = arguments.split_first() {
        anyhow::ensure!(first == "serve", "unexpected argument `{first}`; run: cargo xtask bench sign-in");
        return servers::serve(rest, async |app| {
            let (pool, client) = servers::fill(app).await?;
            Ok(format!("{pool} {client}"))
        });
    }
    // In the target folder, because the temporary folder may be in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let disk = folder.path().join("lido.db");
    let mut targets = Vec::new();
    for store in STORES {
        let (server, output) = Server::start(&[store, &disk.to_string_lossy()])?;
        targets.push((server, SignInTarget::parse(&output)?));
    }
    pin(1);
    let cryptography = limit::Cryptography::new()?;
    let mut limits: [Vec<f64>; Limit::ALL.len()] = Default::default();
    let mut costs: [[Vec<f64>; Flow::ALL.len()]; STORES.len()] = Default::default();
    for round in 0..ROUNDS {
        for (limit, samples) in Limit::ALL.into_iter().zip(&mut limits) {
            samples.push(cryptography.measure(limit)?);
        }
        for ((server, target), row) in targets.iter().zip(&mut costs) {
            for (flow, samples) in Flow::ALL.into_iter().zip(row) {
                samples.push(load::run(server, target, flow, round)?);
            }
        }
    }
    report(&Results { limits: limits.map(median), costs: costs.map(|row| row.map(median)) });
    Ok(())
}

/// The medians, in microseconds of processor time.
struct Results {
    /// What the cryptography costs, in the order of [`Limit::ALL`].
    limits: [f64; Limit::ALL.len()],
    /// What each flow costs the server, by store, in the order of [`Flow::ALL`].
    costs: [[f64; Flow::ALL.len()]; STORES.len()],
}

impl Results {
    fn limit(&self, limit: Limit) -> f64 {
        self.limits.get(limit as usize).copied().unwrap_or_default()
    }

    fn limit_of(&self, flow: Flow) -> f64 {
        flow.limits().iter().map(|limit| self.limit(*limit)).sum()
    }
}

fn report(results: &Results) {
    println!("{:<44}{:>12}{:>18}", "", "us of a core", "a second and core");
    let line = |name: &str, micros: f64| println!("{name:<44}{micros:>12.0}{:>18.0}", 1e6 / micros);
    for limit in Limit::ALL {
        line(limit.name(), results.limit(limit));
    }
    for (store, row) in STORES.into_iter().zip(&results.costs) {
        for (flow, cost) in Flow::ALL.into_iter().zip(row) {
            line(&format!("{}, {store}", flow.name()), *cost);
        }
    }
    println!();
    let ratio = |name: &str, ratio: f64, goal: &str| println!("{name:<56}{ratio:>6.2}   ({goal})");
    let quicker = results.limit(Limit::Generic) / results.limit(Limit::Verifier);
    ratio("generic exponentiation to a verifier by the table", quicker, "goal: at least 5");
    let signatures = 2.0 * results.limit(Limit::Signature);
    for (store, [sign_up, password, srp]) in STORES.into_iter().zip(results.costs) {
        ratio(&format!("sign-up in milliseconds, {store}"), sign_up / 1e3, "goal: at most 0.6");
        ratio(
            &format!("password to its RSA signatures, {store}"),
            password / signatures,
            "goal: at most 1.3",
        );
        ratio(
            &format!("SRP to its cryptography, {store}"),
            srp / results.limit_of(Flow::Srp),
            "goal: at most 1.3",
        );
    }
}
