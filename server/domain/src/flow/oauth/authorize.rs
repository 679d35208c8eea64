//! The authorization endpoint: reads a request, and decides whether a browser session answers it.
//!
//! Order: `client_id`, the app client, `redirect_uri`; a fault of these is shown to the user, because the app client
//! cannot be trusted with it (*Observed*, oau-0243, oau-0244). Then `response_type`, the flow, the code challenge, the
//! scopes and the other parameters, whose faults go to the app client. Only the outer order is known; the inner one is
//! *Chosen*.

use std::{collections::BTreeSet, time::Duration};

use crate::{
    Timestamp,
    client::{
        Client,
        oauth::{OAuth, OAuthFlow, POOL_PROVIDER, split_scheme},
    },
    id::ClientId,
    oauth::{
        authorization::CODE_TTL,
        browser_session::{BrowserSession, SessionDemands},
        parameters::{RepeatedParameter, RequestParameters},
        pkce::CodeChallenge,
    },
    pool::Pool,
    scope::{self, Scopes},
    token::grant::{Grant, GrantSeed, GrantedAccess},
    user::User,
};

/// The maximum length of `nonce` and `resource` in bytes, which are stored (*Chosen*).
const MAX_STORED: usize = 2_048;

/// What the app client gets: a value of `response_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseType {
    /// `code`: a code in the query.
    Code,
    /// `token`: tokens in the fragment.
    Token,
}

/// A request for authorization that passed the checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// The app client.
    pub client: ClientId,
    /// Where the answer goes.
    pub target: RedirectTarget,
    /// Whether the request named `redirect_uri`; otherwise it is the implied one.
    pub names_redirect_uri: bool,
    /// The access that is requested.
    pub access: GrantedAccess,
    /// The challenge, if there is one.
    pub challenge: Option<CodeChallenge>,
    /// `nonce`.
    pub nonce: Option<String>,
    /// `prompt`.
    pub prompt: Prompt,
    /// `max_age` and `acr_values`.
    pub demands: SessionDemands,
    /// `identity_provider` or `idp_identifier`, unless it is the pool itself.
    pub provider: Option<RequestedProvider>,
    /// `login_hint`.
    pub login_hint: Option<String>,
}

/// The redirect of an answer to the app client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectTarget {
    /// The registered URL.
    pub redirect_uri: String,
    /// Whether the answer is in the query or in the fragment.
    pub response_type: ResponseType,
    /// `state`.
    pub state: Option<String>,
}

/// The values of `prompt` that concern the pool's own users. Others concern third parties (*Documented*, oau-0039).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prompt {
    /// No value.
    #[default]
    Any,
    /// `none`: no page may be shown.
    None,
    /// `login`: the user must sign in again.
    Login,
}

/// The identity provider that a request names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestedProvider {
    /// By `identity_provider`.
    Name(String),
    /// By `idp_identifier`.
    Identifier(String),
}

/// Why a request for authorization is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorizeRefusal {
    /// The error page shows this to the user.
    Page(PageError),
    /// The app client gets this error.
    Redirect(RedirectTarget, AuthorizeError),
}

/// An error that the app client does not get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageError {
    /// A required parameter is missing (oau-0244).
    ParametersMissing,
    /// The app client does not exist in this pool (oau-0257).
    UnknownClient,
    /// `redirect_uri` is not registered (oau-0243).
    RedirectMismatch(ClientId),
    /// The endpoint for signing out got no registered `logout_uri`, and no `redirect_uri` (oau-0245, oau-0246).
    RedirectUriMissing,
}

impl PageError {
    /// Returns the text of the error page for its parameter `error`, if it is that of an error.
    pub fn find_text(error: &str) -> Option<&'static str> {
        let all = [
            PageError::ParametersMissing,
            PageError::UnknownClient,
            PageError::RedirectMismatch(ClientId::new("")),
            PageError::RedirectUriMissing,
        ];
        all.iter().map(PageError::text).find(|text| *text == error)
    }

    /// Returns the parameter `error` of the error page.
    pub const fn text(&self) -> &'static str {
        match self {
            PageError::ParametersMissing => "Required parameters missing",
            PageError::UnknownClient => "Client does not exist.",
            PageError::RedirectMismatch(_) => "redirect_mismatch",
            PageError::RedirectUriMissing => "Required String parameter 'redirect_uri' is not present",
        }
    }
}

/// An error that the app client gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorizeError {
    /// A parameter is missing, repeated or malformed.
    InvalidRequest,
    /// `response_type` is another one.
    UnsupportedResponseType,
    /// The app client may not use the flow.
    UnauthorizedClient,
    /// A scope is unknown, or the app client does not have it.
    InvalidScope,
    /// `resource` is no URL of a resource.
    InvalidTarget,
    /// The pool has no such identity provider.
    UnknownProvider,
    /// No page may be shown, and the user is not signed in.
    LoginRequired,
    /// A trigger failed, with this text.
    Trigger(String),
    /// The server is at fault.
    ServerError,
    /// The server cannot answer now.
    TemporarilyUnavailable,
}

impl AuthorizeError {
    /// Returns the parameters `error` and `error_description`. `is_strict` is whether the RFCs decide rather than the
    /// service.
    ///
    /// *Observed*: the service answers `invalid_request` nearly always, and the real reason is the description (oau-0252,
    /// oau-0256).
    pub fn parameters(&self, is_strict: bool) -> (&str, Option<&str>) {
        let described = |code| if is_strict { (code, None) } else { ("invalid_request", Some(code)) };
        match self {
            AuthorizeError::InvalidRequest => ("invalid_request", None),
            AuthorizeError::UnsupportedResponseType if is_strict => ("unsupported_response_type", None),
            AuthorizeError::InvalidTarget if is_strict => ("invalid_target", None),
            AuthorizeError::UnsupportedResponseType | AuthorizeError::InvalidTarget => {
                ("invalid_request", None)
            }
            AuthorizeError::UnauthorizedClient => described("unauthorized_client"),
            AuthorizeError::InvalidScope => described("invalid_scope"),
            // *Chosen*: the text is unknown.
            AuthorizeError::UnknownProvider => {
                ("invalid_request", Some("The identity provider does not exist."))
            }
            AuthorizeError::LoginRequired => ("login_required", None),
            AuthorizeError::Trigger(text) => ("invalid_request", Some(text)),
            AuthorizeError::ServerError => ("server_error", None),
            AuthorizeError::TemporarilyUnavailable => ("temporarily_unavailable", None),
        }
    }
}

/// The action that answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// The user signs in on the page.
    ShowPage,
    /// The browser session signs in.
    UseSession,
}

/// Reads `client_id`.
///
/// # Errors
///
/// It is missing or repeated.
pub fn read_client_id(parameters: &RequestParameters) -> Result<ClientId, PageError> {
    match parameters.find("client_id") {
        Ok(Some(id)) => Ok(ClientId::new(id)),
        Ok(None) | Err(RepeatedParameter) => Err(PageError::ParametersMissing),
    }
}

/// Reads a request. `client` is the app client that it names, if that exists in the pool of the endpoint; `custom_scopes`
/// are those of its custom scopes that exist.
///
/// # Errors
///
/// The first fault of the request.
pub fn read(
    client: Option<&Client>,
    parameters: &RequestParameters,
    custom_scopes: &BTreeSet<String>,
    is_strict: bool,
) -> Result<AuthorizationRequest, AuthorizeRefusal> {
    let (client, target, names_redirect_uri) =
        read_target(client, parameters).map_err(AuthorizeRefusal::Page)?;
    read_rest(client, &target, names_redirect_uri, parameters, custom_scopes, is_strict)
        .map_err(|error| AuthorizeRefusal::Redirect(target, error))
}

/// Reads what decides where an answer goes. A URL from the request is used only if it is registered, text for text.
fn read_target<'a>(
    client: Option<&'a Client>,
    parameters: &RequestParameters,
) -> Result<(&'a Client, RedirectTarget, bool), PageError> {
    let client = client.ok_or(PageError::UnknownClient)?;
    let sent = parameters.find("redirect_uri").map_err(|RepeatedParameter| PageError::ParametersMissing)?;
    let implied = || client.oauth.implied_redirect_uri();
    let redirect_uri = sent.or_else(implied).ok_or(PageError::ParametersMissing)?;
    if !client.oauth.callback_urls.iter().any(|url| url == redirect_uri) {
        return Err(PageError::RedirectMismatch(client.id.clone()));
    }
    let response_type = match parameters.find("response_type") {
        Ok(Some("token")) => ResponseType::Token,
        _ => ResponseType::Code,
    };
    // A repeated `state` is refused below; it is not known which one the app client compares.
    let state = parameters.find("state").ok().flatten().map(str::to_owned);
    Ok((
        client,
        RedirectTarget { redirect_uri: redirect_uri.to_owned(), response_type, state },
        sent.is_some(),
    ))
}

fn read_rest(
    client: &Client,
    target: &RedirectTarget,
    names_redirect_uri: bool,
    parameters: &RequestParameters,
    custom_scopes: &BTreeSet<String>,
    is_strict: bool,
) -> Result<AuthorizationRequest, AuthorizeError> {
    let find = |name| parameters.find(name).map_err(|RepeatedParameter| AuthorizeError::InvalidRequest);
    let flow = match find("response_type")? {
        Some("code") => OAuthFlow::Code,
        Some("token") => OAuthFlow::Implicit,
        Some(_) => return Err(AuthorizeError::UnsupportedResponseType),
        None => return Err(AuthorizeError::InvalidRequest),
    };
    find("state")?;
    if !client.oauth.allows(flow) {
        return Err(AuthorizeError::UnauthorizedClient);
    }
    let challenge = CodeChallenge::read(find("code_challenge")?, find("code_challenge_method")?)
        .map_err(|_| AuthorizeError::InvalidRequest)?;
    // RFC 9700, section 2.1.1: a client without a secret must use a challenge.
    let needs_challenge = client.oauth.needs_challenge || is_strict && client.secrets.is_empty();
    if needs_challenge && flow == OAuthFlow::Code && challenge.is_none() {
        return Err(AuthorizeError::InvalidRequest);
    }
    let scopes = grant_scopes(&client.oauth, find("scope")?, custom_scopes)?;
    let resource = find("resource")?;
    if !resource.is_none_or(|text| text.len() <= MAX_STORED && is_resource(text)) {
        return Err(AuthorizeError::InvalidTarget);
    }
    let nonce = find("nonce")?;
    if nonce.is_some_and(|nonce| nonce.len() > MAX_STORED) {
        return Err(AuthorizeError::InvalidRequest);
    }
    let max_age = match find("max_age")?.map(str::parse) {
        None => None,
        Some(Ok(seconds)) => Some(Duration::from_secs(u32::into(seconds))),
        Some(Err(_)) => return Err(AuthorizeError::InvalidRequest),
    };
    let by_name = find("identity_provider")?.filter(|name| *name != POOL_PROVIDER);
    let by_identifier = find("idp_identifier")?;
    let provider = by_name
        .map(|name| RequestedProvider::Name(name.to_owned()))
        .or_else(|| by_identifier.map(|text| RequestedProvider::Identifier(text.to_owned())));
    Ok(AuthorizationRequest {
        client: client.id.clone(),
        target: target.clone(),
        names_redirect_uri,
        access: GrantedAccess { scopes, resource: resource.map(str::to_owned) },
        challenge,
        nonce: nonce.map(str::to_owned),
        prompt: read_prompt(find("prompt")?)?,
        demands: SessionDemands { max_age, acr_values: find("acr_values")?.map(str::to_owned) },
        provider,
        login_hint: find("login_hint")?.map(str::to_owned),
    })
}

/// Returns the scopes that are granted: those of the request, or all of the app client (*Documented*, oau-0028).
///
/// *Chosen*: a scope that the app client has and that exists no more is not granted, as one that it does not have.
fn grant_scopes(
    oauth: &OAuth,
    requested: Option<&str>,
    custom_scopes: &BTreeSet<String>,
) -> Result<Scopes, AuthorizeError> {
    let allowed = oauth.scopes.iter().filter(|name| scope::exists(name, custom_scopes));
    let allowed = Scopes::new(allowed.cloned());
    let requested = requested.map(Scopes::parse).unwrap_or_default();
    if requested.is_empty() {
        return if allowed.is_empty() { Err(AuthorizeError::InvalidScope) } else { Ok(allowed) };
    }
    let is_allowed = requested.iter().all(|name| allowed.contains(name));
    if is_allowed && requested.has_openid_where_needed() {
        Ok(requested)
    } else {
        Err(AuthorizeError::InvalidScope)
    }
}

/// Returns whether the text names a resource: a URL with `https`, with `http` on this machine, or with a scheme of its
/// own (*Documented*, oau-0046), and without a fragment (RFC 8707, section 2).
fn is_resource(text: &str) -> bool {
    let Some((scheme, rest)) = split_scheme(text) else { return false };
    let Some(rest) = rest.strip_prefix("//") else { return false };
    let is_local = rest
        .strip_prefix("localhost")
        .is_some_and(|after| after.is_empty() || after.starts_with([':', '/', '?']));
    !rest.is_empty() && !text.contains('#') && (!scheme.eq_ignore_ascii_case("http") || is_local)
}

fn read_prompt(text: Option<&str>) -> Result<Prompt, AuthorizeError> {
    let values: Vec<&str> = text.unwrap_or_default().split(' ').filter(|value| !value.is_empty()).collect();
    match values.as_slice() {
        ["none"] => Ok(Prompt::None),
        values if values.contains(&"none") => Err(AuthorizeError::InvalidRequest),
        values if values.contains(&"login") => Ok(Prompt::Login),
        _ => Ok(Prompt::Any),
    }
}

/// Decides how a request of this app client of the pool is answered. `session` is that of the browser with its user, if both exist.
///
/// # Errors
///
/// The request names an identity provider, of which the pool has none yet; or no page may be shown and the user is not
/// signed in.
pub fn decide(
    request: &AuthorizationRequest,
    pool: &Pool,
    client: &OAuth,
    session: Option<(&BrowserSession, &User)>,
    now: Timestamp,
) -> Result<NextStep, AuthorizeError> {
    if request.provider.is_some() {
        return Err(AuthorizeError::UnknownProvider);
    }
    let signs_in =
        session.is_some_and(|(session, user)| session.signs_in(user, pool, client, &request.demands, now));
    match request.prompt {
        Prompt::Login => Ok(NextStep::ShowPage),
        _ if signs_in => Ok(NextStep::UseSession),
        Prompt::None => Err(AuthorizeError::LoginRequired),
        Prompt::Any => Ok(NextStep::ShowPage),
    }
}

/// Begins the grant of an authorization, without a refresh token. `auth_time` is the time of the interactive sign-in.
///
/// It ends with the code, unless that is exchanged, so that requests leave no grants for the lifetime of a refresh token.
/// The access token of the implicit flow is valid after that, as long as the grant is stored ([`Grant::ends_at`]).
pub fn begin_grant(
    client: &Client,
    user: &User,
    access: &GrantedAccess,
    seed: &GrantSeed,
    auth_time: Timestamp,
    now: Timestamp,
) -> Grant {
    let mut grant = Grant::without_token(user, client.id.clone(), CODE_TTL, seed, now);
    grant.auth_time = auth_time;
    grant.access = Some(access.clone());
    grant
}

#[cfg(test)]
#[path = "authorize_tests.rs"]
mod tests;
