//! Logs, to standard error: text for people, JSON for machines.
//!
//! Whoever logs leaves secrets, codes and bodies out; there is no filter here that would find them.

use std::{backtrace::Backtrace, backtrace::BacktraceStatus, io, panic};

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{LogFilter, LogFormat};

/// Logs from now on.
pub(crate) fn start(filter: &LogFilter, format: LogFormat) -> anyhow::Result<()> {
    // The WebAuthn library quotes what clients sent; what came of it is told where it is called.
    let filter = EnvFilter::try_new(&filter.0)?.add_directive("webauthn_rs_core=off".parse()?);
    let logs = fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match format {
        LogFormat::Text => {
            logs.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).with_target(false).try_init()
        }
        LogFormat::Json => logs.json().flatten_event(true).with_span_list(false).try_init(),
    };
    started.map_err(|fault| anyhow::anyhow!("logs cannot be written: {fault}"))?;
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let trace = Backtrace::capture();
        // What it says may quote what a client sent, so only the place is told.
        match trace.status() {
            BacktraceStatus::Captured => tracing::error!(place, "a panic; this is a bug of Lido's\n{trace}"),
            _ => tracing::error!(place, "a panic; this is a bug of Lido's"),
        }
    }));
    Ok(())
}
