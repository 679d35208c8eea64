//! The secret hash: how an app client with a secret shows that it knows it.
//!
//! `Base64(HMAC-SHA256(secret, Username + ClientId))` (*Documented*, cog-0240), over the username as typed.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{id::ClientId, refusal::Refusal, secret::Secret};

/// Refuses a hash that is missing or wrong, where the client has secrets; any one of them will do.
///
/// A hash sent by a client that has no secret is ignored (*Chosen*: clients send it from shared code).
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

/// The hash that a client with `secret` sends.
pub fn secret_hash(client: &ClientId, secret: &Secret, typed_username: &str) -> String {
    // HMAC takes a key of any length, so this cannot fail; an empty text matches nothing.
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
    fn the_documented_formula() {
        // cog-0240: printf 'annclient' | openssl dgst -sha256 -hmac 'secret' -binary | base64
        let hash = secret_hash(&ClientId::new("client"), &Secret::new("secret"), "ann");
        assert_eq!(hash, "1KBhTmaloN8gn8mYFOpcHRnT/Jn7qaddEv2E6vNUy30=");
    }

    #[test]
    fn missing_wrong_right() {
        let id = ClientId::new("client");
        let (old, new) = (Secret::new("old"), Secret::new("new"));
        let both = [old.clone(), new.clone()];
        let of = |secret: &Secret| secret_hash(&id, secret, "ann");
        type Case<'a> = (&'a [Secret], Option<String>, Result<(), Refusal>);
        let cases: [Case<'_>; 7] = [
            (&[], None, Ok(())),
            (&[], Some("anything".into()), Ok(())),
            (&both, None, Err(Refusal::SecretHashMissing(id.clone()))),
            (&both, Some(of(&old)), Ok(())),
            (&both, Some(of(&new)), Ok(())),
            (&both, Some(String::new()), Err(Refusal::SecretHashWrong(id.clone()))),
            (&both, Some(secret_hash(&id, &old, "Ann")), Err(Refusal::SecretHashWrong(id.clone()))),
        ];
        for (secrets, given, expected) in cases {
            assert_eq!(check_secret_hash(&id, secrets, "ann", given.as_deref()), expected);
        }
    }
}
