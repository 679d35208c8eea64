//! The end of a step: a challenge is told, or tokens are made. This is the only place where tokens are made.
//!
//! It runs after the commit. Triggers that are told of a sign-in, and the one that is asked about tokens, belong here:
//! between the claims and their signature.

use lido_cognito_idp::types::AuthenticationResultType;
use lido_domain::{
    flow::sign_in::{Outcome, SignedIn},
    group::{GroupClaims, MOST_GROUPS_OF_A_USER},
    token::Subject,
};

use crate::{
    app::App,
    operations::{Origin, calling::Calling, failure::Failure},
    wire::{Unsayable, sign_in::Answered},
};

/// Tells how a step ended.
pub(super) async fn answer(
    app: &App,
    origin: &Origin,
    calling: &Calling<'_>,
    outcome: Outcome,
) -> Result<Answered, Failure> {
    Ok(match outcome {
        Outcome::Challenged(challenge) => Answered::challenge(&challenge)?,
        Outcome::SignedIn(signed_in) => Answered::tokens(tokens(app, origin, calling, &signed_in).await?),
    })
}

/// The tokens of a sign-in, or of its renewal.
pub(super) async fn tokens(
    app: &App,
    origin: &Origin,
    calling: &Calling<'_>,
    signed_in: &SignedIn,
) -> Result<AuthenticationResultType, Failure> {
    let now = app.clock.now();
    let (pool, client) = (&calling.read.value.pool.pool.id, &calling.read.value.client.client);
    let SignedIn { user, grant, refresh_token } = signed_in;
    let groups = app.store.list_groups_of(pool, &user.sub, None, MOST_GROUPS_OF_A_USER).await?;
    let (groups, issuer) = (GroupClaims::of(&groups), app.issuer(origin, pool));
    let subject = Subject { user, client, grant, groups: &groups, issuer: &issuer };
    let id = subject.id_claims(app.entropy.uuid()?, now);
    let access = subject.access_claims(app.entropy.uuid()?, now);
    let keys = app.tokens.of_pool(pool).await?;
    let (id, access) = tokio::task::spawn_blocking(move || keys.sign(&id, &access))
        .await?
        .map_err(crate::tokens::TokenFault::from)?;
    let access_seconds = i32::try_from(client.lifetimes.access_ttl.as_secs());
    Ok(AuthenticationResultType {
        access_token: Some(access.as_str().try_into().map_err(Unsayable::from)?),
        expires_in: Some(access_seconds.unwrap_or(i32::MAX)),
        token_type: Some("Bearer".try_into().map_err(Unsayable::from)?),
        refresh_token: refresh_token
            .as_ref()
            .map(|token| token.expose().try_into())
            .transpose()
            .map_err(Unsayable::from)?,
        id_token: Some(id.as_str().try_into().map_err(Unsayable::from)?),
        new_device_metadata: None,
    })
}
