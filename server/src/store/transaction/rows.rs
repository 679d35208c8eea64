//! The typed results of reads, and the conversion of a backend's rows to them.

use std::{collections::BTreeMap, sync::Arc};

use lido_domain::client::cimd::{CachedMetadata, CimdPolicy};
use lido_domain::{
    branding::{asset::Asset, customization::UiCustomization, style::Style, terms::Terms},
    code::PendingCode,
    digest::Digest,
    flow::{LoadedUser, sign_in},
    id::ClientId,
    oauth::{authorization::Authorization, browser_session::BrowserSession},
    pool::{alias::NameKey, resource_server::ResourceServer},
    sign_in::{lockout::Failures, session::Session},
    token::grant::Grant,
    user::{
        User, attempt::Attempts, auth_event::AuthEvent, device::Device, group::Group,
        sent_messages::SentMessages,
    },
};

use crate::store::{
    ClientRecord, Key, Kind, OutboxRow, PoolRecord, Record, SigningKeysRecord, StoreError, Stored, Version,
};

/// An app client with its pool.
#[derive(Clone, Debug)]
pub struct ClientWithPool {
    /// The pool.
    pub pool: Arc<PoolRecord>,
    /// The app client.
    pub client: Arc<ClientRecord>,
    /// The pool's signing keys, if they were requested and exist.
    pub signing_keys: Option<SigningKeys>,
}

/// The sealed signing keys of a pool, with the version by which the opened keys are cached.
#[derive(Clone, Debug)]
pub struct SigningKeys {
    /// The version.
    pub version: Version,
    /// The keys.
    pub record: Arc<SigningKeysRecord>,
}

/// A user with the related records that were requested and exist.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserRecords {
    /// The user.
    pub user: Option<User>,
    /// The pending code.
    pub code: Option<PendingCode>,
    /// The attempts.
    pub attempts: Option<Attempts>,
    /// The counters of messages.
    pub sent: SentMessages,
    /// The counter of failed sign-ins.
    pub failures: Option<Failures>,
    /// The grant.
    pub grant: Option<Grant>,
    /// The browser session.
    pub browser_session: Option<BrowserSession>,
    /// The requested device or the session's, with its key.
    pub device: Option<(String, Option<Device>)>,
    /// The session, with its digest.
    pub session: Option<(Digest, Session)>,
    /// The groups of the user.
    pub groups: Vec<Group>,
    /// The alias that the pending code activates, and the user that holds it.
    pub alias: Option<(NameKey, Option<User>)>,
}

impl UserRecords {
    /// Returns the records as flows about codes take them.
    pub fn found(&self) -> LoadedUser<'_> {
        LoadedUser { user: self.user.as_ref(), code: self.code.as_ref(), attempts: self.attempts.as_ref() }
    }

    /// Returns the records as the steps of a sign-in take them.
    pub fn found_to_sign_in(&self) -> sign_in::LoadedSignInUser<'_> {
        sign_in::LoadedSignInUser { user: self.user.as_ref(), failures: self.failures.as_ref() }
    }

    /// Returns the session as the steps of a sign-in take it.
    pub fn presented(&self) -> Option<sign_in::PresentedSession<'_>> {
        self.session.as_ref().map(|(key, session)| sign_in::PresentedSession { key, session })
    }

    /// Returns the user that holds the alias that the pending code activates.
    pub fn alias_holder(&self) -> Option<&User> {
        self.alias.as_ref().and_then(|(_, holder)| holder.as_ref())
    }

    /// Sets a related record, or leaves it unset if it does not exist.
    pub(super) fn set_related(&mut self, key: &Key, stored: Option<Stored>) -> Result<(), StoreError> {
        if key.kind() == Kind::Device {
            let device_key = key.id().split_once(' ').map_or("", |(_, key)| key).to_owned();
            self.device = Some((device_key, None));
        }
        match stored.map(|stored| stored.record) {
            None => {}
            Some(Record::Code(code)) => self.code = Some(code),
            Some(Record::Attempts(attempts)) => {
                let name = key.id().split_once(':').map_or("", |(_, name)| name);
                if !self.sent.set(name, &attempts) {
                    self.attempts = Some(attempts);
                }
            }
            Some(Record::Failures(failures)) => self.failures = Some(failures),
            Some(Record::Grant(grant)) => self.grant = Some(*grant),
            Some(Record::BrowserSession(session)) => self.browser_session = Some(session),
            Some(Record::Device(device)) => self.device = Some((device.key.clone(), Some(device))),
            Some(other) => return Err(misplaced(&other)),
        }
        Ok(())
    }
}

/// The users that hold names, by name.
pub type Holders = BTreeMap<NameKey, User>;

/// Defines functions that convert a [`Stored`] record to its type.
macro_rules! unwrap_record {
    ($($function:ident: $variant:ident => $type:ty),* $(,)?) => {$(
        pub(super) fn $function(stored: Stored) -> Result<$type, StoreError> {
            match stored.record {
                Record::$variant(record) => Ok(record),
                other => Err(misplaced(&other)),
            }
        }
    )*};
}

unwrap_record! {
    pool_of: Pool => Arc<PoolRecord>,
    client_of: Client => Arc<ClientRecord>,
    user_of: User => User,
    attempts_of: Attempts => Attempts,
    session_of: Session => Session,
    group_of: Group => Group,
    device_of: Device => Device,
    event_of: AuthEvent => AuthEvent,
    keys_of: SigningKeys => Arc<SigningKeysRecord>,
    message_of: Outbox => OutboxRow,
    resource_server_of: ResourceServer => ResourceServer,
    authorization_of: Authorization => Box<Authorization>,
    cimd_policy_of: CimdPolicy => CimdPolicy,
    client_metadata_of: ClientMetadata => Box<CachedMetadata>,
    ui_customization_of: UiCustomization => Arc<UiCustomization>,
    asset_of: Asset => Asset,
    style_of: Style => Arc<Style>,
    style_id_of: StyleId => ClientId,
    terms_of: Terms => Terms,
    terms_id_of: TermsId => ClientId,
}

fn misplaced(record: &Record) -> StoreError {
    StoreError::Corrupt(format!("a {:?} record has the key of another kind", record.kind()))
}
