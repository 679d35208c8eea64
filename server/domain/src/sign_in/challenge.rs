//! Challenges: the steps that a user must complete in a sign-in before tokens are issued.
//!
//! A challenge is described by three types: its [`ChallengeName`]; the [`PendingChallenge`], which is stored in the
//! session until the client answers; and the [`ChallengePrompt`], which is sent to the client and not stored. The
//! answers are checked in [`crate::flow::sign_in`], one file for each challenge. To add a challenge, add a variant to
//! each of the three types and write that file.

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
            exchange::{ExchangeValues, PublicValue},
        },
    },
    user::passkey::{Passkey, PasskeyChallenge},
};

macro_rules! names {
    ($($name:ident $text:literal),* $(,)?) => {
        /// The challenges of the API (*Documented*, cog-0407).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the variants have the names and meanings of the values in the API")]
        pub enum ChallengeName {
            $($name),*
        }

        impl ChallengeName {
            /// Returns the value of `ChallengeName` in the API.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(ChallengeName::$name => $text),*
                }
            }

            /// Parses a value of the API. Returns `None` if the API has no such challenge.
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

/// The API names a second factor after its challenge.
impl MfaFactor {
    /// Returns the name of the factor in `UserMFASettingList` and in answers to SELECT_MFA_TYPE. It is also the name of
    /// its challenge.
    pub const fn as_str(self) -> &'static str {
        self.challenge().as_str()
    }

    /// Parses the name of a factor. Returns `None` if there is no such factor.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.as_str() == text)
    }

    /// Returns the challenge that asks for the factor.
    pub const fn challenge(self) -> ChallengeName {
        match self {
            MfaFactor::Sms => ChallengeName::SmsMfa,
            MfaFactor::SoftwareToken => ChallengeName::SoftwareTokenMfa,
            MfaFactor::Email => ChallengeName::EmailOtp,
        }
    }
}

/// The challenge for whose answer a session waits, with the data to check the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PendingChallenge {
    /// SELECT_CHALLENGE: the user's choice of a first factor.
    Select,
    /// PASSWORD: the password.
    Password,
    /// PASSWORD_SRP: the client's public value of an SRP exchange.
    PasswordSrp,
    /// PASSWORD_VERIFIER: the claim that completes an SRP exchange with these public values.
    PasswordVerifier(ExchangeValues),
    /// NEW_PASSWORD_REQUIRED: a new password. The temporary one expires at this instant.
    NewPassword(Timestamp),
    /// EMAIL_OTP or SMS_OTP as a first factor: this code.
    OneTimeCode(SentCode),
    /// CUSTOM_CHALLENGE: an answer to this sealed [`crate::flow::sign_in::custom_auth::CustomChallenge`].
    Custom(Sealed),
    /// PASSWORD_VERIFIER in CUSTOM_AUTH, after which further challenges can follow.
    CustomPasswordVerifier(ExchangeValues),
    /// DEVICE_SRP_AUTH: the device's public value of an SRP exchange.
    DeviceSrp,
    /// DEVICE_PASSWORD_VERIFIER: the claim that completes the device's SRP exchange.
    DevicePasswordVerifier(ExchangeValues),
    /// SELECT_MFA_TYPE: the user's choice of a second factor.
    SelectMfa,
    /// EMAIL_OTP or SMS_MFA as a second factor: this code.
    MfaCode(SentCode),
    /// SOFTWARE_TOKEN_MFA: a code from the authenticator app.
    SoftwareToken,
    /// MFA_SETUP: the completed setup of a second factor.
    MfaSetup(Enrolment),
    /// EMAIL_OTP during MFA_SETUP: this code, which was sent to an address that the user entered. The right code makes it
    /// the user's `email`.
    NewContactCode(SentCode),
    /// WEB_AUTHN: the signature of this WebAuthn challenge by a passkey.
    Passkey(PasskeyChallenge),
}

impl PendingChallenge {
    /// Returns the name of the challenge.
    pub const fn name(&self) -> ChallengeName {
        match self {
            PendingChallenge::Select => ChallengeName::SelectChallenge,
            PendingChallenge::Password => ChallengeName::Password,
            PendingChallenge::PasswordSrp => ChallengeName::PasswordSrp,
            PendingChallenge::PasswordVerifier(_) | PendingChallenge::CustomPasswordVerifier(_) => {
                ChallengeName::PasswordVerifier
            }
            PendingChallenge::Custom(_) => ChallengeName::CustomChallenge,
            PendingChallenge::NewPassword(_) => ChallengeName::NewPasswordRequired,
            PendingChallenge::OneTimeCode(code) => one_time_code_challenge(code.to.kind),
            PendingChallenge::DeviceSrp => ChallengeName::DeviceSrpAuth,
            PendingChallenge::DevicePasswordVerifier(_) => ChallengeName::DevicePasswordVerifier,
            PendingChallenge::SelectMfa => ChallengeName::SelectMfaType,
            PendingChallenge::MfaCode(code) | PendingChallenge::NewContactCode(code) => {
                MfaFactor::of_contact(code.to.kind).challenge()
            }
            PendingChallenge::SoftwareToken => ChallengeName::SoftwareTokenMfa,
            PendingChallenge::MfaSetup(_) => ChallengeName::MfaSetup,
            PendingChallenge::Passkey(_) => ChallengeName::WebAuthn,
        }
    }
}

/// The progress of the setup of an authenticator app during MFA_SETUP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enrolment {
    /// The challenge was sent to the client.
    Asked,
    /// The client has received this secret, which is sealed for the user.
    Associated(Sealed),
    /// The user has entered a right code for this secret.
    Verified(Sealed),
}

/// Returns the first-factor challenge for a code that is sent to this kind of contact.
pub const fn one_time_code_challenge(kind: ContactKind) -> ChallengeName {
    match kind {
        ContactKind::Email => ChallengeName::EmailOtp,
        ContactKind::PhoneNumber => ChallengeName::SmsOtp,
    }
}

/// The stored form of a one-time code for a sign-in. It is part of its session, and valid only in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentCode {
    /// The recipient.
    pub to: Contact,
    digest: Digest,
}

impl SentCode {
    /// Creates the stored form of `code` for a session of the user `of`.
    pub fn new(keys: &DigestKeys, pool: &PoolId, of: &Sub, code: &Code, to: Contact) -> Self {
        let digest = keys.digest(&Self::parts(pool, of, &to, code.expose()));
        Self { to, digest }
    }

    /// Returns whether `typed` is the code. Compares in constant time.
    pub fn is_code(&self, keys: &DigestKeys, pool: &PoolId, of: &Sub, typed: &str) -> bool {
        keys.is_digest_of(&self.digest, &Self::parts(pool, of, &self.to, typed))
    }

    fn parts<'a>(pool: &'a PoolId, of: &'a Sub, to: &'a Contact, code: &'a str) -> [&'a str; 5] {
        ["sign-in-code", pool.as_str(), of.as_str(), to.value.as_str(), code]
    }
}

/// The content of a challenge in a response: its name and its parameters.
#[derive(Clone, Debug)]
pub enum ChallengePrompt {
    /// SELECT_CHALLENGE. The choices are in [`Challenge::available`].
    Select,
    /// PASSWORD.
    Password,
    /// PASSWORD_SRP.
    PasswordSrp,
    /// PASSWORD_VERIFIER.
    PasswordVerifier {
        /// The salt of the password.
        salt: [u8; SALT_BYTES],
        /// The server's public value.
        b: PublicValue,
        /// The immutable username, which clients use in their SRP computations and send back as USERNAME.
        username: Username,
    },
    /// NEW_PASSWORD_REQUIRED.
    NewPassword {
        /// The immutable username.
        username: Username,
        /// The attributes that the user has and the app client may read.
        attributes: Attributes,
        /// The attributes that the pool requires and the user lacks.
        required: Vec<String>,
    },
    /// CUSTOM_CHALLENGE.
    Custom {
        /// The immutable username.
        username: Username,
        /// The public parameters from the CreateAuthChallenge function.
        parameters: BTreeMap<String, String>,
    },
    /// EMAIL_OTP or SMS_OTP.
    OneTimeCode {
        /// The recipient of the code, or the simulated recipient for a user that does not exist.
        to: Contact,
    },
    /// DEVICE_SRP_AUTH.
    DeviceSrp {
        /// The immutable username.
        username: Username,
        /// The device key.
        key: String,
    },
    /// DEVICE_PASSWORD_VERIFIER.
    DevicePasswordVerifier {
        /// The salt of the device's password.
        salt: [u8; SALT_BYTES],
        /// The server's public value.
        b: PublicValue,
        /// The immutable username.
        username: Username,
        /// The device key.
        key: String,
    },
    /// SELECT_MFA_TYPE.
    SelectMfa {
        /// The immutable username.
        username: Username,
        /// The factors from which the user can choose.
        factors: Vec<MfaFactor>,
    },
    /// SMS_MFA, or EMAIL_OTP as a second factor.
    MfaCode {
        /// The immutable username.
        username: Username,
        /// The recipient of the code.
        to: Contact,
        /// Whether the user sets the recipient up with the code.
        is_new: bool,
    },
    /// SOFTWARE_TOKEN_MFA.
    SoftwareToken {
        /// The immutable username.
        username: Username,
        /// The friendly name of the device.
        device: Option<String>,
    },
    /// MFA_SETUP.
    MfaSetup {
        /// The immutable username.
        username: Username,
        /// The factors that the user can set up.
        factors: Vec<MfaFactor>,
    },
    /// WEB_AUTHN.
    Passkey(Box<PasskeyPrompt>),
}

impl ChallengePrompt {
    /// Returns the name of the challenge.
    pub const fn name(&self) -> ChallengeName {
        match self {
            ChallengePrompt::Select => ChallengeName::SelectChallenge,
            ChallengePrompt::Password => ChallengeName::Password,
            ChallengePrompt::PasswordSrp => ChallengeName::PasswordSrp,
            ChallengePrompt::PasswordVerifier { .. } => ChallengeName::PasswordVerifier,
            ChallengePrompt::NewPassword { .. } => ChallengeName::NewPasswordRequired,
            ChallengePrompt::Custom { .. } => ChallengeName::CustomChallenge,
            ChallengePrompt::OneTimeCode { to } => one_time_code_challenge(to.kind),
            ChallengePrompt::DeviceSrp { .. } => ChallengeName::DeviceSrpAuth,
            ChallengePrompt::DevicePasswordVerifier { .. } => ChallengeName::DevicePasswordVerifier,
            ChallengePrompt::SelectMfa { .. } => ChallengeName::SelectMfaType,
            ChallengePrompt::MfaCode { to, .. } => MfaFactor::of_contact(to.kind).challenge(),
            ChallengePrompt::SoftwareToken { .. } => ChallengeName::SoftwareTokenMfa,
            ChallengePrompt::MfaSetup { .. } => ChallengeName::MfaSetup,
            ChallengePrompt::Passkey(_) => ChallengeName::WebAuthn,
        }
    }
}

/// The content of a WEB_AUTHN challenge.
#[derive(Clone, Debug)]
pub struct PasskeyPrompt {
    /// The WebAuthn challenge to be signed.
    pub challenge: PasskeyChallenge,
    /// The relying party.
    pub party: RelyingParty,
    /// The allowed passkeys. If the list is empty, the authenticator chooses.
    pub allowed: Vec<Passkey>,
    /// The time for which the session waits for the answer.
    pub ttl: Duration,
}

/// A challenge to be sent to the client.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// The name and the parameters.
    pub prompt: ChallengePrompt,
    /// The handle of the session.
    pub session: SessionHandle,
    /// Whether the response contains the session. In USER_SRP_AUTH it does not (*Observed* in a comparison of 2026),
    /// and the secret block identifies the session.
    pub returns_session: bool,
    /// The challenges from which the client can choose, if any.
    pub available: Vec<ChallengeName>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn factor_has_the_name_of_its_challenge() {
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
    fn challenge_name_is_parsed_from_its_own_text() {
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
    fn sent_code_is_valid_for_its_user_and_pool_only() {
        let (keys, pool, ann) = (fixture::keys(), PoolId::new("r_p"), Sub::new("ann"));
        let to = Contact { kind: ContactKind::Email, value: "ann@example.com".into() };
        let sent = SentCode::new(&keys, &pool, &ann, &Code::from_text("12345678"), to);
        assert!(sent.is_code(&keys, &pool, &ann, "12345678"));
        assert!(!sent.is_code(&keys, &pool, &ann, "12345679"));
        assert!(!sent.is_code(&keys, &pool, &Sub::new("bob"), "12345678"));
        assert!(!sent.is_code(&keys, &PoolId::new("r_q"), &ann, "12345678"));
        assert!(!serde_json::to_string(&sent).expect("JSON").contains("12345678"));
    }
}
