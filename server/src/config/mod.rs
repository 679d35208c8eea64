//! The configuration: merges the command line and the environment with the file and the defaults, and checks the
//! result.
//!
//! [`crate::cli`] reads the command line and the environment, [`mod@file`] the file, and [`values`] defines single
//! values. [`build`] builds the server's parts from a complete [`Config`].

pub(crate) mod build;
mod delivery;
mod file;
mod key_file;
pub(crate) mod migration;
mod store_settings;
mod tls;
mod traces;
mod values;
pub(crate) mod warnings;

#[cfg(test)]
mod tests;

use std::{
    net::{SocketAddr, ToSocketAddrs},
    num::NonZeroUsize,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use lido::{rates::Quotas, store::postgres::PostgresLimits};

use crate::cli::{
    CommonArguments, DevArguments, HealthArguments, MigrateArguments, ServeArguments, variable::option_name,
};

use self::file::ConfigFile;
pub(crate) use self::{
    delivery::{MailSender, SecretArgument, SmsWebhook, SmsWebhookSecret, Smtp},
    file::FileError,
    store_settings::StoreSettings,
    tls::{TlsSettings, TlsSource},
    traces::{Sampling, TraceSettings},
    values::{
        AccountId, AddressRange, ConfirmationCode, Issuer, LambdaUrl, LogFilter, LogFormat, PageOrigin,
        PublicUrl, Region, RequestLimits, StoreLocation,
    },
};

const LISTEN: &str = "127.0.0.1:9229";
const DEV_STORE: &str = ".lido/lido.db";

/// The authority of the certificate of `lido dev --tls`, unless the store is elsewhere.
pub(crate) const DEV_AUTHORITY: &str = ".lido/tls-ca.pem";
/// The seconds for which `lido serve` serves on after SIGTERM.
///
/// *Chosen*: load balancers and the proxies of Kubernetes need a moment until they send no more requests.
const SERVE_DRAIN_SECONDS: u16 = 5;

const DEFAULT_REGION: &str = "us-east-1";

/// The complete configuration of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) listen: Vec<SocketAddr>,
    pub(crate) tls: Option<TlsSettings>,
    pub(crate) drain_delay: Duration,
    /// The addresses of `--metrics`, the first of which that is available is used.
    pub(crate) metrics: Vec<SocketAddr>,
    pub(crate) store: StoreLocation,
    pub(crate) store_limits: PostgresLimits,
    pub(crate) key_file: Option<PathBuf>,
    pub(crate) credentials: Option<PathBuf>,
    pub(crate) request_limits: RequestLimits,
    pub(crate) refuse_from: Vec<AddressRange>,
    pub(crate) trusted_proxy: Vec<AddressRange>,
    pub(crate) max_connections_per_address: Option<NonZeroUsize>,
    pub(crate) is_standby: bool,
    pub(crate) revokes_reused_refresh_tokens: bool,
    pub(crate) is_strict_oauth: bool,
    pub(crate) requires_branding: bool,
    pub(crate) public_url: Option<PublicUrl>,
    pub(crate) issuer: Option<Issuer>,
    pub(crate) lambda_endpoint: Option<LambdaUrl>,
    pub(crate) lambda_credentials: Option<PathBuf>,
    pub(crate) sender_key_file: Option<PathBuf>,
    pub(crate) region: Option<Region>,
    pub(crate) account_id: AccountId,
    pub(crate) log: LogFilter,
    pub(crate) log_format: LogFormat,
    pub(crate) mail: Option<Mail>,
    pub(crate) sms: Option<Sms>,
    pub(crate) mode: Mode,
}

/// The settings for sending mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) server: Smtp,
    pub(crate) from: MailSender,
}

/// The settings for sending SMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sms {
    pub(crate) address: SmsWebhook,
    pub(crate) secret: SmsWebhookSecret,
}

/// The command that runs the server, with its own settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Dev {
        confirmation_code: Option<ConfirmationCode>,
        address_file: Option<PathBuf>,
        stops_with_stdin: bool,
        seeds: Vec<PathBuf>,
        is_remote: bool,
        admin_origins: Vec<PageOrigin>,
        inbox_origins: Vec<PageOrigin>,
    },
    Serve,
}

/// The error of a configuration that is invalid or incomplete.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The configuration file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The settings contradict each other, or one is missing.
    #[error("{0}")]
    Usage(String),
}

impl Config {
    /// Returns the Region of clients that do not sign, and of all clients if one is set.
    pub(crate) fn region(&self) -> &str {
        self.region.as_ref().map_or(DEFAULT_REGION, |region| &region.0)
    }

    /// Returns the origins whose web pages may call signed operations.
    pub(crate) fn admin_origins(&self) -> Vec<String> {
        match &self.mode {
            Mode::Dev { admin_origins, .. } => admin_origins.iter().map(|origin| origin.0.clone()).collect(),
            Mode::Serve => Vec::new(),
        }
    }

    /// Returns the origins whose web pages may read the inbox.
    pub(crate) fn inbox_origins(&self) -> Vec<String> {
        match &self.mode {
            Mode::Dev { inbox_origins, .. } => inbox_origins.iter().map(|origin| origin.0.clone()).collect(),
            Mode::Serve => Vec::new(),
        }
    }

    /// Returns the authority that clients have to trust, if the server has made its certificate.
    pub(crate) fn authority(&self) -> Option<&Path> {
        match self.tls.as_ref().map(|tls| &tls.source) {
            Some(TlsSource::Localhost(files)) => Some(&files.authority),
            Some(TlsSource::Files(_)) | None => None,
        }
    }

    /// Returns the seed files.
    pub(crate) fn seeds(&self) -> Vec<PathBuf> {
        match &self.mode {
            Mode::Dev { seeds, .. } => seeds.clone(),
            Mode::Serve => Vec::new(),
        }
    }

    /// Returns the configuration of `lido dev`.
    pub(crate) fn for_dev(arguments: DevArguments) -> Result<Self, ConfigError> {
        let file = ConfigFile::read(arguments.common.config.as_deref())?;
        let confirmation_code = arguments.confirmation_code.or(file.confirmation_code.clone());
        let address_file = arguments.address_file.or(file.address_file.clone());
        let stops_with_stdin = arguments.stop_with_stdin.or(file.stop_with_stdin).unwrap_or(false);
        let seeds = arguments.seed.or(file.seed.clone()).unwrap_or_default();
        let allow_remote = arguments.allow_remote.or(file.allow_remote).unwrap_or(false);
        let admin_origins = arguments.admin_origin.or(file.admin_origin.clone()).unwrap_or_default();
        let inbox_origins = arguments.inbox_origin.or(file.inbox_origin.clone()).unwrap_or_default();
        let makes_certificate = arguments.tls.or(file.tls).unwrap_or(false);
        let merged = MergedOptions::new(arguments.common, file)?;
        let listen = merged.listen()?;
        let is_remote = !listen.iter().all(|address| address.ip().is_loopback());
        if is_remote && !allow_remote {
            return Err(ConfigError::Usage(format!(
                "{} {} accepts connections from other machines, which could read every code of lido dev; add \
                 --allow-remote to permit it",
                option_name("--listen"),
                merged.listen_text()
            )));
        }
        let store = merged.store.clone().unwrap_or(StoreLocation::Sqlite(DEV_STORE.into()));
        if merged.standby == Some(true) && !seeds.is_empty() {
            return Err(ConfigError::Usage(format!(
                "{} changes the store, which {} forbids; remove one of them",
                option_name("--seed"),
                option_name("--standby")
            )));
        }
        let tls = merged.tls(&store, makes_certificate)?;
        let redirect = tls.as_ref().map(|tls| tls.redirect.clone()).unwrap_or_default();
        for (option, addresses) in [("--http-redirect", redirect), ("--metrics", merged.metrics()?)] {
            if !allow_remote && !addresses.iter().all(|address| address.ip().is_loopback()) {
                return Err(ConfigError::Usage(format!(
                    "{} accepts connections from other machines; add --allow-remote to permit it",
                    option_name(option)
                )));
            }
        }
        let mode = Mode::Dev {
            confirmation_code,
            address_file,
            stops_with_stdin,
            seeds,
            is_remote,
            admin_origins,
            inbox_origins,
        };
        merged.complete(listen, tls, store, mode)
    }

    /// Returns the configuration of `lido serve`.
    pub(crate) fn for_serve(arguments: ServeArguments) -> Result<Self, ConfigError> {
        let file = ConfigFile::read(arguments.common.config.as_deref())?;
        file.check_for_serve()?;
        let merged = MergedOptions::new(arguments.common, file)?;
        let required = [
            ("--store STORE", merged.store.is_none()),
            ("--key-file FILE", merged.key_file.is_none()),
            ("--credentials FILE", merged.credentials.is_none()),
            ("--public-url URL", merged.public_url.is_none()),
        ];
        let missing: Vec<&str> =
            required.iter().filter(|(_, is_missing)| *is_missing).map(|(name, _)| *name).collect();
        match &merged.store {
            Some(store) if missing.is_empty() => {
                let (listen, store) = (merged.listen()?, store.clone());
                let tls = merged.tls(&store, false)?;
                merged.complete(listen, tls, store, Mode::Serve)
            }
            _ => Err(ConfigError::Usage(format!(
                "lido serve requires {}; for development, use lido dev, which requires none of them",
                missing.join(", ")
            ))),
        }
    }
}

/// The settings of the command line, the environment and the file, before the defaults.
#[derive(Debug)]
struct MergedOptions {
    listen: Option<String>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    http_redirect: Option<String>,
    drain_delay: Option<u16>,
    metrics: Option<String>,
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
    revoke_reused_refresh_tokens: Option<bool>,
    strict_oauth: Option<bool>,
    require_branding: Option<bool>,
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
}

impl MergedOptions {
    /// Merges both. An argument, which may come from the environment, overrides the file.
    fn new(arguments: CommonArguments, file: ConfigFile) -> Result<Self, ConfigError> {
        Ok(Self {
            listen: arguments.listen.or(file.listen),
            tls_cert: arguments.tls_cert.or(file.tls_cert),
            tls_key: arguments.tls_key.or(file.tls_key),
            http_redirect: arguments.http_redirect.or(file.http_redirect),
            drain_delay: arguments.drain_delay.or(file.drain_delay),
            metrics: arguments.metrics.or(file.metrics),
            store: parse_secret("--store", arguments.store)?.or(file.store),
            store_connections: arguments.store_connections.or(file.store_connections),
            store_timeout: arguments.store_timeout.or(file.store_timeout),
            key_file: arguments.key_file.or(file.key_file),
            credentials: arguments.credentials.or(file.credentials),
            request_limits: arguments.request_limits.or(file.request_limits),
            refuse_from: arguments.refuse_from.or(file.refuse_from),
            trusted_proxy: arguments.trusted_proxy.or(file.trusted_proxy),
            max_connections_per_address: arguments
                .max_connections_per_address
                .or(file.max_connections_per_address),
            standby: arguments.standby.or(file.standby),
            revoke_reused_refresh_tokens: arguments
                .revoke_reused_refresh_tokens
                .or(file.revoke_reused_refresh_tokens),
            strict_oauth: arguments.strict_oauth.or(file.strict_oauth),
            require_branding: arguments.require_branding.or(file.require_branding),
            public_url: arguments.public_url.or(file.public_url),
            issuer: arguments.issuer.or(file.issuer),
            lambda_endpoint: arguments.lambda_endpoint.or(file.lambda_endpoint),
            lambda_credentials: arguments.lambda_credentials.or(file.lambda_credentials),
            sender_key_file: arguments.sender_key_file.or(file.sender_key_file),
            region: arguments.region.or(file.region),
            account_id: arguments.account_id.or(file.account_id),
            log: arguments.log.or(file.log),
            log_format: arguments.log_format.or(file.log_format),
            smtp: parse_secret("--smtp", arguments.smtp)?.or(file.smtp),
            mail_from: arguments.mail_from.or(file.mail_from),
            sms_webhook: parse_secret("--sms-webhook", arguments.sms_webhook)?.or(file.sms_webhook),
            sms_webhook_secret: parse_secret("--sms-webhook-secret", arguments.sms_webhook_secret)?
                .or(file.sms_webhook_secret),
        })
    }

    fn listen_text(&self) -> &str {
        self.listen.as_deref().unwrap_or(LISTEN)
    }

    fn listen(&self) -> Result<Vec<SocketAddr>, ConfigError> {
        resolve("--listen", self.listen_text())
    }

    fn metrics(&self) -> Result<Vec<SocketAddr>, ConfigError> {
        self.metrics.as_deref().map_or(Ok(Vec::new()), |text| resolve("--metrics", text))
    }

    fn complete(
        self,
        listen: Vec<SocketAddr>,
        tls: Option<TlsSettings>,
        store: StoreLocation,
        mode: Mode,
    ) -> Result<Config, ConfigError> {
        let mail = self.mail()?;
        let metrics = self.metrics()?;
        let sms = match (self.sms_webhook, self.sms_webhook_secret) {
            (Some(address), Some(secret)) => Some(Sms { address, secret }),
            (None, None) => None,
            (Some(_), None) => return Err(missing("--sms-webhook", "--sms-webhook-secret SECRET")),
            (None, Some(_)) => return Err(missing("--sms-webhook-secret", "--sms-webhook URL")),
        };
        // Tests in development may sign up a thousand users in a second.
        let default_limits = match mode {
            Mode::Dev { .. } => RequestLimits::Off,
            Mode::Serve => RequestLimits::On(Quotas::default()),
        };
        let default_drain = match mode {
            Mode::Dev { .. } => 0,
            Mode::Serve => SERVE_DRAIN_SECONDS,
        };
        let request_limits = self.request_limits.unwrap_or(default_limits);
        let is_standby = self.standby.unwrap_or(false);
        check_shared_limits(&request_limits, &store, is_standby)?;
        let default = PostgresLimits::default();
        let seconds =
            |seconds: NonZeroUsize| Duration::from_secs(u64::try_from(seconds.get()).unwrap_or(u64::MAX));
        let store_limits = PostgresLimits {
            connections: self.store_connections.map_or(default.connections, NonZeroUsize::get),
            timeout: self.store_timeout.map_or(default.timeout, seconds),
            ..default
        };
        Ok(Config {
            listen,
            tls,
            metrics,
            drain_delay: Duration::from_secs(self.drain_delay.unwrap_or(default_drain).into()),
            store,
            store_limits,
            key_file: self.key_file,
            credentials: self.credentials,
            request_limits,
            refuse_from: self.refuse_from.unwrap_or_default(),
            trusted_proxy: self.trusted_proxy.unwrap_or_default(),
            max_connections_per_address: self.max_connections_per_address,
            is_standby,
            revokes_reused_refresh_tokens: self.revoke_reused_refresh_tokens.unwrap_or(false),
            is_strict_oauth: self.strict_oauth.unwrap_or(false),
            requires_branding: self.require_branding.unwrap_or(false),
            public_url: self.public_url,
            issuer: self.issuer,
            lambda_endpoint: self.lambda_endpoint,
            lambda_credentials: self.lambda_credentials,
            sender_key_file: self.sender_key_file,
            region: self.region,
            account_id: self.account_id.unwrap_or_default(),
            log: self.log.unwrap_or_default(),
            log_format: self.log_format.unwrap_or_default(),
            mail,
            sms,
            mode,
        })
    }

    /// Returns the settings for mail, if a mail server is set.
    ///
    /// *Chosen*: the default From address is at the host of the public URL. The service's own address,
    /// `no-reply@verificationemail.com`, belongs to AWS.
    fn mail(&self) -> Result<Option<Mail>, ConfigError> {
        let Some(server) = self.smtp.clone() else {
            return match self.mail_from {
                Some(_) => Err(missing("--mail-from", "--smtp URL")),
                None => Ok(None),
            };
        };
        let from = match &self.mail_from {
            Some(from) => from.clone(),
            None => {
                let host = self.public_url.as_ref().map_or("localhost", PublicUrl::host);
                format!("no-reply@{host}").parse().map_err(|_| missing("--smtp", "--mail-from ADDRESS"))?
            }
        };
        Ok(Some(Mail { server, from }))
    }
}

/// Checks that the store can count requests for several servers, if they share their limits.
fn check_shared_limits(
    limits: &RequestLimits,
    store: &StoreLocation,
    is_standby: bool,
) -> Result<(), ConfigError> {
    match (limits, store) {
        (RequestLimits::Shared(_), StoreLocation::Postgres(_)) if is_standby => Err(ConfigError::Usage(
            "--request-limits shared counts requests in the store, which --standby forbids; use --request-limits on"
                .to_owned(),
        )),
        (RequestLimits::Shared(_), StoreLocation::Sqlite(_) | StoreLocation::Memory) => {
            Err(ConfigError::Usage(format!(
                "--request-limits shared needs PostgreSQL, and the store is {store}; use --request-limits on, or --store \
                 postgres://…"
            )))
        }
        _ => Ok(()),
    }
}

/// Where a server with the same arguments is reached.
pub(crate) struct HealthTarget {
    /// The addresses that it listens on; the first is enough.
    pub(crate) addresses: Vec<SocketAddr>,
    /// Whether it speaks HTTPS.
    pub(crate) uses_tls: bool,
}

/// Returns where a server with the same arguments is reached.
pub(crate) fn health_target(arguments: &HealthArguments) -> Result<HealthTarget, ConfigError> {
    let file = ConfigFile::read(arguments.config.as_deref())?;
    let listen = arguments.listen.as_deref().or(file.listen.as_deref()).unwrap_or(LISTEN);
    let is_made = arguments.tls.or(file.tls).unwrap_or(false);
    let has_certificate = arguments.tls_cert.is_some() || file.tls_cert.is_some();
    Ok(HealthTarget { addresses: resolve("--listen", listen)?, uses_tls: is_made || has_certificate })
}

/// Returns the store of `lido migrate`.
fn migrated_store(arguments: &MigrateArguments) -> Result<StoreLocation, ConfigError> {
    let file = ConfigFile::read(arguments.config.as_deref())?;
    let store = parse_secret("--store", arguments.store.clone())?.or(file.store);
    store.ok_or_else(|| ConfigError::Usage("lido migrate requires --store STORE".to_owned()))
}

fn resolve(option: &str, listen: &str) -> Result<Vec<SocketAddr>, ConfigError> {
    let addresses: Vec<SocketAddr> = listen.to_socket_addrs().map(Iterator::collect).unwrap_or_default();
    if addresses.is_empty() {
        let option = option_name(option);
        return Err(ConfigError::Usage(format!(
            "{option} {listen} is not an address of this machine; it must be HOST:PORT, such as {LISTEN} or [::1]:9229"
        )));
    }
    Ok(addresses)
}

/// Parses the argument of an option. An error names the option, or its environment variable, and quotes nothing of its value.
fn parse_secret<T: FromStr<Err = String>>(
    option: &str,
    argument: Option<SecretArgument>,
) -> Result<Option<T>, ConfigError> {
    let parsed = argument.map(|argument| argument.parse()).transpose();
    parsed.map_err(|error| ConfigError::Usage(format!("invalid value for {}: {error}", option_name(option))))
}

/// Returns the error of `option`, which requires an option that is missing.
fn missing(option: &str, required: &str) -> ConfigError {
    ConfigError::Usage(format!("{} requires {required}", option_name(option)))
}
