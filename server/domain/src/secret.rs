//! Things that must not be printed, and things that only the key file can open.
//!
//! [`Secret`] holds bytes in clear for as long as a request needs them; [`Sealed`] is what a store may keep. The
//! sealing itself is the server's (`keys`): the rules only carry sealed bytes from one place to another.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Bytes in clear: a password, a client secret, a verifier before it is sealed. Wiped when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The bytes; the name says that a reader should look twice.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text, where they are text.
    pub fn expose_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// Gives types that carry a code, a handle or a hash of a request as text a `Debug` that shows their name alone: whatever
/// is added to them is hidden too.
macro_rules! debug_hidden {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(hidden)"))
            }
        }
    )*};
}
pub(crate) use debug_hidden;

/// Bytes encrypted and authenticated under the server's key, bound to where they belong.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(String);

impl Sealed {
    /// Wraps the text that the server's `keys` made.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for `keys` to open.
    pub fn as_text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides() {
        let printed = format!("{:?} {:?}", Secret::new("hunter2"), Sealed::from_text("hunter2"));
        assert!(!printed.contains("hunter2"));
    }
}
