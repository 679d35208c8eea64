//! Second factors: setting an authenticator app up, and choosing which factors are asked for.

pub mod preference;
pub mod software_token;
