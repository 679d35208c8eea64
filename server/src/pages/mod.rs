//! Pages for browsers: so far only the target of the confirmation link in a mail ([`confirmation`]).
//!
//! The pages of managed login are not served yet.

mod confirmation;

pub(crate) use self::confirmation::ConfirmationPage;
