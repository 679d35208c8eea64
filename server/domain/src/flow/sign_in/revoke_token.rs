//! RevokeToken: revokes a refresh token, and all tokens of the same sign-in.
//!
//! Revoking a token that is no longer valid is no error, as in RFC 7009 (*Chosen*). A value that is not a refresh token
//! is refused, and so is a token of another app client (*Documented*: ClientId is the app client that the token was
//! issued to).

use super::refresh_tokens::check_secret;
use crate::{
    Change, Refusal, Verdict,
    flow::AppClientCaller,
    secret::Secret,
    token::grant::{Grant, ParsedRefreshToken, RefreshToken},
};

/// Checks the app client's secret, and opens the refresh token.
///
/// # Errors
///
/// Refuses a wrong secret, an app client whose tokens cannot be revoked, and a value that is not a refresh token.
pub fn open(
    caller: &AppClientCaller<'_>,
    secret: Option<&Secret>,
    token: &str,
) -> Result<ParsedRefreshToken, Refusal> {
    check_secret(caller, secret)?;
    if !caller.client.revokes_tokens {
        return Err(Refusal::RevocationDisabled);
    }
    RefreshToken::parse(caller.digest_keys, &caller.pool.id, token).ok_or(Refusal::TokenNotRevocable)
}

/// Revokes the token. `grant` is the one that the token names, if it still exists.
pub fn revoke(caller: &AppClientCaller<'_>, token: ParsedRefreshToken, grant: Option<&Grant>) -> Verdict<()> {
    if grant.is_some_and(|grant| grant.client != caller.client.id) {
        return Verdict::refuse(Refusal::RefreshTokenInvalid);
    }
    let ParsedRefreshToken { of, grant, .. } = token;
    Verdict { remember: vec![Change::RemoveGrant { of, grant }], answer: Ok(()) }
}
