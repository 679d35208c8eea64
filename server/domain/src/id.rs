//! Identifiers that never change, such as user pool ids, app client ids, subs and usernames.
//!
//! Each is a newtype, so that a sub cannot be passed in place of a username. Names that users type and that can move
//! from one user to another, such as e-mail addresses, are in [`crate::pool::alias`].

use std::fmt;

use serde::{Deserialize, Serialize};

const LOWER_AND_DIGITS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const LETTERS_AND_DIGITS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Returns `length` characters of `alphabet`, selected by the bytes in `random`.
///
/// The bytes are read as one large number, which is divided by the size of the alphabet for each character. If `random`
/// has 8 bits more than the text can hold, the bias is below 1/256 for one character and negligible for the others.
/// That is enough, because ids must be unique but are no secrets.
fn spell(random: &[u8], alphabet: &[u8], length: usize) -> String {
    let mut digits = random.to_vec();
    let base = u32::try_from(alphabet.len()).unwrap_or(1).max(1);
    let mut text = String::with_capacity(length);
    for _ in 0..length {
        let mut rest = 0u32;
        for digit in &mut digits {
            let value = (rest << 8) | u32::from(*digit);
            *digit = u8::try_from(value / base).unwrap_or(u8::MAX);
            rest = value % base;
        }
        text.push(alphabet.get(rest as usize).map_or('0', |b| char::from(*b)));
    }
    text
}

macro_rules! text_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Creates the id with this text. The text is not checked: the API's constraints have been checked before.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// Returns the text of the id.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.0)
            }
        }
    };
}

text_id! {
    /// The id of a user pool: `<region>_<9 letters and digits>` (*Observed* in every recording).
    ///
    /// # Examples
    ///
    /// ```
    /// use lido_domain::id::PoolId;
    ///
    /// let id = PoolId::new("us-east-1_aBcDeFgH1");
    /// assert_eq!(id.region(), "us-east-1");
    /// assert_eq!(id.name(), "aBcDeFgH1");
    /// ```
    PoolId
}

text_id! {
    /// The id of an app client: 26 lower-case letters and digits (*Observed*).
    ClientId
}

text_id! {
    /// The immutable `sub` of a user. It looks like a UUID but has no RFC 4122 version (*Documented*).
    ///
    /// It is the key of a user's records, because an alias can move from one user to another.
    Sub
}

text_id! {
    /// The immutable username of a user, with the upper and lower case of the sign-up.
    Username
}

text_id! {
    /// The name of a group, unique within its pool. It contains no white space.
    GroupName
}

text_id! {
    /// The id of a group, by which memberships refer to it. A group that is created again with an old name has a new
    /// id.
    GroupId
}

text_id! {
    /// The name of a user pool domain: a prefix such as `shop`, or the full name of a custom domain such as
    /// `auth.example.com`. It is unique over all pools.
    DomainName
}

text_id! {
    /// The identifier of a resource server, unique within its pool. It contains no white space and may contain slashes.
    ResourceServerId
}

text_id! {
    /// The id of a managed login style: a UUID of version 4.
    StyleId
}

text_id! {
    /// The id of a terms document: a UUID of version 4.
    TermsId
}

/// Returns whether a text can be a Region: lower-case letters, digits and hyphens, short enough for a pool id.
pub fn is_region(text: &str) -> bool {
    let is_of_region = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    // A pool id has at most 55 characters. Ten of them are the underscore and the part after it.
    (1..=45).contains(&text.len()) && text.bytes().all(is_of_region)
}

/// Returns whether a text has the form of the names of AWS Regions, such as `us-east-1` and `us-gov-west-1`.
fn is_aws_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [area, places @ .., number] = parts.as_slice() else { return false };
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number = (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_placed = !places.is_empty() && places.iter().all(|place| is_word(place));
    (2..=4).contains(&area.len()) && is_word(area) && is_placed && is_number
}

text_id! {
    /// The id of a policy of client ID metadata documents: lower-case letters and digits (*Documented*).
    CimdPolicyId
}

impl CimdPolicyId {
    /// Creates a random id.
    pub fn generate(random: &[u8; 24]) -> Self {
        Self(spell(random, LOWER_AND_DIGITS, 26))
    }
}

impl PoolId {
    /// Creates a random id in `region`.
    pub fn generate(region: &str, random: &[u8; 16]) -> Self {
        Self(format!("{region}_{}", spell(random, LETTERS_AND_DIGITS, 9)))
    }

    /// Returns the Region: the part before the first `_`.
    pub fn region(&self) -> &str {
        self.0.split_once('_').map_or("", |(region, _)| region)
    }

    /// Returns whether clients of `region` can see the pool.
    ///
    /// *Chosen*: a pool whose id does not begin with the name of an AWS Region, such as `local_…`, is in every Region.
    pub fn is_in(&self, region: &str) -> bool {
        self.region() == region || !is_aws_region(self.region())
    }

    /// Returns the part after the first `_`. Cognito's SRP clients call it the pool name.
    pub fn name(&self) -> &str {
        self.0.split_once('_').map_or(self.0.as_str(), |(_, name)| name)
    }
}

impl ClientId {
    /// Creates a random id.
    pub fn generate(random: &[u8; 24]) -> Self {
        Self(spell(random, LOWER_AND_DIGITS, 26))
    }
}

impl Sub {
    /// Creates a sub from 16 random bytes.
    pub fn generate(random: &[u8; 16]) -> Self {
        Self(dashed(random))
    }

    /// Returns the 16 bytes of which the text is a spelling, or `None` if it is not one.
    pub fn to_bytes(&self) -> Option<[u8; 16]> {
        let digits: String = self.0.split('-').collect();
        let bytes = u128::from_str_radix(&digits, 16).ok()?.to_be_bytes();
        (dashed(&bytes) == self.0).then_some(bytes)
    }
}

/// Returns a random UUID (version 4). `random` supplies all bits except those of version and variant.
pub(crate) fn spell_uuid(random: &[u8; 16]) -> String {
    let mut bytes = *random;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    dashed(&bytes)
}

/// Returns the bytes as hexadecimal digits in the five groups of a UUID.
fn dashed(bytes: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// Returns a random client secret: 51 lower-case letters and digits (the length is *Observed* in recorded app clients).
pub(crate) fn spell_client_secret(random: &[u8; 40]) -> String {
    spell(random, LOWER_AND_DIGITS, 51)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_ids_have_the_observed_form() {
        let pool = PoolId::generate("us-east-1", &[7; 16]);
        assert!(pool.as_str().starts_with("us-east-1_"));
        assert_eq!(pool.name().len(), 9);
        assert!(pool.name().bytes().all(|b| b.is_ascii_alphanumeric()));
        let client = ClientId::generate(&[9; 24]);
        assert_eq!(client.as_str().len(), 26);
        assert!(client.as_str().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        assert_eq!(Sub::generate(&[0xab; 16]).as_str(), "abababab-abab-abab-abab-abababababab");
        // cog-0207: a sub looks like a UUID.
        assert_eq!(spell_uuid(&[0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }

    #[test]
    fn client_ids_from_different_bytes_differ() {
        let ids: std::collections::BTreeSet<_> =
            (0u8..=255).map(|b| ClientId::generate(&[b; 24]).as_str().to_owned()).collect();
        assert_eq!(ids.len(), 256);
    }

    #[test]
    fn sub_is_read_as_it_was_spelt() {
        let bytes = [0, 1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0, 7, 8, 9, 10, 11, 12];
        let sub = Sub::generate(&bytes);
        assert_eq!(sub.to_bytes(), Some(bytes));
        let upper = sub.as_str().to_uppercase();
        let plain = sub.as_str().replace('-', "");
        for other in ["", "ann", "-", upper.as_str(), plain.as_str(), &format!("+{}", &sub.as_str()[1..])] {
            assert_eq!(Sub::new(other).to_bytes(), None, "{other}");
        }
    }
}
