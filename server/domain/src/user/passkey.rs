//! Passkeys: WebAuthn credentials that sign a user in.
//!
//! What is here is what lasts and what decides. Reading and verifying what an authenticator says is the server's
//! matter, since it takes cryptography; what a pool says of passkeys is in [`crate::pool::passkeys`]; the orders of checks are [`crate::flow::passkeys`] and
//! [`crate::flow::sign_in::web_authn`].

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    digest::{Digest, DigestKeys},
    id::{PoolId, Sub},
    pool::passkeys::RelyingParty,
    user::User,
};

/// How many passkeys a user can have (*Documented*, the quotas of Cognito).
pub const MOST_PASSKEYS: usize = 20;

/// The id of a passkey, which its authenticator gave it: bytes, held as the Base64 by which WebAuthn and the API tell it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CredentialId(String);

impl CredentialId {
    /// The id with these bytes.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// As it is told.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an authenticator signs: random bytes, told to the client and no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasskeyChallenge(String);

impl PasskeyChallenge {
    /// The challenge with these bytes.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// As WebAuthn writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the session of a registration lies that began with this challenge.
    pub fn key(&self, keys: &DigestKeys, pool: &PoolId, of: &Sub) -> Digest {
        keys.digest(&self.parts(pool, of))
    }

    /// Where it may lie, newest key first.
    pub fn keys(&self, keys: &DigestKeys, pool: &PoolId, of: &Sub) -> Vec<Digest> {
        keys.digests(&self.parts(pool, of))
    }

    fn parts<'a>(&'a self, pool: &'a PoolId, of: &'a Sub) -> [&'a str; 4] {
        ["passkey-registration", pool.as_str(), of.as_str(), &self.0]
    }
}

/// How an authenticator is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attachment {
    /// cross-platform: a key that is carried around.
    CrossPlatform,
    /// platform: part of the device.
    Platform,
}

impl Attachment {
    /// As WebAuthn spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Attachment::CrossPlatform => "cross-platform",
            Attachment::Platform => "platform",
        }
    }

    /// The one that is spelt so.
    pub fn parse(text: &str) -> Option<Self> {
        [Attachment::CrossPlatform, Attachment::Platform].into_iter().find(|one| one.as_str() == text)
    }
}

/// The transports that WebAuthn knows; a passkey keeps no other words.
pub const TRANSPORTS: [&str; 6] = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];

/// A passkey of a user. Its public key verifies and signs nothing, so that nothing in it is a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// Its id.
    pub id: CredentialId,
    /// The relying party that it was made for, and is good for alone.
    pub relying_party: String,
    /// What people read.
    pub name: String,
    /// How its authenticator is reached, as far as the client said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
    /// By what its authenticator is reached: some of [`TRANSPORTS`].
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub transports: Vec<String>,
    /// The public key, as the server wrote it and as only the server reads it.
    pub public_key: String,
    /// How often it signed, as far as its authenticator counts. A count that does not grow tells of a copy.
    pub counter: u32,
    /// Whether the authenticator verified its user when it was made; then it must always.
    pub user_verified: bool,
    /// Whether it may be copied to other devices of its user.
    pub backup_eligible: bool,
    /// Whether it has been.
    pub backed_up: bool,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// The passkeys of `user` that are good for a relying party.
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
    use crate::{fixture as nouns, pool::passkeys::UserVerification};

    #[test]
    fn a_passkey_is_good_for_its_relying_party_alone() {
        let of_another = Passkey { relying_party: "other.example".into(), ..fixture("b") };
        let user = User { passkeys: vec![fixture("a"), of_another], ..nouns::user("ann") };
        let party = RelyingParty { id: "example.com".into(), user_verification: UserVerification::Preferred };
        let ids: Vec<_> = usable(&user, &party).map(|passkey| passkey.id.clone()).collect();
        assert_eq!(ids, [CredentialId::from_bytes(b"a")]);
    }

    #[test]
    fn a_registration_is_found_by_its_challenge_and_its_user() {
        let (keys, pool, ann) = (nouns::keys(), PoolId::new("r_p"), Sub::new("ann"));
        let challenge = PasskeyChallenge::from_bytes(&[7; 32]);
        let begun = challenge.key(&keys, &pool, &ann);
        assert!(challenge.keys(&keys, &pool, &ann).contains(&begun));
        assert!(!challenge.keys(&keys, &pool, &Sub::new("bob")).contains(&begun));
        let other = PasskeyChallenge::from_bytes(&[8; 32]);
        assert!(!other.keys(&keys, &pool, &ann).contains(&begun));
    }

    #[test]
    fn attachments_are_read_as_they_are_written() {
        for one in [Attachment::CrossPlatform, Attachment::Platform] {
            assert_eq!(Attachment::parse(one.as_str()), Some(one));
        }
        assert_eq!(Attachment::parse("usb"), None);
    }
}
