//! Compressed bodies, for operations whose model asks for `requestCompression`.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;

use crate::{Stop, read::Refused, request::Why};

/// The body without its compression, and never more than `limit` bytes of it.
pub(crate) fn decompress(body: &[u8], limit: usize) -> Result<Bytes, Why> {
    let mut plain = Vec::new();
    let longest = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = MultiGzDecoder::new(body).take(longest).read_to_end(&mut plain);
    match read {
        Ok(_) if plain.len() > limit => Err(Why::TooLarge),
        Ok(_) => Ok(plain.into()),
        Err(_) => Err(Why::Refused(Refused::Unreadable(Stop::MALFORMED))),
    }
}
