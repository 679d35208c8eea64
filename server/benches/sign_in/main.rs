//! Benchmark of sign-in: by password and by SRP, with the memory store and with SQLite, compared with the modular
//! exponentiations and the RSA signatures that every server needs.
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
    load::{SignInFlow, SignInTarget},
    process::{Server, median, pin},
};

const ROUNDS: usize = 5;

/// The number of users.
const USERS: usize = 16;
const PASSWORD: &str = "Passw0rd!";

const STORES: [&str; 2] = ["memory", "sqlite"];

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
    let limit = limit::Cryptography::new()?;
    let (mut exponentiations, mut signatures) = (Vec::new(), Vec::new());
    let mut costs: [[Vec<f64>; 2]; 2] = Default::default();
    for _ in 0..ROUNDS {
        exponentiations.push(limit.exponentiation());
        signatures.push(limit.signature()?);
        for ((server, target), row) in targets.iter().zip(&mut costs) {
            for (flow, cost) in SignInFlow::ALL.into_iter().zip(row) {
                cost.push(load::run(server, target, flow)?);
            }
        }
    }
    report(median(exponentiations), median(signatures), costs.map(|row| row.map(median)));
    Ok(())
}

/// Prints the results. `costs` has the microseconds of processor time for one sign-in, by store and flow.
fn report(exponentiation: f64, signature: f64, costs: [[f64; 2]; 2]) {
    println!("{:<34}{:>12}{:>18}{:>14}", "", "us of a core", "a second and core", "of the limit");
    let line = |name: &str, micros: f64| println!("{name:<34}{micros:>12.0}{:>18.0}", 1e6 / micros);
    line("modular exponentiation", exponentiation);
    line("RSA signature", signature);
    for (column, flow) in SignInFlow::ALL.into_iter().enumerate() {
        let limit = flow.exponentiations() * exponentiation + flow.signatures() * signature;
        let (name, powers) = (flow.name(), flow.exponentiations());
        line(&format!("{name}, the limit: {powers} and {}", flow.signatures()), limit);
        for (store, row) in STORES.into_iter().zip(&costs) {
            let cost = row.get(column).copied().unwrap_or_default();
            let name = format!("{name}, {store}");
            println!("{name:<34}{cost:>12.0}{:>18.0}{:>14.2}   (aim: 0.7)", 1e6 / cost, limit / cost);
        }
    }
}
