//! The configuration file: TOML, the settings under the names of their flags.
//!
//! A key that means nothing is refused with its line, because a misspelt setting that is passed over is found late.

use std::{
    fs, io,
    ops::Range,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::Spanned;

use super::{
    AccountId, AddressRange, ConfirmationCode, LambdaUrl, LogFilter, LogFormat, MailSender, PublicUrl,
    Region, RequestLimits, SmsWebhook, SmsWebhookSecret, Smtp, StoreLocation,
};

/// What a file says.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) listen: Option<String>,
    pub(super) store: Option<StoreLocation>,
    pub(super) key_file: Option<PathBuf>,
    pub(super) credentials: Option<PathBuf>,
    pub(super) request_limits: Option<RequestLimits>,
    pub(super) refuse_from: Option<Vec<AddressRange>>,
    pub(super) trusted_proxy: Option<Vec<AddressRange>>,
    pub(super) standby: Option<bool>,
    pub(super) public_url: Option<PublicUrl>,
    pub(super) lambda_endpoint: Option<LambdaUrl>,
    pub(super) lambda_credentials: Option<PathBuf>,
    pub(super) sender_key_file: Option<PathBuf>,
    pub(super) region: Option<Region>,
    pub(super) account_id: Option<AccountId>,
    pub(super) log: Option<LogFilter>,
    pub(super) log_format: Option<LogFormat>,
    pub(super) smtp: Option<Smtp>,
    pub(super) mail_from: Option<MailSender>,
    pub(super) sms_webhook: Option<SmsWebhook>,
    pub(super) sms_webhook_secret: Option<SmsWebhookSecret>,
    pub(super) confirmation_code: Option<ConfirmationCode>,
    pub(super) allow_remote: Option<bool>,
    /// The first setting that `lido serve` does not know, and where it stands.
    dev_only: Option<FileError>,
}

/// Why a file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FileError {
    #[error("the configuration file {path} cannot be read: {reason}")]
    Io { path: PathBuf, reason: String },
    #[error("{path}, line {line}: {reason}")]
    Line { path: PathBuf, line: usize, reason: String },
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    listen: Option<String>,
    store: Option<StoreLocation>,
    key_file: Option<PathBuf>,
    credentials: Option<PathBuf>,
    request_limits: Option<RequestLimits>,
    refuse_from: Option<Vec<AddressRange>>,
    trusted_proxy: Option<Vec<AddressRange>>,
    standby: Option<bool>,
    public_url: Option<PublicUrl>,
    lambda_endpoint: Option<LambdaUrl>,
    lambda_credentials: Option<PathBuf>,
    sender_key_file: Option<PathBuf>,
    region: Option<Region>,
    account_id: Option<AccountId>,
    log: Option<LogFilter>,
    log_format: Option<LogFormat>,
    smtp: Option<Smtp>,
    mail_from: Option<MailSender>,
    sms_webhook: Option<SmsWebhook>,
    sms_webhook_secret: Option<SmsWebhookSecret>,
    confirmation_code: Option<Spanned<ConfirmationCode>>,
    allow_remote: Option<Spanned<bool>>,
}

impl File {
    /// Reads the file, if one is given.
    pub(super) fn of(path: Option<&Path>) -> Result<Self, FileError> {
        let Some(path) = path else { return Ok(Self::default()) };
        let io = |fault: io::Error| FileError::Io { path: path.to_owned(), reason: fault.to_string() };
        Self::parse(path, &fs::read_to_string(path).map_err(io)?)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, FileError> {
        let fault = |span: Option<Range<usize>>, reason: String| {
            let before = text.get(..span.map_or(0, |span| span.start)).unwrap_or_default();
            FileError::Line { path: path.to_owned(), line: before.matches('\n').count() + 1, reason }
        };
        let written: Written =
            toml::from_str(text).map_err(|error| fault(error.span(), error.message().replace('\n', " ")))?;
        let dev_only = [
            ("confirmation-code", written.confirmation_code.as_ref().map(Spanned::span)),
            ("allow-remote", written.allow_remote.as_ref().map(Spanned::span)),
        ];
        let dev_only = dev_only.into_iter().find_map(|(name, span)| {
            Some(fault(Some(span?), format!("`{name}` is for lido dev only; lido serve does not take it")))
        });
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(Self {
            listen: written.listen,
            store: written.store.map(|store| match store {
                StoreLocation::Sqlite(path) => StoreLocation::Sqlite(folder.join(path)),
                StoreLocation::Memory => StoreLocation::Memory,
            }),
            key_file: written.key_file.map(|path| folder.join(path)),
            credentials: written.credentials.map(|path| folder.join(path)),
            request_limits: written.request_limits,
            refuse_from: written.refuse_from,
            trusted_proxy: written.trusted_proxy,
            standby: written.standby,
            public_url: written.public_url,
            lambda_endpoint: written.lambda_endpoint,
            lambda_credentials: written.lambda_credentials.map(|path| folder.join(path)),
            sender_key_file: written.sender_key_file.map(|path| folder.join(path)),
            region: written.region,
            account_id: written.account_id,
            log: written.log,
            log_format: written.log_format,
            smtp: written.smtp,
            mail_from: written.mail_from,
            sms_webhook: written.sms_webhook,
            sms_webhook_secret: written.sms_webhook_secret,
            confirmation_code: written.confirmation_code.map(Spanned::into_inner),
            allow_remote: written.allow_remote.map(Spanned::into_inner),
            dev_only,
        })
    }

    /// `lido serve` is given nothing that only `lido dev` takes.
    pub(super) fn refuse_dev_only(&self) -> Result<(), FileError> {
        self.dev_only.clone().map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_with_their_line() {
        let cases = [
            ("listen = \"127.0.0.1:1\"\n\nlissten = \"x\"\n", "line 3: unknown field `lissten`"),
            ("store = \"postgres:x\"", "line 1: a store is sqlite:PATH or memory"),
            ("# a comment\nregion = 7", "line 2: invalid type: integer `7`"),
            ("region = \"a\"\nregion = \"b\"", "line 2: duplicate key"),
            ("log = \"info\"\nnonsense", "line 2:"),
            ("\n\n[table]\n", "line 3: unknown field `table`"),
            ("confirmation-code = \"12345\"", "line 1: a confirmation code is six digits"),
            ("\nrefuse-from = [\"192.0.2.0/24\", \"nobody\"]", "line 2: nobody is no address"),
            ("request-limits = \"on,SignUp=1\"", "line 1: SignUp is no category of operations"),
            ("lambda-endpoint = \"localhost\"", "line 1: a Lambda endpoint is http:// or https://"),
            ("account-id = \"1\"", "line 1: an account id is twelve digits"),
            ("smtp = \"smtp://u:secret@h/path\"", "line 1: a mail server is smtp://HOST:PORT"),
            ("mail-from = \"nobody\"", "line 1: a sender is a mail address"),
            ("sms-webhook-secret = \"secret\"", "line 1: the webhook's secret is"),
        ];
        for (text, told) in cases {
            let fault = File::parse(Path::new("lido.toml"), text).expect_err(text).to_string();
            assert!(fault.contains(told), "{text:?}: {fault}");
            assert_eq!(fault.lines().count(), 1, "{fault}");
            assert!(!fault.contains("\"secret") && !fault.contains("u:secret"), "{fault}");
        }
    }

    #[test]
    fn paths_start_from_the_files_folder() {
        let text = "store = \"sqlite:data/lido.db\"\nkey-file = \"key\"\ncredentials = \"/etc/lido.json\"";
        let file = File::parse(Path::new("/srv/lido/lido.toml"), text).expect("good");
        assert_eq!(file.store, Some(StoreLocation::Sqlite("/srv/lido/data/lido.db".into())));
        assert_eq!(file.key_file, Some("/srv/lido/key".into()));
        assert_eq!(file.credentials, Some("/etc/lido.json".into()));
    }

    #[test]
    fn what_is_for_dev_is_refused_for_serve() {
        let file =
            File::parse(Path::new("f"), "listen = \"[::1]:1\"\nallow-remote = true\n").expect("good for dev");
        let fault = file.refuse_dev_only().expect_err("not for serve").to_string();
        assert!(fault.starts_with("f, line 2: `allow-remote`"), "{fault}");
        assert!(File::parse(Path::new("f"), "").expect("good").refuse_dev_only().is_ok());
    }
}
