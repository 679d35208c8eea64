//! The pages of a sign-in: read their request, and sign a user in by what the forms send.
//!
//! The sign-in is that of InitiateAuth and RespondToAuthChallenge, with its triggers, counters and events
//! ([`crate::operations::sign_in`]). A code is issued after PostAuthentication and PreTokenGeneration, in a commit of its own. If
//! one of them fails, or the server does, the app client gets the error, and neither the browser session nor the grant is left:
//! PostAuthentication is not invoked again for a session, so that its refusal must end the sign-in.

use std::fmt;

use lido_domain::{
    Change, Refusal, Verdict,
    flow::{
        oauth::authorize::{
            AuthorizationRequest, AuthorizeError, RedirectTarget, ResponseType, decide, read_client_id,
        },
        sign_in::{CompletedSignIn, InitiateAuthFlow, SignInOutcome, challenge_retry::ChallengeRetry},
    },
    oauth::browser_session::BrowserSessionHandle,
    sign_in::{
        challenge::{Challenge, ChallengeName},
        parameter::Parameters,
    },
    user::group::MAX_GROUPS_PER_USER,
};

use super::{
    authorize::{
        AuthorizationResponse, AuthorizeAnswer, BrowserRequest, Issue, PageRequest, check_not_standby, load,
        refuse,
    },
    failure::{log, to_authorize_error},
    metadata_client::fetch_metadata,
    page_refusal::PageRefusal,
};
use crate::{
    app::App,
    operations::{
        Failure, Operation, Origin, RequestContext,
        client::LoadedClient,
        sign_in::{
            begin::{self, SignInRequest},
            respond::{self, ChallengeResponse},
            tokens,
        },
    },
    triggers::TokenTriggerSource,
    wire::auth_event::ClientContext,
};

/// What the form of a page sends.
pub(crate) enum SignInForm<'a> {
    /// Username and password.
    Password { username: &'a str, password: &'a str },
    /// The username alone, where the user chooses the first factor; with the session of a sign-up that was confirmed, if
    /// there is one.
    Username { username: &'a str, session: Option<&'a str> },
    /// The answer to a challenge.
    Challenge {
        name: ChallengeName,
        username: &'a str,
        session: &'a str,
        /// The ChallengeResponses, without USERNAME and SECRET_HASH.
        answers: &'a [(&'a str, &'a str)],
    },
    /// What the user asks for in place of an answer to a challenge.
    Retry { name: ChallengeName, retry: ChallengeRetry, username: &'a str, session: &'a str },
}

/// Passwords, codes and sessions are secret.
impl fmt::Debug for SignInForm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInForm(hidden)")
    }
}

/// The answer to a form.
#[derive(Debug)]
pub(crate) enum SignInAnswer {
    /// The user has signed in. The browser gets the session, and goes back to the app client.
    SignedIn {
        /// The handle of the browser session.
        session: BrowserSessionHandle,
        /// Where the browser goes.
        target: RedirectTarget,
        /// What the app client gets.
        response: AuthorizationResponse,
    },
    /// A trigger or the server has failed after the last factor. The app client gets the error, and the browser no session.
    Failed(RedirectTarget, AuthorizeError),
    /// The page shows this text.
    Refused(PageRefusal),
    /// The user must answer this challenge.
    Challenged(Box<Challenge>),
    /// The server is at fault.
    Fault,
}

/// Returns the request of a page, or the answer to a request that is refused.
pub(crate) async fn read_page(
    app: &App,
    origin: &Origin,
    browser: &BrowserRequest<'_>,
) -> Result<Box<PageRequest>, AuthorizeAnswer> {
    if let Ok(id) = read_client_id(browser.parameters) {
        fetch_metadata(app, origin, browser.pool, &id).await;
    }
    let tx = RequestContext::new(app, origin).begin();
    let (client, request) = match load(app, &tx, browser).await {
        Ok(loaded) => loaded?,
        Err(failure) => {
            log(failure);
            return Err(AuthorizeAnswer::Fault);
        }
    };
    // A browser that comes here by itself is answered as at the authorization endpoint.
    match decide(&request, client.pool_rules(), &client.client_rules().oauth, None, tx.now()) {
        Ok(_) => Ok(Box::new(PageRequest { request, client })),
        Err(error) => Err(refuse(&client, request.target, error)),
    }
}

/// Signs in the user of a form, or goes on with the sign-in.
pub(crate) async fn sign_in(
    app: &App,
    origin: &Origin,
    page: &PageRequest,
    form: &SignInForm<'_>,
) -> SignInAnswer {
    let outcome = match check_not_standby(app) {
        Ok(()) => run(app, origin, page, form).await,
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok((client, SignInOutcome::SignedIn(signed_in))) => {
            finish(app, origin, page.request.clone(), client, *signed_in).await
        }
        Ok((_, SignInOutcome::Challenged(challenge))) => SignInAnswer::Challenged(challenge),
        Err(failure) => SignInAnswer::Refused(to_refusal(form, failure)),
    }
}

async fn run(
    app: &App,
    origin: &Origin,
    page: &PageRequest,
    form: &SignInForm<'_>,
) -> Result<(LoadedClient, SignInOutcome), Failure> {
    let request = RequestContext::new(app, origin).on_page_of(page.pool_id());
    let client = page.request.client.clone();
    let (metadata, context) = (None, ClientContext::default());
    let (pool, access) = (None, Some(page.request.access.clone()));
    match *form {
        SignInForm::Password { username, password } => {
            let flow = InitiateAuthFlow::UserPasswordAuth;
            let parameters = Parameters::from_iter([("USERNAME", username), ("PASSWORD", password)]);
            let input = SignInRequest {
                pool,
                client,
                flow,
                session: None,
                parameters,
                metadata,
                context,
                page: access,
            };
            begin::begin_on_page(request, &input).await
        }
        SignInForm::Username { username, session } => {
            let flow = InitiateAuthFlow::UserAuth;
            let (session, parameters) =
                (session.map(str::to_owned), Parameters::from_iter([("USERNAME", username)]));
            let input =
                SignInRequest { pool, client, flow, session, parameters, metadata, context, page: access };
            begin::begin_on_page(request, &input).await
        }
        SignInForm::Challenge { name, username, session, .. }
        | SignInForm::Retry { name, username, session, .. } => {
            let (answers, retry) = match *form {
                SignInForm::Challenge { answers, .. } => (answers, None),
                SignInForm::Retry { retry, .. } => (&[][..], Some(retry)),
                _ => (&[][..], None),
            };
            let hash = page.client.own_secret_hash(username);
            let hash = hash.as_deref().map(|hash| ("SECRET_HASH", hash));
            let parameters = answers.iter().copied().chain([("USERNAME", username)]).chain(hash);
            let (session, parameters) = (Some(session.to_owned()), parameters.collect());
            let input = ChallengeResponse {
                pool,
                client,
                name: name.as_str(),
                session,
                parameters,
                metadata,
                context,
                page: access,
                retry,
            };
            respond::respond_on_page(request, name, &input).await
        }
    }
}

/// Returns the refusal of a form: that of InitiateAuth or RespondToAuthChallenge (*Inferred* for the service).
fn to_refusal(form: &SignInForm<'_>, failure: Failure) -> PageRefusal {
    match (form, failure) {
        // An app client that does not hide users is answered so by operations only.
        (
            SignInForm::Password { .. },
            Failure::Refused(Refusal::UserNotFound | Refusal::MigrationFailed(_)),
        ) => PageRefusal::new(Operation::InitiateAuth, Failure::Refused(Refusal::WrongPassword)),
        (SignInForm::Challenge { .. } | SignInForm::Retry { .. }, failure) => {
            PageRefusal::new(Operation::RespondToAuthChallenge, failure)
        }
        (_, failure) => PageRefusal::new(Operation::InitiateAuth, failure),
    }
}

/// Invokes the triggers after a sign-in, and issues the code or the tokens.
async fn finish(
    app: &App,
    origin: &Origin,
    request: AuthorizationRequest,
    client: LoadedClient,
    signed_in: CompletedSignIn,
) -> SignInAnswer {
    let CompletedSignIn { user, grant, browser_session, .. } = signed_in;
    let Some(session) = browser_session else { return SignInAnswer::Fault };
    let issue = Issue { client, request, user, grant };
    let responded = respond(app, origin, &issue).await;
    match responded {
        Ok(response) => SignInAnswer::SignedIn { session, target: issue.request.target, response },
        Err(failure) => {
            if let Err(failure) = undo(app, origin, &issue, &session).await {
                // No one has the handle of the session, nor a token of the grant.
                log(failure);
            }
            SignInAnswer::Failed(issue.request.target, to_authorize_error(failure))
        }
    }
}

/// Removes the browser session and the grant of a sign-in that has failed after the password.
async fn undo(
    app: &App,
    origin: &Origin,
    issue: &Issue,
    session: &BrowserSessionHandle,
) -> Result<(), Failure> {
    let Issue { client, grant, .. } = issue;
    RequestContext::new(app, origin)
        .transact(async |tx| {
            tx.get_pool(client.pool_id()).await?;
            let key = session.digest(client.caller(None).digest_keys, client.pool_id());
            let remember = vec![
                Change::RemoveBrowserSession { of: grant.of.clone(), key },
                Change::RemoveGrant { of: grant.of.clone(), grant: grant.id.clone() },
            ];
            Ok(Verdict { remember, answer: Ok(()) })
        })
        .await
}

async fn respond(app: &App, origin: &Origin, issue: &Issue) -> Result<AuthorizationResponse, Failure> {
    let request = RequestContext::new(app, origin);
    let Issue { client, user, grant, .. } = issue;
    app.triggers.post_authentication(client.event_context(request.info()), user, false).await?;
    // Read here, because the function that was invoked before may have changed the groups.
    let groups =
        request.begin().list_groups_of(client.pool_id(), &user.sub, None, MAX_GROUPS_PER_USER).await?;
    let (info, source) = (request.info(), TokenTriggerSource::HostedAuth);
    let contents = tokens::get_contents(app, client, info, source, user, &groups, &grant.scopes()).await?;
    let code = app.entropy.uuid()?;
    if issue.request.target.response_type == ResponseType::Code {
        request
            .transact(async |tx| {
                tx.get_pool(client.pool_id()).await?;
                let remember = issue.put_code(&code, &contents, tx.now()).into_iter().collect();
                Ok(Verdict { remember, answer: Ok(()) })
            })
            .await?;
    }
    issue.respond(app, origin, code, &contents).await
}
