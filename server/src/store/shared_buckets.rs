//! Token buckets that the servers of one store share, for request rates.
//!
//! They are beside the records: a bucket belongs to no pool, is in no commit, and may be lost. [`crate::rates`] takes tokens
//! in batches, so that a request seldom waits for one. Of the backends PostgreSQL has them
//! (`postgres/shared_buckets.rs`).

use std::{fmt, num::NonZeroU32};

use async_trait::async_trait;

use super::StoreError;

/// Token buckets that several servers share.
#[async_trait]
pub trait SharedBuckets: fmt::Debug + Send + Sync {
    /// Takes at most `wanted` tokens out of a bucket, and returns how many it took.
    ///
    /// A bucket is made full when it is first used. It holds `per_second` tokens at most, and regains as many in a second
    /// by the clock of the store.
    ///
    /// # Errors
    /// `Unavailable` if the store does not answer. Tokens may have been taken.
    async fn take(&self, bucket: &str, per_second: NonZeroU32, wanted: u32) -> Result<u32, StoreError>;
}
