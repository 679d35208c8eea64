//! RevokeToken: a refresh token ends, and with it every token that stems from the same sign-in.
//!
//! A token that is no longer good is revoked without complaint, as RFC 7009 has it (*Chosen*); one that is no refresh
//! token at all, or another client's, is refused (*Documented*: ClientId is the app client where the token was issued).

use super::refresh::check_secret;
use crate::{
    Change, Refusal, Verdict,
    flow::Caller,
    secret::Secret,
    token::grant::{Grant, Opened, RefreshToken},
};

/// Reads a refresh token for whoever shows that they know the app client's secret.
pub fn open(caller: &Caller<'_>, secret: Option<&Secret>, token: &str) -> Result<Opened, Refusal> {
    check_secret(caller, secret)?;
    if !caller.client.revokes_tokens {
        return Err(Refusal::RevocationOff);
    }
    RefreshToken::open(caller.digest_keys, &caller.pool.id, token).ok_or(Refusal::TokenNotRevocable)
}

/// Decides. `grant` is the one that the token names, which may have ended long ago.
pub fn revoke(caller: &Caller<'_>, token: Opened, grant: Option<&Grant>) -> Verdict<()> {
    if grant.is_some_and(|grant| grant.client != caller.client.id) {
        return Verdict::refuse(Refusal::RefreshTokenInvalid);
    }
    let Opened { of, grant, .. } = token;
    Verdict { remember: vec![Change::RemoveGrant { of, grant }], answer: Ok(()) }
}
