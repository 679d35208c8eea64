//! Records and their encoding.
//!
//! An encoded record is JSON with the number of its format, `{"v":1,"r":…}`, so that an operator can read it and a
//! later Lido can recognize it. Each kind has its own formats; `upgrade` reads the old ones. Most records are types of
//! `lido-domain`. Those defined here have members that the domain does not need.

use std::{collections::BTreeMap, sync::Arc};

use lido_domain::client::cimd::{CachedMetadata, CimdPolicy};
pub use lido_domain::record::{ClientRecord, PoolRecord};
use lido_domain::{
    Timestamp,
    attribute::contact::Contact,
    branding::{asset::Asset, customization::UiCustomization, style::Style, terms::Terms},
    code::{PendingCode, message::MessageReason},
    id::{ClientId, GroupId, Sub, Username},
    oauth::{authorization::Authorization, browser_session::BrowserSession},
    pool::{alias::NameKey, resource_server::ResourceServer},
    secret::Sealed,
    sign_in::{lockout::Failures, session::Session},
    token::grant::Grant,
    user::{User, attempt::Attempts, auth_event::AuthEvent, device::Device, group::Group, search},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Key, Kind, StoreError, upgrade};

/// Returns the format in which this build writes records of a kind. It reads older formats. It must not open a store
/// that may contain newer ones.
pub(super) const fn format(kind: Kind) -> u32 {
    match kind {
        Kind::Pool => 3,
        Kind::Client | Kind::User | Kind::Grant => 2,
        _ => 1,
    }
}

/// The sealed keys that sign the tokens of a pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SigningKeysRecord {
    /// The key that signs id tokens.
    pub id: Sealed,
    /// The key that signs access tokens.
    pub access: Sealed,
    /// The time of their creation.
    pub created_at: Timestamp,
}

/// The part of a request that its messages and triggers need. It contains no secret, and no decision depends on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestInfo {
    /// The base URL of this server, for a link in the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The SDK version of the caller, for trigger events.
    pub sdk_version: String,
    /// The ClientMetadata of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

impl Default for RequestInfo {
    /// Returns the context of no request: the SDK version is that of a caller without an SDK (*Observed*, cog-0036).
    fn default() -> Self {
        Self { base: None, sdk_version: "aws-sdk-unknown-unknown".to_owned(), client_metadata: None }
    }
}

/// A message to send. The row, with its code, is removed when the message was sent or dropped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// The id; see [`super::message_id`].
    pub id: String,
    /// The reason of the message.
    pub reason: MessageReason,
    /// The sub of the recipient.
    pub of: Sub,
    /// The username, for templates.
    pub username: Username,
    /// The app client of the request, if it had one.
    pub client: Option<ClientId>,
    /// The mail address or phone number.
    pub to: Contact,
    /// The code, sealed for this row.
    pub code: Sealed,
    /// Values of the request that caused the message, for triggers and links.
    #[serde(default)]
    pub cause: Box<RequestInfo>,
    /// The time of the commit.
    pub created_at: Timestamp,
    /// The number of attempts.
    pub tries: u32,
    /// The time of the next attempt. A process that claims the row moves it ahead, so that no two send it at once.
    pub next_at: Timestamp,
}

/// A record. Pools, clients, signing keys and what pages look like are in an [`Arc`], because they are cached.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// The pool itself.
    Pool(Arc<PoolRecord>),
    /// An app client.
    Client(Arc<ClientRecord>),
    /// A user.
    User(User),
    /// A name, with the sub of the user that holds it.
    Name(Sub),
    /// A pending code.
    Code(PendingCode),
    /// A counter of attempts.
    Attempts(Attempts),
    /// A session.
    Session(Session),
    /// A message to send.
    Outbox(OutboxRow),
    /// A counter of failed sign-ins.
    Failures(Failures),
    /// A grant.
    Grant(Box<Grant>),
    /// The keys that sign tokens.
    SigningKeys(Arc<SigningKeysRecord>),
    /// An authentication event.
    AuthEvent(AuthEvent),
    /// A device.
    Device(Device),
    /// A group.
    Group(Group),
    /// A membership by user, with the id of the group.
    GroupOfUser(GroupId),
    /// A membership by group, with the id of the group.
    UserInGroup(GroupId),
    /// A resource server.
    ResourceServer(ResourceServer),
    /// The looks of classic pages.
    UiCustomization(Arc<UiCustomization>),
    /// An uploaded image.
    Asset(Asset),
    /// A managed login style.
    Style(Arc<Style>),
    /// The id of a style, with the app client that has it.
    StyleId(ClientId),
    /// A terms document.
    Terms(Terms),
    /// The id of a terms document, with the app client that has it.
    TermsId(ClientId),
    /// An authorization code.
    Authorization(Box<Authorization>),
    /// A browser session.
    BrowserSession(BrowserSession),
    /// A policy of client ID metadata documents.
    CimdPolicy(CimdPolicy),
    /// A client ID metadata document.
    ClientMetadata(Box<CachedMetadata>),
}

/// Leaves out a record of a list that cannot be read, and reports it in the log.
pub(super) fn only_readable<T>(kind: Kind, found: Result<T, StoreError>) -> Option<Result<T, StoreError>> {
    match found {
        Err(StoreError::Corrupt(reason)) => {
            tracing::error!(?kind, reason, "a record that is due cannot be read, and is left");
            None
        }
        found => Some(found),
    }
}

/// A record with its format, to be encoded.
#[derive(Serialize)]
struct EncodedRecord<'a, T> {
    v: u32,
    r: &'a T,
}

/// A decoded record with its format.
#[derive(Deserialize)]
struct DecodedRecord<T> {
    v: u32,
    r: T,
}

impl Record {
    /// Returns the kind.
    pub fn kind(&self) -> Kind {
        match self {
            Record::Pool(_) => Kind::Pool,
            Record::Client(_) => Kind::Client,
            Record::User(_) => Kind::User,
            Record::Name(_) => Kind::Name,
            Record::Code(_) => Kind::Code,
            Record::Attempts(_) => Kind::Attempts,
            Record::Session(_) => Kind::Session,
            Record::Outbox(row) => Key::outbox(&row.id).kind(),
            Record::Failures(_) => Kind::Failures,
            Record::Grant(_) => Kind::Grant,
            Record::SigningKeys(_) => Kind::SigningKeys,
            Record::AuthEvent(_) => Kind::AuthEvent,
            Record::Device(_) => Kind::Device,
            Record::Group(_) => Kind::Group,
            Record::GroupOfUser(_) => Kind::GroupOfUser,
            Record::UserInGroup(_) => Kind::UserInGroup,
            Record::ResourceServer(_) => Kind::ResourceServer,
            Record::UiCustomization(_) => Kind::UiCustomization,
            Record::Asset(_) => Kind::Asset,
            Record::Style(_) => Kind::Style,
            Record::StyleId(_) => Kind::StyleId,
            Record::Terms(_) => Kind::Terms,
            Record::TermsId(_) => Kind::TermsId,
            Record::Authorization(_) => Kind::Authorization,
            Record::BrowserSession(_) => Kind::BrowserSession,
            Record::CimdPolicy(_) => Kind::CimdPolicy,
            Record::ClientMetadata(_) => Kind::ClientMetadata,
        }
    }

    /// Returns the time at which the record is due: to be sent, or to be removed because it has expired.
    pub fn due_at(&self) -> Option<Timestamp> {
        match self {
            Record::Pool(_) | Record::Client(_) | Record::User(_) | Record::Name(_) => None,
            Record::Device(_) | Record::Group(_) | Record::GroupOfUser(_) | Record::UserInGroup(_) => None,
            Record::Code(code) => Some(code.expires_at),
            Record::Attempts(attempts) => Some(attempts.ends_at()),
            Record::Session(session) => Some(session.ends_at()),
            Record::Failures(failures) => Some(failures.ends_at()),
            Record::Grant(grant) => Some(grant.ends_at()),
            Record::AuthEvent(event) => Some(event.ends_at()),
            Record::Authorization(authorization) => Some(authorization.ends_at()),
            Record::BrowserSession(session) => Some(session.ends_at()),
            Record::SigningKeys(_) | Record::ResourceServer(_) | Record::CimdPolicy(_) => None,
            Record::ClientMetadata(kept) => Some(kept.expires_at),
            Record::UiCustomization(_) | Record::Asset(_) => None,
            Record::Style(_) | Record::StyleId(_) | Record::Terms(_) | Record::TermsId(_) => None,
            Record::Outbox(row) => Some(row.next_at),
        }
    }

    /// Returns the search texts of the record as pairs of field and text. Only a kind with [`Kind::is_searched`] has
    /// some.
    pub(super) fn search_texts(&self) -> Vec<(&'static str, String)> {
        match self {
            Record::User(user) => {
                search::index_texts(user).map(|(field, text)| (field.as_str(), text)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns the ids that a lookup follows from this record, so that a backend over a network can follow them in the
    /// statement that reads it: the sub of a name; the sub and the device of a session; the case-sensitive and the folded
    /// name that a code activates; the id of a group, also of its memberships.
    pub(super) fn links(&self) -> Vec<String> {
        match self {
            Record::Name(sub) => vec![sub.as_str().to_owned()],
            Record::Session(session) => {
                let device = session.device.iter().map(|device| device.as_str().to_owned());
                std::iter::once(session.of.as_str().to_owned()).chain(device).collect()
            }
            Record::Code(code) => [true, false]
                .map(|case_sensitive| {
                    let name = NameKey::folded(code.contact.kind.into(), &code.contact.value, case_sensitive);
                    Key::name(&name).id().to_owned()
                })
                .into(),
            Record::Group(Group { id, .. }) | Record::GroupOfUser(id) | Record::UserInGroup(id) => {
                vec![id.as_str().to_owned()]
            }
            _ => Vec::new(),
        }
    }

    /// Returns the record's encoding.
    pub(super) fn encode(&self) -> Result<Vec<u8>, StoreError> {
        fn json_of<T: Serialize>(v: u32, r: &T) -> Result<Vec<u8>, serde_json::Error> {
            serde_json::to_vec(&EncodedRecord { v, r })
        }
        let v = format(self.kind());
        match self {
            Record::Pool(record) => json_of(v, record.as_ref()),
            Record::Client(record) => json_of(v, record.as_ref()),
            Record::User(record) => json_of(v, record),
            Record::Name(record) => json_of(v, record),
            Record::Code(record) => json_of(v, record),
            Record::Attempts(record) => json_of(v, record),
            Record::Session(record) => json_of(v, record),
            Record::Outbox(record) => json_of(v, record),
            Record::Failures(record) => json_of(v, record),
            Record::Grant(record) => json_of(v, record.as_ref()),
            Record::SigningKeys(record) => json_of(v, record.as_ref()),
            Record::AuthEvent(record) => json_of(v, record),
            Record::Device(record) => json_of(v, record),
            Record::Group(record) => json_of(v, record),
            Record::GroupOfUser(record) | Record::UserInGroup(record) => json_of(v, record),
            Record::ResourceServer(record) => json_of(v, record),
            Record::UiCustomization(record) => json_of(v, record.as_ref()),
            Record::Asset(record) => json_of(v, record),
            Record::Style(record) => json_of(v, record.as_ref()),
            Record::Terms(record) => json_of(v, record),
            Record::StyleId(record) | Record::TermsId(record) => json_of(v, record),
            Record::Authorization(record) => json_of(v, record.as_ref()),
            Record::BrowserSession(record) => json_of(v, record),
            Record::CimdPolicy(record) => json_of(v, record),
            Record::ClientMetadata(record) => json_of(v, record),
        }
        .map_err(|error| StoreError::Corrupt(format!("a record cannot be encoded: {error}")))
    }

    /// Decodes a record that this build or an older one has encoded.
    pub(super) fn decode(kind: Kind, bytes: &[u8]) -> Result<Record, StoreError> {
        fn read<T: DeserializeOwned>(kind: Kind, bytes: &[u8]) -> Result<T, StoreError> {
            let DecodedRecord { v, r } =
                serde_json::from_slice(bytes).map_err(|error| unreadable(kind, &error))?;
            if v == format(kind) { Ok(r) } else { Err(unknown_format(kind, v)) }
        }
        /// Decodes a record of a kind whose formats since `first` are read as they are: the later ones have more members.
        fn read_since<T: DeserializeOwned>(first: u32, kind: Kind, bytes: &[u8]) -> Result<T, StoreError> {
            let DecodedRecord { v, r } =
                serde_json::from_slice(bytes).map_err(|error| unreadable(kind, &error))?;
            if (first..=format(kind)).contains(&v) { Ok(r) } else { Err(unknown_format(kind, v)) }
        }
        /// Decodes a record of a kind with an old format, which `upgrade` converts.
        fn read_upgraded<T: DeserializeOwned>(
            kind: Kind,
            bytes: &[u8],
            upgrade: fn(Value) -> Value,
        ) -> Result<T, StoreError> {
            let decoded = serde_json::from_slice(bytes).map_err(|error| unreadable(kind, &error))?;
            let record = match decoded {
                DecodedRecord { v: 1, r } => upgrade(r),
                // Format 3 of pools has only the domains beyond format 2.
                DecodedRecord { v: 2, r } if kind == Kind::Pool => r,
                DecodedRecord { v, r } if v == format(kind) => r,
                DecodedRecord { v, .. } => return Err(unknown_format(kind, v)),
            };
            serde_json::from_value(record).map_err(|error| unreadable(kind, &error))
        }
        Ok(match kind {
            Kind::Pool => Record::Pool(Arc::new(read_upgraded(kind, bytes, upgrade::pool)?)),
            Kind::Client => Record::Client(Arc::new(read_upgraded(kind, bytes, upgrade::client)?)),
            // Format 2 adds the number of sign-outs, which is 0 where it is absent.
            Kind::User => Record::User(read_since(1, kind, bytes)?),
            Kind::Name => Record::Name(read(kind, bytes)?),
            Kind::Code => Record::Code(read(kind, bytes)?),
            Kind::Attempts => Record::Attempts(read(kind, bytes)?),
            Kind::Session => Record::Session(read(kind, bytes)?),
            Kind::Outbox | Kind::SmsOutbox => Record::Outbox(read(kind, bytes)?),
            Kind::Failures => Record::Failures(read(kind, bytes)?),
            Kind::Grant => Record::Grant(Box::new(read_upgraded(kind, bytes, upgrade::grant)?)),
            Kind::SigningKeys => Record::SigningKeys(Arc::new(read(kind, bytes)?)),
            Kind::AuthEvent => Record::AuthEvent(read(kind, bytes)?),
            Kind::Device => Record::Device(read(kind, bytes)?),
            Kind::Group => Record::Group(read(kind, bytes)?),
            Kind::GroupOfUser => Record::GroupOfUser(read(kind, bytes)?),
            Kind::UserInGroup => Record::UserInGroup(read(kind, bytes)?),
            Kind::ResourceServer => Record::ResourceServer(read(kind, bytes)?),
            Kind::UiCustomization => Record::UiCustomization(Arc::new(read(kind, bytes)?)),
            Kind::Asset => Record::Asset(read(kind, bytes)?),
            Kind::Style => Record::Style(Arc::new(read(kind, bytes)?)),
            Kind::StyleId => Record::StyleId(read(kind, bytes)?),
            Kind::Terms => Record::Terms(read(kind, bytes)?),
            Kind::TermsId => Record::TermsId(read(kind, bytes)?),
            Kind::Authorization => Record::Authorization(Box::new(read(kind, bytes)?)),
            Kind::BrowserSession => Record::BrowserSession(read(kind, bytes)?),
            Kind::CimdPolicy => Record::CimdPolicy(read(kind, bytes)?),
            Kind::ClientMetadata => Record::ClientMetadata(Box::new(read(kind, bytes)?)),
        })
    }
}

/// Says why a record cannot be read, without its values, which may be a user's data.
fn unreadable(kind: Kind, error: &serde_json::Error) -> StoreError {
    let text = error.to_string();
    let reason = if !error.is_data() || text.starts_with("missing field") {
        text
    } else {
        format!("a value is not of its type, at column {}", error.column())
    };
    StoreError::Corrupt(format!("a {kind:?} record cannot be read: {reason}"))
}

fn unknown_format(kind: Kind, v: u32) -> StoreError {
    StoreError::Corrupt(format!("a {kind:?} record has format {v}, and this Lido knows {}", format(kind)))
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
