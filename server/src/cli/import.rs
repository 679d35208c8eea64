//! `lido import`: puts an export into a store.

use std::{
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use lido::{
    entropy::Entropy,
    keys,
    store::transfer::{self, Check, Existing, ImportOptions, ImportReport, LineFault, MovingKeys},
};

use super::{
    STORAGE, import_users,
    progress::{Interrupt, Progress},
    store_arguments::{StoreArguments, start},
};
use crate::config::{ConfigError, StoreSettings};

/// The most lines that are told one by one.
const MAX_TOLD: u64 = 100;

const CONTENTS: &str = "What is imported";

#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,

    /// Key file of the store that the export comes from, if it is another one: secrets are sealed anew for --key-file
    #[arg(long, env = "LIDO_FROM_KEY", value_name = "FILE", help_heading = STORAGE)]
    pub(crate) from_key: Option<PathBuf>,

    /// Import what neither key file opens without its secrets: users set new passwords, app clients get new secrets
    ///
    /// Users arrive RESET_REQUIRED and without their authenticator apps, and devices are forgotten. Passkeys need no
    /// key. Without this option the command asks on a terminal, and else imports nothing
    #[arg(long, help_heading = CONTENTS)]
    pub(crate) reset_passwords: bool,

    /// Where the file comes from, if not from lido export: cognito for what aws cognito-idp list-users prints, or the
    /// CSV of an import job
    ///
    /// Users arrive RESET_REQUIRED, because nothing has their passwords. Those who are there already stay as they are
    #[arg(long, env = "LIDO_FROM", value_name = "cognito", hide_possible_values = true, requires = "pool", help_heading = CONTENTS)]
    pub(crate) from: Option<Source>,

    /// Id of the user pool that the users of --from come into
    #[arg(long, env = "LIDO_POOL", value_name = "ID", help_heading = CONTENTS)]
    pub(crate) pool: Option<String>,

    /// What a line that cannot be imported does: stop, so that nothing is imported, or skip, so that the others are
    #[arg(long, env = "LIDO_DAMAGED", value_name = "stop|skip", hide_possible_values = true, help_heading = CONTENTS)]
    pub(crate) damaged: Option<Damaged>,

    /// What becomes of records that the store has, and that differ: refuse the line, keep what is there, or replace it
    #[arg(
        long,
        env = "LIDO_EXISTING",
        value_name = "refuse|keep|replace",
        hide_possible_values = true,
        help_heading = CONTENTS
    )]
    pub(crate) existing: Option<ExistingArgument>,

    /// Read the file and say what would be imported, and import nothing
    #[arg(long, help_heading = CONTENTS)]
    pub(crate) check: bool,

    /// File that lido export has written, or that --from names
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// Where a file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Source {
    Cognito,
}

/// What a line does that cannot be imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Damaged {
    #[default]
    Stop,
    Skip,
}

/// What becomes of records that are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExistingArgument {
    #[default]
    Refuse,
    Keep,
    Replace,
}

impl From<ExistingArgument> for Existing {
    fn from(argument: ExistingArgument) -> Self {
        match argument {
            ExistingArgument::Refuse => Self::Refuse,
            ExistingArgument::Keep => Self::Keep,
            ExistingArgument::Replace => Self::Replace,
        }
    }
}

/// Imports the file, and prints what became of it.
///
/// # Errors
/// The configuration is wrong (outer), or a line could not be imported (inner).
pub(crate) fn run(arguments: &ImportArguments) -> Result<anyhow::Result<()>, ConfigError> {
    let settings = StoreSettings::new("lido import", &arguments.store)?;
    if settings.key_file.is_none() {
        return Err(ConfigError::Usage(
            "lido import requires --key-file FILE, the key file of the store".to_owned(),
        ));
    }
    Ok(start(&settings).and_then(|()| import(&settings, arguments)))
}

fn import(settings: &StoreSettings, arguments: &ImportArguments) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.context("the threads of the command cannot be started")?;
    match (arguments.from, &arguments.pool) {
        (Some(Source::Cognito), Some(pool)) => runtime.block_on(import_users::run(settings, arguments, pool)),
        _ => runtime.block_on(import_file(settings, arguments)),
    }
}

async fn import_file(settings: &StoreSettings, arguments: &ImportArguments) -> anyhow::Result<()> {
    let path = &arguments.file;
    // Told before a store is made.
    if !path.exists() {
        bail!("there is no file {}; lido export writes one", path.display());
    }
    let entropy = Entropy::system();
    let to = settings.keys()?.context("the key file is missing")?;
    let from = arguments.from_key.as_deref().map(|path| keys::file::load(path, &entropy)).transpose()?;
    let is_check = arguments.check;
    // A file that is no export is told before a store is made.
    transfer::check_header(path)?;
    let store = if is_check { settings.open_to_compare().await? } else { settings.open_to_write().await? };
    settings.check_keys(&store, &to, true).await?;
    let keys = MovingKeys { to: &to, from: from.as_ref() };
    let interrupt = Interrupt::listen()?;
    let step = || if interrupt.is_set() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };

    let bar = Progress::counting("reading", "lines");
    let mut teller = Teller::new(path, &bar);
    let mut progress = |lines| {
        bar.set(lines, 0);
        step()
    };
    let check = transfer::check(path, &store, &keys, &mut |fault| teller.tell(&fault), &mut progress).await?;
    drop(bar);
    announce(&check, settings);
    let resets = decide(&check, arguments)?;
    if arguments.check {
        println!("nothing was imported, because of --check");
        return if check.faults == 0 { Ok(()) } else { Err(not_imported(check.faults)) };
    }

    // Only now does a new store get the check value of the keys: a refused import binds it to none.
    settings.check_keys(&store, &to, false).await?;
    let options = ImportOptions { existing: arguments.existing.unwrap_or_default().into(), resets };
    let bar = Progress::new("importing", "lines");
    let mut teller = Teller::new(path, &bar);
    let mut progress = |lines| {
        bar.set(lines, check.lines);
        step()
    };
    let report =
        transfer::import(path, &store, &keys, options, &mut |fault| teller.tell(&fault), &mut progress)
            .await?;
    drop(bar);
    println!("{}", summary(&report, settings));
    // The first reading counts what is missing at the end, and what follows it, too.
    match report.faults.max(check.faults) {
        0 => Ok(()),
        faults => Err(not_imported(faults)),
    }
}

pub(super) fn not_imported(lines: u64) -> anyhow::Error {
    anyhow::anyhow!("{lines} lines were not imported; what is wrong with each is above")
}

/// Says what is in the file.
fn announce(check: &Check, settings: &StoreSettings) {
    let header = &check.header;
    println!(
        "{} records of an export of {} by Lido {}, into {}",
        check.records, header.at, header.lido, settings.store
    );
    let lost = &check.lost;
    if !lost.is_none() {
        let keys: Vec<&str> = check.missing_keys.iter().map(String::as_str).collect();
        println!(
            "secrets are sealed under keys that are in no key file ({}): {} users arrive RESET_REQUIRED or without their \
             authenticator apps, {} app clients get new secrets, {} devices are forgotten, {} user pools get new signing keys",
            keys.join(", "),
            lost.users,
            lost.clients,
            lost.devices,
            lost.signing_keys
        );
    }
    if !check.uses_from_key {
        println!(
            "--from-key opened nothing, because --key-file opens every secret: each stays sealed as it is; to be rid of an old key, name \
             a --key-file without it"
        );
    }
    if check.left_sign_ins > 0 {
        println!(
            "{} sign-ins are left, because --key-file lacks a key of the store that they come from: their users sign in again",
            check.left_sign_ins
        );
    }
}

/// Decides whether the import begins, and returns whether records may lose their secrets.
fn decide(check: &Check, arguments: &ImportArguments) -> anyhow::Result<bool> {
    if check.faults > 0 && arguments.damaged.unwrap_or_default() == Damaged::Stop && !arguments.check {
        bail!(
            "{} lines of {} cannot be imported, so that nothing was; --damaged skip imports the others",
            check.faults,
            arguments.file.display()
        );
    }
    if arguments.existing.unwrap_or_default() == ExistingArgument::Refuse && !check.differences.is_empty() {
        let pools: Vec<String> =
            check.differences.iter().map(|one| format!("{} (line {})", one.pool, one.line)).collect();
        bail!(
            "the store has user pools of the same ids with other settings, so that nothing was imported: {}; --existing keep keeps \
             what is there, --existing replace replaces it",
            pools.join(", ")
        );
    }
    if check.lost.is_none() || arguments.reset_passwords || arguments.check {
        return Ok(arguments.reset_passwords);
    }
    if io::stdin().is_terminal()
        && io::stdout().is_terminal()
        && is_confirmed("Import them without these secrets?")?
    {
        return Ok(true);
    }
    bail!(
        "nothing was imported: name the key file of the former store with --from-key, or let users set new passwords with \
         --reset-passwords"
    )
}

/// Asks a question, whose answer is no unless it is yes.
fn is_confirmed(question: &str) -> io::Result<bool> {
    print!("{question} [y/N] ");
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

fn summary(report: &ImportReport, settings: &StoreSettings) -> String {
    let ImportReport { added, present, replaced, kept, left, without_user, faults } = report;
    let mut text = format!("{}: {added} records added, {present} there already", settings.store);
    for (count, what) in [
        (replaced, "replaced"),
        (kept, "different there and kept"),
        (left, "left, because they need another key"),
        (without_user, "left, because their user is not there"),
        (faults, "lines not imported"),
    ] {
        if *count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    text
}

/// Tells lines that cannot be imported on standard error, by their numbers.
pub(super) struct Teller<'a> {
    path: &'a Path,
    bar: &'a Progress,
    told: u64,
}

impl<'a> Teller<'a> {
    pub(super) fn new(path: &'a Path, bar: &'a Progress) -> Self {
        Self { path, bar, told: 0 }
    }

    pub(super) fn tell(&mut self, fault: &LineFault) {
        self.told += 1;
        let text = match self.told {
            told if told <= MAX_TOLD => format!("{}:{}: {}", self.path.display(), fault.line, fault.reason),
            told if told == MAX_TOLD + 1 => {
                "more lines cannot be imported; they are counted below".to_owned()
            }
            _ => return,
        };
        self.bar.print(&text);
    }
}
