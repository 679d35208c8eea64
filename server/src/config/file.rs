//! The configuration file: TOML, with the settings under the names of their options.
//!
//! An unknown key is refused with its line: a misspelt setting that is ignored would be noticed late. [`super`] merges
//! the file with the command line.

use std::{
    fs, io,
    num::NonZeroUsize,
    ops::Range,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::Spanned;

use super::{
    AccountId, AddressRange, ConfirmationCode, Issuer, LambdaUrl, LogFilter, LogFormat, MailSender,
    PageOrigin, PublicUrl, Region, RequestLimits, SmsWebhook, SmsWebhookSecret, Smtp, StoreLocation,
};

/// The settings of a configuration file, with paths relative to its folder resolved.
#[derive(Debug, Default)]
pub(super) struct ConfigFile {
    pub(super) listen: Option<String>,
    pub(super) tls_cert: Option<PathBuf>,
    pub(super) tls_key: Option<PathBuf>,
    pub(super) http_redirect: Option<String>,
    pub(super) drain_delay: Option<u16>,
    pub(super) metrics: Option<String>,
    pub(super) tls: Option<bool>,
    pub(super) store: Option<StoreLocation>,
    pub(super) store_connections: Option<NonZeroUsize>,
    pub(super) store_timeout: Option<NonZeroUsize>,
    pub(super) key_file: Option<PathBuf>,
    pub(super) credentials: Option<PathBuf>,
    pub(super) request_limits: Option<RequestLimits>,
    pub(super) refuse_from: Option<Vec<AddressRange>>,
    pub(super) trusted_proxy: Option<Vec<AddressRange>>,
    pub(super) max_connections_per_address: Option<NonZeroUsize>,
    pub(super) standby: Option<bool>,
    pub(super) revoke_reused_refresh_tokens: Option<bool>,
    pub(super) strict_oauth: Option<bool>,
    pub(super) require_branding: Option<bool>,
    pub(super) public_url: Option<PublicUrl>,
    pub(super) issuer: Option<Issuer>,
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
    pub(super) address_file: Option<PathBuf>,
    pub(super) stop_with_stdin: Option<bool>,
    pub(super) seed: Option<Vec<PathBuf>>,
    pub(super) allow_remote: Option<bool>,
    pub(super) admin_origin: Option<Vec<PageOrigin>>,
    pub(super) inbox_origin: Option<Vec<PageOrigin>>,
    /// The error for the first setting that `lido serve` does not have.
    dev_only: Option<FileError>,
}

/// The error of a configuration file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FileError {
    #[error("the configuration file {path} cannot be read: {reason}; check --config")]
    Io { path: PathBuf, reason: String },
    #[error("{path}, line {line}: {reason}")]
    Line { path: PathBuf, line: usize, reason: String },
}

/// The contents of the file as serde reads them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FileContents {
    revoke_reused_refresh_tokens: Option<bool>,
    strict_oauth: Option<bool>,
    require_branding: Option<bool>,
    listen: Option<String>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    http_redirect: Option<String>,
    drain_delay: Option<u16>,
    metrics: Option<String>,
    tls: Option<Spanned<bool>>,
    store: Option<StoreLocation>,
    store_connections: Option<NonZeroUsize>,
    store_timeout: Option<NonZeroUsize>,
    key_file: Option<PathBuf>,
    credentials: Option<PathBuf>,
    request_limits: Option<RequestLimits>,
    refuse_from: Option<Vec<AddressRange>>,
    trusted_proxy: Option<Vec<AddressRange>>,
    max_connections_per_address: Option<NonZeroUsize>,
    standby: Option<bool>,
    public_url: Option<PublicUrl>,
    issuer: Option<Issuer>,
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
    address_file: Option<Spanned<PathBuf>>,
    stop_with_stdin: Option<Spanned<bool>>,
    seed: Option<Spanned<Vec<PathBuf>>>,
    allow_remote: Option<Spanned<bool>>,
    admin_origin: Option<Spanned<Vec<PageOrigin>>>,
    inbox_origin: Option<Spanned<Vec<PageOrigin>>>,
}

impl ConfigFile {
    /// Reads the file at `path`. Returns no settings if there is no path.
    pub(super) fn read(path: Option<&Path>) -> Result<Self, FileError> {
        let Some(path) = path else { return Ok(Self::default()) };
        let io = |error: io::Error| FileError::Io { path: path.to_owned(), reason: error.to_string() };
        Self::parse(path, &fs::read_to_string(path).map_err(io)?)
    }

    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, FileError> {
        let error_at = |span: Option<Range<usize>>, reason: String| {
            let before = text.get(..span.map_or(0, |span| span.start)).unwrap_or_default();
            FileError::Line { path: path.to_owned(), line: before.matches('\n').count() + 1, reason }
        };
        let contents: FileContents =
            toml::from_str(text).map_err(|error| error_at(error.span(), reason(error.message())))?;
        let dev_only = [
            ("tls", contents.tls.as_ref().map(Spanned::span)),
            ("confirmation-code", contents.confirmation_code.as_ref().map(Spanned::span)),
            ("address-file", contents.address_file.as_ref().map(Spanned::span)),
            ("stop-with-stdin", contents.stop_with_stdin.as_ref().map(Spanned::span)),
            ("seed", contents.seed.as_ref().map(Spanned::span)),
            ("allow-remote", contents.allow_remote.as_ref().map(Spanned::span)),
            ("admin-origin", contents.admin_origin.as_ref().map(Spanned::span)),
            ("inbox-origin", contents.inbox_origin.as_ref().map(Spanned::span)),
        ];
        let dev_only = dev_only.into_iter().find_map(|(name, span)| {
            Some(error_at(
                Some(span?),
                format!("`{name}` is a setting of lido dev only; remove it to run lido serve"),
            ))
        });
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(Self {
            listen: contents.listen,
            tls_cert: contents.tls_cert.map(|path| folder.join(path)),
            tls_key: contents.tls_key.map(|path| folder.join(path)),
            http_redirect: contents.http_redirect,
            drain_delay: contents.drain_delay,
            metrics: contents.metrics,
            tls: contents.tls.map(Spanned::into_inner),
            store: contents.store.map(|store| match store {
                StoreLocation::Sqlite(path) => StoreLocation::Sqlite(folder.join(path)),
                other @ (StoreLocation::Memory | StoreLocation::Postgres(_)) => other,
            }),
            store_connections: contents.store_connections,
            store_timeout: contents.store_timeout,
            key_file: contents.key_file.map(|path| folder.join(path)),
            credentials: contents.credentials.map(|path| folder.join(path)),
            request_limits: contents.request_limits,
            refuse_from: contents.refuse_from,
            trusted_proxy: contents.trusted_proxy,
            max_connections_per_address: contents.max_connections_per_address,
            standby: contents.standby,
            revoke_reused_refresh_tokens: contents.revoke_reused_refresh_tokens,
            strict_oauth: contents.strict_oauth,
            require_branding: contents.require_branding,
            public_url: contents.public_url,
            issuer: contents.issuer,
            lambda_endpoint: contents.lambda_endpoint,
            lambda_credentials: contents.lambda_credentials.map(|path| folder.join(path)),
            sender_key_file: contents.sender_key_file.map(|path| folder.join(path)),
            region: contents.region,
            account_id: contents.account_id,
            log: contents.log,
            log_format: contents.log_format,
            smtp: contents.smtp,
            mail_from: contents.mail_from,
            sms_webhook: contents.sms_webhook,
            sms_webhook_secret: contents.sms_webhook_secret,
            confirmation_code: contents.confirmation_code.map(Spanned::into_inner),
            address_file: contents.address_file.map(|path| folder.join(path.into_inner())),
            stop_with_stdin: contents.stop_with_stdin.map(Spanned::into_inner),
            seed: contents
                .seed
                .map(|files| files.into_inner().into_iter().map(|path| folder.join(path)).collect()),
            allow_remote: contents.allow_remote.map(Spanned::into_inner),
            admin_origin: contents.admin_origin.map(Spanned::into_inner),
            inbox_origin: contents.inbox_origin.map(Spanned::into_inner),
            dev_only,
        })
    }

    /// Refuses a file with a setting that only `lido dev` has.
    pub(super) fn check_for_serve(&self) -> Result<(), FileError> {
        self.dev_only.clone().map_or(Ok(()), Err)
    }
}

/// Returns the text of an error of the file in one line. The list of all fields, which `serde` adds, is left out.
fn reason(message: &str) -> String {
    match message.split_once(", expected one of") {
        Some((unknown, _)) if unknown.starts_with("unknown field") => format!(
            "{unknown}; lido dev --help lists the options, whose names without the dashes are the fields"
        ),
        _ => message.replace('\n', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_setting_is_refused_with_its_line() {
        let cases = [
            ("listen = \"127.0.0.1:1\"\n\nlissten = \"x\"\n", "line 3: unknown field `lissten`"),
            ("store = \"postgres:x\"", "line 1: the store must be sqlite:PATH, memory or postgres://"),
            (
                "store = \"postgres//u:secret@h\"",
                "line 1: the store must be sqlite:PATH, memory or postgres://",
            ),
            ("# a comment\nregion = 7", "line 2: invalid type: integer `7`"),
            ("region = \"a\"\nregion = \"b\"", "line 2: duplicate key"),
            ("log = \"info\"\nnonsense", "line 2:"),
            ("\n\n[table]\n", "line 3: unknown field `table`"),
            ("confirmation-code = \"12345\"", "line 1: a confirmation code must be six digits"),
            (
                "\nrefuse-from = [\"192.0.2.0/24\", \"localhost\"]",
                "line 2: localhost is not an IP address or range",
            ),
            ("request-limits = \"on,SignUp=1\"", "line 1: SignUp is not a category of operations"),
            ("admin-origin = [\"localhost:3000\"]", "line 1: localhost:3000 is not an origin"),
            ("max-connections-per-address = 0", "line 1: invalid value: integer `0`"),
            ("lambda-endpoint = \"localhost\"", "line 1: a Lambda endpoint must be http:// or https://"),
            ("issuer = \"https://a.example/{pool}\"", "line 1: an issuer must be http:// or https://"),
            ("account-id = \"1\"", "line 1: an account id must be twelve digits"),
            ("smtp = \"smtp://u:secret@h/path\"", "line 1: a mail server must be smtp://HOST:PORT"),
            ("mail-from = \"mary\"", "line 1: a From address must be"),
            ("sms-webhook-secret = \"secret\"", "line 1: the webhook's secret must be"),
        ];
        for (text, expected) in cases {
            let error = ConfigFile::parse(Path::new("lido.toml"), text).expect_err(text).to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
            assert_eq!(error.lines().count(), 1, "{error}");
            assert!(!error.contains("\"secret") && !error.contains("u:secret"), "{error}");
        }
    }

    #[test]
    fn relative_path_starts_from_the_folder_of_the_file() {
        let text = "store = \"sqlite:data/lido.db\"\nkey-file = \"key\"\ncredentials = \"/etc/lido.json\"";
        let file = ConfigFile::parse(Path::new("/srv/lido/lido.toml"), text).expect("good");
        assert_eq!(file.store, Some(StoreLocation::Sqlite("/srv/lido/data/lido.db".into())));
        assert_eq!(file.key_file, Some("/srv/lido/key".into()));
        assert_eq!(file.credentials, Some("/etc/lido.json".into()));
        let file =
            ConfigFile::parse(Path::new("/srv/lido.toml"), "seed = [\"a.toml\", \"/b.json\"]").expect("good");
        assert_eq!(file.seed, Some(vec!["/srv/a.toml".into(), "/b.json".into()]));
    }

    #[test]
    fn setting_of_dev_is_refused_for_serve() {
        let file = ConfigFile::parse(Path::new("f"), "listen = \"[::1]:1\"\nallow-remote = true\n")
            .expect("good for dev");
        let error = file.check_for_serve().expect_err("not for serve").to_string();
        assert!(error.starts_with("f, line 2: `allow-remote`"), "{error}");
        for name in ["admin-origin", "inbox-origin", "seed"] {
            let text = format!("{name} = [\"http://localhost:3000\"]");
            let file = ConfigFile::parse(Path::new("f"), &text).expect("good for dev");
            assert!(file.check_for_serve().is_err(), "{name}");
        }
        assert!(ConfigFile::parse(Path::new("f"), "").expect("good").check_for_serve().is_ok());
    }
}
