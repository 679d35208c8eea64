//! The values of the configuration for mail and SMS.
//!
//! Some of them contain passwords, so they are printed neither by `Debug` nor in an error. The types of the values
//! themselves are in `lido::delivery`.

use std::{convert::Infallible, fmt, str::FromStr};

use lido::delivery::{
    smtp::{MailFrom, MailServer},
    webhook::{WebhookAddress, WebhookSecret},
};
use serde::Deserialize;

/// A value of the command line or the environment that may contain a password. It is parsed after `clap` is done,
/// because `clap` quotes a value that it cannot parse.
#[derive(Clone)]
pub(crate) struct SecretArgument(String);

impl FromStr for SecretArgument {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.into()))
    }
}

impl SecretArgument {
    /// Parses the value.
    ///
    /// # Errors
    /// The value is invalid: a text that describes a valid value and quotes nothing.
    pub(super) fn parse<T: FromStr<Err = String>>(&self) -> Result<T, String> {
        self.0.parse()
    }
}

impl fmt::Debug for SecretArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretArgument(hidden)")
    }
}

/// Defines a type of the configuration around a type of the library, to be parsed from the command line and from the
/// file.
macro_rules! library_values {
    ($($(#[$doc:meta])* $name:ident($type:ty)),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
        #[serde(try_from = "String")]
        pub(crate) struct $name(pub(crate) $type);

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                text.parse().map(Self)
            }
        }
    )*};
}

library_values! {
    /// The mail server.
    Smtp(MailServer),
    /// The default From address.
    MailSender(MailFrom),
    /// The URL of the webhook that sends SMS.
    SmsWebhook(WebhookAddress),
    /// The secret that signs the webhook's requests.
    SmsWebhookSecret(WebhookSecret),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_argument_is_not_printed() {
        let argument: SecretArgument = "smtp://u:hunter2@host/path".parse().expect("anything");
        let error = argument.parse::<Smtp>().expect_err("a path");
        assert!(!format!("{argument:?} {error}").contains("hunter2"));
        assert!("smtps://u:p@a.example".parse::<SecretArgument>().expect("anything").parse::<Smtp>().is_ok());
    }
}
