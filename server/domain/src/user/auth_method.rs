//! The methods by which a user proves who they are, as a sign-in notes them. What they are worth is in
//! [`crate::token::assurance`].

use serde::{Deserialize, Serialize};

/// A method by which a user proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// The password.
    Password,
    /// A code sent by mail.
    EmailCode,
    /// A code sent by SMS.
    SmsCode,
    /// A code of an authenticator app.
    SoftwareToken,
    /// A passkey.
    Passkey,
}

/// A set of methods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<AuthMethod>", into = "Vec<AuthMethod>")]
pub struct AuthMethods(u8);

impl AuthMethods {
    const ALL: [AuthMethod; 5] = [
        AuthMethod::Password,
        AuthMethod::EmailCode,
        AuthMethod::SmsCode,
        AuthMethod::SoftwareToken,
        AuthMethod::Passkey,
    ];

    /// Returns whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Returns the set with one more method.
    #[must_use]
    pub const fn with(self, method: AuthMethod) -> Self {
        Self(self.0 | bit(method))
    }

    /// Returns whether a method is in the set.
    pub const fn has(self, method: AuthMethod) -> bool {
        self.0 & bit(method) != 0
    }

    /// Returns how many there are.
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }
}

const fn bit(method: AuthMethod) -> u8 {
    1 << method as u8
}

impl FromIterator<AuthMethod> for AuthMethods {
    fn from_iter<T: IntoIterator<Item = AuthMethod>>(methods: T) -> Self {
        methods.into_iter().fold(Self::default(), Self::with)
    }
}

impl From<Vec<AuthMethod>> for AuthMethods {
    fn from(methods: Vec<AuthMethod>) -> Self {
        methods.into_iter().collect()
    }
}

impl From<AuthMethods> for Vec<AuthMethod> {
    fn from(methods: AuthMethods) -> Self {
        AuthMethods::ALL.into_iter().filter(|method| methods.has(*method)).collect()
    }
}
