//! The data of a sign-in in progress: parameters, challenges, sessions and SRP exchanges, and the lockout after too
//! many failures.
//!
//! The order of the checks in a sign-in is in [`crate::flow::sign_in`].

pub mod challenge;
pub mod lockout;
pub mod parameter;
pub mod proof;
pub mod session;
pub mod srp;
