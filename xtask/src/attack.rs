//! `cargo xtask attack`: attacks the server binary from outside, on the loopback interface only, and prints a table.
//!
//! Each attack has a file and a line in [`ATTACKS`]. It starts servers of its own with [`lab`], does what a stranger, a
//! client that misbehaves or a careless operator would, and says what it measured beside the bound that must hold.
//! `--short`, which the check runs, leaves out those that wait for timeouts or send for long.

mod client;
mod clock_jumps;
mod code_flood;
mod cross_origin;
mod deletion;
mod durability;
mod enumeration;
mod fakes;
mod framing;
mod full_disk;
mod hang_up;
mod idle;
mod key_file;
mod lab;
mod large_bodies;
mod mail_hang;
mod names;
mod quotas;
mod random_json;
#[expect(dead_code, clippy::expect_used, clippy::panic, reason = "tests panic, and use the rest")]
#[path = "../../server/tests/carrier/raw_client.rs"]
mod raw_client;
mod refresh_tokens;
mod signatures;
mod signing;
mod slow_clients;
mod sweeper;
mod two_servers;
mod violations;

use std::time::Instant;

use anyhow::bail;
use clap::Args;

use self::lab::Lab;

/// The options of `cargo xtask attack`.
#[derive(Args)]
#[command(
    after_help = "It listens, connects and sends on 127.0.0.1 only. Run it before a release, on a machine with nothing \
    else to do: some bounds are times.\n\n\
    Examples:\n  cargo xtask attack\n  cargo xtask attack --only framing --only signatures"
)]
pub(crate) struct Arguments {
    /// Attack to run; repeat it for several [default: all]
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Leave out the attacks that take long
    #[arg(long)]
    short: bool,
    /// Attack a release build
    #[arg(long)]
    release: bool,
}

impl Arguments {
    /// The short form.
    pub(crate) const CHECK: Self = Self { only: Vec::new(), short: true, release: false };
}

/// Longest text in the column of what was measured.
const MAX_MEASURED: usize = 300;

/// One thing that an attack measured.
struct Measure {
    what: String,
    measured: String,
    bound: String,
    is_held: bool,
}

impl Measure {
    fn new(
        what: impl Into<String>,
        measured: impl ToString,
        bound: impl Into<String>,
        is_held: bool,
    ) -> Self {
        // One line, whatever a server said.
        let measured = measured.to_string().lines().collect::<Vec<_>>().join(" ");
        let measured = measured.chars().take(MAX_MEASURED).collect();
        Self { what: what.into(), measured, bound: bound.into(), is_held }
    }

    /// A number that must not be above `bound`.
    fn at_most(what: impl Into<String>, measured: u64, bound: u64, unit: &str) -> Self {
        Self::new(what, format!("{measured}{unit}"), format!("at most {bound}{unit}"), measured <= bound)
    }

    /// A list of what went wrong, which must be empty. It shows the first three.
    fn none(what: impl Into<String>, wrong: &[String]) -> Self {
        let shown: Vec<_> = wrong.iter().take(3).map(String::as_str).collect();
        let measured = match wrong.len() {
            0 => "none".to_owned(),
            count => format!("{count}: {}", shown.join("; ")),
        };
        Self::new(what, measured, "none", wrong.is_empty())
    }
}

/// An attack.
struct Attack {
    name: &'static str,
    /// Whether it takes a few seconds at most.
    is_short: bool,
    run: fn(&Lab) -> anyhow::Result<Vec<Measure>>,
}

const ATTACKS: &[Attack] = &[
    Attack { name: "violations", is_short: true, run: violations::run },
    Attack { name: "large-bodies", is_short: true, run: large_bodies::run },
    Attack { name: "random-json", is_short: true, run: random_json::run },
    Attack { name: "framing", is_short: true, run: framing::run },
    Attack { name: "slow-clients", is_short: false, run: slow_clients::run },
    Attack { name: "idle", is_short: true, run: idle::run },
    Attack { name: "hang-up", is_short: false, run: hang_up::run },
    Attack { name: "sweeper", is_short: false, run: sweeper::run },
    Attack { name: "deletion", is_short: false, run: deletion::run },
    Attack { name: "clock-jumps", is_short: true, run: clock_jumps::run },
    Attack { name: "two-servers", is_short: true, run: two_servers::run },
    Attack { name: "mail-hang", is_short: false, run: mail_hang::run },
    Attack { name: "enumeration", is_short: true, run: enumeration::run },
    Attack { name: "code-flood", is_short: true, run: code_flood::run },
    Attack { name: "quotas", is_short: false, run: quotas::run },
    Attack { name: "names", is_short: true, run: names::run },
    Attack { name: "key-file", is_short: true, run: key_file::run },
    Attack { name: "full-disk", is_short: true, run: full_disk::run },
    Attack { name: "durability", is_short: true, run: durability::run },
    Attack { name: "cross-origin", is_short: true, run: cross_origin::run },
    Attack { name: "signatures", is_short: true, run: signatures::run },
    Attack { name: "refresh-tokens", is_short: true, run: refresh_tokens::run },
];

/// Runs the attacks, and prints a table.
///
/// # Errors
/// Returns an error if a bound does not hold, or an attack could not be made.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if !cfg!(target_os = "linux") {
        return crate::shared::skip("attack", "it reads memory and processor time from Linux's /proc");
    }
    for name in &arguments.only {
        if !ATTACKS.iter().any(|attack| attack.name == name) {
            let names: Vec<_> = ATTACKS.iter().map(|attack| attack.name).collect();
            bail!("there is no attack `{name}`; use one of: {}", names.join(", "));
        }
    }
    let is_chosen = |attack: &&Attack| match arguments.only.as_slice() {
        [] => attack.is_short || !arguments.short,
        only => only.iter().any(|name| name == attack.name),
    };
    let lab = Lab::build(arguments.release)?;
    let started = Instant::now();
    let mut broken = Vec::new();
    println!("{:<16} {:<58} {:<26} {:<20} held", "attack", "what", "measured", "bound");
    for attack in ATTACKS.iter().filter(is_chosen) {
        let attack_started = Instant::now();
        let measures = (attack.run)(&lab).unwrap_or_else(|error| {
            vec![Measure::new("the attack itself", format!("{error:#}"), "can be made", false)]
        });
        for Measure { what, measured, bound, is_held } in measures {
            let held = if is_held { "yes" } else { "NO" };
            println!("{:<16} {what:<58} {measured:<26} {bound:<20} {held}", attack.name);
            if !is_held {
                broken.push(attack.name);
            }
        }
        println!("{:<16} {:<58} {:.1} s", "", "", attack_started.elapsed().as_secs_f64());
    }
    println!("{:.0} s in all", started.elapsed().as_secs_f64());
    if broken.is_empty() {
        return Ok(());
    }
    let count = broken.len();
    broken.dedup();
    bail!("{count} bounds do not hold, in: {}", broken.join(", "))
}
