//! Builds the parts of a server from its configuration: the store, the app with its transports and triggers, and the gate
//! in front of it.
//!
//! [`super::key_file`] loads the keys and checks that they belong to the store; [`super::warnings`] warns of what works
//! but is not safe. Their texts about wrong files are in the modules that read them, such as `lido::keys::file`.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use lido::{
    app::{App, Settings},
    clock::Clock,
    credentials::{self, Credentials},
    delivery::{Inbox, Transports, smtp::Smtp, webhook::Webhook},
    entropy::Entropy,
    http::Gate,
    rates::{Rates, SharedStore},
    store::{SharedBuckets, Store, memory::MemoryBackend, postgres::PostgresBackend, sqlite::SqliteBackend},
    triggers::{
        SenderKeys, Triggers,
        lambda::{Lambda, credentials::LambdaCredentials},
    },
};

use super::{
    AddressRange, Config, Mode, RequestLimits, StoreLocation, key_file,
    warnings::{self, StoreLock},
};

/// The parts of a server.
pub(crate) struct Parts {
    pub(crate) app: App,
    pub(crate) gate: Gate,
    /// Held while the server runs, so that another one on the same file is noticed.
    pub(crate) lock: Option<StoreLock>,
}

/// Builds the parts.
///
/// # Errors
/// A file cannot be used, the keys do not belong to the store, or a client of the outside world cannot be built: one
/// sentence for the operator.
pub(crate) async fn build(config: &Config) -> anyhow::Result<Parts> {
    let entropy = Entropy::system();
    let credentials = match &config.credentials {
        Some(path) => credentials::file::load(path)?,
        // Only in `lido dev`: `lido serve` requires a file.
        None => Credentials::AnyWellFormed,
    };
    check_standby(config)?;
    let (store, buckets) = store(config).await?;
    let keys = Arc::new(key_file::load_and_check(config, &store, &entropy).await?);
    let lock = warnings::warn_at_start(config, &store).await?;
    let confirmation_code = match &config.mode {
        Mode::Dev { confirmation_code, .. } => confirmation_code.clone(),
        Mode::Serve => None,
    };
    let settings = Settings {
        region: config.region().to_owned(),
        has_one_region: config.region.is_some(),
        account_id: config.account_id.0.clone(),
        public_url: config.public_url.as_ref().map(|url| url.0.clone()),
        issuer: config.issuer.as_ref().map(|issuer| issuer.0.clone()),
        confirmation_code: confirmation_code.map(|code| code.0),
        relying_party: match config.mode {
            // *Chosen*: browsers treat localhost as secure without TLS, and pools have no domains of their own yet.
            Mode::Dev { .. } => Some("localhost".to_owned()),
            Mode::Serve => None,
        },
        admin_origins: config.admin_origins(),
        inbox_origins: config.inbox_origins(),
        seeds: config.seeds(),
        takes_fixed_ids: matches!(config.mode, Mode::Dev { .. }),
        is_standby: config.is_standby,
        limits_destinations: config.request_limits != RequestLimits::Off,
        revokes_reused_refresh_tokens: config.revokes_reused_refresh_tokens,
        is_strict_oauth: config.is_strict_oauth,
        requires_branding: config.requires_branding,
    };
    let clock = Clock::system();
    let transports = transports(config, &clock)?;
    let triggers = triggers(config, &clock, &entropy)?;
    let shared = buckets.map(|buckets| SharedStore::new(buckets, Arc::clone(&keys)));
    let gate = gate(config, credentials, &clock, shared.as_ref());
    let app = App::new(store, clock, entropy, keys, transports, triggers, settings);
    Ok(Parts { app, gate, lock })
}

fn gate(config: &Config, credentials: Credentials, clock: &Clock, shared: Option<&SharedStore>) -> Gate {
    if let Credentials::Listed(users) = &credentials {
        for user in users.values().filter(|user| user.policies.is_empty()) {
            tracing::warn!(
                user = user.name,
                "this user of the credentials file has no policies, so every signed operation is denied; add policies to it"
            );
        }
    }
    let networks = |ranges: &[AddressRange]| ranges.iter().map(|range| range.0).collect();
    let gate = Gate::from(credentials)
        .refusing(networks(&config.refuse_from))
        .trusting(networks(&config.trusted_proxy));
    match (&config.request_limits, shared) {
        (RequestLimits::Off, _) => gate,
        (RequestLimits::Shared(quotas), Some(store)) => gate.limited(Rates::shared(quotas, clock, store)),
        // Without such a store the configuration is refused before.
        (RequestLimits::On(quotas) | RequestLimits::Shared(quotas), _) => {
            gate.limited(Rates::new(quotas, clock))
        }
    }
}

/// Returns the triggers, with the Lambda client and the keys for custom senders that are configured.
fn triggers(config: &Config, clock: &Clock, entropy: &Entropy) -> anyhow::Result<Triggers> {
    let mut triggers = Triggers::unconfigured(entropy.clone());
    let credentials = config.lambda_credentials.as_deref().map(LambdaCredentials::at).transpose()?;
    if let Some(endpoint) = &config.lambda_endpoint {
        let lambda = Lambda::new(endpoint.0.clone(), credentials, clock.clone());
        triggers = triggers.with_invoker(lambda.context("the client of --lambda-endpoint cannot be built")?);
    }
    if let Some(path) = &config.sender_key_file {
        triggers = triggers.with_sender_keys(SenderKeys::load(path)?);
    }
    Ok(triggers)
}

/// Checks that a standby has a store to serve. It changes nothing, so that it makes none.
fn check_standby(config: &Config) -> anyhow::Result<()> {
    match &config.store {
        StoreLocation::Sqlite(path) if config.is_standby && !path.exists() => bail!(
            "there is no store {} for a standby to serve; copy that of the main server to it, or start without --standby",
            path.display()
        ),
        _ => Ok(()),
    }
}

/// Opens the store, and returns it with its shared buckets, if it has them.
async fn store(config: &Config) -> anyhow::Result<(Store, Option<Arc<dyn SharedBuckets>>)> {
    Ok(match &config.store {
        StoreLocation::Postgres(url) => {
            let limits = config.store_limits.clone();
            let backend = PostgresBackend::open(url, limits, config.is_standby).await?;
            (Store::new(backend.clone()), Some(Arc::new(backend)))
        }
        StoreLocation::Memory => (Store::new(MemoryBackend::default()), None),
        StoreLocation::Sqlite(path) => (Store::new(SqliteBackend::open(path)?), None),
    })
}

/// Returns the transports of messages. Those of `lido dev` include the inbox.
fn transports(config: &Config, clock: &Clock) -> anyhow::Result<Transports> {
    let mut transports = Transports {
        inbox: matches!(config.mode, Mode::Dev { .. }).then(Inbox::new),
        ..Transports::default()
    };
    if let Some(mail) = &config.mail {
        let smtp = Smtp::new(mail.server.0.clone(), mail.from.0.clone());
        transports.mail = Some(Arc::new(
            smtp.with_context(|| format!("the client of --smtp {} cannot be built", mail.server.0))?,
        ));
    }
    if let Some(sms) = &config.sms {
        if sms.address.0.is_unencrypted() {
            tracing::warn!(address = %sms.address.0, "--sms-webhook uses http to another machine, so codes can be read on the way; use https");
        }
        let webhook = Webhook::new(sms.address.0.clone(), sms.secret.0.clone(), clock.clone());
        transports.sms = Some(Arc::new(webhook.context("the client of --sms-webhook cannot be built")?));
    }
    Ok(transports)
}
