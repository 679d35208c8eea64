//! The second factors, and those that a pool allows.
//!
//! The factors of a user, and the one that a sign-in requires, are in [`crate::user::mfa`]. The names of the factors in
//! the API are in [`crate::sign_in::challenge`], because they are names of challenges.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{attribute::contact::ContactKind, refusal::Refusal};

/// A second factor. The order is that of lists in responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MfaFactor {
    /// A code by SMS.
    Sms,
    /// A code from an authenticator app.
    SoftwareToken,
    /// A code by mail.
    Email,
}

impl MfaFactor {
    /// All factors.
    pub const ALL: [MfaFactor; 3] = [MfaFactor::Sms, MfaFactor::SoftwareToken, MfaFactor::Email];

    /// Returns the kind of contact to which the code is sent, or `None` for an authenticator app.
    pub const fn contact(self) -> Option<ContactKind> {
        match self {
            MfaFactor::Sms => Some(ContactKind::PhoneNumber),
            MfaFactor::SoftwareToken => None,
            MfaFactor::Email => Some(ContactKind::Email),
        }
    }

    /// Returns the factor whose code is sent to this kind of contact.
    pub const fn of_contact(kind: ContactKind) -> Self {
        match kind {
            ContactKind::PhoneNumber => MfaFactor::Sms,
            ContactKind::Email => MfaFactor::Email,
        }
    }
}

/// `MfaConfiguration`: whether sign-ins require a second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MfaMode {
    /// OFF: second factors are not used.
    #[default]
    Off,
    /// OPTIONAL: users who have turned on a second factor need it.
    Optional,
    /// ON: all users need a second factor.
    On,
}

/// The MFA settings of a pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolMfa {
    /// Whether sign-ins require a second factor.
    pub mode: MfaMode,
    /// The factors that users can set up.
    pub factors: BTreeSet<MfaFactor>,
}

impl PoolMfa {
    /// Refuses the setup of an authenticator app if the pool does not allow them (*Documented*, the guide on TOTP).
    pub fn check_software_token(&self) -> Result<(), Refusal> {
        if self.factors.contains(&MfaFactor::SoftwareToken) {
            Ok(())
        } else {
            Err(Refusal::SoftwareTokenNotAllowed)
        }
    }
}
