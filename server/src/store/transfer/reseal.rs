//! Moves what is sealed to the keys of another store.

use std::{collections::BTreeSet, convert::Infallible};

use lido_domain::{client::generate_secret, id::PoolId, secret::Sealed};

use super::TransferError;
use crate::{
    entropy::Entropy,
    keys::{Keys, OpenError},
    store::{Record, secrets::visit_secrets},
};

/// What a secret that no key opens is replaced by until its record has lost it. It is no sealed text.
const LOST: &str = "";

/// The keys of an import.
#[derive(Clone, Copy, Debug)]
pub struct MovingKeys<'a> {
    /// The keys of the store that the records come to.
    pub to: &'a Keys,
    /// The keys of the store that they come from, if they are others and are given.
    pub from: Option<&'a Keys>,
}

/// The records that have a secret which neither key file opens, and that a reset has consequences for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LostSecrets {
    /// Users who must set a new password, set their authenticator app up again, or both.
    pub users: u64,
    /// App clients that get a new secret.
    pub clients: u64,
    /// Devices that are forgotten.
    pub devices: u64,
    /// Pools that make new signing keys.
    pub signing_keys: u64,
}

impl LostSecrets {
    /// Returns whether nothing is lost.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Counts a record whose secret is lost.
    pub(super) fn add(&mut self, record: &Record) {
        match record {
            Record::User(_) => self.users += 1,
            Record::Client(_) => self.clients += 1,
            Record::Device(_) => self.devices += 1,
            Record::SigningKeys(_) => self.signing_keys += 1,
            _ => {}
        }
    }
}

/// How the secrets of a record open.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    /// The ids of the keys that neither key file has.
    pub(super) missing: BTreeSet<String>,
    /// Whether one opens with the former keys alone.
    pub(super) uses_from_key: bool,
    /// Whether one is damaged, or was sealed for another place.
    pub(super) is_damaged: bool,
}

/// A record as it is stored under the new keys.
#[derive(Debug)]
pub(super) struct MovedRecord {
    pub(super) record: Record,
    /// Whether it has lost secrets, or got new ones in their place.
    pub(super) is_reset: bool,
}

impl MovingKeys<'_> {
    /// Says how the secrets of a record open.
    pub(super) fn try_secrets(&self, pool: &PoolId, record: &Record) -> Secrets {
        let mut found = Secrets::default();
        // The visit changes nothing, but takes what it may change.
        let mut record = record.clone();
        let Ok(()) = visit_secrets(&mut record, |place, sealed| {
            match self.open(|keys| keys.open_at(pool, &place, sealed)) {
                Ok((_, is_former)) => found.uses_from_key |= is_former,
                Err(OpenError::Damaged) => found.is_damaged = true,
                Err(OpenError::OtherKey) => found.missing.extend(Keys::key_id(sealed).map(str::to_owned)),
            }
            Ok::<(), Infallible>(())
        });
        found
    }

    /// Opens with the new keys, or else with the former ones.
    fn open<T>(&self, open: impl Fn(&Keys) -> Result<T, OpenError>) -> Result<(T, bool), OpenError> {
        match (open(self.to), self.from) {
            (Ok(opened), _) => Ok((opened, false)),
            (Err(OpenError::OtherKey), Some(from)) => open(from).map(|opened| (opened, true)),
            (Err(error), _) => Err(error),
        }
    }

    /// Returns a record as it is stored under the new keys: what they open is kept, what the former ones open is
    /// sealed anew. What no key opens is lost: a user without it, an app client with a new secret in its place; and
    /// nothing of a device or of signing keys, which are made anew.
    ///
    /// # Errors
    /// A secret cannot be sealed.
    pub(super) fn move_record(
        &self,
        pool: &PoolId,
        mut record: Record,
        entropy: &Entropy,
    ) -> Result<Option<MovedRecord>, TransferError> {
        let mut lost = false;
        visit_secrets(&mut record, |place, sealed| {
            match self.open(|keys| keys.open_at(pool, &place, sealed)) {
                Ok((_, false)) => {}
                Ok((opened, true)) => *sealed = self.to.seal_at(pool, &place, &opened)?,
                Err(_) => {
                    lost = true;
                    *sealed = Sealed::from_text(LOST);
                }
            }
            Ok::<(), TransferError>(())
        })?;
        if !lost {
            return Ok(Some(MovedRecord { record, is_reset: false }));
        }
        Ok(match record {
            Record::User(user) => {
                let record = Record::User(user.without_lost_secrets(|sealed| sealed.as_text() == LOST));
                Some(MovedRecord { record, is_reset: true })
            }
            Record::Client(_) => {
                visit_secrets(&mut record, |place, sealed| {
                    if sealed.as_text() == LOST {
                        let random = entropy.bytes().map_err(|_| crate::keys::SealError)?;
                        *sealed = self.to.seal_at(pool, &place, &generate_secret(&random))?;
                    }
                    Ok::<(), TransferError>(())
                })?;
                Some(MovedRecord { record, is_reset: true })
            }
            _ => None,
        })
    }

    /// Returns whether two records are the same, whatever their secrets were sealed with. New secrets in place of
    /// lost ones are no difference.
    pub(super) fn is_same(&self, pool: &PoolId, one: &MovedRecord, other: &Record) -> bool {
        if one.record == *other {
            return true;
        }
        let comparable = |record: &Record| {
            let mut record = record.clone();
            let Ok(()) = visit_secrets(&mut record, |place, sealed| {
                if matches!(one.record, Record::Client(_)) && one.is_reset {
                    *sealed = Sealed::from_text(LOST);
                } else if let Ok((opened, _)) = self.open(|keys| keys.open_at(pool, &place, sealed)) {
                    let digest = <sha2::Sha256 as sha2::Digest>::digest(opened.expose());
                    *sealed = Sealed::from_text(
                        digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
                    );
                }
                Ok::<(), Infallible>(())
            });
            record
        };
        comparable(&one.record) == comparable(other)
    }
}
