//! The command line: the commands and their help texts, and how a command line is read.
//!
//! The options of a server are in [`server_options`]. [`crate::config`] merges them with the configuration file and the
//! defaults, and [`serve`] runs a server. The defaults that the help texts show are in [`defaults`]; a test makes
//! `docs/configuration.md` from this definition.

mod address_file;
pub(crate) mod backup;
pub(crate) mod control;
mod defaults;
mod examples;
pub(crate) mod export;
mod first_screen;
pub(crate) mod health;
pub(crate) mod import;
mod import_users;
pub(crate) mod logging;
pub(crate) mod manual;
mod progress;
pub(crate) mod seed;
pub(crate) mod serve;
mod server_options;
mod stop;
pub(crate) mod store_arguments;
mod tls;
mod traces;
pub(crate) mod variable;

#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;

use std::{env, ffi::OsString, path::PathBuf, process::ExitCode, sync::LazyLock};

use clap::{Arg, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, error::ErrorKind};

pub(crate) use self::server_options::{CommonArguments, DevArguments, ServeArguments};
use crate::config::SecretArgument;

/// The exit code for a wrong command line, as `clap` has it.
pub(crate) const USAGE: u8 = 2;

const SERVER: &str = "Server";
const STORAGE: &str = "Storage and keys";
const ACCESS: &str = "Access";
const DELIVERY: &str = "Mail and SMS";
const TRIGGERS: &str = "Lambda triggers";
const NAMES: &str = "Ids and ARNs";
const LOGS: &str = "Metrics and logs";
const FILE: &str = "Configuration file";
const DEVELOPMENT: &str = "Development";

/// The value of an option that is true or false, as the help text shows it.
const SWITCH: &str = "true|false";

/// The version of the package, and the commit if the build was told it, as `cargo xtask dist` does.
static VERSION: LazyLock<String> = LazyLock::new(|| match option_env!("LIDO_COMMIT") {
    Some(commit) => format!("{} ({commit})", env!("CARGO_PKG_VERSION")),
    None => env!("CARGO_PKG_VERSION").to_owned(),
});

/// A server that answers like Amazon Cognito user pools
///
/// Every option can also be set by the environment variable named with it, or in a TOML file (--config) under its name
/// without the dashes. An option on the command line overrides the environment, the environment overrides the file,
/// and the file overrides the default
#[derive(Debug, Parser)]
#[command(name = "lido", version = VERSION.as_str(), arg_required_else_help = true, after_help = examples::LIDO)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a server for development and tests: no set-up, an inbox for codes, a test clock
    ///
    /// Messages to users are shown at /_lido/messages, and POST /_lido/clock sets the clock forward. Signed operations
    /// accept any well-formed AWS signature unless --credentials is set, and then refuse web pages of other origins
    /// unless --admin-origin names them
    #[command(after_help = examples::DEV)]
    Dev(DevArguments),

    /// Start a server for production: --store, --key-file, --credentials and --public-url are required
    ///
    /// There is no inbox and no test clock: mail leaves through --smtp, SMS through --sms-webhook. The server stops on
    /// SIGTERM or Ctrl-C after the requests in flight
    #[command(after_help = examples::SERVE)]
    Serve(ServeArguments),

    /// List every operation of the API and whether it is served
    ///
    /// One line per operation: its name, signed or public, served or validated. The input of an operation that is only
    /// validated is checked, and then refused with NotImplementedException
    #[command(after_help = examples::OPERATIONS)]
    Operations,

    /// Create or update the tables of a PostgreSQL store, or check that they are up to date
    ///
    /// A server does so when it starts. Run it before, with a user who may create tables, if the user of the server may not
    #[command(after_help = examples::MIGRATE)]
    Migrate(MigrateArguments),

    /// Try what lido serve with these settings would use, and say what is wrong and how to mend it
    ///
    /// Files, keys, store, clocks, addresses, mail, SMS and functions. It changes nothing, and takes the settings from where lido serve
    /// takes them. The exit code is 1 if something is wrong, and 0 if there are warnings at most
    #[command(after_help = examples::DOCTOR)]
    Doctor(DoctorArguments),

    /// Write a verified copy of a SQLite store to a new file, while the server runs
    ///
    /// It has every change that was answered before the command began. It is read by its owner only, written beside its place
    /// and named when it is complete and checked, and overwrites nothing
    #[command(after_help = examples::BACKUP)]
    Backup(backup::BackupArguments),

    /// Write everything that a store has to a new file, as JSON Lines, for lido import
    ///
    /// User pools, app clients, groups, users with their sealed secrets, and what belongs to them. The file is read by its owner
    /// only, and named when it is complete. An export that was interrupted goes on where it ended
    #[command(after_help = examples::EXPORT)]
    Export(export::ExportArguments),

    /// Put an export into a store, also into one of another kind or with other keys
    ///
    /// The whole file is read first, and nothing is imported if a line of it cannot be. What is there already stays; an import
    /// that was interrupted is run again. It may run beside servers
    #[command(after_help = examples::IMPORT)]
    Import(import::ImportArguments),

    /// Write the pools of a running lido dev as a seed file, with all that is in them
    ///
    /// lido dev --seed reads the file, on this machine or another one
    #[command(after_help = examples::SEED, subcommand_required = true, arg_required_else_help = true)]
    Seed {
        #[command(subcommand)]
        command: SeedCommand,
    },

    /// Check whether the server on this machine is healthy
    ///
    /// It asks /_lido/health at the address that the server listens on, for at most five seconds. The exit code is 0 if
    /// the server is healthy and 1 if not, so that a container or a supervisor can run it
    #[command(after_help = examples::HEALTH)]
    Health(HealthArguments),

    /// List the users of a running lido dev
    ///
    /// One line per user: username, status, mail address and phone number, and the sub if it is not the username
    #[command(after_help = examples::USERS)]
    Users(control::UsersArguments),

    /// Show the messages that a running lido dev has sent to users, the oldest first
    ///
    /// One line per message: when it was sent, how and to whom, its code or link, and why it was sent. --json has the texts
    /// too
    #[command(after_help = examples::MESSAGES)]
    Messages(control::MessagesArguments),

    /// Confirm a user of a running lido dev without a code
    ///
    /// It does what AdminConfirmSignUp does: addresses stay unverified
    #[command(after_help = examples::CONFIRM)]
    Confirm(control::ConfirmArguments),

    /// Sign a user of a running lido dev in without a password, and print the tokens
    ///
    /// The tokens are those of a sign-in, with the settings of the app client; triggers are called. Second factors are not
    /// asked for
    #[command(after_help = examples::TOKEN)]
    Token(control::TokenArguments),

    /// Show or set the test clock of a running lido dev
    ///
    /// Codes, sessions and tokens expire by the test clock. Signatures of requests are compared with the real one
    #[command(after_help = examples::CLOCK)]
    Clock(control::ClockArguments),

    /// Bring a running lido dev back to its start: delete pools, messages and faults, set the clock back, and seed again
    ///
    /// The seed files are those that the server was started with; it reads them anew, and deletes nothing if they are wrong.
    /// With --pool only that pool is deleted, with --users only the users of a pool, and nothing is seeded
    #[command(after_help = examples::RESET)]
    Reset(control::ResetArguments),

    /// Print a script that completes commands and options in a shell
    ///
    /// The Debian package installs those of bash, zsh and fish
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// Shell that the script is for
        shell: clap_complete::Shell,
    },

    /// Print a manual page, in the format of man
    ///
    /// The page has the help text of the command; the Debian package installs the pages
    #[command(after_help = examples::MAN)]
    Man {
        /// Command whose page is printed; without it, the page of lido itself
        command: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SeedCommand {
    /// Write a seed file with everything that a running lido dev has
    ///
    /// The file has client secrets and the secrets of authenticator apps in clear, and in place of passwords their verifiers,
    /// so it is readable by its owner only. lido dev --seed reads it
    #[command(after_help = examples::SEED)]
    Export(SeedExportArguments),
}

#[derive(Debug, Args)]
pub(crate) struct SeedExportArguments {
    /// Address of the server [default: http://127.0.0.1:9229]
    #[arg(long, env = "LIDO_ENDPOINT", value_name = "URL", hide_env_values = true, help_heading = SERVER)]
    pub(crate) endpoint: Option<String>,

    #[command(flatten)]
    pub(crate) trust: control::TrustArguments,

    /// File to write, whose name gives the format: .toml, .json, .yaml or .yml; without it, TOML is printed
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct HealthArguments {
    /// Address that the server listens on
    ///
    /// If it listens on all addresses (0.0.0.0 or [::]), the loopback address is used
    #[arg(long, env = "LIDO_LISTEN", value_name = "HOST:PORT", help_heading = SERVER)]
    pub(crate) listen: Option<String>,

    /// File with the certificate of the server: HTTPS is used, and the certificate not checked, since it has another name
    #[arg(long, env = "LIDO_TLS_CERT", value_name = "FILE", help_heading = SERVER)]
    pub(crate) tls_cert: Option<PathBuf>,

    /// Use HTTPS, as lido dev --tls does
    #[arg(long, env = "LIDO_TLS", value_name = SWITCH, help_heading = SERVER)]
    pub(crate) tls: Option<bool>,

    /// Configuration file of the server
    #[arg(long, env = "LIDO_CONFIG", value_name = "FILE", help_heading = FILE)]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    pub(crate) serve: ServeArguments,

    /// Print JSON, one object for each check
    #[arg(long, help_heading = LOGS)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MigrateArguments {
    /// Store whose tables are migrated: a URL of PostgreSQL
    #[arg(long, env = "LIDO_STORE", value_name = "STORE", hide_env_values = true, help_heading = STORAGE)]
    pub(crate) store: Option<SecretArgument>,

    /// Configuration file with the store
    #[arg(long, env = "LIDO_CONFIG", value_name = "FILE", help_heading = FILE)]
    pub(crate) config: Option<PathBuf>,

    /// Change nothing; the exit code is 1 if the tables are not up to date
    #[arg(long, help_heading = STORAGE)]
    pub(crate) check: bool,
}

impl Arguments {
    /// Returns the definition of the command line, with the default of every option in its help text.
    pub(crate) fn definition() -> clap::Command {
        Self::command().mut_subcommands(|command| defaults::show(command.mut_args(with_optional_value)))
    }

    /// Reads the command line of this process.
    ///
    /// # Errors
    /// There is nothing to run: the error or the help text was printed, and this is the exit code.
    pub(crate) fn read() -> Result<Self, ExitCode> {
        Self::of_line(env::args_os()).map_err(print)
    }

    /// Reads a command line.
    ///
    /// # Errors
    /// There is nothing to run: the error or the help text to print.
    pub(crate) fn of_line<T: Into<OsString> + Clone>(
        line: impl IntoIterator<Item = T>,
    ) -> Result<Self, clap::Error> {
        let matches = Self::definition().try_get_matches_from(line);
        let arguments = matches.and_then(|matches| {
            Self::from_arg_matches(&matches).map_err(|error| error.format(&mut Self::definition()))
        });
        arguments.map_err(|error| variable::without_password(variable::with_variable(error)))
    }
}

/// Returns whether an option is true or false.
fn is_switch(option: &Arg) -> bool {
    option.get_value_names().is_some_and(|names| names == [SWITCH])
}

/// Lets a switch be given without a value, which is `true` then.
fn with_optional_value(option: Arg) -> Arg {
    if !is_switch(&option) {
        return option;
    }
    option.num_args(0..=1).require_equals(true).default_missing_value("true").hide_possible_values(true)
}

/// Prints an error of the command line, or the help text that was asked for, and returns the exit code.
fn print(error: clap::Error) -> ExitCode {
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // The reader may close the pipe early.
        let _ = error.print();
        return if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
    }
    let command = env::args_os().nth(1);
    let command = command.as_ref().map(|name| name.to_string_lossy());
    eprintln!("lido: {}", one_line(&error.to_string(), command.as_deref()));
    ExitCode::from(USAGE)
}

/// Returns the text of an error of `clap` in one line, with the help text to read instead of the usage.
///
/// `command` is the first argument, which may be the name of a command.
fn one_line(text: &str, command: Option<&str>) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut lines =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"));
    let first = lines.next().unwrap_or_default();
    let mut text = first.strip_prefix("error: ").unwrap_or(first).to_owned();
    for line in lines {
        // What follows a colon, and the possible values in brackets, belong to the sentence.
        let is_part = text.ends_with(':') || line.starts_with('[');
        text.push_str(if is_part { " " } else { "; " });
        text.push_str(line);
    }
    let command = command.filter(|name| Arguments::command().find_subcommand(name).is_some());
    match command {
        Some(command) => format!("{text}; see lido {command} --help"),
        None => format!("{text}; see lido --help"),
    }
}
