//! The grant `authorization_code`: an app client exchanges a code for tokens.
//!
//! Order (*Chosen*): the app client may use the flow, the code is known and its own, unused, not expired; `redirect_uri`,
//! the verifier, the grant, the user, the scopes. A second use ends the grant, and with it the tokens of the first use (*Chosen*, as
//! RFC 6749, section 4.1.2 advises; oau-0306). A wrong verifier uses the code up, since only a thief sends one; other
//! faults do not (*Chosen*, oau-0307).

use std::collections::BTreeSet;

use crate::{
    Change, Timestamp, Verdict,
    client::oauth::OAuthFlow,
    digest::Digest,
    flow::AppClientCaller,
    oauth::{
        authorization::{Authorization, TokenContents},
        error::TokenError,
    },
    token::grant::{Grant, RefreshToken},
    user::User,
};

/// The parameters of the exchange beside the code.
#[derive(Clone, Copy)]
pub struct CodeProof<'a> {
    /// `redirect_uri`.
    pub redirect_uri: Option<&'a str>,
    /// `code_verifier`.
    pub verifier: Option<&'a str>,
}

crate::secret::debug_hidden!(CodeProof, PresentedCode);

/// The code of a request with the records that it leads to.
#[derive(Clone, Copy)]
pub struct PresentedCode<'a> {
    /// The digest of the code.
    pub key: &'a Digest,
    /// The authorization.
    pub authorization: &'a Authorization,
    /// Its grant, unless that has ended.
    pub grant: Option<&'a Grant>,
    /// Its user, unless they were deleted.
    pub user: Option<&'a User>,
    /// The custom scopes of the grant that exist.
    pub custom_scopes: &'a BTreeSet<String>,
}

/// The tokens to issue.
#[derive(Debug)]
pub struct ExchangedCode {
    /// The user.
    pub user: User,
    /// The grant, with the scopes that are left.
    pub grant: Grant,
    /// The refresh token.
    pub refresh_token: RefreshToken,
    /// What the tokens contain.
    pub contents: TokenContents,
    /// The claim `nonce` of the id token.
    pub nonce: Option<String>,
}

/// Exchanges a code. `random` are the random bytes of the refresh token.
pub fn exchange(
    caller: &AppClientCaller<'_>,
    code: Option<PresentedCode<'_>>,
    proof: CodeProof<'_>,
    random: &[u8; 32],
    now: Timestamp,
) -> Verdict<Result<ExchangedCode, TokenError>> {
    let refuse = |error| Verdict::accept(Err(error));
    if !caller.client.oauth.allows(OAuthFlow::Code) {
        return refuse(TokenError::UnauthorizedClient);
    }
    let Some(PresentedCode { key, authorization, grant, user, custom_scopes }) = code else {
        return refuse(TokenError::InvalidGrant);
    };
    if authorization.client != caller.client.id {
        return refuse(TokenError::InvalidGrant);
    }
    if authorization.is_used {
        let remember =
            vec![Change::RemoveGrant { of: authorization.of.clone(), grant: authorization.grant.clone() }];
        return Verdict { remember, answer: Ok(Err(TokenError::InvalidGrant)) };
    }
    if authorization.expires_at <= now {
        return refuse(TokenError::InvalidGrant);
    }
    if let Err(error) = check_redirect_uri(caller, authorization, proof.redirect_uri) {
        return refuse(error);
    }
    let use_up =
        || Change::PutAuthorization { key: key.clone(), authorization: Box::new(authorization.used()) };
    match (&authorization.challenge, proof.verifier) {
        (None, None) => {}
        (Some(challenge), Some(verifier)) if challenge.is_of(verifier) => {}
        (Some(_), Some(_)) => {
            return Verdict { remember: vec![use_up()], answer: Ok(Err(TokenError::InvalidGrant)) };
        }
        // RFC 9700, section 4.8.2: a verifier without a challenge shows that the challenge was removed on the way.
        (Some(_), None) | (None, Some(_)) => return refuse(TokenError::InvalidGrant),
    }
    let (Some(grant), Some(user)) = (grant, user) else { return refuse(TokenError::InvalidGrant) };
    // The same rule as for a browser session, which is what the code comes from.
    if !user.may_continue_sign_in() || !authorization.is_bound_to(user) {
        return refuse(TokenError::InvalidGrant);
    }
    let Some(left) = grant.clone().with_scopes_left(&caller.client.oauth, custom_scopes) else {
        return refuse(TokenError::InvalidGrant);
    };
    let mut lasting = grant.clone();
    lasting.expires_at = now.after(caller.client.lifetimes.refresh_ttl);
    let (lasting, refresh_token) = lasting.add_token(caller.digest_keys, &caller.pool.id, random);
    let mut grant = lasting.clone();
    grant.access = left.access;
    Verdict {
        remember: vec![use_up(), Change::PutGrant(Box::new(lasting))],
        answer: Ok(Ok(ExchangedCode {
            user: user.clone(),
            grant,
            refresh_token,
            contents: authorization.contents.clone(),
            nonce: authorization.nonce.clone(),
        })),
    }
}

/// Compares `redirect_uri` with that of the authorization request, text for text (oau-0098, oau-0251). It may be left out
/// only if it was left out there (RFC 6749, section 4.1.3).
fn check_redirect_uri(
    caller: &AppClientCaller<'_>,
    authorization: &Authorization,
    sent: Option<&str>,
) -> Result<(), TokenError> {
    let implied = caller.client.oauth.implied_redirect_uri();
    match (authorization.redirect_uri.as_deref(), sent) {
        (Some(_), None) => Err(TokenError::InvalidRequest),
        (Some(before), Some(now)) if before != now => Err(TokenError::RedirectMismatch),
        // *Chosen*: an address that the app client has given up since is none to send tokens for.
        (Some(_), Some(now)) if !caller.client.oauth.callback_urls.iter().any(|url| url == now) => {
            Err(TokenError::InvalidGrant)
        }
        (None, Some(now)) if implied != Some(now) => Err(TokenError::RedirectMismatch),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "exchange_code_tests.rs"]
mod tests;
