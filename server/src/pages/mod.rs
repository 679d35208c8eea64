//! Pages that people open in a browser: so far the one that the link in a mail leads to ([`confirmation`]).
//!
//! The pages of managed login are not served yet.

mod confirmation;

pub(crate) use self::confirmation::ConfirmationPage;
