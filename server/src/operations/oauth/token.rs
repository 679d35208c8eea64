//! The token endpoint: exchanges a code, renews tokens, or issues a token to an app client itself.
//!
//! The rules are in [`lido_domain::flow::oauth`] and, for a renewal, in [`lido_domain::flow::sign_in::refresh_tokens`].

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use lido_domain::{
    Refusal, Verdict,
    flow::{
        oauth::{
            client_authentication::authenticate,
            client_credentials,
            exchange_code::{self, CodeProof, ExchangedCode, PresentedCode},
        },
        sign_in::{SignInOutcome, refresh_tokens::SecretProof},
    },
    id::{ClientId, PoolId},
    oauth::{
        authorization,
        error::TokenError,
        parameters::{RepeatedParameter, RequestParameters},
    },
    scope::Scopes,
    secret::Secret,
    token::client_claims,
};

use super::{
    TokenFailure, authorize::check_not_standby, find_client, find_custom_scopes,
    metadata_client::fetch_metadata,
};
use crate::{
    app::App,
    operations::{
        Failure, Origin, RequestContext,
        client::LoadedClient,
        sign_in::{
            renew::RenewalRequest,
            tokens::{self, SignedTokens, SigningInput},
        },
        transact::Tx,
    },
    store::{RelatedRecord, UserQuery, UserRecords},
    tokens::TokenFault,
};

/// An app client as it names and proves itself.
#[derive(Debug)]
pub(crate) struct ClientProof {
    /// The pool of the endpoint; `None` where the app client decides it.
    pub(crate) pool: Option<PoolId>,
    /// The app client.
    pub(crate) id: ClientId,
    /// The secret, if one was sent.
    pub(crate) secret: Option<Secret>,
}

/// The tokens of an answer.
pub(crate) struct IssuedTokens {
    pub(crate) access: String,
    pub(crate) id: Option<String>,
    pub(crate) refresh: Option<String>,
    pub(crate) expires_in: Duration,
    pub(crate) scopes: Scopes,
}

/// A value of `grant_type` that is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GrantType {
    AuthorizationCode,
    RefreshToken,
    ClientCredentials,
}

impl GrantType {
    /// Reads `grant_type`.
    ///
    /// # Errors
    /// It is missing, repeated, or another one (oau-0099, oau-0298).
    pub(crate) fn read(parameters: &RequestParameters) -> Result<Self, TokenError> {
        match find(parameters, "grant_type")?.ok_or(TokenError::InvalidRequest)? {
            "authorization_code" => Ok(GrantType::AuthorizationCode),
            "refresh_token" => Ok(GrantType::RefreshToken),
            "client_credentials" => Ok(GrantType::ClientCredentials),
            _ => Err(TokenError::UnsupportedGrantType),
        }
    }
}

/// Issues the tokens of a request.
///
/// # Errors
/// The first fault of the request, in the order of the rules; a trigger or the server fails.
pub(crate) async fn issue_tokens(
    app: &App,
    origin: &Origin,
    proof: &ClientProof,
    grant_type: GrantType,
    parameters: &RequestParameters,
) -> Result<IssuedTokens, TokenFailure> {
    check_not_standby(app)?;
    fetch_metadata(app, origin, proof.pool.as_ref(), &proof.id).await;
    match grant_type {
        GrantType::AuthorizationCode => exchange(app, origin, proof, parameters).await,
        GrantType::RefreshToken => renew(app, origin, proof, parameters).await,
        GrantType::ClientCredentials => issue_to_client(app, origin, proof, parameters).await,
    }
}

pub(super) fn find<'a>(parameters: &'a RequestParameters, name: &str) -> Result<Option<&'a str>, TokenError> {
    parameters.find(name).map_err(|RepeatedParameter| TokenError::InvalidRequest)
}

/// Returns the app client that proves to be itself.
pub(super) async fn get_client(
    app: &App,
    tx: &Tx<'_>,
    proof: &ClientProof,
) -> Result<Result<LoadedClient, TokenError>, Failure> {
    let Some(client) = find_client(app, tx, proof.pool.as_ref(), &proof.id).await? else {
        return Ok(Err(TokenError::InvalidClient));
    };
    Ok(authenticate(client.caller(None).secrets, proof.secret.as_ref()).map(|()| client))
}

async fn exchange(
    app: &App,
    origin: &Origin,
    proof: &ClientProof,
    parameters: &RequestParameters,
) -> Result<IssuedTokens, TokenFailure> {
    let (request, random) = (RequestContext::new(app, origin), app.entropy.bytes().map_err(Failure::from)?);
    let code = find(parameters, "code");
    let sent = find(parameters, "redirect_uri").and_then(|redirect_uri| {
        Ok(CodeProof { redirect_uri, verifier: find(parameters, "code_verifier")? })
    });
    let (client, exchanged) = request
        .transact(async |tx| {
            let refuse = |error| Ok(Verdict::accept(Err(error)));
            let client = match get_client(app, &tx, proof).await? {
                Ok(client) => client,
                Err(error) => return refuse(error),
            };
            let (code, sent) = match (code, sent) {
                (Ok(Some(code)), Ok(sent)) => (code, sent),
                (Ok(None), _) => return refuse(TokenError::InvalidRequest),
                (Err(error), _) | (_, Err(error)) => return refuse(error),
            };
            let (caller, pool_id) = (client.caller(None), client.pool_id());
            let digests = authorization::digests(caller.digest_keys, pool_id, code);
            let found = tx.find_authorization(pool_id, &digests).await?;
            let loaded = match &found {
                Some((_, authorization)) => {
                    let related = vec![RelatedRecord::Grant(authorization.grant.clone())];
                    tx.find_user(pool_id, UserQuery::of(&authorization.of, related)).await?
                }
                None => UserRecords::default(),
            };
            let custom_scopes = match &loaded.grant {
                Some(grant) => find_custom_scopes(&tx, pool_id, &grant.scopes()).await?,
                None => BTreeSet::new(),
            };
            let presented = found.as_ref().map(|(key, authorization)| PresentedCode {
                key,
                authorization,
                grant: loaded.grant.as_ref(),
                user: loaded.user.as_ref(),
                custom_scopes: &custom_scopes,
            });
            let verdict = exchange_code::exchange(&caller, presented, sent, &random, tx.now());
            Ok(verdict.map(|exchanged| exchanged.map(|exchanged| (client, exchanged))))
        })
        .await??;
    let ExchangedCode { user, grant, refresh_token, contents, nonce } = exchanged;
    let input = SigningInput {
        client: &client,
        user: &user,
        grant: &grant,
        contents: &contents,
        nonce: nonce.as_deref(),
    };
    let SignedTokens { access, id, expires_in } = tokens::sign(app, origin, input).await?;
    let refresh = Some(refresh_token.expose().to_owned());
    Ok(IssuedTokens { access, id, refresh, expires_in, scopes: grant.scopes() })
}

async fn renew(
    app: &App,
    origin: &Origin,
    proof: &ClientProof,
    parameters: &RequestParameters,
) -> Result<IssuedTokens, TokenFailure> {
    let request = RequestContext::new(app, origin);
    let token = find(parameters, "refresh_token");
    let text = token.ok().flatten().unwrap_or_default();
    let renewal = RenewalRequest::new(app, text, None, SecretProof::Secret(proof.secret.as_ref()))?;
    let (client, outcome) = request
        .transact(async |tx| {
            let refuse = |error| Ok(Verdict::accept(Err(error)));
            let client = match get_client(app, &tx, proof).await? {
                Ok(client) => client,
                Err(error) => return refuse(error),
            };
            match token {
                Ok(Some(_)) => {}
                Ok(None) => return refuse(TokenError::InvalidRequest),
                Err(error) => return refuse(error),
            }
            if !client.client_rules().may_renew() {
                return refuse(TokenError::UnauthorizedClient);
            }
            let verdict = renewal.attempt(&request, &tx, &client, &client.caller(None)).await?;
            Ok(verdict.map(|outcome| Ok((client, outcome))))
        })
        .await??;
    let SignInOutcome::SignedIn(renewed) = outcome else { return Err(TokenError::InvalidGrant.into()) };
    let contents = renewal.contents().ok_or(TokenFailure::Internal)?;
    let (user, grant) = (&renewed.user, &renewed.grant);
    let input = SigningInput { client: &client, user, grant, contents, nonce: None };
    let SignedTokens { access, id, expires_in } = tokens::sign(app, origin, input).await?;
    let refresh = renewed.refresh_token.as_ref().map(|token| token.expose().to_owned());
    Ok(IssuedTokens { access, id, refresh, expires_in, scopes: grant.scopes() })
}

async fn issue_to_client(
    app: &App,
    origin: &Origin,
    proof: &ClientProof,
    parameters: &RequestParameters,
) -> Result<IssuedTokens, TokenFailure> {
    let metadata = match find(parameters, "aws_client_metadata")? {
        Some(text) => Some(read_metadata(text).ok_or(TokenError::InvalidRequest)?),
        None => None,
    };
    let request = RequestContext::new(app, origin).with_metadata(metadata);
    let tx = request.begin();
    let client = get_client(app, &tx, proof).await??;
    let rules = client.client_rules();
    let requested = find(parameters, "scope")?;
    let named = requested.map(Scopes::parse).unwrap_or_default();
    let named = client_credentials::scopes_to_look_up(rules, &named);
    let custom_scopes = find_custom_scopes(&tx, client.pool_id(), &named).await?;
    let scopes = client_credentials::grant_scopes(rules, requested, &custom_scopes)?;
    let access = sign_for_client(&request, &client, &scopes).await?;
    Ok(IssuedTokens { access, id: None, refresh: None, expires_in: rules.lifetimes.access_ttl, scopes })
}

/// Invokes PreTokenGeneration for the access token of an app client itself, and signs it.
pub(in crate::operations) async fn sign_for_client(
    request: &RequestContext<'_>,
    client: &LoadedClient,
    scopes: &Scopes,
) -> Result<String, Failure> {
    let (app, rules) = (request.app(), client.client_rules());
    let changes = app.triggers.client_token_generation(client.event_context(request.info()), scopes).await?;
    let (issuer, now) = (app.issuer(request.origin(), client.pool_id()), app.clock.now());
    let claims = client_claims(rules, scopes, &issuer, app.entropy.uuid()?, now);
    let claims = changes.apply_to_access_token(claims, &rules.id);
    let keys = client.open_signing_keys(app).await?;
    let signed = tokio::task::spawn_blocking(move || keys.sign_access(&claims)).await?;
    Ok(signed.map_err(TokenFault::from)?)
}

/// Reads `aws_client_metadata`: a JSON object of texts (oau-0105).
fn read_metadata(text: &str) -> Option<BTreeMap<String, String>> {
    serde_json::from_str(text).ok()
}

impl From<Refusal> for TokenFailure {
    fn from(refusal: Refusal) -> Self {
        Failure::from(refusal).into()
    }
}
