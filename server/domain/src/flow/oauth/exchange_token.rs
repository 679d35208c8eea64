//! GetDerivedToken: exchanges the token of a user for one that another service accepts (RFC 8693).
//!
//! Order (*Chosen*): the secret and the flow of the app client, the members of the request, the subject token, its
//! user, the actor token, the audience, the scopes. *Chosen* beyond the documentation:
//!
//! - Both tokens are of the pool of the app client; they may be of other app clients, which is what an exchange is
//!   for.
//! - The new token belongs to the sign-in of the subject token, so that it ends with that sign-in, and it expires no
//!   later than the tokens of the request. Otherwise a chain of exchanges would outlive what began it.
//! - Tokens of identity providers cannot be exchanged as long as a pool has none: no such provider exists.

use serde_json::{Value, json};

use crate::{
    Timestamp,
    client::{AuthFlow, Client},
    flow::{AppClientCaller, bearer, sign_in::refresh_tokens::check_secret},
    refusal::{ExchangeFault, Refusal, ScopeFault, TokenParty},
    scope::{OPENID, Scopes},
    secret::Secret,
    token::{
        Claims, PresentedToken, TokenKind,
        grant::{Grant, GrantedAccess},
    },
    user::User,
};

/// The most actors in the claim `act` of a token, one in the other (*Chosen*).
const MAX_ACTORS: usize = 10;

/// A type of token that a request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresentedKind {
    /// ACCESS_TOKEN or ID_TOKEN.
    Token(TokenKind),
    /// SAML2.
    Saml,
}

/// The request, without its tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeRequest {
    /// `SubjectTokenType`.
    pub subject_kind: PresentedKind,
    /// `SubjectTokenProviderName`.
    pub subject_provider: Option<String>,
    /// Whether `ActorToken` is there.
    pub has_actor: bool,
    /// `ActorTokenType`.
    pub actor_kind: Option<PresentedKind>,
    /// `ActorTokenProviderName`.
    pub actor_provider: Option<String>,
    /// `Scopes`.
    pub scopes: Scopes,
    /// The only entry of `Audiences`.
    pub audience: Option<String>,
    /// The only entry of `Resources`.
    pub resource: Option<String>,
    /// `RequestedTokenType`. *Chosen*: an access token by default.
    pub requested: TokenKind,
}

/// The kinds of the tokens of a request that passed [`check_request`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExchangeKinds {
    /// The kind of the subject token.
    pub subject: TokenKind,
    /// The kind of the actor token, if there is one.
    pub actor: Option<TokenKind>,
}

/// A token of the request with a right signature, and the records that it names.
#[derive(Clone, Copy, Debug)]
pub struct LoadedToken<'a> {
    /// The token.
    pub token: &'a PresentedToken,
    /// Its grant, unless that has ended.
    pub grant: Option<&'a Grant>,
    /// Its user, unless they were deleted.
    pub user: Option<&'a User>,
    /// Whether the app client exists to which an access token was issued.
    pub has_client: bool,
}

/// The token to issue.
#[derive(Clone, Debug)]
pub struct DerivedToken {
    /// The user.
    pub user: User,
    /// The grant, with the access of the token in place of its own.
    pub grant: Grant,
    /// The scopes.
    pub scopes: Scopes,
    /// The `aud` of an id token, if it is not the app client.
    pub id_audience: Option<String>,
    /// The claim `act`.
    pub act: Option<Value>,
    /// The instant from which the token is not valid, whatever the app client's validity, in seconds since the epoch.
    pub not_after: i64,
}

impl DerivedToken {
    /// Returns the claims of the token: those of a token of the user, with the actors and the earlier end.
    pub fn complete(&self, mut claims: Claims) -> Claims {
        if let Some(audience) = &self.id_audience {
            claims.insert("aud".into(), json!(audience));
        }
        let exp =
            claims.get("exp").and_then(Value::as_i64).map_or(self.not_after, |exp| exp.min(self.not_after));
        claims.insert("exp".into(), json!(exp));
        // Replaces what a trigger may have put there: only the exchange knows who acts.
        claims.remove("act");
        claims.extend(self.act.as_ref().map(|act| ("act".into(), act.clone())));
        claims
    }
}

/// Checks the caller and the members of the request that need no record.
///
/// # Errors
///
/// The secret is wrong; the app client does not allow the flow, which is delegation with an actor and impersonation
/// without (*Documented*, api-0293); members contradict each other (api-0294); a token is of an identity provider,
/// and there is none.
pub fn check_request(
    caller: &AppClientCaller<'_>,
    secret: Option<&Secret>,
    request: &ExchangeRequest,
) -> Result<ExchangeKinds, Refusal> {
    let fault = |fault| Err(Refusal::Exchange(fault));
    check_secret(caller, secret)?;
    let (flow, name) = match request.has_actor {
        true => (AuthFlow::AllowTokenExchangeDelegation, "ALLOW_TOKEN_EXCHANGE_DELEGATION"),
        false => (AuthFlow::AllowTokenExchangeImpersonation, "ALLOW_TOKEN_EXCHANGE_IMPERSONATION"),
    };
    if !caller.client.auth_flows.contains(&flow) {
        return Err(Refusal::TokenFlowNotEnabled(name));
    }
    let actor_kind = match (request.has_actor, request.actor_kind) {
        (true, None) => return fault(ExchangeFault::ActorTypeMissing),
        (false, Some(_)) => return fault(ExchangeFault::ActorTokenMissing),
        (_, kind) => kind,
    };
    if !request.has_actor && request.actor_provider.is_some() {
        return fault(ExchangeFault::ActorTokenMissing);
    }
    if request.audience.is_some() && request.resource.is_some() {
        return fault(ExchangeFault::AudienceAndResource);
    }
    let subject = own_kind(TokenParty::Subject, request.subject_kind, request.subject_provider.as_deref())?;
    let actor = actor_kind.map(|kind| own_kind(TokenParty::Actor, kind, request.actor_provider.as_deref()));
    Ok(ExchangeKinds { subject, actor: actor.transpose()? })
}

/// Returns the kind of a token that the pool issued itself.
fn own_kind(party: TokenParty, kind: PresentedKind, provider: Option<&str>) -> Result<TokenKind, Refusal> {
    match (kind, provider) {
        (_, Some(name)) => Err(Refusal::Exchange(ExchangeFault::UnknownProvider(name.to_owned()))),
        (PresentedKind::Saml, None) => Err(Refusal::Exchange(ExchangeFault::ProviderMissing(party))),
        (PresentedKind::Token(kind), None) => Ok(kind),
    }
}

/// Derives the token that the request asks for. `request` passed [`check_request`], and its resource exists.
///
/// # Errors
///
/// A token has expired or was revoked, its user may not act, the subject is no user, or no scope is left.
pub fn derive(
    client: &Client,
    request: &ExchangeRequest,
    subject: LoadedToken<'_>,
    actor: Option<LoadedToken<'_>>,
    now: Timestamp,
) -> Result<DerivedToken, Refusal> {
    let fault = |fault| Err(Refusal::Exchange(fault));
    if subject.token.is_of_client() {
        return fault(ExchangeFault::SubjectWithoutUser);
    }
    let (user, grant) = check_user_token(TokenParty::Subject, subject, now)?;
    let earlier = subject.token.act.as_ref();
    let act = match actor {
        Some(actor) => Some(to_actor(actor, earlier, now)?),
        None => earlier.cloned(),
    };
    let audience = request.audience.as_ref().or(request.resource.as_ref());
    let access = select_access(client, request, subject.token, grant, audience)?;
    let scopes = access.as_ref().map_or_else(|| grant.scopes(), |access| access.scopes.clone());
    if request.requested == TokenKind::Id && access.is_some() && !scopes.contains(OPENID) {
        return fault(ExchangeFault::IdTokenWithoutOpenid);
    }
    let not_after = actor.map_or(subject.token.exp, |actor| subject.token.exp.min(actor.token.exp));
    let mut grant = grant.clone();
    grant.access = access;
    let id_audience = audience.filter(|_| request.requested == TokenKind::Id).cloned();
    Ok(DerivedToken { user: user.clone(), grant, scopes, id_audience, act, not_after })
}

/// Returns the access of the new token: the requested scopes that both the subject token and the app client have, or
/// without a request those of the subject token (*Documented*, api-0294). The audience of an access token stays as it
/// is, unless the request names one.
///
/// *Chosen*: the scopes of an id token are those of its grant. `None` is an id token of a sign-in by the API, which
/// has all attributes and no scopes.
fn select_access(
    client: &Client,
    request: &ExchangeRequest,
    subject: &PresentedToken,
    grant: &Grant,
    audience: Option<&String>,
) -> Result<Option<GrantedAccess>, Refusal> {
    let of_subject = subject.scope.as_deref().map_or_else(|| grant.scopes(), Scopes::parse);
    let scopes = if request.scopes.is_empty() {
        if request.requested == TokenKind::Id && grant.access.is_none() {
            return Ok(None);
        }
        of_subject
    } else {
        let is_granted = |name: &&str| {
            of_subject.contains(name) && client.oauth.scopes.iter().any(|allowed| allowed == name)
        };
        Scopes::new(request.scopes.iter().filter(is_granted))
    };
    if scopes.is_empty() {
        return Err(Refusal::Scope(ScopeFault::NoneLeft));
    }
    let kept = subject.aud.as_ref().filter(|_| subject.kind() == Some(TokenKind::Access));
    Ok(Some(GrantedAccess { scopes, resource: audience.or(kept).cloned() }))
}

/// Checks a token of a user.
fn check_user_token<'a>(
    party: TokenParty,
    loaded: LoadedToken<'a>,
    now: Timestamp,
) -> Result<(&'a User, &'a Grant), Refusal> {
    check_expiry(party, loaded.token, now)?;
    let user = loaded.user.ok_or(Refusal::UserNotFound)?;
    let grant = loaded.grant.ok_or(Refusal::Exchange(ExchangeFault::TokenRevoked(party)))?;
    bearer::check_user(user)?;
    Ok((user, grant))
}

fn check_expiry(party: TokenParty, token: &PresentedToken, now: Timestamp) -> Result<(), Refusal> {
    match token.exp <= now.as_seconds() {
        true => Err(Refusal::Exchange(ExchangeFault::TokenExpired(party))),
        false => Ok(()),
    }
}

/// Returns the claim `act` for an actor, with the earlier actors in it (RFC 8693, section 4.1). The actor is a user,
/// or an app client by a token that it got for itself.
fn to_actor(actor: LoadedToken<'_>, earlier: Option<&Value>, now: Timestamp) -> Result<Value, Refusal> {
    if actor.token.is_of_client() {
        check_expiry(TokenParty::Actor, actor.token, now)?;
        if !actor.has_client {
            return Err(Refusal::Exchange(ExchangeFault::TokenRevoked(TokenParty::Actor)));
        }
    } else {
        check_user_token(TokenParty::Actor, actor, now)?;
    }
    let mut act = Claims::new();
    act.insert("sub".into(), json!(actor.token.sub.as_str()));
    act.extend(actor.token.client_id.as_ref().map(|id| ("client_id".into(), json!(id.as_str()))));
    if let Some(earlier) = earlier {
        let mut depth = 1;
        let mut inner = earlier;
        while let Some(next) = inner.get("act") {
            (inner, depth) = (next, depth + 1);
        }
        if depth >= MAX_ACTORS {
            return Err(Refusal::Exchange(ExchangeFault::TooManyActors));
        }
        act.insert("act".into(), earlier.clone());
    }
    Ok(Value::Object(act))
}

#[cfg(test)]
#[path = "exchange_token_tests.rs"]
mod tests;
