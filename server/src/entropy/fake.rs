//! Bytes that repeat themselves in every run, for tests.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sha2::{Digest, Sha256};

use super::{Entropy, Source};

/// The same bytes in every run: SHA-256 of a seed and a count.
#[derive(Clone)]
pub(super) struct Bytes {
    seed: u64,
    count: Arc<AtomicU64>,
}

impl Bytes {
    pub(super) fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::new()
                .chain_update(self.seed.to_be_bytes())
                .chain_update(self.count.fetch_add(1, Ordering::Relaxed).to_be_bytes())
                .finalize();
            for (to, from) in chunk.iter_mut().zip(block) {
                *to = from;
            }
        }
    }
}

impl Entropy {
    /// Returns a source of bytes that follow from `seed`. They are no secret.
    pub fn fake(seed: u64) -> Self {
        Self(Source::Fake(Bytes { seed, count: Arc::default() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fake_repeats_itself_from_its_seed_only() {
        let first = Entropy::fake(1);
        let (one, two) = (first.bytes::<40>(), first.bytes::<40>());
        assert_ne!(one, two);
        let again = Entropy::fake(1);
        assert_eq!((again.bytes::<40>(), again.bytes::<40>()), (one, two));
        assert_ne!(Entropy::fake(2).bytes::<40>(), one);
    }
}
