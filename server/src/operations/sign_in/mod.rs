//! Signing in and out: InitiateAuth, the answers to its challenges, and the tokens that come of it.
//!
//! Twins call one function: [`begin`] for those that begin, [`respond`] for those that answer. What takes milliseconds
//! is done in [`work`], and tokens are made in [`finish`], nowhere else.

pub(super) mod admin_initiate_auth;
pub(super) mod admin_respond_to_auth_challenge;
pub(super) mod admin_user_global_sign_out;
mod begin;
mod custom;
mod finish;
pub(super) mod get_tokens_from_refresh_token;
pub(super) mod get_user;
pub(super) mod global_sign_out;
pub(super) mod initiate_auth;
mod renew;
mod respond;
pub(super) mod respond_to_auth_challenge;
pub(super) mod revoke_token;
pub(super) mod step;
