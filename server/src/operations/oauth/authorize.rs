//! The authorization endpoint: reads a request, and answers it by the browser session if there is one.
//!
//! The rules are in [`lido_domain::flow::oauth::authorize`]. A code or tokens are issued here only, also after a sign-in on
//! the page ([`super::sign_in`]).

use std::time::Duration;

use lido_domain::{
    Change, Timestamp, Verdict,
    client::Client,
    flow::oauth::authorize::{
        self, AuthorizationRequest, AuthorizeError, AuthorizeRefusal, NextStep, PageError, RedirectTarget,
        ResponseType,
    },
    id::PoolId,
    oauth::{
        authorization::{self, Authorization, CODE_TTL, TokenContents},
        browser_session::BrowserSessionHandle,
        parameters::RequestParameters,
    },
    pool::Pool,
    scope::Scopes,
    token::grant::{Grant, GrantSeed},
    user::{User, group::MAX_GROUPS_PER_USER},
};
use tokio::sync::OnceCell;

use super::{failure::to_authorize_error, find_client, find_custom_scopes, metadata_client::fetch_metadata};
use crate::{
    app::App,
    operations::{
        Failure, Origin, RequestContext,
        client::LoadedClient,
        sign_in::tokens::{self, SignedTokens, SigningInput},
        transact::Tx,
    },
    store::{RelatedRecord, UserQuery, UserRecords},
    triggers::TokenTriggerSource,
};

/// A request of a browser.
pub(crate) struct BrowserRequest<'a> {
    /// The pool of the endpoint; `None` where the app client decides it.
    pub(crate) pool: Option<&'a PoolId>,
    /// The parameters in the query.
    pub(crate) parameters: &'a RequestParameters,
}

/// Returns the cookie of the browser session of a pool, if the browser has sent one.
pub(crate) type SessionCookie<'a> = dyn Fn(&PoolId) -> Option<BrowserSessionHandle> + Sync + 'a;

/// The answer to a request for authorization.
#[derive(Debug)]
pub(crate) enum AuthorizeAnswer {
    /// The browser goes back to the app client of this pool.
    Redirect(PoolId, RedirectTarget, AuthorizationResponse),
    /// The user must sign in on the page.
    ShowPage,
    /// The error page shows this.
    ErrorPage(PageError),
    /// The server is at fault, and does not know yet where to go back to.
    Fault,
}

/// The request for authorization to which a page belongs, with its app client.
#[derive(Clone, Debug)]
pub(crate) struct PageRequest {
    /// The request.
    pub(crate) request: AuthorizationRequest,
    pub(super) client: LoadedClient,
}

/// What the app client gets.
pub(crate) enum AuthorizationResponse {
    /// A code.
    Code(String),
    /// Tokens, in the implicit flow.
    Tokens { access: String, id: Option<String>, expires_in: Duration },
    /// An error.
    Error(AuthorizeError),
}

/// Codes and tokens are secret.
impl std::fmt::Debug for AuthorizationResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(_) => f.write_str("Code(hidden)"),
            Self::Tokens { .. } => f.write_str("Tokens(hidden)"),
            Self::Error(error) => f.debug_tuple("Error").field(error).finish(),
        }
    }
}

/// The part of an answer that the unit of work decides.
enum Decision {
    Answered(AuthorizeAnswer),
    Issue(Box<Issue>),
}

/// A grant, under which a code or tokens are issued.
pub(super) struct Issue {
    pub(super) client: LoadedClient,
    pub(super) request: AuthorizationRequest,
    pub(super) user: User,
    pub(super) grant: Grant,
}

/// Answers a request for authorization.
pub(crate) async fn authorize(
    app: &App,
    origin: &Origin,
    browser: &BrowserRequest<'_>,
    session: &SessionCookie<'_>,
) -> AuthorizeAnswer {
    let target = OnceCell::new();
    match run(app, origin, browser, session, &target).await {
        Ok(answer) => answer,
        Err(failure) => fail(target.into_inner(), failure),
    }
}

/// Returns the answer for a failure, which goes to the app client if it is known where.
fn fail(target: Option<(PoolId, RedirectTarget)>, failure: Failure) -> AuthorizeAnswer {
    let error = to_authorize_error(failure);
    match target {
        Some((pool, target)) => AuthorizeAnswer::Redirect(pool, target, AuthorizationResponse::Error(error)),
        None => AuthorizeAnswer::Fault,
    }
}

async fn run(
    app: &App,
    origin: &Origin,
    browser: &BrowserRequest<'_>,
    session: &SessionCookie<'_>,
    target: &OnceCell<(PoolId, RedirectTarget)>,
) -> Result<AuthorizeAnswer, Failure> {
    if let Ok(id) = authorize::read_client_id(browser.parameters) {
        fetch_metadata(app, origin, browser.pool, &id).await;
    }
    let request = RequestContext::new(app, origin);
    let seed =
        GrantSeed { id: app.entropy.bytes()?, origin: app.entropy.bytes()?, secret: app.entropy.bytes()? };
    let (code, contents) = (app.entropy.uuid()?, OnceCell::new());
    let decision = request
        .transact(async |tx| {
            let (client, authorization) = match load(app, &tx, browser).await? {
                Ok(loaded) => loaded,
                Err(answer) => return Ok(Verdict::accept(Decision::Answered(answer))),
            };
            target.set((client.pool_id().clone(), authorization.target.clone())).ok();
            let loaded = match session(client.pool_id()) {
                Some(handle) => find_session(&tx, &client, &handle).await?,
                None => UserRecords::default(),
            };
            let found = loaded.browser_session.as_ref().zip(loaded.user.as_ref());
            let (pool, oauth) = (client.pool_rules(), &client.client_rules().oauth);
            match (authorize::decide(&authorization, pool, oauth, found, tx.now()), found) {
                (Err(error), _) => {
                    let answer = refuse(&client, authorization.target, error);
                    Ok(Verdict::accept(Decision::Answered(answer)))
                }
                (Ok(NextStep::UseSession), Some((session, user))) => {
                    check_not_standby(app)?;
                    let (rules, access) = (client.client_rules(), &authorization.access);
                    let mut grant =
                        authorize::begin_grant(rules, user, access, &seed, session.auth_time, tx.now());
                    grant.methods = session.methods;
                    let (info, source) = (request.info(), TokenTriggerSource::HostedAuth);
                    let get = || {
                        let scopes = &authorization.access.scopes;
                        tokens::get_contents(app, &client, info, source, user, &loaded.groups, scopes)
                    };
                    let contents = contents.get_or_try_init(get).await?;
                    let mut remember = vec![Change::PutGrant(Box::new(grant.clone()))];
                    let issue = Issue { client, request: authorization, user: user.clone(), grant };
                    remember.extend(issue.put_code(&code, contents, tx.now()));
                    Ok(Verdict { remember, answer: Ok(Decision::Issue(Box::new(issue))) })
                }
                (Ok(_), _) => Ok(Verdict::accept(Decision::Answered(AuthorizeAnswer::ShowPage))),
            }
        })
        .await?;
    Ok(match decision {
        Decision::Answered(answer) => answer,
        Decision::Issue(issue) => {
            let response =
                issue.respond(app, origin, code, &contents.into_inner().unwrap_or_default()).await?;
            AuthorizeAnswer::Redirect(issue.client.pool_id().clone(), issue.request.target, response)
        }
    })
}

/// Returns the answer to a request that is refused, which the app client gets.
pub(super) fn refuse(
    client: &LoadedClient,
    target: RedirectTarget,
    error: AuthorizeError,
) -> AuthorizeAnswer {
    AuthorizeAnswer::Redirect(client.pool_id().clone(), target, AuthorizationResponse::Error(error))
}

impl PageRequest {
    /// Returns the id of the pool.
    pub(crate) fn pool_id(&self) -> &PoolId {
        self.client.pool_id()
    }

    /// Returns the rules of the pool.
    pub(crate) fn pool(&self) -> &Pool {
        self.client.pool_rules()
    }

    /// Returns the rules of the app client.
    pub(crate) fn client(&self) -> &Client {
        self.client.client_rules()
    }
}

/// Refuses what would change the store of a standby.
pub(super) fn check_not_standby(app: &App) -> Result<(), Failure> {
    if app.settings.is_standby { Err(Failure::Standby) } else { Ok(()) }
}

/// Reads the request and its app client. The inner error is the answer to a request that is refused.
pub(super) async fn load(
    app: &App,
    tx: &Tx<'_>,
    browser: &BrowserRequest<'_>,
) -> Result<Result<(LoadedClient, AuthorizationRequest), AuthorizeAnswer>, Failure> {
    let id = match authorize::read_client_id(browser.parameters) {
        Ok(id) => id,
        Err(error) => return Ok(Err(AuthorizeAnswer::ErrorPage(error))),
    };
    let Some(client) = find_client(app, tx, browser.pool, &id).await? else {
        return Ok(Err(AuthorizeAnswer::ErrorPage(PageError::UnknownClient)));
    };
    let rules = client.client_rules();
    let scopes = Scopes::new(rules.oauth.scopes.iter().map(String::as_str));
    let custom_scopes = find_custom_scopes(tx, client.pool_id(), &scopes).await?;
    let read = authorize::read(Some(rules), browser.parameters, &custom_scopes, app.settings.is_strict_oauth);
    Ok(match read {
        Ok(request) => Ok((client, request)),
        Err(AuthorizeRefusal::Page(error)) => Err(AuthorizeAnswer::ErrorPage(error)),
        Err(AuthorizeRefusal::Redirect(target, error)) => Err(refuse(&client, target, error)),
    })
}

/// Reads the browser session of a handle, with its user and their groups.
pub(super) async fn find_session(
    tx: &Tx<'_>,
    client: &LoadedClient,
    handle: &BrowserSessionHandle,
) -> Result<UserRecords, Failure> {
    let digests = handle.digests(client.caller(None).digest_keys, client.pool_id());
    let mut related: Vec<_> = digests.into_iter().map(RelatedRecord::BrowserSession).collect();
    related.push(RelatedRecord::Groups(MAX_GROUPS_PER_USER));
    Ok(tx.find_user(client.pool_id(), UserQuery::of(handle.of(), related)).await?)
}

impl Issue {
    /// Returns the change that stores a code; `None` in the implicit flow, which has none.
    pub(super) fn put_code(&self, code: &str, contents: &TokenContents, now: Timestamp) -> Option<Change> {
        let AuthorizationRequest { client, target, names_redirect_uri, challenge, nonce, .. } = &self.request;
        if target.response_type != ResponseType::Code {
            return None;
        }
        let authorization = Authorization {
            of: self.user.sub.clone(),
            grant: self.grant.id.clone(),
            client: client.clone(),
            redirect_uri: names_redirect_uri.then(|| target.redirect_uri.clone()),
            challenge: challenge.clone(),
            nonce: nonce.clone(),
            contents: contents.clone(),
            bound_to: Some(self.user.sign_in_state()),
            expires_at: now.after(CODE_TTL),
            is_used: false,
        };
        let key = authorization::digest(self.client.caller(None).digest_keys, self.client.pool_id(), code);
        Some(Change::PutAuthorization { key, authorization: Box::new(authorization) })
    }

    /// Returns what the app client gets: the code that was stored, or tokens.
    pub(super) async fn respond(
        &self,
        app: &App,
        origin: &Origin,
        code: String,
        contents: &TokenContents,
    ) -> Result<AuthorizationResponse, Failure> {
        let Self { client, request, user, grant } = self;
        if request.target.response_type == ResponseType::Code {
            return Ok(AuthorizationResponse::Code(code));
        }
        let input = SigningInput { client, user, grant, contents, nonce: request.nonce.as_deref() };
        let SignedTokens { access, id, expires_in } = tokens::sign(app, origin, input).await?;
        Ok(AuthorizationResponse::Tokens { access, id, expires_in })
    }
}
