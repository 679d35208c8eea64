//! Values of the configuration that say how mail and SMS leave.
//!
//! Some of them hold passwords. So they are printed nowhere, neither by `Debug` nor in a fault.

use std::{convert::Infallible, fmt, str::FromStr};

use lido::delivery::{
    smtp::{MailFrom, MailServer},
    webhook::{WebhookAddress, WebhookSecret},
};
use serde::Deserialize;

/// A value of the command line or the environment that may hold a password. It is read later, because `clap` repeats
/// what it cannot read.
#[derive(Clone)]
pub(crate) struct Unread(String);

impl FromStr for Unread {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.into()))
    }
}

impl Unread {
    /// The value, or what it should be.
    pub(super) fn read<T: FromStr<Err = String>>(&self) -> Result<T, String> {
        self.0.parse()
    }
}

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unread(hidden)")
    }
}

/// Types of the library, as the command line and the file hold them.
macro_rules! of_the_library {
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

of_the_library! {
    /// The mail server.
    Smtp(MailServer),
    /// Whom mails come from.
    MailSender(MailFrom),
    /// Where SMS are posted to.
    SmsWebhook(WebhookAddress),
    /// What signs them.
    SmsWebhookSecret(WebhookSecret),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_hold_a_password_is_not_printed() {
        let unread: Unread = "smtp://u:hunter2@host/path".parse().expect("anything");
        let fault = unread.read::<Smtp>().expect_err("a path");
        assert!(!format!("{unread:?} {fault}").contains("hunter2"));
        assert!("smtps://u:p@a.example".parse::<Unread>().expect("anything").read::<Smtp>().is_ok());
    }
}
