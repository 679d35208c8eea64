//! A fake source of randomness for tests: the same bytes in every run.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sha2::{Digest, Sha256};

use super::{Entropy, Source};

/// A generator of bytes: SHA-256 of a seed and a counter.
#[derive(Clone)]
pub(super) struct FakeBytes {
    seed: u64,
    count: Arc<AtomicU64>,
}

impl FakeBytes {
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
    /// Returns a source whose bytes depend on `seed` only. They are not secret.
    pub fn fake(seed: u64) -> Self {
        Self(Source::Fake(FakeBytes { seed, count: Arc::default() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fake_bytes_depend_on_the_seed_only() {
        let first = Entropy::fake(1);
        let (one, two) = (first.bytes::<40>(), first.bytes::<40>());
        assert_ne!(one, two);
        let again = Entropy::fake(1);
        assert_eq!((again.bytes::<40>(), again.bytes::<40>()), (one, two));
        assert_ne!(Entropy::fake(2).bytes::<40>(), one);
    }
}
