//! The simulated user: what an app client that hides users is shown in place of a user that does not exist.
//!
//! Everything that an answer may show of a user is drawn here, by keyed digests of the pool and the name, so that the same
//! name always leads to the same simulated user, and that no flow has an idea of its own. Every set of first factors that
//! users may have is drawn for some names. So a set tells of no name whether it is a user's; see
//! docs/sign-up-and-confirmation.md for what does.
//!
//! A client learns the `sub` of a simulated user in the place of a username, and may send it as one. It is the sub of a
//! simulated user itself then, with the same counters, factors and destinations: a `SimulatedSub` has in it what it was
//! drawn from, enciphered.

use crate::{
    attribute::contact::{Contact, ContactKind},
    digest::DigestKeys,
    id::{PoolId, Sub, Username},
    pool::{Pool, SignInNames, mfa::MfaMode},
    user::first_factors::FactorTraits,
};

/// How many of 256 names have each of these. *Chosen*: roughly as users have them; what matters is that each is neither
/// certain nor excluded.
mod share {
    pub(super) const PASSWORD: u8 = 224;
    pub(super) const TEMPORARY_PASSWORD: u8 = 16;
    pub(super) const EMAIL: u8 = 208;
    pub(super) const PHONE_NUMBER: u8 = 112;
    pub(super) const PASSKEY: u8 = 64;
    pub(super) const SECOND_FACTOR: u8 = 48;
}

/// A user that does not exist.
#[derive(Clone, Debug)]
pub struct SimulatedUser {
    /// The sub, under which attempts at the name are counted.
    pub sub: Sub,
    hint: NameHint,
    typed: String,
    random: [u8; 32],
}

impl SimulatedUser {
    /// Draws the user of a typed name.
    pub fn draw(keys: &DigestKeys, pool: &Pool, typed: &str) -> Self {
        let (sub, hint) = SimulatedSub::of(keys, &pool.id, &pool.fold(typed)).spell(keys, &pool.id);
        let random = *keys.digest(&["simulated-user", pool.id.as_str(), sub.as_str()]).as_bytes();
        Self { sub, hint, typed: typed.to_owned(), random }
    }

    /// Returns the username.
    ///
    /// *Documented* (cog-0183): a UUID, always the same for the same name. *Chosen*: in a pool where users choose their
    /// username it is the typed name, in lower case where case has no meaning, unless that could be an alias, because a UUID
    /// would reveal that the user does not exist.
    pub fn username(&self, pool: &Pool) -> Username {
        let of_sub = || Username::new(self.sub.as_str());
        let is_contact = || ContactKind::BOTH.iter().any(|kind| kind.is_well_formed(&self.typed));
        match &pool.names {
            SignInNames::Attributes(_) => of_sub(),
            SignInNames::Aliases(_) if is_contact() => of_sub(),
            SignInNames::Aliases(_) | SignInNames::UsernameOnly => Username::new(pool.fold(&self.typed)),
        }
    }

    /// Returns whether a share of names has it.
    fn has(&self, share: u8, at: usize) -> bool {
        self.random.get(at).is_some_and(|byte| *byte < share)
    }

    /// Returns what decides which first factors the user is offered.
    pub fn factors(&self, pool: &Pool) -> FactorTraits {
        let has_contact = |kind: ContactKind, share, at| {
            let is_required = pool.schema.get(kind.attribute()).is_some_and(|spec| spec.required);
            is_required || self.hint.kind() == Some(kind) || self.has(share, at)
        };
        FactorTraits {
            has_password: !pool.is_passwordless() || self.has(share::PASSWORD, 0),
            has_temporary_password: self.has(share::TEMPORARY_PASSWORD, 1),
            has_email: has_contact(ContactKind::Email, share::EMAIL, 2),
            has_phone_number: has_contact(ContactKind::PhoneNumber, share::PHONE_NUMBER, 3),
            has_passkey: self.has(share::PASSKEY, 4),
            needs_second_factor: match pool.mfa.mode {
                MfaMode::Off => false,
                MfaMode::Optional => self.has(share::SECOND_FACTOR, 5),
                MfaMode::On => true,
            },
        }
    }

    /// Returns the destination of a code by this medium: the typed name if it is a contact (*Observed* for mail, cog-0177),
    /// otherwise a drawn one.
    pub fn contact(&self, kind: ContactKind) -> Contact {
        if kind.is_well_formed(&self.typed) {
            return Contact { kind, value: self.typed.clone() };
        }
        let byte = |at: usize| self.random.get(at).copied().unwrap_or(0);
        let letter = |at| char::from(b'a' + byte(at) % 26);
        let value = match (kind, self.hint) {
            (ContactKind::Email, NameHint::Email { local, domain }) => {
                format!("{}@{}", char::from(local), char::from(domain))
            }
            (ContactKind::Email, _) => format!("{}@{}", letter(8), letter(9)),
            (ContactKind::PhoneNumber, NameHint::PhoneNumber { digits }) => format!("+1{digits:04}"),
            (ContactKind::PhoneNumber, _) => {
                format!("+1{:04}", (u16::from(byte(10)) << 8 | u16::from(byte(11))) % 10_000)
            }
        };
        Contact { kind, value }
    }

    /// Returns the destination of a sign-up code: the typed name if the pool verifies such contacts, otherwise a drawn one
    /// of the kind that the pool prefers (*Chosen*, after cog-0329).
    pub fn contact_for_code(&self, pool: &Pool) -> Contact {
        let verifies = |kind: &ContactKind| pool.auto_verified.contains(kind);
        let kind = self.hint.kind().filter(verifies).or_else(|| ContactKind::BOTH.into_iter().find(verifies));
        self.contact(kind.unwrap_or(ContactKind::Email))
    }
}

/// What an answer may show of a name that has the form of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NameHint {
    /// The name is no contact.
    None,
    /// The first characters of the two parts; names that begin with a character beyond ASCII have no hint.
    Email { local: u8, domain: u8 },
    /// The last four digits; shorter numbers have no hint.
    PhoneNumber { digits: u16 },
}

impl NameHint {
    fn of(name: &str) -> Self {
        let ascii = |text: &str| text.bytes().next().filter(u8::is_ascii_graphic);
        if ContactKind::Email.is_well_formed(name) {
            let parts =
                name.rsplit_once('@').and_then(|(local, domain)| Some((ascii(local)?, ascii(domain)?)));
            parts.map_or(NameHint::None, |(local, domain)| NameHint::Email { local, domain })
        } else if ContactKind::PhoneNumber.is_well_formed(name) && name.len() > 4 {
            let last = name.get(name.len().saturating_sub(4)..).unwrap_or_default();
            NameHint::PhoneNumber { digits: last.parse().unwrap_or(0) }
        } else {
            NameHint::None
        }
    }

    fn kind(self) -> Option<ContactKind> {
        match self {
            NameHint::None => None,
            NameHint::Email { .. } => Some(ContactKind::Email),
            NameHint::PhoneNumber { .. } => Some(ContactKind::PhoneNumber),
        }
    }

    fn to_bytes(self) -> [u8; 3] {
        match self {
            NameHint::None => [0; 3],
            NameHint::Email { local, domain } => [1, local, domain],
            NameHint::PhoneNumber { digits } => {
                let [high, low] = digits.to_be_bytes();
                [2, high, low]
            }
        }
    }

    /// Returns `None` if these are not the bytes of a hint.
    fn from_bytes(bytes: [u8; 3]) -> Option<Self> {
        match bytes {
            [0, 0, 0] => Some(NameHint::None),
            [1, local, domain] if local.is_ascii_graphic() && domain.is_ascii_graphic() => {
                Some(NameHint::Email { local, domain })
            }
            [2, high, low] => {
                let digits = u16::from_be_bytes([high, low]);
                (digits < 10_000).then_some(NameHint::PhoneNumber { digits })
            }
            _ => None,
        }
    }
}

/// What the sub of a simulated user has in it: seven bytes of a digest of the name, the hint, and six zero bytes, by which
/// the sub is recognized. The sixteen bytes are enciphered, so that a client cannot tell them from the random ones of a
/// user's sub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SimulatedSub {
    name: [u8; 7],
    hint: NameHint,
}

impl SimulatedSub {
    /// Draws what is in the sub for a name. A name that is the sub of a simulated user leads to that user.
    fn of(keys: &DigestKeys, pool: &PoolId, folded_name: &str) -> Self {
        Self::read(keys, pool, folded_name).unwrap_or_else(|| {
            let digest = keys.digest(&["simulated-sub", pool.as_str(), folded_name]);
            let mut name = [0; 7];
            for (to, from) in name.iter_mut().zip(digest.as_bytes()) {
                *to = *from;
            }
            Self { name, hint: NameHint::of(folded_name) }
        })
    }

    /// Reads a sub that was drawn under any of the keys.
    fn read(keys: &DigestKeys, pool: &PoolId, text: &str) -> Option<Self> {
        let bytes = Sub::new(text).to_bytes()?;
        (0..keys.count()).find_map(|key| {
            let [a, b, c, d, e, f, g, x, y, z, 0, 0, 0, 0, 0, 0] = decipher(keys, key, pool, bytes) else {
                return None;
            };
            Some(Self { name: [a, b, c, d, e, f, g], hint: NameHint::from_bytes([x, y, z])? })
        })
    }

    /// Returns the sub, and the hint in it.
    fn spell(self, keys: &DigestKeys, pool: &PoolId) -> (Sub, NameHint) {
        let ([a, b, c, d, e, f, g], [x, y, z]) = (self.name, self.hint.to_bytes());
        let bytes = [a, b, c, d, e, f, g, x, y, z, 0, 0, 0, 0, 0, 0];
        (Sub::generate(&encipher(keys, pool, bytes)), self.hint)
    }
}

/// The rounds of the Feistel network that makes a block cipher of the keyed digest. Four make it indistinguishable from a
/// random permutation (Luby and Rackoff).
const ROUNDS: [&str; 4] = ["0", "1", "2", "3"];

fn encipher(keys: &DigestKeys, pool: &PoolId, block: [u8; 16]) -> [u8; 16] {
    let block = ROUNDS.iter().fold(u128::from_be_bytes(block), |block, round| {
        let (left, right) = halves(block);
        joined(right, left ^ round_value(keys, 0, pool, round, right))
    });
    block.to_be_bytes()
}

fn decipher(keys: &DigestKeys, key: usize, pool: &PoolId, block: [u8; 16]) -> [u8; 16] {
    let block = ROUNDS.iter().rev().fold(u128::from_be_bytes(block), |block, round| {
        let (left, right) = halves(block);
        joined(right ^ round_value(keys, key, pool, round, left), left)
    });
    block.to_be_bytes()
}

const fn halves(block: u128) -> (u64, u64) {
    ((block >> 64) as u64, block as u64)
}

const fn joined(left: u64, right: u64) -> u128 {
    (left as u128) << 64 | right as u128
}

fn round_value(keys: &DigestKeys, key: usize, pool: &PoolId, round: &str, half: u64) -> u64 {
    let digest =
        keys.digest_under(key, &["simulated-sub-round", pool.as_str(), round, &format!("{half:016x}")]);
    let [a, b, c, d, e, f, g, h, ..] = *digest.as_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

impl Sub {
    /// Returns the simulated sub for the name of a user that does not exist.
    ///
    /// With it such a name can have attempt counters and answers like those of a user. The same name always has the
    /// same simulated sub, and so has that sub as a name. Without the keys it cannot be distinguished from a real sub.
    pub fn simulated(keys: &DigestKeys, pool: &PoolId, folded_name: &str) -> Self {
        SimulatedSub::of(keys, pool, folded_name).spell(keys, pool).0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{fixture, pool::FirstFactor};

    fn drawn(pool: &Pool, name: &str) -> SimulatedUser {
        SimulatedUser::draw(&fixture::keys(), pool, name)
    }

    #[test]
    fn simulated_sub_depends_on_pool_and_name_only() {
        let keys = fixture::keys();
        let pool = PoolId::new("us-east-1_abcdefghi");
        let ann = Sub::simulated(&keys, &pool, "ann");
        assert_eq!(ann, Sub::simulated(&keys, &pool, "ann"));
        assert_ne!(ann, Sub::simulated(&keys, &pool, "bob"));
        assert_ne!(ann, Sub::simulated(&keys, &PoolId::new("us-east-1_other"), "ann"));
    }

    #[test]
    fn simulated_sub_as_a_name_leads_to_the_same_user() {
        let (pool, rotated) = (fixture::pool(), DigestKeys::new([8; 32], [[7; 32]]));
        for name in ["ann", "no@body.net", "+15550100", "+1555", "größe@example.com", "", "a-b-c"] {
            let (once, again) = (drawn(&pool, name), drawn(&pool, drawn(&pool, name).sub.as_str()));
            assert_eq!((&once.sub, once.hint), (&again.sub, again.hint), "{name}");
            assert_eq!(once.factors(&pool), again.factors(&pool), "{name}");
            for kind in ContactKind::BOTH {
                let is_beyond_ascii = !name.is_ascii() && kind == ContactKind::Email;
                assert!(
                    is_beyond_ascii || once.contact(kind).masked() == again.contact(kind).masked(),
                    "{name}"
                );
            }
            let known = SimulatedSub::of(&rotated, &pool.id, once.sub.as_str());
            assert_eq!(
                known,
                SimulatedSub::of(&fixture::keys(), &pool.id, name),
                "{name}: drawn before a rotation"
            );
        }
        let other = Sub::generate(&[7; 16]);
        assert_ne!(
            drawn(&pool, other.as_str()).sub,
            other,
            "a sub that was not drawn is a name like another"
        );
    }

    #[test]
    fn simulated_subs_of_similar_names_differ_in_every_part() {
        let keys = fixture::keys();
        let pool = PoolId::new("us-east-1_abcdefghi");
        let subs: BTreeSet<_> = (0..2_000)
            .map(|number| Sub::simulated(&keys, &pool, &format!("user{number}@example.com")))
            .collect();
        for (from, to) in [(0, 8), (9, 13), (14, 18), (19, 23), (24, 36)] {
            let parts: BTreeSet<_> = subs.iter().filter_map(|sub| sub.as_str().get(from..to)).collect();
            assert!(parts.len() > 470, "{} parts", parts.len());
        }
    }

    #[test]
    fn factors_are_drawn_in_every_combination() {
        let mut pool = fixture::pool();
        pool.first_factors = [FirstFactor::Password, FirstFactor::EmailOtp].into();
        pool.mfa.mode = MfaMode::Optional;
        let drawn: Vec<_> = (0..3_000)
            .map(|number| drawn(&pool, &format!("user{number}")).factors(&pool))
            .map(|of| {
                let contacts = [of.has_email, of.has_phone_number];
                [
                    of.has_password,
                    of.has_temporary_password,
                    of.has_passkey,
                    of.needs_second_factor,
                    contacts[0],
                    contacts[1],
                ]
            })
            .collect();
        for (one, other) in (0..6).flat_map(|one| (0..one).map(move |other| (one, other))) {
            let pairs: BTreeSet<_> = drawn.iter().map(|of| (of[one], of[other])).collect();
            assert_eq!(pairs.len(), 4, "{one} and {other}");
        }
    }

    #[test]
    fn name_that_is_a_contact_has_that_contact() {
        let pool = fixture::alias_pool();
        for number in 0..200 {
            let by_email = drawn(&pool, &format!("user{number}@example.com"));
            assert!(by_email.factors(&pool).has_email);
            assert_eq!(by_email.contact_for_code(&pool).masked(), "u***@e***");
            let by_phone = drawn(&pool, &format!("+1555{number:04}"));
            assert!(by_phone.factors(&pool).has_phone_number);
            assert_eq!(by_phone.contact_for_code(&pool).masked(), format!("+********{number:04}"));
        }
    }
}
