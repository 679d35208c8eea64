//! What a sign-in needs while it is under way: its parameters, challenges, sessions and exchanges, and the lock after
//! too many failures.
//!
//! The order in which a sign-in looks at all this is in [`crate::flow::sign_in`].

pub mod challenge;
pub mod lockout;
pub mod parameter;
pub mod session;
pub mod srp;
