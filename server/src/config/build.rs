//! The parts of a server, made as the configuration says: store, keys, the app that holds them, and the gate before it.

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

/// The app and its gate.
pub(crate) fn build(config: &Config) -> anyhow::Result<(App, Gate)> {
    let entropy = Entropy::system();
    let credentials = match &config.credentials {
        Some(path) => credentials::file::load(path)?,
        // `lido serve` has a file: the configuration is not complete without.
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
            // *Chosen*: browsers take localhost for secure without TLS, and no pool has a domain of its own here.
            Mode::Dev { .. } => Some("localhost".to_owned()),
            Mode::Serve => None,
        },
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
                "this user of the credentials file has no policy and so may do nothing"
            );
        }
    }
    let ranges = |given: &[AddressRange]| given.iter().map(|range| range.0).collect();
    let gate =
        Gate::from(credentials).refusing(ranges(&config.refuse_from)).trusting(ranges(&config.trusted_proxy));
    match &config.request_limits {
        RequestLimits::Off => gate,
        RequestLimits::On(quotas) => gate.limited(Rates::new(quotas, clock)),
    }
}

/// Through whom functions are called, and with what codes for custom senders are encrypted.
fn triggers(config: &Config, clock: &Clock, entropy: &Entropy) -> anyhow::Result<Triggers> {
    let mut triggers = Triggers::nowhere(entropy.clone());
    let credentials = config.lambda_credentials.as_deref().map(LambdaCredentials::at).transpose()?;
    if let Some(endpoint) = &config.lambda_endpoint {
        let lambda = Lambda::new(endpoint.0.clone(), credentials, clock.clone());
        triggers = triggers.through(lambda.context("functions cannot be called")?);
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
        (Some(path), _, Mode::Serve) => key_file::load(path, entropy)
            .context("make one with: (umask 077; head -c 32 /dev/urandom | base64 > FILE)"),
        (Some(path), _, Mode::Dev { .. }) => Ok(key_file::load_or_create(path, entropy)?),
        (None, StoreLocation::Sqlite(store), _) => {
            let path = store.with_extension("key");
            let keys = key_file::load_or_create(&path, entropy)?;
            keep_out_of_git(&path);
            Ok(keys)
        }
        // What is in memory goes with its key.
        (None, StoreLocation::Memory, _) => {
            Ok(Keys::new(Zeroizing::new(entropy.bytes()?), Vec::new(), entropy.clone()))
        }
    }
}

/// A folder `.lido` is made by us, so it can say itself that it is not to be committed.
fn keep_out_of_git(key: &Path) {
    if let Some(folder) = key.parent().filter(|folder| folder.ends_with(".lido")) {
        let ignore = folder.join(".gitignore");
        if !ignore.exists() {
            // The server runs as well without.
            let _ = fs::write(ignore, "*\n");
        }
    }
}

/// How messages leave; in `lido dev` into the inbox in any case.
fn transports(config: &Config, clock: &Clock) -> anyhow::Result<Transports> {
    let mut way = Transports {
        inbox: matches!(config.mode, Mode::Dev { .. }).then(Inbox::new),
        ..Transports::default()
    };
    if let Some(mail) = &config.mail {
        let smtp = Smtp::new(mail.server.0.clone(), mail.from.0.clone());
        way.mail = Some(Arc::new(smtp.with_context(|| format!("mail cannot go to {}", mail.server.0))?));
    }
    if let Some(sms) = &config.sms {
        if sms.address.0.is_open_to_others() {
            tracing::warn!(address = %sms.address.0, "SMS are posted without TLS; whoever is in between reads the codes");
        }
        let webhook = Webhook::new(sms.address.0.clone(), sms.secret.0.clone(), clock.clone());
        way.sms = Some(Arc::new(webhook.context("the webhook cannot be called")?));
    }
    let missing = [("mail", "--smtp", way.mail.is_none()), ("SMS", "--sms-webhook", way.sms.is_none())];
    for (what, option, is_missing) in missing {
        if is_missing && way.inbox.is_none() {
            tracing::warn!(
                "without {option} no {what} leaves; what needs one is refused with CodeDeliveryFailureException"
            );
        }
    }
    Ok(way)
}
