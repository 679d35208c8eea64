//! The signals that stop the server.
//!
//! [`super::serve`] and the library's `http` then finish the requests in flight.

use anyhow::Context as _;

/// A receiver of SIGTERM and Ctrl-C. A second signal ends the process at once.
pub(super) struct StopSignals {
    signals: tokio::sync::mpsc::Receiver<()>,
}

impl StopSignals {
    /// Starts to listen for the signals.
    ///
    /// # Errors
    /// The system refuses to register a signal handler.
    pub(super) fn new() -> anyhow::Result<Self> {
        let (sender, signals) = tokio::sync::mpsc::channel(1);
        #[cfg(unix)]
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
            .context("no handler of SIGTERM can be registered")?;
        #[cfg(unix)]
        let mut interrupt = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())
            .context("no handler of Ctrl-C can be registered")?;
        tokio::spawn(async move {
            for is_second in [false, true] {
                #[cfg(unix)]
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                #[cfg(not(unix))]
                if tokio::signal::ctrl_c().await.is_err() {
                    return;
                }
                if is_second {
                    // The changes of every request that got a response are on disk already.
                    std::process::exit(1);
                }
                tracing::info!("stopping; a second signal stops at once");
                // The receiver lives as long as the server runs.
                let _ = sender.send(()).await;
            }
        });
        Ok(Self { signals })
    }

    /// Waits for the first signal.
    pub(super) async fn received(&mut self) {
        if self.signals.recv().await.is_none() {
            std::future::pending().await
        }
    }
}
