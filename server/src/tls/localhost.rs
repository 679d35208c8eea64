//! The certificate of `lido dev --tls`: for this machine, and of an authority of its own.
//!
//! The private key of the authority is never stored, so a client that trusts the authority trusts no other certificate by it.
//! *Chosen*: an authority nevertheless, because some clients take no certificate that is its own authority.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use zeroize::Zeroizing;

use super::certificate::{CertificateFiles, TlsFileError};
use crate::{clock::Clock, keys::file::create_owner_only};

/// The names of a certificate for this machine.
const NAMES: [&str; 4] = ["localhost", "*.localhost", "127.0.0.1", "::1"];

/// The days for which a certificate is valid, and those before its end from which a start makes a new one.
///
/// *Chosen*: browsers of Apple refuse certificates that are valid for more than 825 days.
const VALID_DAYS: u64 = 820;
const RENEWED_DAYS: i64 = 30;

const SECONDS_A_DAY: u64 = 24 * 60 * 60;

/// The latest time at which a certificate is made, in seconds since 1970: some day in the year 9990.
const LATEST: u64 = 253_000_000_000;

/// The files of a certificate for this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalhostFiles {
    /// The certificate of the authority, which clients have to trust.
    pub authority: PathBuf,
    /// The certificate and its key.
    pub files: CertificateFiles,
}

/// The reason why there is no certificate for this machine.
#[derive(Debug, thiserror::Error)]
pub enum LocalhostError {
    /// The certificate cannot be made.
    #[error("the certificate of --tls cannot be made: {0}")]
    Making(#[from] rcgen::Error),
    /// A file cannot be written.
    #[error("the file {path} of --tls cannot be written: {reason}; check the permissions of its folder")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        reason: io::Error,
    },
    /// A file that is there cannot be used.
    #[error("{0}; remove the files of --tls, and the next start makes others")]
    File(#[from] TlsFileError),
}

impl LocalhostFiles {
    /// Returns the files in a folder.
    pub fn of(folder: &Path) -> Self {
        Self {
            authority: folder.join("tls-ca.pem"),
            files: CertificateFiles {
                certificate: folder.join("tls-cert.pem"),
                key: folder.join("tls-key.pem"),
            },
        }
    }

    /// Makes the files, unless they are there and the certificate is valid for some time.
    ///
    /// # Errors
    /// The files can be neither used nor written.
    pub fn make(&self, clock: &Clock) -> Result<(), LocalhostError> {
        let io = |path: &Path, reason| LocalhostError::Io { path: path.to_owned(), reason };
        if let Some(folder) = self.authority.parent() {
            // If it cannot be made, opening the file in it says so.
            let _ = fs::create_dir_all(folder);
        }
        // Several servers may start at once: one makes the files, and the others find them.
        let mut authority = fs::OpenOptions::new();
        let authority = authority.write(true).create(true).truncate(false).open(&self.authority);
        let mut authority = authority.map_err(|reason| io(&self.authority, reason))?;
        authority.lock().map_err(|reason| io(&self.authority, reason))?;
        let is_made = self.files.certificate.exists() && self.files.key.exists();
        if is_made && !self.files.load()?.expires_within(RENEWED_DAYS, clock) {
            return Ok(());
        }
        let made = Made::new(clock)?;
        // The key last: a start that is interrupted leaves no set that looks complete.
        let _ = fs::remove_file(&self.files.key);
        let written = authority.set_len(0).and_then(|()| authority.write_all(made.authority.as_bytes()));
        written.map_err(|reason| io(&self.authority, reason))?;
        fs::write(&self.files.certificate, made.certificate)
            .map_err(|reason| io(&self.files.certificate, reason))?;
        let key = create_owner_only(&self.files.key).and_then(|mut file| file.write_all(made.key.as_bytes()));
        key.map_err(|reason| io(&self.files.key, reason))
    }
}

/// A certificate that was made, in PEM.
struct Made {
    authority: String,
    certificate: String,
    key: Zeroizing<String>,
}

impl Made {
    fn new(clock: &Clock) -> Result<Self, rcgen::Error> {
        let mut authority = params(clock, &[], "Lido on this machine")?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let mut server = params(clock, &NAMES, "localhost")?;
        server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        server.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let server = server.signed_by(&key, &authority)?;
        Ok(Self {
            authority: authority.pem(),
            certificate: server.pem(),
            key: Zeroizing::new(key.serialize_pem()),
        })
    }
}

/// Returns the parameters of a certificate that is valid from yesterday on.
fn params(clock: &Clock, names: &[&str], common_name: &str) -> Result<CertificateParams, rcgen::Error> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    // As in RFC 5280, no certificate ends after the year 9999.
    let now = u64::try_from(clock.real_now().as_seconds()).unwrap_or_default().min(LATEST);
    let at = |seconds| date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds);
    params.not_before = at(now.saturating_sub(SECONDS_A_DAY));
    params.not_after = at(now + VALID_DAYS * SECONDS_A_DAY);
    Ok(params)
}
