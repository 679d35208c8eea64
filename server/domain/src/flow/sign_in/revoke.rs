//! RevokeToken: a refresh token ends, and with it every token that stems from the same sign-in.
//!
//! A token that is no longer good is revoked without complaint, as RFC 7009 has it (*Chosen*); one that is no refresh
//! token at all, or another client's, is refused.

use super::refresh::check_secret;
use crate::{
    Change, Refusal, Verdict,
    flow::Caller,
    grant::{Opened, RefreshToken},
    secret::Secret,
};

/// Decides. The grant that it names may have ended long ago.
pub fn revoke(caller: &Caller<'_>, secret: Option<&Secret>, token: &str) -> Verdict<()> {
    decide(caller, secret, token).into()
}

fn decide(caller: &Caller<'_>, secret: Option<&Secret>, token: &str) -> Result<Verdict<()>, Refusal> {
    check_secret(caller, secret)?;
    if !caller.client.revokes_tokens {
        return Err(Refusal::RevocationOff);
    }
    let opened = RefreshToken::open(caller.digest_keys, &caller.pool.id, token);
    let Opened { of, grant, .. } = opened.ok_or(Refusal::TokenNotRevocable)?;
    Ok(Verdict { remember: vec![Change::RemoveGrant { of, grant }], answer: Ok(()) })
}
