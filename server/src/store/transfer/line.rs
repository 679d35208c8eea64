//! The form of an export: a header, one record on each line, and an end that tells whether the file is complete.
//!
//! A record is encoded as in a store, with the number of its format, so that a later Lido reads it as it reads a
//! store of this one.

use std::collections::BTreeMap;

use lido_domain::{id::PoolId, pool::alias::NameKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::kinds::{self, ORDER};
use crate::store::{Key, Kind, Record, StoreError, record::format};

/// The format of the lines that this build writes.
pub(super) const FORMAT: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The format of the lines.
    pub lido_export: u32,
    /// The version of the Lido that wrote it.
    pub lido: String,
    /// When the export began, as RFC 3339.
    pub at: String,
    /// The formats of the records, by the name of the kind.
    pub formats: BTreeMap<String, u32>,
    /// The ids of the keys under which secrets of the store may be sealed, the newest first. They reveal nothing
    /// about the keys.
    pub keys: Vec<String>,
    /// The digest of the check values of the store, by which an unfinished export is known to be of the same store. It
    /// is empty for a store without check values.
    #[serde(default)]
    pub store: String,
}

impl Header {
    /// Returns the header of an export that begins now.
    pub(super) fn new(lido: &str, at: String, keys: Vec<String>, store: String) -> Self {
        let formats =
            ORDER.into_iter().filter_map(|kind| Some((kinds::name_of(kind)?.to_owned(), format(kind))));
        Self { lido_export: FORMAT, lido: lido.to_owned(), at, formats: formats.collect(), keys, store }
    }

    /// Says why this build cannot read the export, if it cannot.
    pub(super) fn refusal(&self) -> Option<String> {
        let newer = |kind: &str, found: u32, known: u32| {
            format!(
                "the export has {kind} in format {found}, written by Lido {}, and this Lido knows {known}; import it with the \
                 newer Lido",
                self.lido
            )
        };
        if self.lido_export > FORMAT {
            return Some(newer("lines", self.lido_export, FORMAT));
        }
        self.formats.iter().find_map(|(name, found)| {
            let known = kinds::kind_of(name).map_or(0, format);
            (*found > known).then(|| newer(&format!("records of kind {name}"), *found, known))
        })
    }
}

/// The last line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct End {
    pub(super) end: Totals,
}

/// What an export has before its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Totals {
    /// The number of lines before this one.
    pub(super) lines: u64,
    /// The SHA-256 of these lines, in hexadecimal.
    pub(super) sha256: String,
}

/// Counts the lines of a file, and computes their digest.
#[derive(Clone, Default)]
pub(super) struct Tally {
    lines: u64,
    digest: Sha256,
}

impl Tally {
    /// Adds a line, with its end.
    pub(super) fn add(&mut self, line: &[u8]) {
        self.lines += 1;
        self.digest.update(line);
    }

    pub(super) fn lines(&self) -> u64 {
        self.lines
    }

    pub(super) fn totals(&self) -> Totals {
        let digest = self.digest.clone().finalize();
        Totals { lines: self.lines, sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect() }
    }
}

/// A record of an export.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RecordLine {
    pub(super) pool: PoolId,
    pub(super) key: Key,
    pub(super) record: Record,
    /// The names that a user holds.
    pub(super) names: Vec<NameKey>,
}

/// What a line has besides the record.
#[derive(Serialize)]
struct LineHead<'a> {
    pool: &'a str,
    kind: &'a str,
    id: &'a str,
    #[serde(skip_serializing_if = "<[NameKey]>::is_empty")]
    names: &'a [NameKey],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DecodedLine {
    pool: String,
    kind: String,
    id: String,
    #[serde(default)]
    names: Vec<NameKey>,
    record: Value,
}

impl RecordLine {
    /// Returns the line, with its end.
    ///
    /// # Errors
    /// `Corrupt` if the record cannot be encoded or its kind has no lines.
    pub(super) fn encode(&self) -> Result<Vec<u8>, StoreError> {
        let kind = kinds::name_of(self.key.kind());
        let kind =
            kind.ok_or_else(|| StoreError::Corrupt("a record of a kind that is not exported".into()))?;
        let head = LineHead { pool: self.pool.as_str(), kind, id: self.key.id(), names: &self.names };
        let unencodable = |error| StoreError::Corrupt(format!("a record cannot be encoded: {error}"));
        let mut line = serde_json::to_vec(&head).map_err(unencodable)?;
        // The record is JSON already.
        line.pop();
        line.extend(b",\"record\":");
        line.extend(self.record.encode()?);
        line.extend(b"}\n");
        Ok(line)
    }

    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it. The text quotes nothing of what it says about users.
    pub(super) fn decode(line: &[u8]) -> Result<Self, String> {
        let DecodedLine { pool, kind, id, names, record } =
            serde_json::from_slice(line).map_err(|error| damaged(&error))?;
        let Some(kind) = kinds::kind_of(&kind) else {
            return Err("a line of a kind that no export has".to_owned());
        };
        let bytes = serde_json::to_vec(&record).map_err(|error| damaged(&error))?;
        let record = Record::decode(kind, &bytes).map_err(|error| match error {
            StoreError::Corrupt(reason) => reason,
            other => other.to_string(),
        })?;
        let line = Self { pool: PoolId::new(pool), key: Key::from_parts(kind, id), record, names };
        match line.own_key() {
            Some(own) if own != line.key => Err("the id of the line is not that of its record".to_owned()),
            _ => Ok(line),
        }
    }

    /// Returns the key that the record says itself that it has, if it does.
    fn own_key(&self) -> Option<Key> {
        Some(match &self.record {
            Record::Pool(record) if record.pool.id == self.pool => Key::pool(),
            // Another key than that of any pool.
            Record::Pool(_) => Key::from_parts(Kind::Pool, "another pool"),
            Record::SigningKeys(_) => Key::signing_keys(),
            Record::Client(record) => Key::client(&record.client.id),
            Record::ResourceServer(server) => Key::resource_server(&server.id),
            Record::Group(group) => Key::group(&group.name),
            Record::CimdPolicy(policy) => Key::cimd_policy(&policy.id),
            Record::UiCustomization(customization) => Key::ui_customization(&customization.scope),
            Record::Style(style) => Key::style(&style.client),
            Record::Terms(terms) => Key::terms(&terms.client, terms.name),
            Record::User(user) => Key::user(&user.sub),
            Record::Device(device) => Key::device(&device.of, &device.key),
            Record::Grant(grant) => Key::grant(&grant.of, &grant.id),
            _ => return None,
        })
    }
}

/// Says where JSON is wrong, without what it says.
fn damaged(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    match error.classify() {
        Category::Data => format!("no line of an export (column {})", error.column()),
        Category::Eof => "the line ends too early".to_owned(),
        Category::Syntax | Category::Io => format!("not JSON at column {}", error.column()),
    }
}
