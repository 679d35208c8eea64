//! Token buckets in the table `lido_rate`.
//!
//! Taking tokens is one statement and its own transaction. It is not on disk when it is answered, since a bucket that is
//! fuller after a crash does no harm; so the row is locked for no longer than the statement runs, and no standby is
//! awaited.

use std::num::NonZeroU32;

use async_trait::async_trait;

use super::{PostgresBackend, param::param, rows::column, session::Query};
use crate::store::{SharedBuckets, StoreError};

/// The bucket is refilled by the time that has passed since it was last refilled. A time ahead of the database's clock by
/// more than a second is of a clock that was put back: it counts as now.
const TAKE: &str = "
    INSERT INTO lido_rate AS r (bucket, tokens, filled_at, taken)
    SELECT $1::bytea, $2::float8 - least($3::int4, $2::float8), clock_timestamp(), least($3::int4, $2::float8)::int4
    FROM (SELECT set_config('synchronous_commit', 'off', true) AS value) setting WHERE setting.value IS NOT NULL
    ON CONFLICT (bucket) DO UPDATE SET
        taken = least($3::int4, floor(least($2::float8, r.tokens + $2::float8
            * greatest(0, extract(epoch FROM excluded.filled_at - r.filled_at)::float8))))::int4,
        tokens = least($2::float8, r.tokens + $2::float8
            * greatest(0, extract(epoch FROM excluded.filled_at - r.filled_at)::float8))
            - least($3::int4, floor(least($2::float8, r.tokens + $2::float8
            * greatest(0, extract(epoch FROM excluded.filled_at - r.filled_at)::float8)))),
        filled_at = CASE WHEN r.filled_at > excluded.filled_at + interval '1 second' THEN excluded.filled_at
            ELSE greatest(r.filled_at, excluded.filled_at) END
    RETURNING r.taken";

#[async_trait]
impl SharedBuckets for PostgresBackend {
    async fn take(&self, bucket: &str, per_second: NonZeroU32, wanted: u32) -> Result<u32, StoreError> {
        let query = Query {
            text: TAKE.to_owned(),
            params: vec![
                param(bucket.as_bytes().to_vec()),
                param(f64::from(per_second.get())),
                param(i32::try_from(wanted).unwrap_or(i32::MAX)),
            ],
        };
        let rows = self.query_until_serialized(&query).await?;
        let row = rows.first().ok_or_else(|| StoreError::Corrupt("a bucket has no row".into()))?;
        let taken: i32 = column(row, 0)?;
        Ok(u32::try_from(taken).unwrap_or_default())
    }
}
