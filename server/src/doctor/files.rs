//! What is on this machine: the files of the configuration, and the clock.

use std::path::Path;

use lido::{
    clock::{Clock, rfc3339},
    credentials::{self, Credentials},
    entropy::Entropy,
    keys::file::{self as key_file, is_open_to_others},
    tls::certificate::CertificateFiles,
    triggers::{SenderKeys, lambda::credentials::LambdaCredentials},
};

use super::Finding;
use crate::config::{Config, TlsSettings, TlsSource};

/// The days before its end in which a certificate should have been renewed.
const SOON: i64 = 14;

/// A time before any build of Lido: the beginning of 2026, in milliseconds.
const TOO_EARLY: i64 = 1_767_225_600_000;

/// A time that no clock shows which is set right: the beginning of 2100.
const TOO_LATE: i64 = 4_102_444_800_000;

/// Checks the files and the clock.
pub(super) fn check(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(path) = &config.key_file {
        findings.push(check_file("key file", path, || {
            key_file::load(path, &Entropy::system()).map(|_| "read".to_owned()).map_err(Into::into)
        }));
    }
    if let Some(path) = &config.credentials {
        findings.push(check_file("credentials", path, || {
            let Credentials::Listed(users) = credentials::file::load(path)? else {
                return Ok("read".to_owned());
            };
            Ok(format!("{} users", users.len()))
        }));
        if let Ok(Credentials::Listed(users)) = credentials::file::load(path) {
            let without: Vec<&str> = users
                .values()
                .filter(|user| user.policies.is_empty())
                .map(|user| user.name.as_str())
                .collect();
            if users.is_empty() {
                findings.push(Finding::warning(
                    "credentials",
                    "the file has no user, so no administrator can sign a request",
                    "add a user with a policy to it",
                ));
            } else if !without.is_empty() {
                findings.push(Finding::warning(
                    "credentials",
                    format!("users without policies, who may do nothing: {}", without.join(", ")),
                    "add policies to them",
                ));
            }
        }
    }
    if let Some(TlsSettings { source: TlsSource::Files(files), .. }) = &config.tls {
        findings.push(check_certificate(files));
    }
    if let Some(path) = &config.sender_key_file {
        findings.push(check_file("sender keys", path, || {
            SenderKeys::load(path).map(|_| "read".to_owned()).map_err(Into::into)
        }));
    }
    if let Some(path) = &config.lambda_credentials {
        findings.push(check_file("Lambda credentials", path, || {
            LambdaCredentials::at(path).map(|_| "read".to_owned()).map_err(Into::into)
        }));
    }
    findings.push(check_clock(Clock::system().now().as_millis()));
    findings
}

/// Loads a file with secrets, and checks who can read it.
fn check_file(check: &'static str, path: &Path, load: impl FnOnce() -> anyhow::Result<String>) -> Finding {
    match load() {
        Err(error) => Finding::of_error(check, &format!("{error:#}"), "mend the file, or name another one"),
        Ok(_) if is_open_to_others(path).unwrap_or(false) => Finding::warning(
            check,
            format!("other users of this machine can read {}", path.display()),
            format!("chmod 600 {}", path.display()),
        ),
        Ok(text) => Finding::ok(check, format!("{}: {text}", path.display())),
    }
}

/// Checks the certificate of the listener and its key.
fn check_certificate(files: &CertificateFiles) -> Finding {
    let certificate = match files.load() {
        Ok(certificate) => certificate,
        Err(error) => {
            return Finding::of_error("TLS", &error, "name the files of one certificate and its key");
        }
    };
    let (clock, path) = (Clock::system(), files.certificate.display());
    let remedy = "renew it: the server takes the new files by itself";
    if certificate.begins_later(&clock) {
        let remedy = "use one that is valid now, and check the clock of this machine";
        return Finding::wrong("TLS", format!("the certificate {path} is not valid yet"), remedy);
    }
    if certificate.expires_within(0, &clock) {
        return Finding::wrong("TLS", format!("the certificate {path} has expired"), remedy);
    }
    if certificate.expires_within(SOON, &clock) {
        return Finding::warning("TLS", format!("the certificate {path} expires within {SOON} days"), remedy);
    }
    check_file("TLS", &files.key, || Ok(format!("the key of the certificate {path}")))
}

fn check_clock(now: i64) -> Finding {
    let shown = rfc3339(lido_domain::Timestamp::from_millis(now));
    match now {
        TOO_EARLY..TOO_LATE => Finding::ok("clock", format!("it is {shown}")),
        _ => Finding::wrong(
            "clock",
            format!(
                "the clock of this machine says {shown}, so that tokens and signatures are not good elsewhere"
            ),
            "set the clock, and keep it synchronized (NTP)",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::State, *};

    #[test]
    fn clock_that_is_years_off_is_wrong() {
        for (now, expected) in [
            (0, State::Wrong),
            (TOO_EARLY - 1, State::Wrong),
            (TOO_EARLY, State::Ok),
            (1_800_000_000_000, State::Ok),
            (TOO_LATE, State::Wrong),
            (i64::MAX, State::Wrong),
        ] {
            assert_eq!(check_clock(now).state, expected, "{now}");
        }
    }
}
