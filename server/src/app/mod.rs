//! The shared application state: the store, the clock, randomness, the keys, the transports and triggers, and settings.
//!
//! It is built once, in `main` or in a test, and every handler gets a reference to it. It makes no decision and knows
//! no protocol; [`crate::operations`] uses it.

mod drain;
#[cfg(any(test, feature = "fakes"))]
mod fake;
mod health;
mod issuer;

use std::{path::PathBuf, sync::Arc};

use lido_domain::{
    code::Code,
    id::{ClientId, PoolId, is_region},
};

pub(crate) use self::issuer::is_this_machine;
pub use self::{drain::Drain, health::LastCheck, issuer::IssuerTemplate};
use crate::{
    client_metadata::{HttpMetadata, MetadataSource},
    clock::Clock,
    delivery::{Inbox, Outbox, Transports},
    entropy::{Entropy, NoEntropy},
    faults::Faults,
    keys::Keys,
    operations::Origin,
    password_worker::PasswordWorker,
    store::Store,
    tokens::Tokens,
    triggers::{MessageTriggers, Triggers},
    wire::templates::PoolTemplates,
};

/// The shared application state. Share it in an [`Arc`].
#[derive(Debug)]
pub struct App {
    /// The store of all records.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// The source of random bytes.
    pub entropy: Entropy,
    /// The keys that seal secrets and compute digests.
    pub keys: Arc<Keys>,
    /// The signing and verification of tokens.
    pub tokens: Tokens,
    /// The worker that derives and compares passwords.
    pub passwords: PasswordWorker,
    /// The outbox of messages.
    pub outbox: Outbox,
    /// The inbox, in `lido dev` only.
    pub inbox: Option<Inbox>,
    /// The faults on demand, in `lido dev` only.
    pub faults: Option<Faults>,
    /// The Lambda triggers.
    pub triggers: Triggers,
    /// The source of client ID metadata documents.
    pub client_metadata: Arc<dyn MetadataSource>,
    /// The settings.
    pub settings: Settings,
    /// The last result of [`App::check_health`].
    pub last_check: LastCheck,
    /// Whether the server is told to stop.
    pub drain: Drain,
}

/// The part of the configuration that operations need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The AWS Region of new pools, unless the caller has another one.
    pub region: String,
    /// Whether all callers share that Region and all pools. Otherwise a caller has the pools of the Region that it signs
    /// for.
    pub has_one_region: bool,
    /// The AWS account id in ARNs.
    pub account_id: String,
    /// The base URL that clients use. Without it, endpoints and links use the host of the request.
    pub public_url: Option<String>,
    /// The issuer of tokens. Without it, an issuer starts with the base URL.
    pub issuer: Option<IssuerTemplate>,
    /// The fixed code of every message, an option of `lido dev`. Without it codes are random.
    pub confirmation_code: Option<String>,
    /// The relying party of passkeys in pools without one. `lido dev` has `localhost`, so that a page on this machine
    /// can use passkeys.
    pub relying_party: Option<String>,
    /// The origins whose pages may call signed operations although signatures are not verified, an option of `lido dev`.
    pub admin_origins: Vec<String>,
    /// The origins whose pages may read the inbox, an option of `lido dev`.
    pub inbox_origins: Vec<String>,
    /// The seed files that a reset puts again, an option of `lido dev`.
    pub seeds: Vec<PathBuf>,
    /// Whether a tag can fix the id of a new pool, as in `lido dev`.
    pub takes_fixed_ids: bool,
    /// Whether this server is a read-only standby on a copy of the store.
    pub is_standby: bool,
    /// Whether the messages to one destination are limited over all users of a pool.
    pub limits_destinations: bool,
    /// Whether the use of a replaced refresh token revokes all tokens of its sign-in.
    pub revokes_reused_refresh_tokens: bool,
    /// Whether the OAuth endpoints follow the RFCs where the service differs from them.
    pub is_strict_oauth: bool,
    /// Whether the pages of managed login of an app client without a style are refused, as by the service (oau-0236).
    pub requires_branding: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            region: "us-east-1".to_owned(),
            has_one_region: false,
            account_id: "000000000000".to_owned(),
            public_url: None,
            issuer: None,
            confirmation_code: None,
            relying_party: None,
            admin_origins: Vec::new(),
            inbox_origins: Vec::new(),
            seeds: Vec::new(),
            takes_fixed_ids: false,
            is_standby: false,
            limits_destinations: false,
            revokes_reused_refresh_tokens: false,
            is_strict_oauth: false,
            requires_branding: false,
        }
    }
}

impl Settings {
    /// Returns the ARN of a user pool. Its Region is that of the id, whatever the Region of the server is now.
    pub fn user_pool_arn(&self, id: &PoolId) -> String {
        format!("arn:aws:cognito-idp:{}:{}:userpool/{id}", id.region(), self.account_id)
    }

    /// Returns the Region of a caller that signs for `signed`: one that limits the caller to its pools, or `None`.
    ///
    /// *Chosen*: a text that cannot be a Region counts as the Region of the server.
    pub fn caller_region<'a>(&'a self, signed: &'a str) -> Option<&'a str> {
        let region = if is_region(signed) { signed } else { &self.region };
        (!self.has_one_region).then_some(region)
    }

    /// Returns the ARN by which an app client's secret is named when it is published.
    ///
    /// *Documented*: its form, by the pattern of ClientSecretArnType. *Chosen*: the name of the secret, which no source has.
    pub fn client_secret_arn(&self, pool: &PoolId, client: &ClientId) -> String {
        format!("arn:aws:secretsmanager:{}:{}:secret/{pool}/{client}", pool.region(), self.account_id)
    }
}

impl App {
    /// Returns an app with these parts.
    pub fn new(
        store: Store,
        clock: Clock,
        entropy: Entropy,
        keys: Arc<Keys>,
        transports: Transports,
        triggers: Triggers,
        settings: Settings,
    ) -> Self {
        let inbox = transports.inbox.clone();
        let faults = inbox.is_some().then(Faults::default);
        let templates = Arc::new(PoolTemplates);
        let outbox = Outbox::new(
            store.clone(),
            Arc::clone(&keys),
            clock.clone(),
            Arc::new(transports),
            templates,
            Arc::new(MessageTriggers::new(triggers.clone())),
        );
        let tokens = Tokens::new(store.clone(), Arc::clone(&keys), clock.clone());
        let tokens = if settings.is_standby { tokens.read_only() } else { tokens };
        let passwords = PasswordWorker::default();
        let last_check = LastCheck::default();
        let client_metadata = Arc::new(HttpMetadata::default());
        Self {
            store,
            clock,
            entropy,
            keys,
            tokens,
            passwords,
            outbox,
            inbox,
            faults,
            triggers,
            client_metadata,
            settings,
            last_check,
            drain: Drain::default(),
        }
    }

    /// Returns the base URL of the endpoints: the configured one, or else the one of the request.
    ///
    /// A configured URL takes precedence over the `Host` header, which any client can forge. Returns `None` if there is
    /// neither.
    pub fn base_url(&self, origin: &Origin) -> Option<String> {
        self.settings.public_url.clone().or_else(|| origin.base())
    }

    /// Returns the URL below which this server serves the documents and the endpoints of a pool.
    pub fn pool_url(&self, origin: &Origin, pool: &PoolId) -> String {
        // A client that sends no Host header cannot reach a URL.
        format!("{}/{pool}", self.base_url(origin).as_deref().unwrap_or("http://localhost"))
    }

    /// Returns the issuer of a pool's tokens: the configured one, or else [`App::pool_url`].
    pub fn issuer(&self, origin: &Origin, pool: &PoolId) -> String {
        match &self.settings.issuer {
            Some(template) => template.issuer(pool),
            None => self.pool_url(origin, pool),
        }
    }

    /// Returns a new code to send: the configured one, or else a random one.
    pub fn new_code(&self) -> Result<Code, NoEntropy> {
        match &self.settings.confirmation_code {
            Some(fixed) => Ok(Code::from_text(fixed)),
            None => Ok(Code::from_random(&self.entropy.bytes()?)),
        }
    }
}
