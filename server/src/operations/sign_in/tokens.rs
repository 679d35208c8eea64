//! The output of a step of a sign-in: a challenge, or tokens. Tokens are issued only here.
//!
//! This runs after the commit. PostAuthentication is invoked first, then PreTokenGeneration (*Documented* in this
//! order for federated users). If one of them fails, no tokens are issued, and the committed grant is never used. A
//! renewal invokes PreTokenGeneration before its commit, because a commit may invalidate the only refresh token of the
//! user.

use lido_cognito_idp::types::AuthenticationResultType;
use lido_domain::{
    flow::sign_in::{CompletedSignIn, SignInOutcome},
    token::{TokenSubject, changes::TokenChanges},
    user::{
        User,
        group::{Group, GroupClaims, MAX_GROUPS_PER_USER},
    },
};

use crate::{
    app::App,
    operations::{Failure, RequestContext, client::LoadedClient},
    store::RequestInfo,
    triggers::TokenTriggerSource,
    wire::{self, ConversionError, sign_in::AuthOutput},
};

/// The values that the issue of tokens needs besides the sign-in itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct IssueContext<'a> {
    pub(super) info: &'a RequestInfo,
    pub(super) client: &'a LoadedClient,
    pub(super) source: TokenTriggerSource,
    /// The contents that PreTokenGeneration has returned, if it was invoked before the commit.
    pub(super) contents: Option<&'a TokenContents>,
}

/// The groups in the tokens, and the changes of PreTokenGeneration to their claims.
#[derive(Debug)]
pub(super) struct TokenContents {
    groups: GroupClaims,
    changes: TokenChanges,
}

/// Invokes PreTokenGeneration for the tokens of `user`, a member of `groups`.
pub(super) async fn get_contents(
    app: &App,
    client: &LoadedClient,
    info: &RequestInfo,
    source: TokenTriggerSource,
    user: &User,
    groups: &[Group],
) -> Result<TokenContents, Failure> {
    let groups = GroupClaims::of(groups);
    let context = client.event_context(info);
    let changes = app.triggers.pre_token_generation(context, source, user, &groups).await?;
    Ok(TokenContents { groups: changes.groups.clone().unwrap_or(groups), changes })
}

/// Converts the outcome of a step to an output; issues tokens if the user is signed in.
pub(super) async fn to_auth_output(
    request: &RequestContext<'_>,
    context: IssueContext<'_>,
    outcome: SignInOutcome,
) -> Result<AuthOutput, Failure> {
    Ok(match outcome {
        SignInOutcome::Challenged(challenge) => AuthOutput::challenge(&challenge)?,
        SignInOutcome::SignedIn(signed_in) => AuthOutput::tokens(issue(request, context, &signed_in).await?),
    })
}

/// Issues the tokens of a sign-in or of a renewal.
pub(super) async fn issue(
    request: &RequestContext<'_>,
    context: IssueContext<'_>,
    signed_in: &CompletedSignIn,
) -> Result<AuthenticationResultType, Failure> {
    let (app, origin) = (request.app(), request.origin());
    let IssueContext { info, client, source, contents } = context;
    let (pool_id, rules) = (client.pool_id(), client.client_rules());
    let CompletedSignIn { user, grant, refresh_token, new_device } = signed_in;
    if source != TokenTriggerSource::RefreshTokens {
        let context = client.event_context(info);
        app.triggers.post_authentication(context, user, new_device.is_some()).await?;
    }
    let new_contents;
    let TokenContents { groups, changes } = match contents {
        Some(contents) => contents,
        None => {
            // Read here, because the functions that were invoked before may have changed the groups.
            let tx = request.begin();
            let groups = tx.list_groups_of(pool_id, &user.sub, None, MAX_GROUPS_PER_USER).await?;
            new_contents = get_contents(app, client, info, source, user, &groups).await?;
            &new_contents
        }
    };
    let (now, issuer) = (app.clock.now(), app.issuer(origin, pool_id));
    let subject = TokenSubject { user, client: rules, grant, groups, issuer: &issuer };
    let id = changes.apply_to_id_token(subject.id_claims(app.entropy.uuid()?, now));
    let access = changes.apply_to_access_token(subject.access_claims(app.entropy.uuid()?, now), &rules.id);
    let keys = client.open_signing_keys(app).await?;
    let (id, access) = tokio::task::spawn_blocking(move || keys.sign(&id, &access))
        .await?
        .map_err(crate::tokens::TokenFault::from)?;
    let access_seconds = i32::try_from(rules.lifetimes.access_ttl.as_secs());
    Ok(AuthenticationResultType {
        access_token: Some(access.as_str().try_into().map_err(ConversionError::from)?),
        expires_in: Some(access_seconds.unwrap_or(i32::MAX)),
        token_type: Some("Bearer".try_into().map_err(ConversionError::from)?),
        refresh_token: refresh_token
            .as_ref()
            .map(|token| token.expose().try_into())
            .transpose()
            .map_err(ConversionError::from)?,
        id_token: Some(id.as_str().try_into().map_err(ConversionError::from)?),
        new_device_metadata: new_device
            .as_ref()
            .map(|key| wire::device::to_new_device_metadata(pool_id, key))
            .transpose()?,
    })
}
