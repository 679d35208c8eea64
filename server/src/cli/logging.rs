//! The log, on standard error: text lines or JSON objects. Beside it are the traces, whose spans the log does not have.
//!
//! The code that logs an event must leave out secrets, codes and bodies; nothing here removes them.

use std::{backtrace::Backtrace, backtrace::BacktraceStatus, io, panic};

use lido::traces::TARGET;
use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer, Registry, fmt, layer::SubscriberExt as _, registry::LookupSpan,
    util::SubscriberInitExt as _,
};

use super::traces::Traces;
use crate::config::{LogFilter, LogFormat};

/// Starts logging, also of panics, and recording traces if they are sent.
pub(crate) fn start(filter: &LogFilter, format: LogFormat, traces: Option<&Traces>) -> anyhow::Result<()> {
    // The WebAuthn library quotes input of clients. Its errors are logged by its caller, in `lido::passkeys`.
    let filter = EnvFilter::try_new(&filter.0)?
        .add_directive("webauthn_rs_core=off".parse()?)
        .add_directive(format!("{TARGET}=off").parse()?);
    let started = match traces {
        // One filter for all, so that no span of a trace is made.
        None => Registry::default().with(lines(format)).with(filter).try_init(),
        Some(traces) => {
            Registry::default().with(lines(format).with_filter(filter)).with(traces.layer()).try_init()
        }
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

/// Returns the layer that writes the lines of the log.
fn lines<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let lines = fmt::layer().with_writer(io::stderr);
    match format {
        LogFormat::Text => {
            lines.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).with_target(false).boxed()
        }
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    }
}
