//! What the generated router costs: a ConfirmSignUp of 350 bytes through it, with every operation of
//! the model mounted, over a bare hyper server that parses the same body.
//!
//! Either server is a process of its own on one core, the load another process on another core. They
//! take turns within one run, so that whatever else the machine does hits both; the ratio is the
//! median over the pairs of turns.

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

/// How long one turn takes, and how many pairs of turns count.
const TURN: Duration = Duration::from_millis(1500);
const PAIRS: usize = 9;

const CONNECTIONS: usize = 32;

/// A ConfirmSignUp as an SDK sends it, of some 350 bytes.
pub(crate) const BODY: &str = r#"{"ClientId":"1example23456789abcdefghij","SecretHash":"K2VKdqUXA9vdVKkKm5eTkGZpfFuX7FdLyVCF1Hqs5oE=","Username":"mary.major@example.com","ConfirmationCode":"123456","ForceAliasCreation":false,"UserContextData":{"IpAddress":"192.0.2.1","EncodedData":"AmazonCognitoAdvancedSecurityData"},"ClientMetadata":{"campaign":"spring","locale":"en-GB"}}"#;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    match arguments.next().as_deref() {
        Some("serve") => return servers::serve(&arguments.next().unwrap_or_default()),
        Some(other) => anyhow::bail!("this benchmark takes no argument `{other}`"),
        None => {}
    }
    reading::print();

    let (bare, _) = Server::start(&["bare"])?;
    let (generated, _) = Server::start(&["generated"])?;
    pin(1);
    let mut ratios = Vec::new();
    let mut turns = (Vec::new(), Vec::new());
    turn(&bare)?;
    turn(&generated)?;
    for _ in 0..PAIRS {
        let (one, other) = (turn(&bare)?, turn(&generated)?);
        ratios.push(other.per_second / one.per_second);
        turns.0.push(one);
        turns.1.push(other);
    }
    report("bare hyper, serde_json", &turns.0);
    report("generated router", &turns.1);
    println!("wire ratio: {:.2}", median(ratios));
    Ok(())
}

/// What one turn gave.
#[derive(Clone, Copy)]
struct Turn {
    per_second: f64,
    /// Microseconds of the server's processor time.
    cpu_per_request: f64,
}

fn turn(server: &Server) -> anyhow::Result<Turn> {
    let before = server.processor_time();
    let requests = load::run(server.port, CONNECTIONS, same_request(server.port))?;
    let spent = server.processor_time().saturating_sub(before);
    #[expect(clippy::cast_precision_loss, reason = "counts of a few seconds")]
    let requests = requests as f64;
    Ok(Turn {
        per_second: requests / TURN.as_secs_f64(),
        cpu_per_request: spent.as_secs_f64() * 1e6 / requests,
    })
}

/// The same request again and again, for one turn.
fn same_request(port: u16) -> impl FnMut() -> Option<Rc<str>> + 'static {
    let request = Rc::from(load::request(port, "ConfirmSignUp", BODY));
    let until = Instant::now() + TURN;
    move || (Instant::now() < until).then(|| Rc::clone(&request))
}

fn report(name: &str, turns: &[Turn]) {
    let per_second = median(turns.iter().map(|turn| turn.per_second).collect());
    let cpu = median(turns.iter().map(|turn| turn.cpu_per_request).collect());
    println!("{name:<24} {per_second:>9.0} requests/s   {cpu:>6.2} us CPU/request");
    let _ = std::io::stdout().flush();
}
