//! The key of a record within its pool: a kind and an id.
//!
//! Backends store a key as a small number and a text, and know nothing else of it.

use lido_domain::{
    attribute::contact::ContactKind,
    branding::{asset::AssetOwner, customization::CustomizationScope, terms::TermsName},
    code::Purpose,
    digest::Digest,
    id::{CimdPolicyId, ClientId, GroupName, ResourceServerId, StyleId, Sub, TermsId},
    pool::alias::NameKey,
    token::grant::GrantId,
    user::{attempt::AttemptKind, auth_event::AuthEvent},
};

use super::{Claim, Namespace};

/// The kind of a record. The numbers are stored, so they are never reused for another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The pool itself.
    Pool = 0,
    /// An app client.
    Client = 1,
    /// A user, by sub.
    User = 2,
    /// A name, which refers to the sub of its user.
    Name = 3,
    /// A pending code.
    Code = 4,
    /// A counter of attempts.
    Attempts = 5,
    /// A session.
    Session = 6,
    /// A mail to send. A store of a former build may have SMS under it too.
    Outbox = 7,
    /// A counter of failed sign-ins.
    Failures = 8,
    /// A grant: the sign-in that issued a refresh token and its tokens.
    Grant = 9,
    /// The keys that sign the tokens of the pool.
    SigningKeys = 10,
    /// An authentication event of a user.
    AuthEvent = 11,
    /// A device of a user.
    Device = 12,
    /// A group, by name.
    Group = 16,
    /// A membership, ordered by user.
    GroupOfUser = 17,
    /// The same membership, ordered by group.
    UserInGroup = 18,
    /// A resource server, by identifier.
    ResourceServer = 19,
    /// An SMS to send. It is a kind of its own, so that what is due is read for one medium alone.
    SmsOutbox = 20,
    /// The looks of the classic pages of an app client, or of all.
    UiCustomization = 21,
    /// An image that was uploaded for the sign-in pages, by owner and digest.
    Asset = 22,
    /// The managed login style of an app client.
    Style = 23,
    /// The id of a style, which refers to the app client.
    StyleId = 24,
    /// A terms document, by app client and name.
    Terms = 25,
    /// The id of a terms document, which refers to the app client.
    TermsId = 26,
    /// An authorization code, by digest.
    Authorization = 30,
    /// A browser session of a user.
    BrowserSession = 31,
    /// A policy of client ID metadata documents.
    CimdPolicy = 40,
    /// A client ID metadata document, by policy and address.
    ClientMetadata = 41,
}

/// The beginning of the id of an SMS. No other id of a message has a colon.
const SMS_ID: &str = "sms:";

impl Kind {
    /// All kinds, in the order of their numbers.
    pub(super) const ALL: [Kind; 28] = [
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
        Kind::ResourceServer,
        Kind::SmsOutbox,
        Kind::UiCustomization,
        Kind::Asset,
        Kind::Style,
        Kind::StyleId,
        Kind::Terms,
        Kind::TermsId,
        Kind::Authorization,
        Kind::BrowserSession,
        Kind::CimdPolicy,
        Kind::ClientMetadata,
    ];

    /// The kinds whose records expire: a record that is due has no effect any more and is removed by the sweep.
    pub(super) const EXPIRING: [Kind; 9] = [
        Kind::Code,
        Kind::Attempts,
        Kind::Session,
        Kind::Failures,
        Kind::Grant,
        Kind::AuthEvent,
        Kind::Authorization,
        Kind::BrowserSession,
        Kind::ClientMetadata,
    ];

    /// Returns the kind of the messages of a medium.
    pub const fn of_messages(medium: ContactKind) -> Self {
        match medium {
            ContactKind::Email => Kind::Outbox,
            ContactKind::PhoneNumber => Kind::SmsOutbox,
        }
    }

    /// Returns the number of the kind in storage.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Returns whether records of the kind may declare search texts. Their number is stored too.
    pub const fn is_searched(self) -> bool {
        matches!(self, Kind::User)
    }

    /// Returns whether records of the kind are cached, because many requests read the same record and few change it.
    pub const fn is_shared(self) -> bool {
        matches!(self, Kind::Pool | Kind::Client | Kind::SigningKeys | Kind::UiCustomization | Kind::Style)
    }

    /// Returns whether a record of the kind is a guard of a commit that reads but does not write it; see
    /// [`super::Expectation::Guard`].
    pub const fn is_guard(self) -> bool {
        matches!(self, Kind::Pool | Kind::Client | Kind::ResourceServer)
    }
}

/// The key of a record within its pool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    kind: Kind,
    id: String,
}

impl Key {
    /// Returns the key of the pool's own record.
    pub fn pool() -> Self {
        Self { kind: Kind::Pool, id: String::new() }
    }

    /// Returns the key of an app client.
    pub fn client(id: &ClientId) -> Self {
        Self { kind: Kind::Client, id: id.as_str().to_owned() }
    }

    /// Returns the key of a user.
    pub fn user(sub: &Sub) -> Self {
        Self { kind: Kind::User, id: sub.as_str().to_owned() }
    }

    /// Returns the key of a name.
    pub fn name(name: &NameKey) -> Self {
        Self { kind: Kind::Name, id: format!("{}:{}", name.kind.as_str(), name.text) }
    }

    /// Returns the key of a user's pending code for a purpose.
    pub fn code(of: &Sub, purpose: Purpose) -> Self {
        Self { kind: Kind::Code, id: format!("{of}:{}", purpose.as_str()) }
    }

    /// Returns the key of a user's counter of attempts at an act.
    pub fn attempts(of: &Sub, act: AttemptKind) -> Self {
        Self { kind: Kind::Attempts, id: format!("{of}:{}", act.as_str()) }
    }

    /// Returns the key of a session, by the digest of its handle.
    pub fn session(digest: &Digest) -> Self {
        Self { kind: Kind::Session, id: digest.to_hex() }
    }

    /// Returns the key of a message to send, by its id, which [`message_id`] has made.
    pub fn outbox(id: &str) -> Self {
        let kind = if id.starts_with(SMS_ID) { Kind::SmsOutbox } else { Kind::Outbox };
        Self { kind, id: id.to_owned() }
    }

    /// Returns the key of a user's counter of failed sign-ins.
    pub fn failures(of: &Sub) -> Self {
        Self { kind: Kind::Failures, id: of.as_str().to_owned() }
    }

    /// Returns the key of a grant. Neither part contains a space.
    pub fn grant(of: &Sub, id: &GrantId) -> Self {
        Self { kind: Kind::Grant, id: format!("{of} {id}") }
    }

    /// Returns the key of an authorization code, by the digest of the code.
    pub fn authorization(digest: &Digest) -> Self {
        Self { kind: Kind::Authorization, id: digest.to_hex() }
    }

    /// Returns the key of a browser session, by the digest of its handle. Neither part contains a space.
    pub fn browser_session(of: &Sub, digest: &Digest) -> Self {
        Self { kind: Kind::BrowserSession, id: format!("{of} {}", digest.to_hex()) }
    }

    /// Returns the key of the one record of a kind, if a pool has no more. Its id is empty, so that no list has it, since
    /// a list begins after an id.
    pub fn of_single(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Pool => Some(Self::pool()),
            Kind::SigningKeys => Some(Self::signing_keys()),
            _ => None,
        }
    }

    /// Returns the key of the pool's signing keys.
    pub fn signing_keys() -> Self {
        Self { kind: Kind::SigningKeys, id: String::new() }
    }

    /// Returns the key of an authentication event. Newer events sort before older ones. No part contains a space.
    pub fn auth_event(of: &Sub, event: &AuthEvent) -> Self {
        let backwards = i64::MAX.saturating_sub(event.at.as_millis());
        Self { kind: Kind::AuthEvent, id: format!("{of} {backwards:016x} {}", event.id) }
    }

    /// Returns the key of a device. The user's part contains no space; the device's part may.
    pub fn device(of: &Sub, key: &str) -> Self {
        Self { kind: Kind::Device, id: format!("{of} {key}") }
    }

    /// Returns the key of a group.
    pub fn group(name: &GroupName) -> Self {
        Self { kind: Kind::Group, id: name.as_str().to_owned() }
    }

    /// Returns the key of a membership by user. Neither part contains a space.
    pub fn group_of_user(sub: &Sub, group: &GroupName) -> Self {
        Self { kind: Kind::GroupOfUser, id: format!("{sub} {group}") }
    }

    /// Returns the key of the same membership by group.
    pub fn user_in_group(group: &GroupName, sub: &Sub) -> Self {
        Self { kind: Kind::UserInGroup, id: format!("{group} {sub}") }
    }

    /// Returns the key of a resource server.
    pub fn resource_server(id: &ResourceServerId) -> Self {
        Self { kind: Kind::ResourceServer, id: id.as_str().to_owned() }
    }

    /// Returns the key of a policy of client ID metadata documents.
    pub fn cimd_policy(id: &CimdPolicyId) -> Self {
        Self { kind: Kind::CimdPolicy, id: id.as_str().to_owned() }
    }

    /// Returns the key of a client ID metadata document. The policy's part contains no space.
    pub fn client_metadata(policy: &CimdPolicyId, url: &str) -> Self {
        Self { kind: Kind::ClientMetadata, id: format!("{policy} {url}") }
    }

    /// Returns the key of the looks of classic pages.
    pub fn ui_customization(scope: &CustomizationScope) -> Self {
        Self { kind: Kind::UiCustomization, id: scope.as_str().to_owned() }
    }

    /// Returns the key of the managed login style of an app client.
    pub fn style(of: &ClientId) -> Self {
        Self { kind: Kind::Style, id: of.as_str().to_owned() }
    }

    /// Returns the key of the id of a style.
    pub fn style_id(id: &StyleId) -> Self {
        Self { kind: Kind::StyleId, id: id.as_str().to_owned() }
    }

    /// Returns the key of a terms document. Neither part contains a space.
    pub fn terms(of: &ClientId, name: TermsName) -> Self {
        Self { kind: Kind::Terms, id: format!("{of} {}", name.as_str()) }
    }

    /// Returns the key of the id of a terms document.
    pub fn terms_id(id: &TermsId) -> Self {
        Self { kind: Kind::TermsId, id: id.as_str().to_owned() }
    }

    /// Returns the key of an image. Neither part contains a space.
    pub fn asset(of: &AssetOwner, digest: &str) -> Self {
        Self { kind: Kind::Asset, id: format!("{of} {digest}") }
    }

    /// Returns the key with this kind and id, as a backend stores it.
    pub(super) fn from_parts(kind: Kind, id: impl Into<String>) -> Self {
        Self { kind, id: id.into() }
    }

    /// Returns the claim that the pool holds while there is a record with this key.
    pub fn claim(&self) -> Option<Claim> {
        match self.kind {
            Kind::Client => Some(Claim { namespace: Namespace::Client, id: self.id.clone() }),
            _ => None,
        }
    }

    /// Returns the kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the id, which is unique within the pool and the kind.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// Returns the id of a message by this medium, from a UUID. It tells the medium, and so the kind.
pub fn message_id(medium: ContactKind, uuid: &str) -> String {
    match medium {
        ContactKind::Email => uuid.to_owned(),
        ContactKind::PhoneNumber => format!("{SMS_ID}{uuid}"),
    }
}

/// Returns the UUID of a message's id.
pub fn uuid_of_message(id: &str) -> &str {
    id.strip_prefix(SMS_ID).unwrap_or(id)
}
