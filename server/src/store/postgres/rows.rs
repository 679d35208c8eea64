//! The rows that the statement of a read has brought ([`super::read`]), and the results of its lookups.

use std::collections::HashMap;

use lido_domain::id::{GroupName, PoolId, Sub};
use tokio_postgres::Row;

use super::{
    id::stored_id,
    read::{MAX_COUNTED, POOL_ARM, arm_of, groups_arm_of},
};
use crate::store::{
    Key, KeyResult, Kind, Lookup, LookupResult, Memberships, Record, Search, StoreError, Stored, Version,
    lookup::{Snapshot, run_lookup},
};

/// A row of a record. The body is absent if the caller has it.
#[derive(Clone, Debug)]
pub(super) struct RecordRow {
    kind: i16,
    id: Vec<u8>,
    version: i64,
    body: Option<Vec<u8>>,
}

impl RecordRow {
    fn version(&self) -> Result<Version, StoreError> {
        version_of(self.version)
    }

    fn stored(&self, key: Key) -> Result<Stored, StoreError> {
        let body = self.body.as_deref().ok_or_else(|| corrupt("a row without a body"))?;
        let record = Record::decode(key.kind(), body)?;
        Ok(Stored { key, version: self.version()?, record })
    }

    /// Returns the record under the id of its row.
    fn listed(&self, kind: Kind) -> Result<Stored, StoreError> {
        let id = str::from_utf8(&self.id).map_err(|_| corrupt("the id of a row is not UTF-8"))?;
        self.stored(Key::from_parts(kind, id))
    }
}

/// Converts a stored version.
pub(super) fn version_of(version: i64) -> Result<Version, StoreError> {
    u64::try_from(version).map(Version).map_err(|_| corrupt("a negative version"))
}

/// Returns the record of a row whose columns are version, body and id.
pub(super) fn stored(row: &Row, kind: Kind) -> Result<Stored, StoreError> {
    let row = RecordRow {
        kind: kind.number().into(),
        version: column(row, 0)?,
        body: Some(column(row, 1)?),
        id: column(row, 2)?,
    };
    row.listed(kind)
}

/// Returns the value of a column.
pub(super) fn column<'a, T: tokio_postgres::types::FromSql<'a>>(
    row: &'a Row,
    at: usize,
) -> Result<T, StoreError> {
    row.try_get(at).map_err(|error| StoreError::Corrupt(format!("a column has another type: {error}")))
}

/// Returns the id of a pool.
pub(super) fn pool_of(id: &[u8]) -> Result<PoolId, StoreError> {
    str::from_utf8(id).map(PoolId::new).map_err(|_| corrupt("the id of a pool is not UTF-8"))
}

fn corrupt(text: &str) -> StoreError {
    StoreError::Corrupt(text.to_owned())
}

/// The rows of a batch, by arm.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pool: Option<PoolId>,
    arms: HashMap<i32, Vec<RecordRow>>,
}

impl Batch {
    pub(super) fn new(rows: &[Row]) -> Result<Self, StoreError> {
        let mut batch = Self::default();
        for row in rows {
            let arm: i32 = column(row, 0)?;
            let id: Option<Vec<u8>> = column(row, 2)?;
            let id = id.unwrap_or_default();
            if arm == POOL_ARM {
                batch.pool = Some(pool_of(&id)?);
                continue;
            }
            let row =
                RecordRow { kind: column(row, 1)?, id, version: column(row, 3)?, body: column(row, 4)? };
            batch.arms.entry(arm).or_default().push(row);
        }
        for rows in batch.arms.values_mut() {
            // Nothing says that the arms of a union keep their order.
            rows.sort_by(|one, other| one.id.cmp(&other.id));
        }
        Ok(batch)
    }

    /// Returns the pool, if it exists.
    pub(super) fn pool(&self) -> Option<&PoolId> {
        self.pool.as_ref()
    }

    fn arm(&self, arm: i32) -> &[RecordRow] {
        self.arms.get(&arm).map_or(&[], Vec::as_slice)
    }

    /// Returns the result of a lookup, or `None` for a count that needs another statement.
    pub(super) fn result(&self, number: usize, lookup: &Lookup) -> Result<Option<LookupResult>, StoreError> {
        let rows = self.arm(arm_of(number));
        let many =
            |kind| rows.iter().map(|row| row.listed(kind)).collect::<Result<_, _>>().map(LookupResult::Many);
        Ok(Some(match lookup {
            Lookup::Key { .. } | Lookup::User(_) | Lookup::Holders { .. } => {
                let by_key = rows.iter().map(|row| ((row.kind, row.id.as_slice()), row)).collect();
                run_lookup(&LookupRows { by_key, groups: self.arm(groups_arm_of(number)) }, lookup)?
            }
            Lookup::List { kind, .. } => many(*kind)?,
            Lookup::Search { .. } | Lookup::Memberships(Memberships::OfGroup { .. }) => many(Kind::User)?,
            Lookup::Memberships(Memberships::OfUser { .. }) => many(Kind::Group)?,
            Lookup::Count(kind) => {
                let row = rows.first().ok_or_else(|| corrupt("a count without a row"))?;
                match usize::try_from(row.version) {
                    Ok(count) if !kind.is_searched() || row.version <= MAX_COUNTED => {
                        LookupResult::Count(count)
                    }
                    _ => return Ok(estimate(&row.id).map(LookupResult::Count)),
                }
            }
        }))
    }
}

/// Returns the number of records whose ids are random UUIDs, from the one at the place [`MAX_COUNTED`] of their order, or
/// `None` if it is no UUID: the part of all UUIDs that are before it is the part of the records that are.
///
/// The standard error is one in a hundred. Nothing is counted when users are added, so that no row is met by all of them.
pub(super) fn estimate(id: &[u8]) -> Option<usize> {
    let digits: String = str::from_utf8(id).ok()?.chars().filter(|digit| *digit != '-').take(12).collect();
    let part = u64::from_str_radix(&digits, 16).ok().filter(|part| digits.len() == 12 && *part > 0)?;
    let counted = u128::try_from(MAX_COUNTED).ok()?;
    usize::try_from((counted << 48) / u128::from(part)).ok()
}

/// The rows of one lookup: all that its steps may meet, so that one that is not there does not exist.
struct LookupRows<'a> {
    by_key: HashMap<(i16, &'a [u8]), &'a RecordRow>,
    groups: &'a [RecordRow],
}

fn not_brought() -> StoreError {
    corrupt("a step of a lookup reads what its statement does not bring")
}

impl Snapshot for LookupRows<'_> {
    fn get_unless_known(&self, key: &Key, known: Option<Version>) -> Result<KeyResult, StoreError> {
        let id = stored_id(key.id());
        let Some(row) = self.by_key.get(&(key.kind().number().into(), id.as_slice())) else {
            return Ok(KeyResult::Absent);
        };
        if known.is_some() && known == Some(row.version()?) {
            return Ok(KeyResult::Unchanged);
        }
        Ok(KeyResult::Record(Box::new(row.stored(key.clone())?)))
    }

    fn list(&self, _: Kind, _: &str, _: &str, _: usize) -> Result<Vec<Stored>, StoreError> {
        Err(not_brought())
    }

    fn search(&self, _: &Search, _: &str, _: usize) -> Result<Vec<Stored>, StoreError> {
        Err(not_brought())
    }

    fn count(&self, _: Kind) -> Result<usize, StoreError> {
        Err(not_brought())
    }

    fn groups_of(&self, _: &Sub, _: Option<&GroupName>, _: usize) -> Result<Vec<Stored>, StoreError> {
        self.groups.iter().map(|row| row.listed(Kind::Group)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_of_users_is_estimated_from_the_order_of_their_subs() {
        // A hundredth of all UUIDs is before this one, so the first 10,000 are a hundredth of all.
        assert_eq!(estimate(b"028f5c28-f5c2-4f5c-8f5c-28f5c28f5c28"), Some(1_000_000));
        assert_eq!(estimate(b"80000000-0000-4000-8000-000000000000"), Some(20_000));
        for other in [&b""[..], b"ann", b"00000000-0000-4000-8000-000000000000", b"\xff"] {
            assert_eq!(estimate(other), None);
        }
    }
}
