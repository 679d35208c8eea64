//! The operations that issue tokens without a sign-in.

mod get_client_token;
mod get_derived_token;
