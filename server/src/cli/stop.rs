//! What stops the server: signals, and with `--stop-with-stdin` the end of standard input.
//!
//! [`super::serve`] and the library's `http` then finish the requests in flight.

use std::io;

use anyhow::Context as _;
use tokio::sync::mpsc::Sender;

/// A receiver of SIGTERM and Ctrl-C, and of the end of standard input. A second signal ends the process at once.
pub(super) struct StopSignals {
    signals: tokio::sync::mpsc::Receiver<StopCause>,
}

/// What stops the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StopCause {
    /// SIGTERM, which supervisors and orchestrators send: others may still send requests for a moment.
    Terminate,
    /// A person at the terminal, or the end of standard input.
    Interrupt,
}

impl StopSignals {
    /// Starts to listen for the signals, and for the end of standard input if it is one.
    ///
    /// # Errors
    /// The system refuses to register a signal handler, or to start a thread.
    pub(super) fn new(stops_with_stdin: bool) -> anyhow::Result<Self> {
        let (sender, signals) = tokio::sync::mpsc::channel(1);
        if stops_with_stdin {
            watch_stdin(sender.clone())?;
        }
        #[cfg(unix)]
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
            .context("no handler of SIGTERM can be registered")?;
        #[cfg(unix)]
        let mut interrupt = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())
            .context("no handler of Ctrl-C can be registered")?;
        tokio::spawn(async move {
            for is_second in [false, true] {
                #[cfg(unix)]
                let cause = tokio::select! {
                    _ = terminate.recv() => StopCause::Terminate,
                    _ = interrupt.recv() => StopCause::Interrupt,
                };
                #[cfg(not(unix))]
                let cause = match tokio::signal::ctrl_c().await {
                    Ok(()) => StopCause::Interrupt,
                    Err(_) => return,
                };
                if is_second {
                    // The changes of every request that got a response are on disk already.
                    std::process::exit(1);
                }
                tracing::info!("stopping; a second signal stops at once");
                // The receiver lives as long as the server runs.
                let _ = sender.send(cause).await;
            }
        });
        Ok(Self { signals })
    }

    /// Waits for the first signal.
    pub(super) async fn received(&mut self) -> StopCause {
        match self.signals.recv().await {
            Some(cause) => cause,
            None => std::future::pending().await,
        }
    }
}

/// Reads standard input to its end in a thread of its own, and tells `sender` of it.
fn watch_stdin(sender: Sender<StopCause>) -> anyhow::Result<()> {
    let watch = move || {
        // A standard input that cannot be read, such as a closed one, has ended.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        tracing::info!("stopping, because standard input was closed");
        // The receiver lives as long as the server runs.
        let _ = sender.blocking_send(StopCause::Interrupt);
    };
    std::thread::Builder::new()
        .name("stdin".to_owned())
        .spawn(watch)
        .map(drop)
        .context("the thread that watches standard input cannot be started")
}
