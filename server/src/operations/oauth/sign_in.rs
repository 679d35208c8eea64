//! The sign-in page: reads its request, and signs a user in by username and password.
//!
//! The sign-in is that of InitiateAuth, with its triggers, counters and events ([`crate::operations::sign_in::begin`]). A
//! code is issued after PostAuthentication and PreTokenGeneration, in a commit of its own. If one of them fails, or the server
//! does, the app client gets the error, and neither the browser session nor the grant is left: PostAuthentication is not
//! invoked again for a session, so that its refusal must end the sign-in.

use lido_domain::{
    Change, Refusal, Verdict,
    flow::{
        oauth::authorize::{AuthorizationRequest, AuthorizeError, RedirectTarget, ResponseType, decide},
        sign_in::{CompletedSignIn, InitiateAuthFlow, SignInOutcome},
    },
    id::PoolId,
    oauth::browser_session::BrowserSessionHandle,
    sign_in::parameter::Parameters,
    user::group::MAX_GROUPS_PER_USER,
};

use super::{
    authorize::{
        AuthorizationResponse, AuthorizeAnswer, BrowserRequest, Issue, SignInPage, check_not_standby, load,
        refuse,
    },
    failure::{log, to_authorize_error},
};
use crate::{
    app::App,
    operations::{
        Failure, Operation, Origin, RequestContext,
        client::LoadedClient,
        sign_in::{
            begin::{self, SignInRequest},
            tokens,
        },
    },
    triggers::TokenTriggerSource,
    wire::auth_event::ClientContext,
};

/// The answer to the form of the page.
#[derive(Debug)]
pub(crate) enum SignInAnswer {
    /// The user has signed in. The browser gets the session, and goes back to the app client.
    SignedIn {
        /// The pool.
        pool: PoolId,
        /// The handle of the browser session.
        session: BrowserSessionHandle,
        /// Where the browser goes.
        target: RedirectTarget,
        /// What the app client gets.
        response: AuthorizationResponse,
    },
    /// A trigger or the server has failed after the password. The app client of this pool gets the error, and the browser
    /// no session.
    Failed(PoolId, RedirectTarget, AuthorizeError),
    /// The page shows this text.
    Refused(PoolId, String),
    /// The user must answer this challenge, which the pages cannot show.
    Challenged(&'static str),
    /// The server is at fault.
    Fault,
}

/// Returns the page of a request, or the answer to a request that is refused.
pub(crate) async fn read_page(
    app: &App,
    origin: &Origin,
    browser: &BrowserRequest<'_>,
) -> Result<Box<SignInPage>, AuthorizeAnswer> {
    let tx = RequestContext::new(app, origin).begin();
    let (client, request) = match load(app, &tx, browser).await {
        Ok(loaded) => loaded?,
        Err(failure) => {
            log(failure);
            return Err(AuthorizeAnswer::Fault);
        }
    };
    // A browser that comes here by itself is answered as at the authorization endpoint.
    match decide(&request, &client.client_rules().oauth, None, tx.now()) {
        Ok(_) => Ok(Box::new(SignInPage::new(&client, request))),
        Err(error) => Err(refuse(&client, request.target, error)),
    }
}

/// Signs in the user of the form.
pub(crate) async fn sign_in(
    app: &App,
    origin: &Origin,
    page: SignInPage,
    username: &str,
    password: &str,
) -> SignInAnswer {
    let input = SignInRequest {
        pool: None,
        client: page.request.client.clone(),
        flow: InitiateAuthFlow::UserPasswordAuth,
        session: None,
        parameters: Parameters::from_iter([("USERNAME", username), ("PASSWORD", password)]),
        metadata: None,
        context: ClientContext::default(),
        page: Some(page.request.access.clone()),
    };
    let begun = match check_not_standby(app) {
        Ok(()) => begin::begin_on_page(RequestContext::new(app, origin), &input).await,
        Err(failure) => Err(failure),
    };
    match begun {
        Ok((client, SignInOutcome::SignedIn(signed_in))) => {
            finish(app, origin, page.request, client, *signed_in).await
        }
        Ok((_, SignInOutcome::Challenged(challenge))) => {
            SignInAnswer::Challenged(challenge.prompt.name().as_str())
        }
        Err(failure) => SignInAnswer::Refused(page.pool, refusal_text(failure)),
    }
}

/// Returns the text of a refusal: that of InitiateAuth (*Inferred* for the service).
fn refusal_text(failure: Failure) -> String {
    let failure = match failure {
        // An app client that does not hide users is answered so by operations only.
        Failure::Refused(Refusal::UserNotFound | Refusal::MigrationFailed(_)) => {
            Failure::Refused(Refusal::WrongPassword)
        }
        failure => failure,
    };
    failure.into_api_error(Operation::InitiateAuth).message
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
    let pool = issue.client.pool_id().clone();
    match responded {
        Ok(response) => SignInAnswer::SignedIn { pool, session, target: issue.request.target, response },
        Err(failure) => {
            if let Err(failure) = undo(app, origin, &issue, &session).await {
                // No one has the handle of the session, nor a token of the grant.
                log(failure);
            }
            SignInAnswer::Failed(pool, issue.request.target, to_authorize_error(failure))
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
