//! The secret hash, by which an app client proves that it knows its secret.
//!
//! It is `Base64(HMAC-SHA256(secret, Username + ClientId))` (*Documented*, cog-0240), with the username as the caller
//! sent it.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{id::ClientId, refusal::Refusal, secret::Secret};

/// Refuses a missing or wrong secret hash, if the app client has secrets. The hash may be made with any of them.
///
/// The hash is ignored if the app client has no secret (*Chosen*: applications share the code that sends it).
///
/// # Errors
///
/// [`Refusal::SecretHashMissing`] or [`Refusal::SecretHashWrong`].
pub fn check_secret_hash(
    client: &ClientId,
    secrets: &[Secret],
    typed_username: &str,
    given: Option<&str>,
) -> Result<(), Refusal> {
    if secrets.is_empty() {
        return Ok(());
    }
    let given = given.ok_or_else(|| Refusal::SecretHashMissing(client.clone()))?;
    let mut is_right = subtle::Choice::from(0);
    for secret in secrets {
        is_right |= secret_hash(client, secret, typed_username).as_bytes().ct_eq(given.as_bytes());
    }
    if is_right.into() { Ok(()) } else { Err(Refusal::SecretHashWrong(client.clone())) }
}

/// Returns the secret hash for an app client with `secret`.
///
/// ```
/// use lido_domain::{client::secret_hash::secret_hash, id::ClientId, secret::Secret};
///
/// let hash = secret_hash(&ClientId::new("client"), &Secret::new("secret"), "ann");
/// assert_eq!(hash, "1KBhTmaloN8gn8mYFOpcHRnT/Jn7qaddEv2E6vNUy30=");
/// ```
pub fn secret_hash(client: &ClientId, secret: &Secret, typed_username: &str) -> String {
    // HMAC accepts a key of any length, so this cannot fail; an empty text would match no hash.
    Hmac::<Sha256>::new_from_slice(secret.expose())
        .map(|mac| {
            let mac = mac.chain_update(typed_username).chain_update(client.as_str());
            STANDARD.encode(mac.finalize().into_bytes())
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_hash_follows_the_documented_formula() {
        // cog-0240: printf 'annclient' | openssl dgst -sha256 -hmac 'secret' -binary | base64
        let hash = secret_hash(&ClientId::new("client"), &Secret::new("secret"), "ann");
        assert_eq!(hash, "1KBhTmaloN8gn8mYFOpcHRnT/Jn7qaddEv2E6vNUy30=");
    }

    #[test]
    fn secret_hash_is_required_and_checked_if_the_client_has_secrets() {
        let id = ClientId::new("client");
        let (old, new) = (Secret::new("old"), Secret::new("new"));
        let both = [old.clone(), new.clone()];
        let hash = |secret: &Secret| secret_hash(&id, secret, "ann");
        type Case<'a> = (&'a [Secret], Option<String>, Result<(), Refusal>);
        let cases: [Case<'_>; 7] = [
            (&[], None, Ok(())),
            (&[], Some("anything".into()), Ok(())),
            (&both, None, Err(Refusal::SecretHashMissing(id.clone()))),
            (&both, Some(hash(&old)), Ok(())),
            (&both, Some(hash(&new)), Ok(())),
            (&both, Some(String::new()), Err(Refusal::SecretHashWrong(id.clone()))),
            (&both, Some(secret_hash(&id, &old, "Ann")), Err(Refusal::SecretHashWrong(id.clone()))),
        ];
        for (secrets, given, expected) in cases {
            assert_eq!(check_secret_hash(&id, secrets, "ann", given.as_deref()), expected);
        }
    }
}
