//! The store's own record: what is stored once for the whole store, above all pools.
//!
//! It is encoded like other records, as JSON with the number of its format. `key_check` reads and writes it.

use lido_domain::secret::Sealed;
use serde::{Deserialize, Serialize};

use super::{StoreError, Version};

/// The format in which this build writes the record.
const FORMAT: u32 = 1;

/// The store's own record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoreRecord {
    /// The check values: one for each key that has been the first of the key file and under which secrets may be sealed.
    /// The newest is first.
    pub key_checks: Vec<Sealed>,
}

/// The store's own record with its version.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionedStoreRecord {
    /// The version.
    pub version: Version,
    /// The record.
    pub record: StoreRecord,
}

#[derive(Serialize)]
struct EncodedStoreRecord<'a> {
    v: u32,
    r: &'a StoreRecord,
}

/// The number of a format. It is decoded first, because the record of another format may have another shape.
#[derive(Deserialize)]
struct DecodedFormat {
    v: u32,
}

#[derive(Deserialize)]
struct DecodedStoreRecord {
    r: StoreRecord,
}

impl StoreRecord {
    /// Returns the record's encoding.
    pub(super) fn encode(&self) -> Result<Vec<u8>, StoreError> {
        serde_json::to_vec(&EncodedStoreRecord { v: FORMAT, r: self }).map_err(|error| {
            StoreError::Corrupt(format!("the store's own record cannot be encoded: {error}"))
        })
    }

    /// Decodes a record.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        let unreadable = |error: serde_json::Error| {
            StoreError::Corrupt(format!("the store's own record cannot be read: {error}"))
        };
        let DecodedFormat { v } = serde_json::from_slice(bytes).map_err(unreadable)?;
        if v != FORMAT {
            return Err(StoreError::Corrupt(format!(
                "the store's own record has format {v}, and this Lido knows {FORMAT}"
            )));
        }
        let DecodedStoreRecord { r } = serde_json::from_slice(bytes).map_err(unreadable)?;
        Ok(r)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A change of this text is a new format, and this format must still be read.
    #[test]
    fn encoding_of_the_store_record_is_stable() {
        let record = StoreRecord { key_checks: vec![Sealed::from_text("1.x.y")] };
        let text = r#"{"v":1,"r":{"key_checks":["1.x.y"]}}"#;
        assert_eq!(record.encode().as_deref(), Ok(text.as_bytes()));
        assert_eq!(StoreRecord::decode(text.as_bytes()), Ok(record));
        for malformed in ["", "{", r#"{"v":1}"#, r#"{"v":2,"r":{"key_checks":[]}}"#] {
            assert!(matches!(StoreRecord::decode(malformed.as_bytes()), Err(StoreError::Corrupt(_))));
        }
    }

    #[test]
    fn later_format_is_named_whatever_its_shape() {
        for later in [r#"{"v":2,"r":{"key_checks":[]}}"#, r#"{"v":2,"r":{"checks":{}}}"#, r#"{"v":2,"c":1}"#]
        {
            let error = StoreRecord::decode(later.as_bytes()).expect_err(later).to_string();
            assert!(error.contains("has format 2, and this Lido knows 1"), "{later}: {error}");
        }
    }
}
