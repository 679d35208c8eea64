//! Renewing tokens: REFRESH_TOKEN_AUTH and GetTokensFromRefreshToken.
//!
//! Both issue new ID and access tokens of the same grant. If the app client rotates refresh tokens, only
//! GetTokensFromRefreshToken works, and it replaces the refresh token (*Documented*, cog-0187, cog-0333).
//!
//! Order (*Chosen*): the token is of this pool, its grant exists, the token is of this app client and has not expired,
//! the request names its device, the user exists and may sign in, the caller proves the client's secret.
//! REFRESH_TOKEN_AUTH proves it by a hash over the username (cog-0157), GetTokensFromRefreshToken by the secret itself.

use subtle::ConstantTimeEq;

use super::{CompletedSignIn, SignInOutcome};
use crate::{
    Change, Refusal, Timestamp, Verdict,
    flow::{AppClientCaller, bearer},
    secret::Secret,
    token::grant::{Grant, ParsedRefreshToken, RefreshToken},
    user::{User, device::Device},
};

/// How the caller proves that it knows the app client's secret, if there is one.
#[derive(Clone, Copy, Debug)]
pub enum SecretProof<'a> {
    /// By the hash in [`AppClientCaller::secret_hash`].
    SecretHash,
    /// By the secret in clear.
    Secret(Option<&'a Secret>),
}

/// A refresh token, with the loaded records.
#[derive(Clone, Copy, Debug)]
pub struct Renewal<'a> {
    /// The content of the token.
    pub token: &'a ParsedRefreshToken,
    /// Its grant, unless that has ended.
    pub grant: Option<&'a Grant>,
    /// Its user, unless they were deleted.
    pub user: Option<&'a User>,
    /// The device that the request names, if the user has confirmed it.
    pub device: Option<&'a Device>,
    /// How the caller proves that it is the app client.
    pub proof: SecretProof<'a>,
    /// Whether the use of a replaced token ends the grant.
    pub revokes_reused: bool,
}

/// Opens a refresh token.
///
/// # Errors
///
/// Refuses a token that this pool did not issue (pub-0018).
pub fn open(caller: &AppClientCaller<'_>, text: &str) -> Result<ParsedRefreshToken, Refusal> {
    RefreshToken::parse(caller.digest_keys, &caller.pool.id, text).ok_or(Refusal::RefreshTokenInvalid)
}

/// Renews the tokens. `random` are the random bytes of the next refresh token, if it rotates.
pub fn renew(
    caller: &AppClientCaller<'_>,
    renewal: &Renewal<'_>,
    random: &[u8; 32],
    now: Timestamp,
) -> Verdict<SignInOutcome> {
    let verdict: Verdict<SignInOutcome> = decide(caller, renewal, random, now).into();
    match ended_by_reuse(caller, renewal, now) {
        Some(grant) if verdict.answer.is_err() => {
            let remember = vec![Change::RemoveGrant { of: grant.of.clone(), grant: grant.id.clone() }];
            Verdict { remember, ..verdict }
        }
        _ => verdict,
    }
}

/// Returns the grant that the renewal ends, because its token was replaced and [`Renewal::revokes_reused`] is set.
///
/// *Chosen*: off unless an option turns it on. RFC 9700 advises it, the service does not document it, and without a grace
/// period it signs out a user whose answer was lost. A caller that cannot prove to be the app client ends nothing.
fn ended_by_reuse<'a>(
    caller: &AppClientCaller<'_>,
    renewal: &Renewal<'a>,
    now: Timestamp,
) -> Option<&'a Grant> {
    let Renewal { token, grant: Some(grant), user: Some(user), proof, revokes_reused: true, .. } = *renewal
    else {
        return None;
    };
    let is_reuse = grant.is_reuse(token, &caller.client.id, now);
    (is_reuse && check_proof(caller, user, proof).is_ok()).then_some(grant)
}

fn decide(
    caller: &AppClientCaller<'_>,
    renewal: &Renewal<'_>,
    random: &[u8; 32],
    now: Timestamp,
) -> Result<Verdict<SignInOutcome>, Refusal> {
    let Renewal { token, grant, user, device, proof, revokes_reused: _ } = *renewal;
    // The token contains its expiry, so that it is refused as expired even if its grant was removed long ago.
    if token.expires_at <= now {
        return Err(Refusal::RefreshTokenExpired);
    }
    let grant = grant.ok_or(Refusal::RefreshTokenRevoked)?;
    grant.check(token, &caller.client.id, now)?;
    check_device(caller, grant, device)?;
    let user = user.ok_or(Refusal::RefreshTokenRevoked)?;
    bearer::check_user(user)?;
    check_proof(caller, user, proof)?;
    let (grant, refresh_token, remember) = match (caller.client.rotation_grace(), proof) {
        (Some(_), SecretProof::SecretHash) => return Err(Refusal::RefreshTokenRotationEnabled),
        (Some(grace), SecretProof::Secret(_)) => {
            let (grant, next) = grant.rotated(caller.digest_keys, &caller.pool.id, token, grace, random, now);
            (grant.clone(), Some(next), vec![Change::PutGrant(Box::new(grant))])
        }
        (None, _) => (grant.clone(), None, Vec::new()),
    };
    let signed_in =
        CompletedSignIn { user: user.clone(), grant, refresh_token, new_device: None, browser_session: None };
    Ok(Verdict { remember, answer: Ok(SignInOutcome::SignedIn(Box::new(signed_in))) })
}

/// Checks that the request names the device of the sign-in, if the pool remembers devices. A missing, unconfirmed or
/// forgotten device is refused too.
///
/// *Documented* in the AWS blog on devices and *Observed* in many public reports for REFRESH_TOKEN_AUTH. *Chosen* for
/// GetTokensFromRefreshToken as well: its documentation requires the device key.
fn check_device(caller: &AppClientCaller<'_>, grant: &Grant, device: Option<&Device>) -> Result<(), Refusal> {
    match &grant.device_key {
        Some(key) if caller.pool.devices.is_some() && device.is_none_or(|device| device.key != *key) => {
            Err(Refusal::RefreshTokenInvalid)
        }
        _ => Ok(()),
    }
}

fn check_proof(caller: &AppClientCaller<'_>, user: &User, proof: SecretProof<'_>) -> Result<(), Refusal> {
    let client = &caller.client.id;
    match proof {
        SecretProof::SecretHash => {
            caller.check_secret(user.username.as_str()).map_err(|refusal| match refusal {
                Refusal::SecretHashWrong(client) => Refusal::RefreshSecretHashWrong(client),
                other => other,
            })
        }
        SecretProof::Secret(given) => {
            check_secret(caller, given).map_err(|_| Refusal::ClientSecretWrong(client.clone()))
        }
    }
}

/// Compares a secret in clear, in constant time. An app client without a secret accepts any value.
pub(in crate::flow) fn check_secret(
    caller: &AppClientCaller<'_>,
    given: Option<&Secret>,
) -> Result<(), Refusal> {
    let given = given.map_or(&[][..], Secret::expose);
    let is_right = caller
        .secrets
        .iter()
        .fold(subtle::Choice::from(0), |found, secret| found | secret.expose().ct_eq(given));
    if caller.secrets.is_empty() || is_right.into() {
        Ok(())
    } else {
        Err(Refusal::ClientSecretWrong(caller.client.id.clone()))
    }
}

#[cfg(test)]
#[path = "refresh_tokens_tests.rs"]
mod tests;
