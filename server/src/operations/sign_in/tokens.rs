//! The output of a step of a sign-in: a challenge, or tokens. Tokens are issued only here.
//!
//! This runs after the commit. PostAuthentication is invoked first, then PreTokenGeneration (*Documented* in this
//! order for federated users). If one of them fails, no tokens are issued, and the committed grant is never used. A
//! renewal invokes PreTokenGeneration before its commit, because a commit may invalidate the only refresh token of the
//! user.

use std::time::Duration;

use lido_cognito_idp::types::AuthenticationResultType;
use lido_domain::{
    flow::sign_in::{CompletedSignIn, SignInOutcome},
    oauth::authorization::TokenContents,
    scope::Scopes,
    token::{TokenSubject, access_token_hash, grant::Grant},
    user::{
        User,
        group::{Group, GroupClaims, MAX_GROUPS_PER_USER},
    },
};

use crate::{
    app::App,
    operations::{Failure, Origin, RequestContext, client::LoadedClient},
    store::RequestInfo,
    tokens::KeyFault,
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

/// The subject of tokens to sign.
#[derive(Clone, Copy, Debug)]
pub(in crate::operations) struct SigningInput<'a> {
    pub(in crate::operations) client: &'a LoadedClient,
    pub(in crate::operations) user: &'a User,
    pub(in crate::operations) grant: &'a Grant,
    pub(in crate::operations) contents: &'a TokenContents,
    /// The claim `nonce` of the id token.
    pub(in crate::operations) nonce: Option<&'a str>,
}

/// An access token, and an id token if the grant has one.
pub(in crate::operations) struct SignedTokens {
    pub(in crate::operations) access: String,
    pub(in crate::operations) id: Option<String>,
    /// The lifetime of the access token.
    pub(in crate::operations) expires_in: Duration,
}

/// Invokes PreTokenGeneration for the tokens of `user`, a member of `groups`.
pub(in crate::operations) async fn get_contents(
    app: &App,
    client: &LoadedClient,
    info: &RequestInfo,
    source: TokenTriggerSource,
    user: &User,
    groups: &[Group],
    scopes: &Scopes,
) -> Result<TokenContents, Failure> {
    let groups = GroupClaims::of(groups);
    let context = client.event_context(info);
    let changes = app.triggers.pre_token_generation(context, source, user, &groups, scopes).await?;
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
    let pool_id = client.pool_id();
    let CompletedSignIn { user, grant, refresh_token, new_device, browser_session: _ } = signed_in;
    if source != TokenTriggerSource::RefreshTokens {
        let context = client.event_context(info);
        app.triggers.post_authentication(context, user, new_device.is_some()).await?;
    }
    let new_contents;
    let contents = match contents {
        Some(contents) => contents,
        None => {
            // Read here, because the functions that were invoked before may have changed the groups.
            let tx = request.begin();
            let groups = tx.list_groups_of(pool_id, &user.sub, None, MAX_GROUPS_PER_USER).await?;
            new_contents = get_contents(app, client, info, source, user, &groups, &grant.scopes()).await?;
            &new_contents
        }
    };
    let signed = sign(app, origin, SigningInput { client, user, grant, contents, nonce: None }).await?;
    Ok(AuthenticationResultType {
        access_token: Some(signed.access.as_str().try_into().map_err(ConversionError::from)?),
        expires_in: Some(i32::try_from(signed.expires_in.as_secs()).unwrap_or(i32::MAX)),
        token_type: Some("Bearer".try_into().map_err(ConversionError::from)?),
        refresh_token: refresh_token
            .as_ref()
            .map(|token| token.expose().try_into())
            .transpose()
            .map_err(ConversionError::from)?,
        id_token: signed.id.map(|id| id.as_str().try_into()).transpose().map_err(ConversionError::from)?,
        new_device_metadata: new_device
            .as_ref()
            .map(|key| wire::device::to_new_device_metadata(pool_id, key))
            .transpose()?,
    })
}

/// Signs tokens.
///
/// *Reported*: the tokens of the OAuth endpoints have `at_hash`, those of the API have not (oau-0286).
pub(in crate::operations) async fn sign(
    app: &App,
    origin: &Origin,
    input: SigningInput<'_>,
) -> Result<SignedTokens, Failure> {
    let SigningInput { client, user, grant, contents, nonce } = input;
    let TokenContents { groups, changes } = contents;
    let rules = client.client_rules();
    let (now, issuer) = (app.clock.now(), app.issuer(origin, client.pool_id()));
    let subject =
        TokenSubject { user, client: rules, grant, groups, issuer: &issuer, pool: client.pool_rules() };
    let id = changes.apply_to_id_token(subject.id_claims(app.entropy.uuid()?, now));
    let access = changes.apply_to_access_token(subject.access_claims(app.entropy.uuid()?, now), &rules.id);
    let (has_id, is_hashed) = (grant.has_id_token(), grant.access.is_some());
    let (keys, nonce) = (client.open_signing_keys(app).await?, nonce.map(str::to_owned));
    let sign = move || {
        let (mut id, access) = (id, keys.sign_access(&access)?);
        if is_hashed {
            id.insert("at_hash".into(), access_token_hash(&access).into());
        }
        id.extend(nonce.map(|nonce| ("nonce".into(), nonce.into())));
        let id = if has_id { Some(keys.sign_id(&id)?) } else { None };
        Ok::<_, KeyFault>((access, id))
    };
    let signed = tokio::task::spawn_blocking(sign).await?;
    let (access, id) = signed.map_err(crate::tokens::TokenFault::from)?;
    Ok(SignedTokens { access, id, expires_in: rules.lifetimes.access_ttl })
}
