//! Passkeys of a user: WebAuthn credentials for sign-in.
//!
//! This file defines the stored data. Parsing and verifying the answers of authenticators is in the server's `passkeys`
//! module; the settings of a pool are in [`crate::pool::passkeys`]; the orders of checks are in
//! [`crate::flow::passkeys`] and [`crate::flow::sign_in::web_authn`].

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    digest::{Digest, DigestKeys},
    id::{PoolId, Sub},
    pool::passkeys::RelyingParty,
    user::User,
};

/// The maximum number of passkeys of a user (*Documented*, the quotas of Cognito).
pub const MAX_PASSKEYS: usize = 20;

/// The credential id of a passkey, which the authenticator assigned.
///
/// The bytes are stored as URL-safe Base64 without padding, the form that WebAuthn and the API use.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CredentialId(String);

impl CredentialId {
    /// Creates the id with these bytes.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Returns the id in Base64.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A WebAuthn challenge: random bytes that an authenticator signs. It is not secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasskeyChallenge(String);

impl PasskeyChallenge {
    /// Creates the challenge with these bytes.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Returns the challenge in Base64.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the key of the session of the registration that was started with this challenge.
    pub fn key(&self, keys: &DigestKeys, pool: &PoolId, of: &Sub) -> Digest {
        keys.digest(&self.parts(pool, of))
    }

    /// Returns the possible keys of that session, newest digest key first.
    pub fn keys(&self, keys: &DigestKeys, pool: &PoolId, of: &Sub) -> Vec<Digest> {
        keys.digests(&self.parts(pool, of))
    }

    fn parts<'a>(&'a self, pool: &'a PoolId, of: &'a Sub) -> [&'a str; 4] {
        ["passkey-registration", pool.as_str(), of.as_str(), &self.0]
    }
}

/// The attachment of an authenticator (WebAuthn, AuthenticatorAttachment).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attachment {
    /// `cross-platform`: a separate authenticator, such as a security key.
    CrossPlatform,
    /// `platform`: an authenticator that is part of the device.
    Platform,
}

impl Attachment {
    /// Returns the value as WebAuthn spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Attachment::CrossPlatform => "cross-platform",
            Attachment::Platform => "platform",
        }
    }

    /// Parses the value. Returns `None` if WebAuthn has no such value.
    pub fn parse(text: &str) -> Option<Self> {
        [Attachment::CrossPlatform, Attachment::Platform].into_iter().find(|one| one.as_str() == text)
    }
}

/// The transports that WebAuthn defines. Other values are not stored.
pub const TRANSPORTS: [&str; 6] = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];

/// A passkey of a user. It contains no secret, only the public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// The credential id.
    pub id: CredentialId,
    /// The id of the relying party for which the passkey was created. It is not valid for another one.
    pub relying_party: String,
    /// The friendly name.
    pub name: String,
    /// The attachment of the authenticator, if the client sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
    /// The transports of the authenticator, among [`TRANSPORTS`].
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub transports: Vec<String>,
    /// The public key, in a format that only the server reads and writes.
    pub public_key: String,
    /// The signature counter. If it does not increase, the passkey may have been copied.
    pub counter: u32,
    /// Whether the authenticator verified its user at registration. If so, it must do so at every sign-in.
    pub user_verified: bool,
    /// Whether the passkey can be copied to other devices of the user.
    pub backup_eligible: bool,
    /// Whether the passkey has been copied to other devices of the user.
    pub backed_up: bool,
    /// When the passkey was registered.
    pub created_at: Timestamp,
}

/// Returns the passkeys of `user` that are valid for a relying party.
pub fn usable<'a>(user: &'a User, party: &'a RelyingParty) -> impl Iterator<Item = &'a Passkey> {
    user.passkeys.iter().filter(|passkey| passkey.relying_party == party.id)
}

#[cfg(test)]
pub(crate) fn fixture(id: &str) -> Passkey {
    Passkey {
        id: CredentialId::from_bytes(id.as_bytes()),
        relying_party: "example.com".to_owned(),
        name: "Passkey".to_owned(),
        attachment: Some(Attachment::Platform),
        transports: vec!["internal".to_owned()],
        public_key: "{}".to_owned(),
        counter: 1,
        user_verified: true,
        backup_eligible: false,
        backed_up: false,
        created_at: Timestamp::from_millis(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixture as fixtures, pool::passkeys::UserVerification};

    #[test]
    fn passkey_is_usable_for_its_own_relying_party_only() {
        let of_another = Passkey { relying_party: "other.example".into(), ..fixture("b") };
        let user = User { passkeys: vec![fixture("a"), of_another], ..fixtures::user("ann") };
        let party = RelyingParty { id: "example.com".into(), user_verification: UserVerification::Preferred };
        let ids: Vec<_> = usable(&user, &party).map(|passkey| passkey.id.clone()).collect();
        assert_eq!(ids, [CredentialId::from_bytes(b"a")]);
    }

    #[test]
    fn registration_key_depends_on_challenge_and_user() {
        let (keys, pool, ann) = (fixtures::keys(), PoolId::new("r_p"), Sub::new("ann"));
        let challenge = PasskeyChallenge::from_bytes(&[7; 32]);
        let key = challenge.key(&keys, &pool, &ann);
        assert!(challenge.keys(&keys, &pool, &ann).contains(&key));
        assert!(!challenge.keys(&keys, &pool, &Sub::new("bob")).contains(&key));
        let other = PasskeyChallenge::from_bytes(&[8; 32]);
        assert!(!other.keys(&keys, &pool, &ann).contains(&key));
    }

    #[test]
    fn attachment_is_parsed_from_its_own_text() {
        for one in [Attachment::CrossPlatform, Attachment::Platform] {
            assert_eq!(Attachment::parse(one.as_str()), Some(one));
        }
        assert_eq!(Attachment::parse("usb"), None);
    }
}
