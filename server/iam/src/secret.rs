//! A secret text that `Debug` does not print.

use std::fmt;

use zeroize::Zeroizing;

/// A secret access key or a session token. Its memory is zeroed when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Creates a secret from its text.
    pub fn new(text: impl Into<Zeroizing<String>>) -> Self {
        Self(text.into())
    }

    /// Returns the text in clear.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_secret_prints_no_content() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".to_owned())), "Secret(hidden)");
    }
}
