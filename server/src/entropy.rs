//! Randomness. The only place that asks the operating system for it; everything else is handed bytes.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use sha2::{Digest, Sha256};

/// A source of random bytes. Clones share it.
#[derive(Clone)]
pub struct Entropy(Source);

#[derive(Clone)]
enum Source {
    System,
    /// The same bytes in every run: SHA-256 of a seed and a count.
    Fake {
        seed: u64,
        count: Arc<AtomicU64>,
    },
}

/// The operating system gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoEntropy;

impl Entropy {
    /// The operating system's randomness.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// Bytes that follow from `seed`, for tests. They are no secret.
    pub fn fake(seed: u64) -> Self {
        Self(Source::Fake { seed, count: Arc::default() })
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoEntropy> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// A random UUID (version 4).
    pub fn uuid(&self) -> Result<String, NoEntropy> {
        Ok(uuid::Builder::from_random_bytes(self.bytes()?).into_uuid().to_string())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that asks the system for randomness"
    )]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        match &self.0 {
            Source::System => getrandom::fill(bytes).map_err(|_| NoEntropy),
            Source::Fake { seed, count } => {
                for chunk in bytes.chunks_mut(32) {
                    let block = Sha256::new()
                        .chain_update(seed.to_be_bytes())
                        .chain_update(count.fetch_add(1, Ordering::Relaxed).to_be_bytes())
                        .finalize();
                    for (to, from) in chunk.iter_mut().zip(block) {
                        *to = from;
                    }
                }
                Ok(())
            }
        }
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::System => "Entropy(system)",
            Source::Fake { .. } => "Entropy(fake)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_does_not_repeat_itself() {
        let entropy = Entropy::system();
        assert_ne!(entropy.bytes::<32>(), entropy.bytes::<32>());
        assert_eq!(entropy.uuid().expect("random").len(), 36);
    }

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
