//! The check of the access token, for every operation that a user authorizes with one.
//!
//! Order: form and signature (checked by the server), expiry, token use and scope, the grant, then the user. The error
//! texts are *Observed* (cog-0334 to cog-0337). The order, and the refusal of a user who is disabled or must reset the
//! password, are *Chosen*.

use crate::{
    Refusal, Timestamp,
    client::Client,
    digest::DigestKeys,
    pool::Pool,
    scope::SELF_SERVICE_SCOPE,
    token::{AccessToken, grant::Grant},
    user::{Status, User},
};

/// The bearer of a valid access token: the user, the app client that the token was issued to, and their pool.
///
/// Operations that a token authorizes take this in place of [`super::AppClientCaller`].
#[derive(Clone, Copy, Debug)]
pub struct Bearer<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// The app client.
    pub client: &'a Client,
    /// The user.
    pub user: &'a User,
    /// The keys for the digests of codes.
    pub digest_keys: &'a DigestKeys,
}

/// Returns the user whose access token this is.
///
/// `grant` and `user` are the records that the token names, if they still exist.
///
/// # Errors
///
/// Refuses an expired or revoked token, one without the scope, and a user who may not act.
pub fn check<'a>(
    token: &AccessToken,
    grant: Option<&Grant>,
    user: Option<&'a User>,
    now: Timestamp,
) -> Result<&'a User, Refusal> {
    check_scope(SELF_SERVICE_SCOPE, token, grant, user, now)
}

/// Returns the user whose access token this is, for an endpoint that wants another scope.
///
/// # Errors
///
/// Those of [`check`].
pub fn check_scope<'a>(
    scope: &str,
    token: &AccessToken,
    grant: Option<&Grant>,
    user: Option<&'a User>,
    now: Timestamp,
) -> Result<&'a User, Refusal> {
    if token.token_use != "access" {
        return Err(Refusal::AccessTokenInvalid);
    }
    if token.exp <= now.as_seconds() {
        return Err(Refusal::AccessTokenExpired);
    }
    if !token.scope.split(' ').any(|granted| granted == scope) {
        return Err(Refusal::AccessTokenScopeMissing);
    }
    let user = user.ok_or(Refusal::UserNotFound)?;
    if grant.is_none_or(|grant| grant.client != token.client_id) {
        return Err(Refusal::AccessTokenRevoked);
    }
    check_user(user).map(|()| user)
}

/// Checks that the tokens of the user still count. *Documented* for disabled users, whose tokens are revoked; the rest
/// is *Chosen*.
pub(super) fn check_user(user: &User) -> Result<(), Refusal> {
    match user.status {
        _ if !user.enabled => Err(Refusal::UserDisabled),
        Status::Unconfirmed => Err(Refusal::UserNotConfirmed),
        Status::ResetRequired => Err(Refusal::PasswordResetRequired),
        Status::Confirmed | Status::ExternalProvider | Status::ForceChangePassword { .. } => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        fixture,
        id::{ClientId, PoolId},
        token::grant::{GrantId, GrantSeed},
    };

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    /// cog-0335, cog-0337.
    #[test]
    fn access_token_with_each_fault_is_refused() {
        let ann = User { status: Status::Confirmed, ..fixture::user("ann") };
        let seed = GrantSeed { id: [1; 16], origin: [2; 16], secret: [3; 32] };
        let (pool, hour) = (PoolId::new("r_p"), Duration::from_secs(3_600));
        let client = ClientId::new("client");
        let grant = Grant::begin(&fixture::keys(), &pool, &ann, client.clone(), hour, &seed, NOW).0;
        let mut other = grant.clone();
        other.client = ClientId::new("other");
        let token = AccessToken {
            sub: ann.sub.clone(),
            client_id: client,
            grant: GrantId::new("01010101-0101-4101-8101-010101010101"),
            token_use: "access".into(),
            scope: format!("openid {SELF_SERVICE_SCOPE}"),
            exp: 1_001,
            device_key: None,
        };
        let user = |status| Some(User { status, ..ann.clone() });
        let id_token = AccessToken { token_use: "id".into(), ..token.clone() };
        let expired = AccessToken { exp: 1_000, ..token.clone() };
        let narrow = AccessToken { scope: "openid".into(), ..token.clone() };
        let cases = [
            (&token, Some(&grant), user(Status::Confirmed), None),
            (&id_token, Some(&grant), user(Status::Confirmed), Some(Refusal::AccessTokenInvalid)),
            (&expired, None, None, Some(Refusal::AccessTokenExpired)),
            (&narrow, Some(&grant), user(Status::Confirmed), Some(Refusal::AccessTokenScopeMissing)),
            (&token, Some(&grant), None, Some(Refusal::UserNotFound)),
            (&token, None, user(Status::Confirmed), Some(Refusal::AccessTokenRevoked)),
            (&token, Some(&other), user(Status::Confirmed), Some(Refusal::AccessTokenRevoked)),
            (&token, Some(&grant), user(Status::Unconfirmed), Some(Refusal::UserNotConfirmed)),
            (&token, Some(&grant), user(Status::ResetRequired), Some(Refusal::PasswordResetRequired)),
            (&token, Some(&grant), Some(User { enabled: false, ..ann.clone() }), Some(Refusal::UserDisabled)),
        ];
        for (token, grant, user, refused) in cases {
            assert_eq!(check(token, grant, user.as_ref(), NOW).err(), refused);
        }
    }
}
