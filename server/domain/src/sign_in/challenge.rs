//! Challenges: what stands between somebody who signs in and their tokens.
//!
//! A challenge has three sides, and each a type: its [`ChallengeName`]; what the session waits for, [`Awaited`], which is
//! kept; and what the client is shown, [`Asked`], which is not. What answers it is in [`crate::flow::sign_in`], one file
//! for each challenge. To add one, add a variant to each of the three and write that file.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    attribute::{
        Attributes,
        contact::{Contact, ContactKind},
    },
    code::Code,
    digest::{Digest, DigestKeys},
    id::{PoolId, Sub, Username},
    pool::{mfa::MfaFactor, passkeys::RelyingParty},
    secret::Sealed,
    sign_in::{
        session::SessionHandle,
        srp::{
            SALT_BYTES,
            exchange::{PublicValue, Values},
        },
    },
    user::passkey::{Passkey, PasskeyChallenge},
};

macro_rules! names {
    ($($name:ident $text:literal),* $(,)?) => {
        /// The challenges of the API (*Documented*, cog-0407).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the variants are spelt like the API's values and mean the same")]
        pub enum ChallengeName {
            $($name),*
        }

        impl ChallengeName {
            /// As the API spells it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(ChallengeName::$name => $text),*
                }
            }

            /// The challenge that is spelt so.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(ChallengeName::$name),)*
                    _ => None,
                }
            }
        }
    };
}

names! {
    AdminNoSrpAuth "ADMIN_NO_SRP_AUTH",
    CustomChallenge "CUSTOM_CHALLENGE",
    DevicePasswordVerifier "DEVICE_PASSWORD_VERIFIER",
    DeviceSrpAuth "DEVICE_SRP_AUTH",
    EmailOtp "EMAIL_OTP",
    MfaSetup "MFA_SETUP",
    NewPasswordRequired "NEW_PASSWORD_REQUIRED",
    Password "PASSWORD",
    PasswordSrp "PASSWORD_SRP",
    PasswordVerifier "PASSWORD_VERIFIER",
    SelectChallenge "SELECT_CHALLENGE",
    SelectMfaType "SELECT_MFA_TYPE",
    SmsMfa "SMS_MFA",
    SmsOtp "SMS_OTP",
    SoftwareTokenMfa "SOFTWARE_TOKEN_MFA",
    WebAuthn "WEB_AUTHN",
}

/// A second factor is spelt as the challenge that asks for it.
impl MfaFactor {
    /// As UserMFASettingList and the answer to SELECT_MFA_TYPE spell it, which is also the name of its challenge.
    pub const fn as_str(self) -> &'static str {
        self.challenge().as_str()
    }

    /// The factor that is spelt so.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.as_str() == text)
    }

    /// The challenge that asks for it.
    pub const fn challenge(self) -> ChallengeName {
        match self {
            MfaFactor::Sms => ChallengeName::SmsMfa,
            MfaFactor::SoftwareToken => ChallengeName::SoftwareTokenMfa,
            MfaFactor::Email => ChallengeName::EmailOtp,
        }
    }
}

/// What a session waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Awaited {
    /// SELECT_CHALLENGE: a choice among the first factors.
    Select,
    /// PASSWORD: the password.
    Password,
    /// PASSWORD_SRP: the client's half of an exchange.
    PasswordSrp,
    /// PASSWORD_VERIFIER: the claim that ends an exchange.
    PasswordVerifier(Values),
    /// NEW_PASSWORD_REQUIRED: a password in place of the temporary one that expires at this instant.
    NewPassword(Timestamp),
    /// EMAIL_OTP and SMS_OTP: a code that was sent.
    OneTimeCode(SentCode),
    /// CUSTOM_CHALLENGE: an answer to this, a sealed [`crate::flow::sign_in::custom_auth::CustomChallenge`].
    Custom(Sealed),
    /// PASSWORD_VERIFIER in CUSTOM_AUTH, where more may come.
    CustomPasswordVerifier(Values),
    /// DEVICE_SRP_AUTH: the half of an exchange of a device.
    DeviceSrp,
    /// DEVICE_PASSWORD_VERIFIER: the claim that ends it.
    DevicePasswordVerifier(Values),
    /// SELECT_MFA_TYPE: a choice among the second factors.
    SelectMfa,
    /// EMAIL_OTP and SMS_MFA as second factors: a code that was sent.
    MfaCode(SentCode),
    /// SOFTWARE_TOKEN_MFA: a code of the authenticator app.
    SoftwareToken,
    /// MFA_SETUP: that a second factor was set up.
    MfaSetup(Enrolment),
    /// EMAIL_OTP while a second factor is set up: a code that was sent to an address which the user has only by it.
    NewContactCode(SentCode),
    /// WEB_AUTHN: this, signed by a passkey.
    Passkey(PasskeyChallenge),
}

impl Awaited {
    /// The challenge that is answered by it.
    pub const fn name(&self) -> ChallengeName {
        match self {
            Awaited::Select => ChallengeName::SelectChallenge,
            Awaited::Password => ChallengeName::Password,
            Awaited::PasswordSrp => ChallengeName::PasswordSrp,
            Awaited::PasswordVerifier(_) | Awaited::CustomPasswordVerifier(_) => {
                ChallengeName::PasswordVerifier
            }
            Awaited::Custom(_) => ChallengeName::CustomChallenge,
            Awaited::NewPassword(_) => ChallengeName::NewPasswordRequired,
            Awaited::OneTimeCode(code) => one_time_code(code.to.kind),
            Awaited::DeviceSrp => ChallengeName::DeviceSrpAuth,
            Awaited::DevicePasswordVerifier(_) => ChallengeName::DevicePasswordVerifier,
            Awaited::SelectMfa => ChallengeName::SelectMfaType,
            Awaited::MfaCode(code) | Awaited::NewContactCode(code) => {
                MfaFactor::of_contact(code.to.kind).challenge()
            }
            Awaited::SoftwareToken => ChallengeName::SoftwareTokenMfa,
            Awaited::MfaSetup(_) => ChallengeName::MfaSetup,
            Awaited::Passkey(_) => ChallengeName::WebAuthn,
        }
    }
}

/// How far somebody has come who sets up an authenticator app in order to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enrolment {
    /// Asked to.
    Asked,
    /// Has this secret, sealed for the user.
    Associated(Sealed),
    /// Has shown a code of it.
    Verified(Sealed),
}

/// The challenge that a code sent to this kind of contact makes.
pub const fn one_time_code(kind: ContactKind) -> ChallengeName {
    match kind {
        ContactKind::Email => ChallengeName::EmailOtp,
        ContactKind::PhoneNumber => ChallengeName::SmsOtp,
    }
}

/// A code to sign in with, as its session keeps it: good for this session and for nothing else, and as long as it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentCode {
    /// Where it went.
    pub to: Contact,
    digest: Digest,
}

impl SentCode {
    /// Remembers `code`, for a session of this user.
    pub fn new(keys: &DigestKeys, pool: &PoolId, of: &Sub, code: &Code, to: Contact) -> Self {
        let digest = keys.digest(&Self::parts(pool, of, &to, code.expose()));
        Self { to, digest }
    }

    /// Whether this is the code; the time taken tells nothing.
    pub fn is_code(&self, keys: &DigestKeys, pool: &PoolId, of: &Sub, typed: &str) -> bool {
        keys.is_digest_of(&self.digest, &Self::parts(pool, of, &self.to, typed))
    }

    fn parts<'a>(pool: &'a PoolId, of: &'a Sub, to: &'a Contact, code: &'a str) -> [&'a str; 5] {
        ["sign-in-code", pool.as_str(), of.as_str(), to.value.as_str(), code]
    }
}

/// What the client is shown of a challenge.
#[derive(Clone, Debug)]
pub enum Asked {
    /// SELECT_CHALLENGE, among [`Challenge::available`].
    Select,
    /// PASSWORD.
    Password,
    /// PASSWORD_SRP.
    PasswordSrp,
    /// PASSWORD_VERIFIER.
    PasswordVerifier {
        /// The salt of the password.
        salt: [u8; SALT_BYTES],
        /// The server's value.
        b: PublicValue,
        /// Who the exchange is about: the immutable username, since clients put it into their hashes and send it back
        /// as USERNAME.
        username: Username,
    },
    /// NEW_PASSWORD_REQUIRED.
    NewPassword {
        /// The immutable username.
        username: Username,
        /// The attributes that the user has and the app client may read.
        attributes: Attributes,
        /// The attributes that the pool requires and the user has not.
        required: Vec<String>,
    },
    /// CUSTOM_CHALLENGE.
    Custom {
        /// The immutable username.
        username: Username,
        /// What a function of the pool's owner shows.
        parameters: BTreeMap<String, String>,
    },
    /// EMAIL_OTP or SMS_OTP.
    OneTimeCode {
        /// Where the code went, or is said to have gone.
        to: Contact,
    },
    /// DEVICE_SRP_AUTH.
    DeviceSrp {
        /// The immutable username.
        username: Username,
        /// The key of the device.
        key: String,
    },
    /// DEVICE_PASSWORD_VERIFIER.
    DevicePasswordVerifier {
        /// The salt of the device's password.
        salt: [u8; SALT_BYTES],
        /// The server's value.
        b: PublicValue,
        /// The immutable username.
        username: Username,
        /// The key of the device.
        key: String,
    },
    /// SELECT_MFA_TYPE.
    SelectMfa {
        /// The immutable username.
        username: Username,
        /// Among which factors.
        factors: Vec<MfaFactor>,
    },
    /// SMS_MFA, or EMAIL_OTP as a second factor.
    MfaCode {
        /// The immutable username.
        username: Username,
        /// Where the code went.
        to: Contact,
    },
    /// SOFTWARE_TOKEN_MFA.
    SoftwareToken {
        /// The immutable username.
        username: Username,
        /// What the user calls the device.
        device: Option<String>,
    },
    /// MFA_SETUP.
    MfaSetup {
        /// The immutable username.
        username: Username,
        /// What may be set up.
        factors: Vec<MfaFactor>,
    },
    /// WEB_AUTHN.
    Passkey(Box<AskedPasskey>),
}

impl Asked {
    /// Its name.
    pub const fn name(&self) -> ChallengeName {
        match self {
            Asked::Select => ChallengeName::SelectChallenge,
            Asked::Password => ChallengeName::Password,
            Asked::PasswordSrp => ChallengeName::PasswordSrp,
            Asked::PasswordVerifier { .. } => ChallengeName::PasswordVerifier,
            Asked::NewPassword { .. } => ChallengeName::NewPasswordRequired,
            Asked::Custom { .. } => ChallengeName::CustomChallenge,
            Asked::OneTimeCode { to } => one_time_code(to.kind),
            Asked::DeviceSrp { .. } => ChallengeName::DeviceSrpAuth,
            Asked::DevicePasswordVerifier { .. } => ChallengeName::DevicePasswordVerifier,
            Asked::SelectMfa { .. } => ChallengeName::SelectMfaType,
            Asked::MfaCode { to, .. } => MfaFactor::of_contact(to.kind).challenge(),
            Asked::SoftwareToken { .. } => ChallengeName::SoftwareTokenMfa,
            Asked::MfaSetup { .. } => ChallengeName::MfaSetup,
            Asked::Passkey(_) => ChallengeName::WebAuthn,
        }
    }
}

/// What the client is shown to have a passkey sign.
#[derive(Clone, Debug)]
pub struct AskedPasskey {
    /// What is to be signed.
    pub challenge: PasskeyChallenge,
    /// For whom.
    pub party: RelyingParty,
    /// The passkeys that may; none, if the authenticator is to look for itself.
    pub allowed: Vec<Passkey>,
    /// How long the session waits.
    pub ttl: Duration,
}

/// A challenge on its way to the client.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// What it shows.
    pub asked: Asked,
    /// What leads back to its session.
    pub session: SessionHandle,
    /// Whether the answer tells the session. USER_SRP_AUTH does not (*Observed* in a comparison of 2026): there the
    /// secret block leads back.
    pub tells_session: bool,
    /// The challenges that the client may choose from, where it may choose.
    pub available: Vec<ChallengeName>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_factor_is_spelt_as_its_challenge() {
        for (factor, text) in [
            (MfaFactor::Sms, "SMS_MFA"),
            (MfaFactor::SoftwareToken, "SOFTWARE_TOKEN_MFA"),
            (MfaFactor::Email, "EMAIL_OTP"),
        ] {
            assert_eq!((factor.as_str(), MfaFactor::parse(text)), (text, Some(factor)));
        }
        assert_eq!(MfaFactor::parse("WEB_AUTHN"), None);
    }

    #[test]
    fn every_name_is_read_as_it_is_written() {
        for text in [
            "SMS_MFA",
            "EMAIL_OTP",
            "SOFTWARE_TOKEN_MFA",
            "SELECT_MFA_TYPE",
            "MFA_SETUP",
            "PASSWORD_VERIFIER",
            "CUSTOM_CHALLENGE",
            "SELECT_CHALLENGE",
            "DEVICE_SRP_AUTH",
            "DEVICE_PASSWORD_VERIFIER",
            "ADMIN_NO_SRP_AUTH",
            "NEW_PASSWORD_REQUIRED",
            "SMS_OTP",
            "PASSWORD",
            "WEB_AUTHN",
            "PASSWORD_SRP",
        ] {
            assert_eq!(ChallengeName::parse(text).map(ChallengeName::as_str), Some(text));
        }
        assert_eq!(ChallengeName::parse("password"), None);
    }

    #[test]
    fn a_code_is_good_for_its_user_and_place_only() {
        let (keys, pool, ann) = (fixture::keys(), PoolId::new("r_p"), Sub::new("ann"));
        let to = Contact { kind: ContactKind::Email, value: "ann@example.com".into() };
        let kept = SentCode::new(&keys, &pool, &ann, &Code::fixed("12345678"), to);
        assert!(kept.is_code(&keys, &pool, &ann, "12345678"));
        assert!(!kept.is_code(&keys, &pool, &ann, "12345679"));
        assert!(!kept.is_code(&keys, &pool, &Sub::new("bob"), "12345678"));
        assert!(!kept.is_code(&keys, &PoolId::new("r_q"), &ann, "12345678"));
        assert!(!serde_json::to_string(&kept).expect("JSON").contains("12345678"));
    }
}
