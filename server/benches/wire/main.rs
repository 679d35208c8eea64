//! What the generated router costs: a ConfirmSignUp of 350 bytes through it, with every operation of
//! the model mounted, over a bare hyper server that parses the same body.
//!
//! Either server is a process of its own on one core, the load another process on another core. They
//! take turns within one run, so that whatever else the machine does hits both; the ratio is the
//! median over the pairs of turns.

mod load;
mod reading;
mod servers;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::Context as _;

/// How long one turn takes, and how many pairs of turns count.
const TURN: Duration = Duration::from_millis(1500);
const PAIRS: usize = 9;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    match arguments.next().as_deref() {
        Some("serve") => return servers::serve(&arguments.next().unwrap_or_default()),
        Some(other) => anyhow::bail!("this benchmark takes no argument `{other}`"),
        None => {}
    }
    reading::print();

    let bare = Server::start("bare")?;
    let generated = Server::start("generated")?;
    pin(1);
    let mut ratios = Vec::new();
    let mut turns = (Vec::new(), Vec::new());
    load::run(bare.port, TURN)?;
    load::run(generated.port, TURN)?;
    for _ in 0..PAIRS {
        let (one, other) = (bare.turn()?, generated.turn()?);
        ratios.push(other.per_second / one.per_second);
        turns.0.push(one);
        turns.1.push(other);
    }
    report("bare hyper, serde_json", &turns.0);
    report("generated router", &turns.1);
    println!("wire ratio: {:.2}", median(ratios));
    Ok(())
}

/// A server in a process of its own.
struct Server {
    child: Child,
    port: u16,
}

/// What one turn gave.
#[derive(Clone, Copy)]
struct Turn {
    per_second: f64,
    /// Microseconds of the server's processor time.
    cpu_per_request: f64,
}

impl Server {
    fn start(name: &str) -> anyhow::Result<Self> {
        let mut child =
            Command::new(std::env::current_exe()?).args(["serve", name]).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let port = line.trim().parse().context("the server did not start")?;
        Ok(Self { child, port })
    }

    fn turn(&self) -> anyhow::Result<Turn> {
        let before = processor_time(self.child.id())?;
        let requests = load::run(self.port, TURN)?;
        let spent = processor_time(self.child.id())?.saturating_sub(before);
        #[expect(clippy::cast_precision_loss, reason = "counts of a few seconds")]
        let requests = requests as f64;
        Ok(Turn {
            per_second: requests / TURN.as_secs_f64(),
            cpu_per_request: spent.as_secs_f64() * 1e6 / requests,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It holds nothing that could be lost.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The processor time of a process so far, as Linux tells it; zero elsewhere.
fn processor_time(pid: u32) -> anyhow::Result<Duration> {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return Ok(Duration::ZERO) };
    // The second field is a name that may hold anything but ends at the last parenthesis.
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks =
        |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
    // The kernel tells hundredths of a second, whatever its own clock.
    Ok(Duration::from_millis((ticks(11) + ticks(12)) * 10))
}

/// Puts this process on one core, where there are several.
fn pin(core: usize) {
    let cores = core_affinity::get_core_ids().unwrap_or_default();
    if let Some(core) = cores.get(core % cores.len().max(1)) {
        core_affinity::set_for_current(*core);
    }
}

fn report(name: &str, turns: &[Turn]) {
    let per_second = median(turns.iter().map(|turn| turn.per_second).collect());
    let cpu = median(turns.iter().map(|turn| turn.cpu_per_request).collect());
    println!("{name:<24} {per_second:>9.0} requests/s   {cpu:>6.2} us CPU/request");
    let _ = std::io::stdout().flush();
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
