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
        group::{GroupClaims, MOST_GROUPS_OF_A_USER},
    },
};

use crate::{
    app::App,
    operations::{Origin, calling::Calling, failure::Failure},
    store::Cause,
    triggers::TokenOccasion,
    wire::{self, Unsayable, sign_in::Answered},
};

/// What triggers are told of the step that ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending<'a> {
    pub(super) cause: &'a Cause,
    pub(super) occasion: TokenOccasion,
    /// What tokens are to say, if that was asked already.
    pub(super) wanted: Option<&'a Wanted>,
}

/// What tokens are to say of the user's groups, and what else is to change in them.
#[derive(Debug)]
pub(super) struct Wanted {
    groups: GroupClaims,
    changes: TokenChanges,
}

/// Asks what the tokens of `user` are to say.
pub(super) async fn ask(
    app: &App,
    calling: &Calling<'_>,
    ending: Ending<'_>,
    user: &User,
) -> Result<Wanted, Failure> {
    let (pool, context) = (&calling.read.value.pool.pool.id, calling.context(ending.cause));
    let groups = app.store.list_groups_of(pool, &user.sub, None, MOST_GROUPS_OF_A_USER).await?;
    let groups = GroupClaims::of(&groups);
    let changes = app.triggers.pre_token_generation(context, ending.occasion, user, &groups).await?;
    Ok(Wanted { groups: changes.groups.clone().unwrap_or(groups), changes })
}

/// Tells how a step ended.
pub(super) async fn answer(
    app: &App,
    origin: &Origin,
    calling: &Calling<'_>,
    ending: Ending<'_>,
    outcome: Outcome,
) -> Result<Answered, Failure> {
    Ok(match outcome {
        Outcome::Challenged(challenge) => Answered::challenge(&challenge)?,
        Outcome::SignedIn(signed_in) => {
            Answered::tokens(tokens(app, origin, calling, ending, &signed_in).await?)
        }
    })
}

/// The tokens of a sign-in, or of its renewal.
pub(super) async fn tokens(
    app: &App,
    origin: &Origin,
    calling: &Calling<'_>,
    ending: Ending<'_>,
    signed_in: &SignedIn,
) -> Result<AuthenticationResultType, Failure> {
    let (pool, client) = (&calling.read.value.pool.pool.id, &calling.read.value.client.client);
    let SignedIn { user, grant, refresh_token, new_device } = signed_in;
    let context = calling.context(ending.cause);
    if ending.occasion != TokenOccasion::RefreshTokens {
        app.triggers.post_authentication(context, user, new_device.is_some()).await?;
    }
    let asked;
    let Wanted { groups, changes } = match ending.wanted {
        Some(wanted) => wanted,
        None => {
            asked = ask(app, calling, ending, user).await?;
            &asked
        }
    };
    let (now, issuer) = (app.clock.now(), app.issuer(origin, pool));
    let subject = Subject { user, client, grant, groups, issuer: &issuer };
    let id = changes.of_id(subject.id_claims(app.entropy.uuid()?, now));
    let access = changes.of_access(subject.access_claims(app.entropy.uuid()?, now), &client.id);
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
        new_device_metadata: new_device.as_ref().map(|key| wire::device::metadata(pool, key)).transpose()?,
    })
}
