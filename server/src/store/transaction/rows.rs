//! What typed reads return, made of the rows that a backend brings.

use std::{collections::BTreeMap, sync::Arc};

use lido_domain::{
    code::PendingCode,
    digest::Digest,
    flow::{LoadedUser, sign_in},
    pool::alias::NameKey,
    sign_in::{lockout::Failures, session::Session},
    token::grant::Grant,
    user::{User, attempt::Attempts, auth_event::AuthEvent, device::Device, group::Group},
};

use crate::store::{
    ClientRecord, Key, Kind, OutboxRow, PoolRecord, Record, SigningKeysRecord, StoreError, Stored, Version,
};

/// The app client of a request and its pool.
#[derive(Clone, Debug)]
pub struct ClientReading {
    /// The pool.
    pub pool: Arc<PoolRecord>,
    /// The app client.
    pub client: Arc<ClientRecord>,
    /// The keys that sign the pool's tokens, if they were asked for and are there.
    pub signing_keys: Option<SigningKeys>,
}

/// The keys that sign the tokens of a pool, sealed, and the version by which they can be kept open.
#[derive(Clone, Debug)]
pub struct SigningKeys {
    /// The version.
    pub version: Version,
    /// The keys.
    pub record: Arc<SigningKeysRecord>,
}

/// A user and what lies beside, as far as it was asked for and is there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserReading {
    /// The user.
    pub user: Option<User>,
    /// The pending code.
    pub code: Option<PendingCode>,
    /// The attempts.
    pub attempts: Option<Attempts>,
    /// The failures to sign in.
    pub failures: Option<Failures>,
    /// The grant.
    pub grant: Option<Grant>,
    /// The device, by its key: the one that was asked for, or that the session names.
    pub device: Option<(String, Option<Device>)>,
    /// The session that came, and where it lies.
    pub session: Option<(Digest, Session)>,
    /// The groups that the user is in.
    pub groups: Vec<Group>,
    /// The alias that the pending code makes active, and the user who holds it.
    pub rival: Option<(NameKey, Option<User>)>,
}

impl UserReading {
    /// What flows about codes are handed.
    pub fn found(&self) -> LoadedUser<'_> {
        LoadedUser { user: self.user.as_ref(), code: self.code.as_ref(), attempts: self.attempts.as_ref() }
    }

    /// What the steps of a sign-in are handed of the user.
    pub fn found_to_sign_in(&self) -> sign_in::LoadedSignInUser<'_> {
        sign_in::LoadedSignInUser { user: self.user.as_ref(), failures: self.failures.as_ref() }
    }

    /// What the steps of a sign-in are handed of the session.
    pub fn presented(&self) -> Option<sign_in::PresentedSession<'_>> {
        self.session.as_ref().map(|(key, session)| sign_in::PresentedSession { key, session })
    }

    /// The user who holds the alias that the pending code makes active.
    pub fn alias_holder(&self) -> Option<&User> {
        self.rival.as_ref().and_then(|(_, holder)| holder.as_ref())
    }

    /// Takes a record that lies beside the user in its place.
    pub(super) fn take_beside(&mut self, key: &Key, stored: Option<Stored>) -> Result<(), StoreError> {
        if key.kind() == Kind::Device {
            let device_key = key.id().split_once(' ').map_or("", |(_, key)| key).to_owned();
            self.device = Some((device_key, None));
        }
        match stored.map(|stored| stored.record) {
            None => {}
            Some(Record::Code(code)) => self.code = Some(code),
            Some(Record::Attempts(attempts)) => self.attempts = Some(attempts),
            Some(Record::Failures(failures)) => self.failures = Some(failures),
            Some(Record::Grant(grant)) => self.grant = Some(grant),
            Some(Record::Device(device)) => self.device = Some((device.key.clone(), Some(device))),
            Some(other) => return Err(misplaced(&other)),
        }
        Ok(())
    }
}

/// The users who hold certain names.
pub type Holders = BTreeMap<NameKey, User>;

/// Implements reading a [`Stored`] record as the type that it must have.
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
    session_of: Session => Session,
    group_of: Group => Group,
    device_of: Device => Device,
    event_of: AuthEvent => AuthEvent,
    keys_of: SigningKeys => Arc<SigningKeysRecord>,
    message_of: Outbox => OutboxRow,
}

fn misplaced(record: &Record) -> StoreError {
    StoreError::Corrupt(format!("a {:?} lies where it should not", record.kind()))
}
