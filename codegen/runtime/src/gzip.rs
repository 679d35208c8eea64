//! Decompresses request bodies, for operations with the trait `requestCompression`.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;

use crate::{SerializationError, read::ReadError, request_body::RejectionReason};

/// Returns the decompressed body.
///
/// # Errors
/// Refuses a body that is not gzip, and one that is longer than `limit` bytes when decompressed. No more than that is
/// ever decompressed.
pub(crate) fn decompress(body: &[u8], limit: usize) -> Result<Bytes, RejectionReason> {
    let mut plain = Vec::new();
    let longest = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = MultiGzDecoder::new(body).take(longest).read_to_end(&mut plain);
    match read {
        Ok(_) if plain.len() > limit => Err(RejectionReason::TooLarge),
        Ok(_) => Ok(plain.into()),
        Err(_) => Err(RejectionReason::Read(ReadError::Serialization(SerializationError::MALFORMED))),
    }
}
