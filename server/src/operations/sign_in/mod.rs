//! The operations that sign users in and out: InitiateAuth, the responses to its challenges, and the tokens.
//!
//! InitiateAuth and AdminInitiateAuth share [`begin`], RespondToAuthChallenge and AdminRespondToAuthChallenge share
//! [`respond`]. Both run [`step`], which derives keys on other threads; tokens are issued in [`tokens`], nowhere else.

pub(super) mod admin_initiate_auth;
pub(super) mod admin_respond_to_auth_challenge;
pub(super) mod admin_user_global_sign_out;
pub(super) mod begin;
mod custom;
pub(super) mod get_tokens_from_refresh_token;
pub(super) mod get_user;
pub(super) mod global_sign_out;
pub(super) mod initiate_auth;
pub(super) mod issue_tokens;
pub(super) mod renew;
pub(super) mod respond;
pub(super) mod respond_to_auth_challenge;
pub(super) mod revoke_token;
pub(super) mod step;
pub(super) mod tokens;
