//! Randomness. Only this file asks the operating system for random bytes; other code gets them from [`Entropy`].

#[cfg(any(test, feature = "fakes"))]
mod fake;

use std::fmt;

/// A source of random bytes. Clones share it.
#[derive(Clone)]
pub struct Entropy(Source);

#[derive(Clone)]
enum Source {
    System,
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
        Self(Source::System)
    }

    /// Returns `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoEntropy> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Returns a random number from 0 to below 1; without randomness 0.
    pub(crate) fn fraction(&self) -> f64 {
        self.bytes().map_or(0.0, |bytes| f64::from(u32::from_be_bytes(bytes)) / (f64::from(u32::MAX) + 1.0))
    }

    /// Returns a random UUID (version 4).
    pub fn uuid(&self) -> Result<String, NoEntropy> {
        Ok(uuid::Builder::from_random_bytes(self.bytes()?).into_uuid().to_string())
    }

    #[expect(clippy::disallowed_methods, reason = "only this function asks the system for random bytes")]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        match &self.0 {
            Source::System => getrandom::fill(bytes).map_err(|_| NoEntropy),
            #[cfg(any(test, feature = "fakes"))]
            Source::Fake(fake) => {
                fake.fill(bytes);
                Ok(())
            }
        }
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::System => "Entropy(system)",
            #[cfg(any(test, feature = "fakes"))]
            Source::Fake(_) => "Entropy(fake)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_bytes_are_not_repeated() {
        let entropy = Entropy::system();
        assert_ne!(entropy.bytes::<32>(), entropy.bytes::<32>());
        assert_eq!(entropy.uuid().expect("random").len(), 36);
    }
}
