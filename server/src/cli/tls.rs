//! TLS of a server: the certificate at its start, and SIGHUP, which lets `lido serve` read the files again.

use lido::{clock::Clock, tls::reload::CertificateWatch};
use tokio::{sync::mpsc, task::JoinHandle};

use crate::config::{Config, Mode, TlsSource};

/// Reads the certificate, after making it if it is that of `--tls`.
pub(super) fn start(source: &TlsSource, clock: &Clock) -> anyhow::Result<CertificateWatch> {
    let files = match source {
        TlsSource::Files(files) => files,
        TlsSource::Localhost(made) => {
            made.make(clock)?;
            &made.files
        }
    };
    Ok(CertificateWatch::start(files.clone(), clock.clone())?)
}

/// Starts to watch the files of the certificate. In `lido serve` SIGHUP asks for a look at them.
///
/// *Chosen*: in `lido dev` the signal ends the server, as it does when the terminal is closed.
///
/// # Errors
/// The system refuses to register the handler of the signal.
pub(super) fn reload(config: &Config, watch: Option<CertificateWatch>) -> anyhow::Result<JoinHandle<()>> {
    let (sender, asked) = mpsc::channel(1);
    if let Mode::Serve = config.mode {
        ask_on_hangup(sender, watch.is_some())?;
    }
    Ok(tokio::spawn(async move {
        if let Some(watch) = watch {
            watch.run(asked).await;
        }
    }))
}

#[cfg(unix)]
fn ask_on_hangup(sender: mpsc::Sender<()>, has_certificate: bool) -> anyhow::Result<()> {
    use anyhow::Context as _;
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = signal(SignalKind::hangup()).context("no handler of SIGHUP can be registered")?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            if has_certificate {
                // The receiver lives as long as the server runs.
                let _ = sender.send(()).await;
            } else {
                tracing::info!(
                    "SIGHUP: there is no certificate to read again; other settings need a restart"
                );
            }
        }
    });
    Ok(())
}

#[cfg(not(unix))]
fn ask_on_hangup(_: mpsc::Sender<()>, _: bool) -> anyhow::Result<()> {
    Ok(())
}
