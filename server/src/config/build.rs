//! Builds the parts of a server from its configuration: the store, the keys, the app with its transports and triggers,
//! and the gate in front of it.
//!
//! Their texts about wrong files are in the modules that read them, such as `lido::keys::file`.

use std::{fs, path::Path, sync::Arc};

use anyhow::Context as _;
use lido::{
    app::{App, Settings},
    clock::Clock,
    credentials::{self, Credentials},
    delivery::{Inbox, Transports, smtp::Smtp, webhook::Webhook},
    entropy::Entropy,
    http::Gate,
    keys::{Keys, file as key_file},
    rates::Rates,
    store::{Store, memory::MemoryBackend, sqlite::SqliteBackend},
    triggers::{
        SenderKeys, Triggers,
        lambda::{Lambda, credentials::LambdaCredentials},
    },
};
use zeroize::Zeroizing;

use super::{AddressRange, Config, Mode, RequestLimits, StoreLocation};

/// Builds the app and its gate.
///
/// # Errors
/// A file cannot be used, or a client of the outside world cannot be built: one sentence for the operator.
pub(crate) fn build(config: &Config) -> anyhow::Result<(App, Gate)> {
    let entropy = Entropy::system();
    let credentials = match &config.credentials {
        Some(path) => credentials::file::load(path)?,
        // Only in `lido dev`: `lido serve` requires a file.
        None => Credentials::AnyWellFormed,
    };
    let keys = Arc::new(keys(config, &entropy)?);
    let store = store(&config.store)?;
    let confirmation_code = match &config.mode {
        Mode::Dev { confirmation_code, .. } => confirmation_code.clone(),
        Mode::Serve => None,
    };
    let settings = Settings {
        region: config.region.0.clone(),
        account_id: config.account_id.0.clone(),
        public_url: config.public_url.as_ref().map(|url| url.0.clone()),
        confirmation_code: confirmation_code.map(|code| code.0),
        relying_party: match config.mode {
            // *Chosen*: browsers treat localhost as secure without TLS, and pools have no domains of their own yet.
            Mode::Dev { .. } => Some("localhost".to_owned()),
            Mode::Serve => None,
        },
        admin_origins: config.admin_origins(),
        inbox_origins: config.inbox_origins(),
        is_standby: config.is_standby,
    };
    let clock = Clock::system();
    let transports = transports(config, &clock)?;
    let triggers = triggers(config, &clock, &entropy)?;
    let gate = gate(config, credentials, &clock);
    Ok((App::new(store, clock, entropy, keys, transports, triggers, settings), gate))
}

fn gate(config: &Config, credentials: Credentials, clock: &Clock) -> Gate {
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
    match &config.request_limits {
        RequestLimits::Off => gate,
        RequestLimits::On(quotas) => gate.limited(Rates::new(quotas, clock)),
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

fn store(location: &StoreLocation) -> anyhow::Result<Store> {
    Ok(match location {
        StoreLocation::Memory => Store::new(MemoryBackend::default()),
        StoreLocation::Sqlite(path) => Store::new(SqliteBackend::open(path)?),
    })
}

fn keys(config: &Config, entropy: &Entropy) -> anyhow::Result<Keys> {
    match (&config.key_file, &config.store, &config.mode) {
        (Some(path), _, Mode::Serve) => Ok(key_file::load(path, entropy)?),
        (Some(path), _, Mode::Dev { .. }) => Ok(key_file::load_or_create(path, entropy)?),
        (None, StoreLocation::Sqlite(store), _) => {
            let path = store.with_extension("key");
            let keys = key_file::load_or_create(&path, entropy)?;
            write_gitignore(&path);
            Ok(keys)
        }
        // The store is lost with the process, so its key may be too.
        (None, StoreLocation::Memory, _) => {
            Ok(Keys::new(Zeroizing::new(entropy.bytes()?), Vec::new(), entropy.clone()))
        }
    }
}

/// Writes a `.gitignore` into the folder of the key if it is `.lido`, the folder that Lido creates itself.
fn write_gitignore(key: &Path) {
    if let Some(folder) = key.parent().filter(|folder| folder.ends_with(".lido")) {
        let ignore = folder.join(".gitignore");
        if !ignore.exists() {
            // The server does not need it.
            let _ = fs::write(ignore, "*\n");
        }
    }
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
    let missing =
        [("mail", "--smtp", transports.mail.is_none()), ("SMS", "--sms-webhook", transports.sms.is_none())];
    for (kind, option, is_missing) in missing {
        if is_missing && transports.inbox.is_none() {
            tracing::warn!(
                "{option} is not set, so no {kind} is sent: operations that send {kind} fail with \
                 CodeDeliveryFailureException"
            );
        }
    }
    Ok(transports)
}
