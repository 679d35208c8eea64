//! The authentication of an app client by its secret in clear.

use subtle::ConstantTimeEq;

use crate::{oauth::error::TokenError, secret::Secret};

/// Checks the secret of a request, in constant time. Either of two secrets is right (*Documented*, oau-0141).
///
/// # Errors
///
/// The secret is wrong, missing, or sent for an app client that has none (oau-0093, oau-0250).
pub fn authenticate(secrets: &[Secret], given: Option<&Secret>) -> Result<(), TokenError> {
    let Some(given) = given else {
        return if secrets.is_empty() { Ok(()) } else { Err(TokenError::InvalidClient) };
    };
    let is_right = secrets
        .iter()
        .fold(subtle::Choice::from(0), |found, secret| found | secret.expose().ct_eq(given.expose()));
    if is_right.into() { Ok(()) } else { Err(TokenError::InvalidClient) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// oau-0085, oau-0093, oau-0141, oau-0250.
    #[test]
    fn client_authenticates_by_one_of_its_secrets() {
        let secrets = [Secret::new("one"), Secret::new("two")];
        let cases = [
            (&secrets[..], Some("one"), true),
            (&secrets, Some("two"), true),
            (&secrets, Some("three"), false),
            (&secrets, Some(""), false),
            (&secrets, None, false),
            (&[], None, true),
            (&[], Some(""), false),
            (&[], Some("one"), false),
        ];
        for (secrets, given, is_right) in cases {
            let expected = if is_right { Ok(()) } else { Err(TokenError::InvalidClient) };
            let outcome = authenticate(secrets, given.map(Secret::new).as_ref());
            assert_eq!(outcome, expected, "{given:?}");
        }
    }
}
