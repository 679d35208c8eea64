//! Renewing tokens: REFRESH_TOKEN_AUTH and GetTokensFromRefreshToken.
//!
//! Both give new id and access tokens of the same grant. Where the app client rotates refresh tokens, only the latter
//! is there, and it gives another refresh token in place of the one that was used (*Documented*, cog-0187, cog-0333).
//!
//! Order (*Chosen*): the token is one of this pool, its grant is there, the token is this client's and alive, it comes
//! from its device, the user is there and may sign in, the caller knows the client's secret. The former shows that by
//! a hash over the username (cog-0157), the latter by the secret itself.

use subtle::ConstantTimeEq;

use super::{Outcome, SignedIn};
use crate::{
    Change, Refusal, Timestamp, Verdict,
    flow::Caller,
    secret::Secret,
    token::grant::{Grant, Opened, RefreshToken},
    user::{Status, User, device::Device},
};

/// How the caller shows that they know the app client's secret, if it has one.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// By the hash in [`Caller::secret_hash`].
    Hash,
    /// In clear.
    Secret(Option<&'a Secret>),
}

/// A refresh token and what the store holds of it.
#[derive(Clone, Copy, Debug)]
pub struct Renewal<'a> {
    /// What the token says.
    pub token: &'a Opened,
    /// Its grant, unless that has ended.
    pub grant: Option<&'a Grant>,
    /// Its user, unless they are gone.
    pub user: Option<&'a User>,
    /// The device that it is said to come from, if the user has confirmed that.
    pub device: Option<&'a Device>,
    /// How the caller is shown to be the app client.
    pub shown: Shown<'a>,
}

/// Reads a refresh token, or refuses it as none of this pool's (cog-0195).
pub fn open(caller: &Caller<'_>, text: &str) -> Result<Opened, Refusal> {
    RefreshToken::open(caller.digest_keys, &caller.pool.id, text).ok_or(Refusal::RefreshTokenInvalid)
}

/// Decides. `random` makes the next refresh token, if there is one.
pub fn renew(
    caller: &Caller<'_>,
    renewal: &Renewal<'_>,
    random: &[u8; 32],
    now: Timestamp,
) -> Verdict<Outcome> {
    decide(caller, renewal, random, now).into()
}

fn decide(
    caller: &Caller<'_>,
    renewal: &Renewal<'_>,
    random: &[u8; 32],
    now: Timestamp,
) -> Result<Verdict<Outcome>, Refusal> {
    let Renewal { token, grant, user, device, shown } = *renewal;
    // The token says so itself, so that one is told to be over whose grant was dropped long ago.
    if token.expires_at <= now {
        return Err(Refusal::RefreshTokenExpired);
    }
    let grant = grant.ok_or(Refusal::RefreshTokenRevoked)?;
    grant.check(token, &caller.client.id, now)?;
    check_device(caller, grant, device)?;
    let user = user.ok_or(Refusal::RefreshTokenRevoked)?;
    check_user(user)?;
    check_shown(caller, user, shown)?;
    let (grant, refresh_token, remember) = match (caller.client.rotation_grace(), shown) {
        (Some(_), Shown::Hash) => return Err(Refusal::RefreshTokenRotates),
        (Some(grace), Shown::Secret(_)) => {
            let (grant, next) = grant.rotated(caller.digest_keys, &caller.pool.id, token, grace, random, now);
            (grant.clone(), Some(next), vec![Change::PutGrant(Box::new(grant))])
        }
        (None, _) => (grant.clone(), None, Vec::new()),
    };
    let signed_in = SignedIn { user: user.clone(), grant, refresh_token, new_device: None };
    Ok(Verdict { remember, answer: Ok(Outcome::SignedIn(Box::new(signed_in))) })
}

/// Where a pool remembers devices, the tokens of a sign-in are its device's alone: whoever names another, none, or one
/// that was never confirmed or is forgotten has no good token (*Documented* in the AWS blog on devices, *Observed* in
/// many public reports for REFRESH_TOKEN_AUTH, and *Chosen* alike for GetTokensFromRefreshToken, whose documentation
/// asks for the key and says that one is issued to whoever has none).
fn check_device(caller: &Caller<'_>, grant: &Grant, device: Option<&Device>) -> Result<(), Refusal> {
    match &grant.device_key {
        Some(key) if caller.pool.devices.is_some() && device.is_none_or(|device| device.key != *key) => {
            Err(Refusal::RefreshTokenInvalid)
        }
        _ => Ok(()),
    }
}

/// A user who may no longer sign in may not go on either (*Chosen*, but for the disabled: *Documented* that their
/// tokens are revoked).
fn check_user(user: &User) -> Result<(), Refusal> {
    match user.status {
        _ if !user.enabled => Err(Refusal::UserDisabled),
        Status::Unconfirmed => Err(Refusal::UserNotConfirmed),
        Status::ResetRequired => Err(Refusal::PasswordResetRequired),
        Status::Confirmed | Status::ExternalProvider | Status::ForceChangePassword { .. } => Ok(()),
    }
}

fn check_shown(caller: &Caller<'_>, user: &User, shown: Shown<'_>) -> Result<(), Refusal> {
    let client = &caller.client.id;
    match shown {
        Shown::Hash => caller.check_secret(user.username.as_str()).map_err(|refusal| match refusal {
            Refusal::SecretHashWrong(client) => Refusal::RefreshSecretHashWrong(client),
            other => other,
        }),
        Shown::Secret(given) => {
            check_secret(caller, given).map_err(|_| Refusal::ClientSecretWrong(client.clone()))
        }
    }
}

/// Compares a secret in clear, in constant time; whatever comes is good for a client that has none.
pub(super) fn check_secret(caller: &Caller<'_>, given: Option<&Secret>) -> Result<(), Refusal> {
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
#[path = "refresh_tests.rs"]
mod tests;
