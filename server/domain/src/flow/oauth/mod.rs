//! The flows of the OAuth 2.0 endpoints: for each one, the order of its checks.
//!
//! [`authorize`] reads a request for authorization, which the sign-in page repeats; the sign-in itself is in
//! [`super::sign_in`]. [`exchange_code`] and [`client_credentials`] are grants of the token endpoint; the third one, the
//! refresh token, is [`super::sign_in::refresh_tokens`]. [`exchange_token`] is GetDerivedToken.

pub mod authorize;
pub mod client_authentication;
pub mod client_credentials;
pub mod exchange_code;
pub mod exchange_token;
pub mod logout;
pub mod user_info;
