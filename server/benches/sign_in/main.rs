//! What signing in costs: by a password in clear and by SRP, in memory and on SQLite, beside the modular exponentiations
//! and the RSA signatures that no server can do without.
//!
//! Each server is a process of its own on one core, the load and the measuring of the limit are on another core. All is
//! told in processor time, so that whatever else the machine does, and what the load's own half of SRP takes, falls out
//! of it. Turns alternate; medians are printed, and ratios within the same run.

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
#[expect(clippy::expect_used, reason = "a server that sends nonsense has no benchmark")]
#[path = "../../tests/outside/srp_client.rs"]
mod srp_client;

use crate::{
    load::{Place, Way},
    process::{Server, median, pin},
};

const ROUNDS: usize = 5;

/// Those who sign in.
const USERS: usize = 16;
const PASSWORD: &str = "Passw0rd!";

const STORES: [&str; 2] = ["memory", "sqlite"];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let Some((first, rest)) = arguments.split_first() {
        anyhow::ensure!(first == "serve", "this benchmark takes no argument `{first}`");
        return servers::serve(rest);
    }
    // Beside the program, because a temporary folder may lie in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let disk = folder.path().join("lido.db");
    let mut targets = Vec::new();
    for store in STORES {
        let (server, said) = Server::start(&[store, &disk.to_string_lossy()])?;
        targets.push((server, Place::read(&said)?));
    }
    pin(1);
    let limit = limit::Limit::new()?;
    let (mut exponentiations, mut signatures) = (Vec::new(), Vec::new());
    let mut costs: [[Vec<f64>; 2]; 2] = Default::default();
    for _ in 0..ROUNDS {
        exponentiations.push(limit.exponentiation());
        signatures.push(limit.signature()?);
        for ((server, place), row) in targets.iter().zip(&mut costs) {
            for (way, cost) in Way::ALL.into_iter().zip(row) {
                cost.push(load::turn(server, place, way)?);
            }
        }
    }
    report(median(exponentiations), median(signatures), costs.map(|row| row.map(median)));
    Ok(())
}

/// `costs` are microseconds of a core for one sign-in: of each store, by each way.
fn report(exponentiation: f64, signature: f64, costs: [[f64; 2]; 2]) {
    println!("{:<34}{:>12}{:>18}{:>14}", "", "us of a core", "a second and core", "of the limit");
    let line = |name: &str, micros: f64| println!("{name:<34}{micros:>12.0}{:>18.0}", 1e6 / micros);
    line("modular exponentiation", exponentiation);
    line("RSA signature", signature);
    for (column, way) in Way::ALL.into_iter().enumerate() {
        let limit = way.exponentiations() * exponentiation + way.signatures() * signature;
        let (name, powers) = (way.name(), way.exponentiations());
        line(&format!("{name}, the limit: {powers} and {}", way.signatures()), limit);
        for (store, row) in STORES.into_iter().zip(&costs) {
            let cost = row.get(column).copied().unwrap_or_default();
            let name = format!("{name}, {store}");
            println!("{name:<34}{cost:>12.0}{:>18.0}{:>14.2}   (aim: 0.7)", 1e6 / cost, limit / cost);
        }
    }
}
