//! Handles GetDerivedToken: exchanges the token of a user for one that another service accepts.
//!
//! The rules are in [`lido_domain::flow::oauth::exchange_token`]. Nothing is stored: the new token belongs to the
//! grant of the subject token.

use lido_cognito_idp::operations::{GetDerivedTokenInput, GetDerivedTokenOutput};
use lido_domain::{
    Refusal,
    flow::oauth::exchange_token::{self, DerivedToken, LoadedToken},
    id::{ClientId, PoolId, ResourceServerId},
    refusal::{ExchangeFault, TokenParty},
    secret::Secret,
    token::{PresentedToken, TokenKind, TokenSubject},
    user::group::MAX_GROUPS_PER_USER,
};

use crate::{
    operations::{
        Failure, RequestContext, client::LoadedClient, sign_in::tokens::get_contents, transact::Tx,
    },
    store::{RelatedRecord, UserQuery, UserRecords},
    tokens::{PoolKeys, TokenFault},
    triggers::TokenTriggerSource,
    wire::{self, ConversionError},
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: GetDerivedTokenInput,
) -> Result<GetDerivedTokenOutput, Failure> {
    let app = request.app();
    let exchange = wire::tokens::read_exchange(&input);
    let client_id = ClientId::new(input.client_id.into_inner());
    let secret = input.client_secret.map(|secret| Secret::new(secret.into_inner()));
    let tx = request.begin();
    let client = tx.get_client_with_keys(None, &client_id).await?;
    let kinds = exchange_token::check_request(&client.caller(None), secret.as_ref(), &exchange)?;
    let keys = client.open_signing_keys(app).await?;
    let subject = TokenOfRequest::load(
        &tx,
        client.pool_id(),
        verify(&keys, TokenParty::Subject, kinds.subject, &input.subject_token)?,
    )
    .await?;
    let actor = match (&input.actor_token, kinds.actor) {
        (Some(text), Some(kind)) => {
            let token = verify(&keys, TokenParty::Actor, kind, text)?;
            Some(TokenOfRequest::load(&tx, client.pool_id(), token).await?)
        }
        _ => None,
    };
    if let Some(resource) = &exchange.resource {
        let id = ResourceServerId::new(resource.as_str());
        let found = tx.find_resource_servers(client.pool_id(), std::slice::from_ref(&id)).await?;
        found.first().ok_or(Refusal::UnknownResourceServer(id))?;
    }
    let loaded = actor.as_ref().map(TokenOfRequest::loaded);
    let derived =
        exchange_token::derive(client.client_rules(), &exchange, subject.loaded(), loaded, tx.now())?;
    let (text, expires_in) = sign(&request, &client, &keys, exchange.requested, &derived, &subject).await?;
    let (issued_token_type, token_type) = wire::tokens::to_issued_kind(exchange.requested);
    Ok(GetDerivedTokenOutput {
        issued_token: text.as_str().try_into().map_err(ConversionError::from)?,
        issued_token_type,
        token_type,
        expires_in: Some(i32::try_from(expires_in).unwrap_or(i32::MAX)),
        scopes: Some(wire::tokens::to_scopes(&derived.scopes)?),
    })
}

/// A token of the request with the records that it names.
struct TokenOfRequest {
    token: PresentedToken,
    records: UserRecords,
    has_client: bool,
}

impl TokenOfRequest {
    async fn load(tx: &Tx<'_>, pool_id: &PoolId, token: PresentedToken) -> Result<Self, Failure> {
        let (mut records, mut has_client) = (UserRecords::default(), false);
        match (&token.grant, &token.client_id) {
            (Some(grant), _) => {
                let related =
                    vec![RelatedRecord::Grant(grant.clone()), RelatedRecord::Groups(MAX_GROUPS_PER_USER)];
                records = tx.find_user(pool_id, UserQuery::of(&token.sub, related)).await?;
            }
            (None, Some(client)) => {
                let found = tx.find_client(client).await?;
                has_client = found.is_some_and(|found| found.pool.pool.id == *pool_id);
            }
            (None, None) => {}
        }
        Ok(Self { token, records, has_client })
    }

    fn loaded(&self) -> LoadedToken<'_> {
        LoadedToken {
            token: &self.token,
            grant: self.records.grant.as_ref(),
            user: self.records.user.as_ref(),
            has_client: self.has_client,
        }
    }
}

/// Verifies a token of the request.
///
/// # Errors
/// The pool did not sign it, or it is of another kind.
fn verify(
    keys: &PoolKeys,
    party: TokenParty,
    kind: TokenKind,
    text: &str,
) -> Result<PresentedToken, Refusal> {
    let token = keys.verify_presented(kind, text).filter(|token| token.kind() == Some(kind));
    token.ok_or(Refusal::Exchange(ExchangeFault::TokenInvalid(party)))
}

/// Signs the new token, and returns it with its validity in seconds.
///
/// *Chosen*: PreTokenGeneration, whose errors the operation declares, is invoked as for a sign-in; the documentation
/// names no source of its own.
async fn sign(
    request: &RequestContext<'_>,
    client: &LoadedClient,
    keys: &std::sync::Arc<PoolKeys>,
    kind: TokenKind,
    derived: &DerivedToken,
    subject: &TokenOfRequest,
) -> Result<(String, i64), Failure> {
    let (app, rules) = (request.app(), client.client_rules());
    let source = TokenTriggerSource::Authentication;
    let (user, groups) = (&derived.user, &subject.records.groups);
    let contents = get_contents(app, client, request.info(), source, user, groups, &derived.scopes).await?;
    let (now, issuer) = (app.clock.now(), app.issuer(request.origin(), client.pool_id()));
    let tokens = TokenSubject {
        user,
        client: rules,
        grant: &derived.grant,
        groups: &contents.groups,
        issuer: &issuer,
        pool: client.pool_rules(),
    };
    let jti = app.entropy.uuid()?;
    let claims = match kind {
        TokenKind::Access => {
            contents.changes.apply_to_access_token(tokens.access_claims(jti, now), &rules.id)
        }
        TokenKind::Id => contents.changes.apply_to_id_token(tokens.id_claims(jti, now)),
    };
    let claims = derived.complete(claims);
    let exp = claims.get("exp").and_then(serde_json::Value::as_i64).unwrap_or_default();
    let keys = std::sync::Arc::clone(keys);
    let sign = move || match kind {
        TokenKind::Access => keys.sign_access(&claims),
        TokenKind::Id => keys.sign_id(&claims),
    };
    let text = tokio::task::spawn_blocking(sign).await?.map_err(TokenFault::from)?;
    Ok((text, exp - now.as_seconds()))
}
