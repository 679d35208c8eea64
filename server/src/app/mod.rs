//! What a handler holds in its hands: the store, the time, randomness, the keys, the way out, and a few settings.
//!
//! This is the only bag. It is made once, in `main` or in a test, and shared; nothing in it is found by any other
//! way. It takes no decision and speaks no protocol: see [`crate::operations`] for what is done with it.

#[cfg(any(test, feature = "fakes"))]
mod fake;

use std::sync::Arc;

use lido_domain::{code::Code, id::PoolId};

use crate::{
    clock::Clock,
    delivery::{Inbox, Outbox, Transports},
    entropy::{Entropy, NoEntropy},
    keys::Keys,
    operations::Origin,
    passwords::Passwords,
    store::Store,
    tokens::Tokens,
    triggers::{MessageTriggers, Triggers},
    wire::templates::PoolTemplates,
};

/// Everything that a handler may use. Share it in an [`Arc`].
#[derive(Debug)]
pub struct App {
    /// What is kept.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Random bytes.
    pub entropy: Entropy,
    /// What seals and digests.
    pub keys: Arc<Keys>,
    /// What signs and verifies tokens.
    pub tokens: Tokens,
    /// What compares and derives passwords.
    pub passwords: Passwords,
    /// Messages on their way out.
    pub outbox: Outbox,
    /// Where messages can be read, in `lido dev`.
    pub inbox: Option<Inbox>,
    /// The functions of the pools' owners.
    pub triggers: Triggers,
    /// What was configured.
    pub settings: Settings,
}

/// What was configured, as far as operations see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The Region that ids and ARNs name.
    pub region: String,
    /// The account that ARNs name.
    pub account_id: String,
    /// The address that clients use, for links in mails; where it is not configured, it is the one that the request
    /// came to which asks for the mail.
    pub public_url: Option<String>,
    /// The code that every message carries, in `lido dev` on demand. Without it codes are random.
    pub confirmation_code: Option<String>,
    /// The relying party of passkeys in pools that name none: `lido dev` has one, so that a page of this machine can
    /// try them.
    pub relying_party: Option<String>,
    /// Whether this server only looks, as a standby on a copy of the store does.
    pub is_standby: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            region: "us-east-1".to_owned(),
            account_id: "000000000000".to_owned(),
            public_url: None,
            confirmation_code: None,
            relying_party: None,
            is_standby: false,
        }
    }
}

impl Settings {
    /// The ARN of a user pool.
    pub fn user_pool_arn(&self, id: &PoolId) -> String {
        format!("arn:aws:cognito-idp:{}:{}:userpool/{id}", self.region, self.account_id)
    }
}

impl App {
    /// Puts the parts together.
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
        let passwords = Passwords::default();
        Self { store, clock, entropy, keys, tokens, passwords, outbox, inbox, triggers, settings }
    }

    /// The issuer of a pool's tokens: the configured address, or the one that the client used.
    pub fn issuer(&self, origin: &Origin, pool: &PoolId) -> String {
        let base = self.settings.public_url.clone().or_else(|| origin.base());
        // A client that names no host verifies nothing.
        format!("{}/{pool}", base.as_deref().unwrap_or("http://localhost"))
    }

    /// A code to send.
    pub fn new_code(&self) -> Result<Code, NoEntropy> {
        match &self.settings.confirmation_code {
            Some(fixed) => Ok(Code::fixed(fixed)),
            None => Ok(Code::from_random(&self.entropy.bytes()?)),
        }
    }
}
