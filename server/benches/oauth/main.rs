//! Benchmark of the OAuth endpoints: whole code flows, `client_credentials` and refresh, with the memory store and with
//! SQLite, compared with the verifiers of passwords and the RSA signatures that they need; and pages of managed login,
//! compared with their style sheet, which the server sends as it is.
//!
//! It measures as the benchmark of sign-in does: processor time of a server in its own process on one core, medians of runs
//! that alternate, and ratios within the same run.

mod apps;
#[path = "../server/call.rs"]
mod call;
#[expect(dead_code, clippy::expect_used, clippy::panic, reason = "tests panic, and use the rest")]
#[path = "../../tests/carrier/raw_client.rs"]
mod client;
#[expect(dead_code, reason = "the benchmark of sign-in uses the rest")]
#[path = "../sign_in/limit.rs"]
mod limit;
mod load;
#[path = "../wire/process.rs"]
mod process;
#[path = "../sign_in/servers.rs"]
mod servers;

use crate::{
    apps::Apps,
    limit::Limit,
    load::{Flow, Page},
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
        anyhow::ensure!(first == "serve", "unexpected argument `{first}`; run: cargo xtask bench oauth");
        return servers::serve(rest, async |app| apps::fill(app).await);
    }
    // In the target folder, because the temporary folder may be in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let disk = folder.path().join("lido.db");
    let mut targets = Vec::new();
    for store in STORES {
        let (server, output) = Server::start(&[store, &disk.to_string_lossy()])?;
        targets.push((server, Apps::parse(&output)?));
    }
    pin(1);
    let cryptography = limit::Cryptography::new()?;
    let (mut verifiers, mut signatures) = (Vec::new(), Vec::new());
    let mut costs: [[Vec<f64>; Flow::ALL.len()]; 2] = Default::default();
    let mut shown: [[Vec<f64>; Page::ALL.len()]; 2] = Default::default();
    let mut lengths = [0; Page::ALL.len()];
    for _ in 0..ROUNDS {
        verifiers.push(cryptography.measure(Limit::Verifier)?);
        signatures.push(cryptography.measure(Limit::Signature)?);
        for (((server, apps), row), pages) in targets.iter().zip(&mut costs).zip(&mut shown) {
            for (flow, cost) in Flow::ALL.into_iter().zip(row) {
                cost.push(load::run(server, apps, flow)?);
            }
            for ((page, cost), length) in Page::ALL.into_iter().zip(pages).zip(&mut lengths) {
                let (micros, bytes) = load::show(server, apps, page)?;
                cost.push(micros);
                *length = bytes;
            }
        }
    }
    report(median(verifiers), median(signatures), costs.map(|row| row.map(median)));
    report_pages(shown.map(|row| row.map(median)), lengths);
    Ok(())
}

/// Prints the results, the ratios last. `costs` has the microseconds of processor time for one flow, by store and flow.
fn report(verifier: f64, signature: f64, costs: [[f64; Flow::ALL.len()]; 2]) {
    println!("{:<44}{:>12}{:>18}", "", "us of a core", "a second and core");
    let line = |name: &str, micros: f64| println!("{name:<44}{micros:>12.0}{:>18.0}", 1e6 / micros);
    line(Limit::Verifier.name(), verifier);
    line(Limit::Signature.name(), signature);
    let limit =
        |flow: Flow| f64::from(flow.verifiers()) * verifier + f64::from(flow.signatures()) * signature;
    let mut ratios = Vec::new();
    for (column, flow) in Flow::ALL.into_iter().enumerate() {
        let (name, verifiers, signatures) = (flow.name(), flow.verifiers(), flow.signatures());
        line(&format!("{name}, the limit: {verifiers} and {signatures}"), limit(flow));
        for (store, row) in STORES.into_iter().zip(&costs) {
            let cost = row.get(column).copied().unwrap_or_default();
            let name = format!("{name}, {store}");
            line(&name, cost);
            ratios.push((name, limit(flow) / cost));
        }
    }
    println!("\n{:<44}{:>12}", "", "of the limit");
    for (name, ratio) in ratios {
        println!("{name:<44}{ratio:>12.2}   (aim: 0.7)");
    }
}

/// Prints what pages cost, by store and page.
fn report_pages(costs: [[f64; Page::ALL.len()]; 2], lengths: [usize; Page::ALL.len()]) {
    println!("\n{:<44}{:>12}{:>18}", "", "us of a core", "bytes");
    for (column, (page, length)) in Page::ALL.into_iter().zip(lengths).enumerate() {
        for (store, row) in STORES.into_iter().zip(&costs) {
            let cost = row.get(column).copied().unwrap_or_default();
            println!(
                "{:<44}{cost:>12.0}{length:>18}   (aim: 100 and 15000)",
                format!("{}, {store}", page.name)
            );
        }
    }
}
