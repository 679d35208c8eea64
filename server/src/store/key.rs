//! Where a record lies within its pool.
//!
//! A key has a kind and an id. Backends know the two as a small number and a text and nothing more of them.

use lido_domain::{
    code::Purpose,
    digest::Digest,
    id::{ClientId, GroupName, Sub},
    pool::alias::NameKey,
    token::grant::GrantId,
    user::{attempt::Act, auth_event::AuthEvent},
};

use super::{Claim, Namespace};

/// What sort of record it is. The numbers are written to disk: they are never given to another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The pool itself.
    Pool = 0,
    /// An app client.
    Client = 1,
    /// A user, by sub.
    User = 2,
    /// A name, leading to a sub.
    Name = 3,
    /// A pending code.
    Code = 4,
    /// A counter of attempts.
    Attempts = 5,
    /// A session.
    Session = 6,
    /// A message that must be sent.
    Outbox = 7,
    /// A counter of failures to sign in.
    Failures = 8,
    /// A grant: a sign-in that tokens stem from.
    Grant = 9,
    /// The keys that sign the tokens of the pool.
    SigningKeys = 10,
    /// Something that a user did.
    AuthEvent = 11,
    /// A device, by its user.
    Device = 12,
    /// A group, by name.
    Group = 16,
    /// That a user is in a group, in the order of the users.
    GroupOfUser = 17,
    /// That a user is in a group, in the order of the groups.
    UserInGroup = 18,
}

impl Kind {
    /// All kinds, in the order of their numbers.
    pub(super) const ALL: [Kind; 16] = [
        Kind::Pool,
        Kind::Client,
        Kind::User,
        Kind::Name,
        Kind::Code,
        Kind::Attempts,
        Kind::Session,
        Kind::Outbox,
        Kind::Failures,
        Kind::Grant,
        Kind::SigningKeys,
        Kind::AuthEvent,
        Kind::Device,
        Kind::Group,
        Kind::GroupOfUser,
        Kind::UserInGroup,
    ];

    /// The number that stands for the kind on disk.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Whether records of the kind may declare texts by which they are searched; their number is kept too.
    pub const fn is_searched(self) -> bool {
        matches!(self, Kind::User)
    }

    /// Whether many requests read the same record and few change it: what a process keeps decoded, by version.
    pub const fn is_shared(self) -> bool {
        matches!(self, Kind::Pool | Kind::Client | Kind::SigningKeys)
    }

    /// Whether a commit merely relies on records of the kind that it does not write, so that they are guards.
    pub const fn is_guard(self) -> bool {
        matches!(self, Kind::Pool | Kind::Client)
    }
}

/// The place of a record within its pool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    kind: Kind,
    id: String,
}

impl Key {
    /// The pool's own record.
    pub fn pool() -> Self {
        Self { kind: Kind::Pool, id: String::new() }
    }

    /// An app client.
    pub fn client(id: &ClientId) -> Self {
        Self { kind: Kind::Client, id: id.as_str().to_owned() }
    }

    /// A user.
    pub fn user(sub: &Sub) -> Self {
        Self { kind: Kind::User, id: sub.as_str().to_owned() }
    }

    /// A name.
    pub fn name(name: &NameKey) -> Self {
        Self { kind: Kind::Name, id: format!("{}:{}", name.kind.as_str(), name.text) }
    }

    /// The code that somebody has pending for a purpose.
    pub fn code(of: &Sub, purpose: Purpose) -> Self {
        Self { kind: Kind::Code, id: format!("{of}:{}", purpose.as_str()) }
    }

    /// The counter of somebody's attempts at an act.
    pub fn attempts(of: &Sub, act: Act) -> Self {
        Self { kind: Kind::Attempts, id: format!("{of}:{}", act.as_str()) }
    }

    /// A session, by the digest of its handle.
    pub fn session(digest: &Digest) -> Self {
        Self { kind: Kind::Session, id: digest.to_hex() }
    }

    /// A message that must be sent, by its id.
    pub fn outbox(id: &str) -> Self {
        Self { kind: Kind::Outbox, id: id.to_owned() }
    }

    /// The counter of somebody's failures to sign in.
    pub fn failures(of: &Sub) -> Self {
        Self { kind: Kind::Failures, id: of.as_str().to_owned() }
    }

    /// A grant. Neither part has a blank in it.
    pub fn grant(of: &Sub, id: &GrantId) -> Self {
        Self { kind: Kind::Grant, id: format!("{of} {id}") }
    }

    /// The keys that sign the tokens of the pool.
    pub fn signing_keys() -> Self {
        Self { kind: Kind::SigningKeys, id: String::new() }
    }

    /// Something that a user did; what is newer lies before what is older. No part has a blank in it.
    pub fn auth_event(of: &Sub, event: &AuthEvent) -> Self {
        let backwards = i64::MAX.saturating_sub(event.at.as_millis());
        Self { kind: Kind::AuthEvent, id: format!("{of} {backwards:016x} {}", event.id) }
    }

    /// A device of a user. A user's part has no blank in it, and a device's is never read as anything but a whole.
    pub fn device(of: &Sub, key: &str) -> Self {
        Self { kind: Kind::Device, id: format!("{of} {key}") }
    }

    /// A group.
    pub fn group(name: &GroupName) -> Self {
        Self { kind: Kind::Group, id: name.as_str().to_owned() }
    }

    /// That a user is in a group: one of the two entries. Neither part has a blank in it.
    pub fn group_of_user(sub: &Sub, group: &GroupName) -> Self {
        Self { kind: Kind::GroupOfUser, id: format!("{sub} {group}") }
    }

    /// That a user is in a group: the other of the two entries.
    pub fn user_in_group(group: &GroupName, sub: &Sub) -> Self {
        Self { kind: Kind::UserInGroup, id: format!("{group} {sub}") }
    }

    /// The key with this kind and id, as a backend wrote it down.
    pub(super) fn from_parts(kind: Kind, id: impl Into<String>) -> Self {
        Self { kind, id: id.into() }
    }

    /// The claim that a record under this key holds.
    pub fn claim(&self) -> Option<Claim> {
        match self.kind {
            Kind::Client => Some(Claim { namespace: Namespace::Client, id: self.id.clone() }),
            _ => None,
        }
    }

    /// What sort of record lies there.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The id: unique within the pool and the kind.
    pub fn id(&self) -> &str {
        &self.id
    }
}
