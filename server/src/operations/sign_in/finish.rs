//! The end of a step: a challenge is told, or tokens are made. This is the only place where tokens are made.
//!
//! It runs after the commit. PostAuthentication is told first, then PreTokenGeneration asked (*Documented* in this order
//! for federated users). If one of them fails there are no tokens, and the grant that was committed is nobody's. A
//! renewal asks before its commit, since that may take a refresh token from somebody who has no other.

use lido_cognito_idp::types::AuthenticationResultType;
use lido_domain::{
    flow::sign_in::{Outcome, SignedIn},
    token::{Subject, changes::TokenChanges},
    user::{
        User,
        group::{Group, GroupClaims, MOST_GROUPS_OF_A_USER},
    },
};

use crate::{
    app::App,
    operations::{Failure, RequestContext, client::LoadedClient},
    store::Cause,
    triggers::TokenOccasion,
    wire::{self, Unsayable, sign_in::Answered},
};

/// What the end of a step needs beside its outcome.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending<'a> {
    pub(super) cause: &'a Cause,
    pub(super) client: &'a LoadedClient,
    pub(super) occasion: TokenOccasion,
    /// What PreTokenGeneration replied, if it was asked already.
    pub(super) contents: Option<&'a TokenContents>,
}

/// What tokens say of the user's groups, and what else changes in them.
#[derive(Debug)]
pub(super) struct TokenContents {
    groups: GroupClaims,
    changes: TokenChanges,
}

/// Asks PreTokenGeneration what the tokens of `user`, who is in `groups`, are to say.
pub(super) async fn ask_contents(
    app: &App,
    client: &LoadedClient,
    cause: &Cause,
    occasion: TokenOccasion,
    user: &User,
    groups: &[Group],
) -> Result<TokenContents, Failure> {
    let groups = GroupClaims::of(groups);
    let context = client.context(cause);
    let changes = app.triggers.pre_token_generation(context, occasion, user, &groups).await?;
    Ok(TokenContents { groups: changes.groups.clone().unwrap_or(groups), changes })
}

/// The answer to a step.
pub(super) async fn answer(
    request: &RequestContext<'_>,
    ending: Ending<'_>,
    outcome: Outcome,
) -> Result<Answered, Failure> {
    Ok(match outcome {
        Outcome::Challenged(challenge) => Answered::challenge(&challenge)?,
        Outcome::SignedIn(signed_in) => Answered::tokens(tokens(request, ending, &signed_in).await?),
    })
}

/// The tokens of a sign-in, or of its renewal.
pub(super) async fn tokens(
    request: &RequestContext<'_>,
    ending: Ending<'_>,
    signed_in: &SignedIn,
) -> Result<AuthenticationResultType, Failure> {
    let (app, origin) = (request.app(), request.origin());
    let Ending { cause, client: loaded, occasion, contents } = ending;
    let (pool, client) = (loaded.pool_id(), loaded.rules());
    let SignedIn { user, grant, refresh_token, new_device } = signed_in;
    if occasion != TokenOccasion::RefreshTokens {
        app.triggers.post_authentication(loaded.context(cause), user, new_device.is_some()).await?;
    }
    let asked;
    let TokenContents { groups, changes } = match contents {
        Some(contents) => contents,
        None => {
            // Read now, so that a function which was called meanwhile may have changed them.
            let groups = request.begin().list_groups_of(pool, &user.sub, None, MOST_GROUPS_OF_A_USER).await?;
            asked = ask_contents(app, loaded, cause, occasion, user, &groups).await?;
            &asked
        }
    };
    let (now, issuer) = (app.clock.now(), app.issuer(origin, pool));
    let subject = Subject { user, client, grant, groups, issuer: &issuer };
    let id = changes.of_id(subject.id_claims(app.entropy.uuid()?, now));
    let access = changes.of_access(subject.access_claims(app.entropy.uuid()?, now), &client.id);
    let keys = loaded.open_signing_keys(app).await?;
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
        new_device_metadata: new_device.as_ref().map(|key| wire::device::metadata(pool, key)).transpose()?,
    })
}
