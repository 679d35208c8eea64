//! Secrets by their place in a record, for what treats all of them alike: the check of a key file, and moving records
//! to a store with another key.

use lido_domain::{
    id::{ClientId, PoolId, Sub},
    secret::{Sealed, Secret},
};

use super::{Keys, OpenError, Purpose, SealError};

/// Where a sealed secret is within its pool, which it is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretPlace {
    /// A signing key of the pool, by its name.
    SigningKey(&'static str),
    /// A secret of an app client.
    ClientSecret(ClientId),
    /// The verifier of a user's password, or of a former one.
    Verifier(Sub),
    /// The secret of a user's authenticator app.
    SoftwareToken(Sub),
    /// The verifier of a device's password: the user, and the key of the device.
    Device(Sub, String),
    /// The code of a message, by the id of its row.
    OutboxCode(String),
}

impl SecretPlace {
    fn purpose(&self) -> Purpose {
        match self {
            Self::SigningKey(_) => Purpose::SigningKey,
            Self::ClientSecret(_) => Purpose::ClientSecret,
            Self::Verifier(_) => Purpose::Verifier,
            Self::SoftwareToken(_) => Purpose::SoftwareToken,
            Self::Device(..) => Purpose::Device,
            Self::OutboxCode(_) => Purpose::Outbox,
        }
    }

    fn bound_to<'a>(&'a self, pool: &'a PoolId) -> Vec<&'a str> {
        let mut parts = vec![pool.as_str()];
        match self {
            Self::SigningKey(name) => parts.push(name),
            Self::ClientSecret(client) => parts.push(client.as_str()),
            Self::Verifier(sub) | Self::SoftwareToken(sub) => parts.push(sub.as_str()),
            Self::Device(sub, key) => parts.extend([sub.as_str(), key]),
            Self::OutboxCode(row) => parts.push(row),
        }
        parts
    }
}

impl Keys {
    /// Opens the secret at a place.
    ///
    /// # Errors
    /// Its key is not in the key file, or it is damaged or from another place.
    pub fn open_at(&self, pool: &PoolId, place: &SecretPlace, sealed: &Sealed) -> Result<Secret, OpenError> {
        self.open(place.purpose(), &place.bound_to(pool), sealed)
    }

    /// Seals a secret for a place.
    ///
    /// # Errors
    /// There were no random bytes, or the cipher refused the length.
    pub fn seal_at(&self, pool: &PoolId, place: &SecretPlace, secret: &Secret) -> Result<Sealed, SealError> {
        self.seal(place.purpose(), &place.bound_to(pool), secret)
    }

    /// Returns whether a key with this id is in the key file.
    pub fn has_key(&self, id: &str) -> bool {
        self.derived.iter().any(|key| key.id == id)
    }
}

#[cfg(test)]
mod tests {
    use lido_domain::{code::Code, id::Username, sign_in::srp::Verifier, user::software_token::TokenSecret};
    use zeroize::Zeroizing;

    use super::*;
    use crate::entropy::Entropy;

    fn keys(byte: u8) -> Keys {
        Keys::new(Zeroizing::new([byte; 32]), Vec::new(), Entropy::fake(9))
    }

    /// Each place opens what the method of its kind seals, so that nothing is bound to another place after a move.
    #[test]
    fn place_opens_what_the_method_of_its_kind_has_sealed() {
        let (keys, pool, sub) = (keys(1), PoolId::new("r_p"), Sub::new("s"));
        let verifier = Verifier::derive(&pool, &Username::new("ann"), &Secret::new("Passw0rd!"), [3; 16]);
        let (client, secret) = (ClientId::new("c"), Secret::new("secret"));
        let token = TokenSecret::generate(&[7; 32]);
        let sealed = [
            (SecretPlace::SigningKey("id"), keys.seal_signing_key(&pool, "id", &secret)),
            (SecretPlace::ClientSecret(client.clone()), keys.seal_client_secret(&pool, &client, &secret)),
            (SecretPlace::Verifier(sub.clone()), keys.seal_verifier(&pool, &sub, &verifier)),
            (SecretPlace::SoftwareToken(sub.clone()), keys.seal_software_token(&pool, &sub, &token)),
            (
                SecretPlace::Device(sub.clone(), "d".into()),
                keys.seal_device_verifier(&pool, &sub, "d", &verifier),
            ),
            (
                SecretPlace::OutboxCode("row".into()),
                keys.seal_outbox_code(&pool, "row", &Code::from_text("123456")),
            ),
        ];
        let other = self::keys(2);
        for (place, sealed) in &sealed {
            let sealed = sealed.as_ref().expect("sealed");
            let opened = keys.open_at(&pool, place, sealed).expect("opens");
            let moved = other.seal_at(&pool, place, &opened).expect("sealed");
            assert_eq!(
                other.open_at(&pool, place, &moved).expect("opens").expose(),
                opened.expose(),
                "{place:?}"
            );
            assert_eq!(keys.open_at(&pool, place, &moved).err(), Some(OpenError::OtherKey));
        }
        for (index, (place, _)) in sealed.iter().enumerate() {
            for (other, (_, sealed)) in sealed.iter().enumerate().filter(|(other, _)| *other != index) {
                let sealed = sealed.as_ref().expect("sealed");
                assert!(keys.open_at(&pool, place, sealed).is_err(), "{place:?} opens number {other}");
            }
        }
        assert!(keys.has_key(Keys::key_id(sealed[0].1.as_ref().expect("sealed")).expect("an id")));
        assert!(!keys.has_key("ffffffff"));
    }
}
