//! What lies under a key, and how it is written down.
//!
//! On disk a record is JSON with the number of its format, `{"v":1,"r":…}`, so that an operator can read it and a
//! later Lido can tell what it reads. Each kind has formats of its own; those that are written no more are read by
//! `former`. Most records are the domain's own types; those defined here are the domain's with what the domain has no
//! use for.

use std::{collections::BTreeMap, sync::Arc};

pub use lido_domain::record::{ClientRecord, PoolRecord};
use lido_domain::{
    Timestamp,
    attribute::contact::Contact,
    code::{PendingCode, message::MessageReason},
    id::{ClientId, GroupId, Sub, Username},
    secret::Sealed,
    sign_in::{lockout::Failures, session::Session},
    token::grant::Grant,
    user::{User, attempt::Attempts, auth_event::AuthEvent, device::Device, group::Group, search},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Kind, StoreError, former};

/// The format in which this build writes records of a kind. Former ones it reads; a store that a build with newer ones
/// has written must not be opened.
pub(super) const fn format(kind: Kind) -> u32 {
    match kind {
        Kind::Pool | Kind::Client => 2,
        _ => 1,
    }
}

/// The keys that sign the tokens of a pool, sealed: one for id tokens and another for access tokens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SigningKeysRecord {
    /// Signs id tokens.
    pub id: Sealed,
    /// Signs access tokens.
    pub access: Sealed,
    /// When they were made.
    pub created_at: Timestamp,
}

/// What is kept of the request behind a message, and what triggers are told of it. Nothing is decided by it, and it is
/// no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cause {
    /// Scheme and host by which clients reach this server, for a link in the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The SDK of the caller, as events name it.
    pub sdk_version: String,
    /// ClientMetadata, if it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
}

impl Default for Cause {
    /// Nobody knows who asked; the SDK is told as that of a caller that is none (*Observed*, cog-0036).
    fn default() -> Self {
        Self { base: None, sdk_version: "aws-sdk-unknown-unknown".to_owned(), client_metadata: None }
    }
}

/// A message that must be sent. The row is removed when it was sent or given up, and the code with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Its id, a UUID.
    pub id: String,
    /// Why it is sent.
    pub reason: MessageReason,
    /// Whose code it carries.
    pub of: Sub,
    /// The username, which templates may show.
    pub username: Username,
    /// The app client that asked, if one did.
    pub client: Option<ClientId>,
    /// Where it goes.
    pub to: Contact,
    /// The code, sealed for this row.
    pub code: Sealed,
    /// The request that asked.
    #[serde(default)]
    pub cause: Box<Cause>,
    /// When the commit was made.
    pub created_at: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// When to try next. Whoever tries moves this ahead first, so that no two send at once.
    pub next_at: Timestamp,
}

/// Any record. Pools and clients are shared, because every request reads them and few change them.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// The pool itself.
    Pool(Arc<PoolRecord>),
    /// An app client.
    Client(Arc<ClientRecord>),
    /// A user.
    User(User),
    /// A name: who holds it.
    Name(Sub),
    /// A pending code.
    Code(PendingCode),
    /// A counter of attempts.
    Attempts(Attempts),
    /// A session.
    Session(Session),
    /// A message to send.
    Outbox(OutboxRow),
    /// A counter of failures to sign in.
    Failures(Failures),
    /// A grant.
    Grant(Grant),
    /// The keys that sign tokens.
    SigningKeys(Arc<SigningKeysRecord>),
    /// Something that a user did.
    AuthEvent(AuthEvent),
    /// A device.
    Device(Device),
    /// A group.
    Group(Group),
    /// A user is in a group, by the user.
    GroupOfUser(GroupId),
    /// A user is in a group, by the group.
    UserInGroup(GroupId),
}

#[derive(Serialize)]
struct Writing<'a, T> {
    v: u32,
    r: &'a T,
}

#[derive(Deserialize)]
struct Reading<T> {
    v: u32,
    r: T,
}

impl Record {
    /// What sort of record it is.
    pub fn kind(&self) -> Kind {
        match self {
            Record::Pool(_) => Kind::Pool,
            Record::Client(_) => Kind::Client,
            Record::User(_) => Kind::User,
            Record::Name(_) => Kind::Name,
            Record::Code(_) => Kind::Code,
            Record::Attempts(_) => Kind::Attempts,
            Record::Session(_) => Kind::Session,
            Record::Outbox(_) => Kind::Outbox,
            Record::Failures(_) => Kind::Failures,
            Record::Grant(_) => Kind::Grant,
            Record::SigningKeys(_) => Kind::SigningKeys,
            Record::AuthEvent(_) => Kind::AuthEvent,
            Record::Device(_) => Kind::Device,
            Record::Group(_) => Kind::Group,
            Record::GroupOfUser(_) => Kind::GroupOfUser,
            Record::UserInGroup(_) => Kind::UserInGroup,
        }
    }

    /// When its hour comes: to be sent, or to be swept away.
    pub fn due_at(&self) -> Option<Timestamp> {
        match self {
            Record::Pool(_) | Record::Client(_) | Record::User(_) | Record::Name(_) => None,
            Record::Device(_) | Record::Group(_) | Record::GroupOfUser(_) | Record::UserInGroup(_) => None,
            Record::Code(code) => Some(code.expires_at),
            Record::Attempts(attempts) => Some(attempts.ends_at()),
            Record::Session(session) => Some(session.forgotten_at()),
            Record::Failures(failures) => Some(failures.ends_at()),
            Record::Grant(grant) => Some(grant.ends_at()),
            Record::AuthEvent(event) => Some(event.ends_at()),
            Record::SigningKeys(_) => None,
            Record::Outbox(row) => Some(row.next_at),
        }
    }

    /// The texts under which the record can be searched. Only records of a kind that [`Kind::is_searched`] declare some.
    pub(super) fn search_texts(&self) -> Vec<(&'static str, String)> {
        match self {
            Record::User(user) => {
                search::index_texts(user).map(|(field, text)| (field.as_str(), text)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The bytes on disk.
    pub(super) fn encode(&self) -> Result<Vec<u8>, StoreError> {
        fn json_of<T: Serialize>(v: u32, r: &T) -> Result<Vec<u8>, serde_json::Error> {
            serde_json::to_vec(&Writing { v, r })
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
            Record::Grant(record) => json_of(v, record),
            Record::SigningKeys(record) => json_of(v, record.as_ref()),
            Record::AuthEvent(record) => json_of(v, record),
            Record::Device(record) => json_of(v, record),
            Record::Group(record) => json_of(v, record),
            Record::GroupOfUser(record) | Record::UserInGroup(record) => json_of(v, record),
        }
        .map_err(|error| StoreError::Corrupt(format!("a record cannot be written down: {error}")))
    }

    /// Reads what [`Record::encode`] wrote.
    pub(super) fn decode(kind: Kind, bytes: &[u8]) -> Result<Record, StoreError> {
        fn read<T: DeserializeOwned>(kind: Kind, bytes: &[u8]) -> Result<T, StoreError> {
            let Reading { v, r } = serde_json::from_slice(bytes).map_err(|error| unreadable(kind, &error))?;
            if v == format(kind) { Ok(r) } else { Err(unknown_format(kind, v)) }
        }
        /// The same where there is a former format, which `upgrade` makes into the present one.
        fn read_any<T: DeserializeOwned>(
            kind: Kind,
            bytes: &[u8],
            upgrade: fn(Value) -> Value,
        ) -> Result<T, StoreError> {
            let reading = serde_json::from_slice(bytes).map_err(|error| unreadable(kind, &error))?;
            let record = match reading {
                Reading { v: 1, r } => upgrade(r),
                Reading { v, r } if v == format(kind) => r,
                Reading { v, .. } => return Err(unknown_format(kind, v)),
            };
            serde_json::from_value(record).map_err(|error| unreadable(kind, &error))
        }
        Ok(match kind {
            Kind::Pool => Record::Pool(Arc::new(read_any(kind, bytes, former::pool)?)),
            Kind::Client => Record::Client(Arc::new(read_any(kind, bytes, former::client)?)),
            Kind::User => Record::User(read(kind, bytes)?),
            Kind::Name => Record::Name(read(kind, bytes)?),
            Kind::Code => Record::Code(read(kind, bytes)?),
            Kind::Attempts => Record::Attempts(read(kind, bytes)?),
            Kind::Session => Record::Session(read(kind, bytes)?),
            Kind::Outbox => Record::Outbox(read(kind, bytes)?),
            Kind::Failures => Record::Failures(read(kind, bytes)?),
            Kind::Grant => Record::Grant(read(kind, bytes)?),
            Kind::SigningKeys => Record::SigningKeys(Arc::new(read(kind, bytes)?)),
            Kind::AuthEvent => Record::AuthEvent(read(kind, bytes)?),
            Kind::Device => Record::Device(read(kind, bytes)?),
            Kind::Group => Record::Group(read(kind, bytes)?),
            Kind::GroupOfUser => Record::GroupOfUser(read(kind, bytes)?),
            Kind::UserInGroup => Record::UserInGroup(read(kind, bytes)?),
        })
    }
}

fn unreadable(kind: Kind, error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt(format!("a {kind:?} record cannot be read: {error}"))
}

fn unknown_format(kind: Kind, v: u32) -> StoreError {
    StoreError::Corrupt(format!("a {kind:?} record has format {v}, and this Lido knows {}", format(kind)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance::sample;

    /// Whoever changes one of these texts has changed the format, and must still read the old one.
    #[test]
    fn the_format_stays() {
        let texts = [
            (
                sample::pool("p"),
                concat!(
                    r#"{"v":2,"r":{"id":"us-east-1_p","name":"p","settings":{"DeletionProtection":"ACTIVE"},"#,
                    r#""tags":{"stage":"test"},"created_at":1,"modified_at":1}}"#
                ),
            ),
            (
                sample::client("c"),
                concat!(
                    r#"{"v":2,"r":{"id":"c","name":"web","settings":{"CallbackURLs":["https://example.com"]},"#,
                    r#""created_at":1,"modified_at":1}}"#
                ),
            ),
            (Record::Name(Sub::new("s")), r#"{"v":1,"r":"s"}"#),
            (
                Record::Attempts(Attempts { since: Timestamp::from_millis(5), count: 2 }),
                r#"{"v":1,"r":{"since":5,"count":2}}"#,
            ),
            (
                Record::User(sample::user("ann")),
                concat!(
                    r#"{"v":1,"r":{"sub":"sub-ann","username":"ann","status":"unconfirmed","enabled":true,"#,
                    r#""attributes":{"email":"ann@example.com"},"credential":null,"created_at":1,"modified_at":1}}"#
                ),
            ),
        ];
        for (record, text) in texts {
            assert_eq!(String::from_utf8(record.encode().expect("encodes")).expect("JSON"), text);
            assert_eq!(Record::decode(record.kind(), text.as_bytes()), Ok(record));
        }
    }

    #[test]
    fn every_kind_survives_being_written_down() {
        for (_, record) in sample::all() {
            assert!(Kind::ALL.contains(&record.kind()));
            let bytes = record.encode().expect("encodes");
            assert_eq!(Record::decode(record.kind(), &bytes), Ok(record));
        }
    }

    #[test]
    fn pools_and_clients_of_former_format_are_read() {
        let records = [
            (
                Kind::Pool,
                concat!(
                    r#"{"v":1,"r":{"pool":{"id":"us-east-1_p","names":"username_only","case_sensitive":true,"#,
                    r#""auto_verified":[],"schema":{},"first_factors":["password"],"tier":"essentials","#,
                    r#""deletion_protected":false},"name":"p","settings":{"DeletionProtection":"ACTIVE","#,
                    r#""MfaConfiguration":"OFF"},"tags":{"stage":"test"},"created_at":1,"modified_at":1}}"#
                ),
                sample::pool("p"),
            ),
            (
                Kind::Client,
                concat!(
                    r#"{"v":1,"r":{"client":{"id":"c","secrets":[],"auth_flows":[],"session_minutes":3},"name":"web","#,
                    r#""settings":{"CallbackURLs":["https://example.com"],"AuthSessionValidity":3},"#,
                    r#""created_at":1,"modified_at":1}}"#
                ),
                sample::client("c"),
            ),
        ];
        for (kind, text, record) in records {
            assert_eq!(Record::decode(kind, text.as_bytes()), Ok(record));
        }
    }

    #[test]
    fn nonsense_and_other_formats_are_corrupt() {
        for bytes in [&b"{"[..], b"{\"v\":2,\"r\":\"s\"}", b"{\"v\":1,\"r\":7}", b""] {
            assert!(matches!(Record::decode(Kind::Name, bytes), Err(StoreError::Corrupt(_))));
        }
        let newer = Err(StoreError::Corrupt("a Pool record has format 3, and this Lido knows 2".into()));
        assert_eq!(Record::decode(Kind::Pool, br#"{"v":3,"r":{}}"#), newer);
    }
}
