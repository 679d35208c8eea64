//! The options of the commands that work on a store beside the server, or without one.

use std::path::PathBuf;

use clap::Args;

use super::{FILE, LOGS, STORAGE, logging};
use crate::config::{LogFilter, LogFormat, SecretArgument, StoreSettings};

/// Where the store and its keys are.
#[derive(Clone, Debug, Args)]
pub(crate) struct StoreArguments {
    /// Store, as in lido serve: sqlite:PATH or postgres://USER@HOST/DATABASE
    #[arg(long, env = "LIDO_STORE", value_name = "STORE", hide_env_values = true, help_heading = STORAGE)]
    pub(crate) store: Option<SecretArgument>,

    /// File with the keys of the store: 32 random bytes in base64 per line
    #[arg(long, env = "LIDO_KEY_FILE", value_name = "FILE", help_heading = STORAGE)]
    pub(crate) key_file: Option<PathBuf>,

    /// Configuration file of the server, with the store and the key file
    #[arg(long, env = "LIDO_CONFIG", value_name = "FILE", help_heading = FILE)]
    pub(crate) config: Option<PathBuf>,

    /// Log level: error, warn, info, debug, trace or off
    #[arg(long, env = "LIDO_LOG", value_name = "LEVEL", help_heading = LOGS)]
    pub(crate) log: Option<LogFilter>,
}

/// Starts the log of a command, on standard error.
///
/// # Errors
/// The filter cannot be used.
pub(crate) fn start(settings: &StoreSettings) -> anyhow::Result<()> {
    logging::start(&settings.log, LogFormat::Text, None)
}
