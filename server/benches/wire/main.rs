//! Benchmark of the generated router: a ConfirmSignUp of 350 bytes, with every operation of the model, compared with a bare
//! hyper server that parses the same body.
//!
//! Each server runs in its own process on one core, the load on another core. Runs alternate, so that other work of the
//! machine affects both. The ratio is the median of the pairs of runs.

mod load;
mod process;
mod reading;
mod servers;

use std::{
    io::Write as _,
    rc::Rc,
    time::{Duration, Instant},
};

use crate::process::{Server, median, pin};

/// The length of one run, and the number of pairs of runs.
const RUN_LENGTH: Duration = Duration::from_millis(1500);
const PAIRS: usize = 9;

const CONNECTIONS: usize = 32;

/// A ConfirmSignUp as an SDK sends it.
pub(crate) const BODY: &str = r#"{"ClientId":"1example23456789abcdefghij","SecretHash":"K2VKdqUXA9vdVKkKm5eTkGZpfFuX7FdLyVCF1Hqs5oE=","Username":"mary.major@example.com","ConfirmationCode":"123456","ForceAliasCreation":false,"UserContextData":{"IpAddress":"192.0.2.1","EncodedData":"AmazonCognitoAdvancedSecurityData"},"ClientMetadata":{"campaign":"spring","locale":"en-GB"}}"#;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    match arguments.next().as_deref() {
        Some("serve") => return servers::serve(&arguments.next().unwrap_or_default()),
        Some(other) => anyhow::bail!("unexpected argument `{other}`; run: cargo xtask bench wire"),
        None => {}
    }
    reading::print();

    let (bare, _) = Server::start(&["bare"])?;
    let (generated, _) = Server::start(&["generated"])?;
    pin(1);
    let mut ratios = Vec::new();
    let mut runs = (Vec::new(), Vec::new());
    run(&bare)?;
    run(&generated)?;
    for _ in 0..PAIRS {
        let (one, other) = (run(&bare)?, run(&generated)?);
        ratios.push(other.per_second / one.per_second);
        runs.0.push(one);
        runs.1.push(other);
    }
    report("bare hyper, serde_json", &runs.0);
    report("generated router", &runs.1);
    println!("wire ratio: {:.2}", median(ratios));
    Ok(())
}

/// The results of one run.
#[derive(Clone, Copy)]
struct RunResult {
    per_second: f64,
    /// The processor time of the server, in microseconds.
    cpu_per_request: f64,
}

fn run(server: &Server) -> anyhow::Result<RunResult> {
    let before = server.processor_time();
    let requests = load::run(server.port, CONNECTIONS, same_request(server.port))?;
    let spent = server.processor_time().saturating_sub(before);
    #[expect(clippy::cast_precision_loss, reason = "counts of a few seconds")]
    let requests = requests as f64;
    Ok(RunResult {
        per_second: requests / RUN_LENGTH.as_secs_f64(),
        cpu_per_request: spent.as_secs_f64() * 1e6 / requests,
    })
}

/// Returns the same request for the length of one run.
fn same_request(port: u16) -> impl FnMut() -> Option<Rc<str>> + 'static {
    let request = Rc::from(load::request(port, "ConfirmSignUp", BODY));
    let until = Instant::now() + RUN_LENGTH;
    move || (Instant::now() < until).then(|| Rc::clone(&request))
}

fn report(name: &str, runs: &[RunResult]) {
    let per_second = median(runs.iter().map(|run| run.per_second).collect());
    let cpu = median(runs.iter().map(|run| run.cpu_per_request).collect());
    println!("{name:<24} {per_second:>9.0} requests/s   {cpu:>6.2} us CPU/request");
    let _ = std::io::stdout().flush();
}
