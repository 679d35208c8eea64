//! Replaces the certificate of a running server when its files change.
//!
//! The files are read every few seconds and compared with those that were read last. *Chosen*: reading them, not their
//! times or events of the file system. A file that is replaced by a rename, a symbolic link that leads elsewhere (as
//! Kubernetes replaces mounted secrets) and a network file system are all seen alike, and two small files cost nothing.

use std::time::Duration;

use tokio::{sync::mpsc::Receiver, task::spawn_blocking, time::sleep};

use super::{
    Tls,
    certificate::{Certificate, CertificateFiles, FileContents, TlsFileError},
};
use crate::clock::Clock;

/// The time between two looks at the files.
const INTERVAL: Duration = Duration::from_secs(5);

/// How often the dates of a certificate that stays are looked at again.
const DATES_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);

/// The reason why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be used.
    #[error(transparent)]
    File(#[from] TlsFileError),
    /// The cryptographic library cannot start.
    #[error("TLS cannot be started: {0}")]
    Library(#[from] rustls::Error),
}

/// The certificate of a server and its files.
pub struct CertificateWatch {
    tls: Tls,
    files: CertificateFiles,
    clock: Clock,
    /// What was read last, whether it could be used or not.
    seen: FileContents,
    in_use: Certificate,
    dates_told: Duration,
    /// The last error, which is logged once.
    error: Option<String>,
}

impl CertificateWatch {
    /// Reads the files.
    ///
    /// # Errors
    /// A file cannot be used.
    pub fn start(files: CertificateFiles, clock: Clock) -> Result<Self, TlsError> {
        let seen = files.read()?;
        let in_use = seen.parse(&files)?;
        files.warn_of_readers();
        in_use.warn_of_dates(&clock);
        let tls = Tls::new(in_use.clone())?;
        let dates_told = clock.elapsed();
        Ok(Self { tls, files, clock, seen, in_use, dates_told, error: None })
    }

    /// Returns TLS that presents the certificate.
    pub fn tls(&self) -> Tls {
        self.tls.clone()
    }

    /// Looks at the files as long as it is awaited: every few seconds, and at once when `asked`.
    ///
    /// Files that cannot be used change nothing: the log says so once, and the former certificate stays. The two files
    /// are written one after the other, so that they need not belong together in between.
    pub async fn run(mut self, mut asked: Receiver<()>) {
        loop {
            let is_asked = tokio::select! {
                () = sleep(INTERVAL) => false,
                Some(()) = asked.recv() => true,
            };
            let looked = spawn_blocking(move || {
                self.look(is_asked);
                self
            });
            match looked.await {
                Ok(watch) => self = watch,
                Err(_) => return,
            }
        }
    }

    fn look(&mut self, is_asked: bool) {
        if is_asked {
            self.error = None;
        }
        match self.files.read() {
            Ok(contents) if contents == self.seen && !is_asked => {}
            Ok(contents) => {
                match contents.parse(&self.files) {
                    Ok(certificate) => self.replace(certificate),
                    Err(error) => self.refuse(&error),
                }
                self.seen = contents;
            }
            Err(error) => self.refuse(&error),
        }
        if self.clock.elapsed().saturating_sub(self.dates_told) > DATES_INTERVAL {
            self.tell_dates();
        }
    }

    fn replace(&mut self, certificate: Certificate) {
        self.tls.replace(certificate.clone());
        self.in_use = certificate;
        self.error = None;
        tracing::info!(path = %self.files.certificate.display(), "the certificate was read again and is in use");
        self.files.warn_of_readers();
        self.tell_dates();
    }

    fn refuse(&mut self, error: &TlsFileError) {
        let text = error.to_string();
        if self.error.as_ref() != Some(&text) {
            tracing::error!("{text}; the former certificate stays in use");
            self.error = Some(text);
        }
    }

    fn tell_dates(&mut self) {
        self.dates_told = self.clock.elapsed();
        self.in_use.warn_of_dates(&self.clock);
    }
}
