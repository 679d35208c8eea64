//! Randomness. Only this file asks the operating system for random bytes; other code gets them from [`Entropy`].

#[cfg(any(test, feature = "fakes"))]
mod fake;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// A source of random bytes. Clones share it.
#[derive(Clone)]
pub struct Entropy(Source);

#[derive(Clone)]
enum Source {
    System(Arc<Mutex<DrawnBytes>>),
    #[cfg(any(test, feature = "fakes"))]
    Fake(fake::FakeBytes),
}

/// The error of an operating system that returns no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system returned no random bytes")]
pub struct NoEntropy;

impl Entropy {
    /// Returns the operating system's source.
    pub fn system() -> Self {
        Self(Source::System(Arc::default()))
    }

    /// Returns `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoEntropy> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Returns `N` random bytes that need not stay secret, such as those of a version. The system is asked for those of many
    /// calls at once.
    pub(crate) fn public_bytes<const N: usize>(&self) -> Result<[u8; N], NoEntropy> {
        match &self.0 {
            Source::System(drawn) => drawn.lock().unwrap_or_else(PoisonError::into_inner).take(),
            #[cfg(any(test, feature = "fakes"))]
            Source::Fake(_) => self.bytes(),
        }
    }

    /// Returns a random number from 0 to below 1; without randomness 0.
    pub(crate) fn fraction(&self) -> f64 {
        self.bytes().map_or(0.0, |bytes| f64::from(u32::from_be_bytes(bytes)) / (f64::from(u32::MAX) + 1.0))
    }

    /// Returns a random UUID (version 4).
    pub fn uuid(&self) -> Result<String, NoEntropy> {
        Ok(uuid::Builder::from_random_bytes(self.bytes()?).into_uuid().to_string())
    }

    /// Returns a random UUID (version 4) that need not stay secret, as the id of a request.
    pub(crate) fn public_uuid(&self) -> Result<String, NoEntropy> {
        Ok(uuid::Builder::from_random_bytes(self.public_bytes()?).into_uuid().to_string())
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        match &self.0 {
            Source::System(_) => fill_from_system(bytes),
            #[cfg(any(test, feature = "fakes"))]
            Source::Fake(fake) => {
                fake.fill(bytes);
                Ok(())
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "only this function asks the system for random bytes")]
fn fill_from_system(bytes: &mut [u8]) -> Result<(), NoEntropy> {
    getrandom::fill(bytes).map_err(|_| NoEntropy)
}

/// Random bytes that were drawn and not handed out yet. None is handed out twice.
struct DrawnBytes {
    bytes: [u8; 1024],
    left: usize,
}

impl Default for DrawnBytes {
    fn default() -> Self {
        Self { bytes: [0; 1024], left: 0 }
    }
}

impl DrawnBytes {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], NoEntropy> {
        if self.left < N {
            self.left = 0;
            fill_from_system(&mut self.bytes)?;
            self.left = self.bytes.len();
        }
        let rest = self.left.checked_sub(N).ok_or(NoEntropy)?;
        let taken = self.bytes.get(rest..self.left).and_then(|taken| taken.try_into().ok());
        self.left = rest;
        taken.ok_or(NoEntropy)
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::System(_) => "Entropy(system)",
            #[cfg(any(test, feature = "fakes"))]
            Source::Fake(_) => "Entropy(fake)",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn system_bytes_are_not_repeated() {
        let entropy = Entropy::system();
        assert_ne!(entropy.bytes::<32>(), entropy.bytes::<32>());
        // More than are drawn at once, in lengths that do not divide it.
        let mut seen = HashSet::new();
        for _ in 0..500 {
            assert!(seen.insert(entropy.public_bytes::<8>().expect("random").to_vec()));
            assert!(seen.insert(entropy.public_bytes::<13>().expect("random").to_vec()));
        }
        assert_eq!(entropy.public_uuid().expect("random").len(), 36);
        assert_eq!(entropy.uuid().expect("random").len(), 36);
    }
}
