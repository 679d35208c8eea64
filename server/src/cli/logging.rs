//! The log, on standard error: text lines or JSON objects.
//!
//! The code that logs an event must leave out secrets, codes and bodies; nothing here removes them.

use std::{backtrace::Backtrace, backtrace::BacktraceStatus, io, panic};

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{LogFilter, LogFormat};

/// Starts logging, also of panics.
pub(crate) fn start(filter: &LogFilter, format: LogFormat) -> anyhow::Result<()> {
    // The WebAuthn library quotes input of clients. Its errors are logged by its caller, in `lido::passkeys`.
    let filter = EnvFilter::try_new(&filter.0)?.add_directive("webauthn_rs_core=off".parse()?);
    let logs = fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match format {
        LogFormat::Text => {
            logs.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).with_target(false).try_init()
        }
        LogFormat::Json => logs.json().flatten_event(true).with_span_list(false).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("the log cannot be started: {error}"))?;
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let trace = Backtrace::capture();
        // The message may quote input of a client, so only the place is logged.
        match trace.status() {
            BacktraceStatus::Captured => tracing::error!(place, "a panic; this is a bug in Lido\n{trace}"),
            _ => tracing::error!(place, "a panic; this is a bug in Lido"),
        }
    }));
    Ok(())
}
