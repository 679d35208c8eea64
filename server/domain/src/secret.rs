//! Types for secret values: in clear, and encrypted under the server's key file.
//!
//! [`Secret`] holds bytes in clear for as long as a request needs them; [`Sealed`] is the encrypted form that a store
//! may hold. This crate neither encrypts nor decrypts: the server's `keys` module does.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A secret in clear, such as a password, a client secret, or a verifier before it is sealed.
///
/// Its memory is zeroed when it is dropped, and `Debug` does not print it:
///
/// ```
/// use lido_domain::secret::Secret;
///
/// let password = Secret::new("hunter2");
/// assert_eq!(password.expose(), b"hunter2");
/// assert_eq!(format!("{password:?}"), "Secret(hidden)");
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Creates a secret from its bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// Returns the bytes in clear. The name marks each use for review.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Returns the secret as text, or `None` if it is not valid UTF-8.
    pub fn expose_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// Implements a `Debug` that prints only the type's name, for types that borrow a code, a session handle or a hash from
/// a request. Fields that are added later are hidden too.
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

/// A secret that is encrypted and authenticated under the server's key file.
///
/// The encryption is bound to the owner and the purpose, so a sealed value that is copied to another record cannot be
/// decrypted there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(String);

impl Sealed {
    /// Creates a sealed value from the text that the server's `keys` module produced.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text, for the server's `keys` module to decrypt.
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
    fn debug_of_secrets_prints_no_content() {
        let printed = format!("{:?} {:?}", Secret::new("hunter2"), Sealed::from_text("hunter2"));
        assert!(!printed.contains("hunter2"));
    }
}
