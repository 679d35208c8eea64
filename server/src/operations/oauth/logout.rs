//! The endpoint for signing out: ends the browser session. Refresh tokens stay valid (*Documented*).
//!
//! The rules are in [`lido_domain::flow::oauth::logout`].

use lido_domain::{
    Change, Verdict,
    flow::oauth::{
        authorize::{PageError, read_client_id},
        logout::{self, LogoutTarget},
    },
    id::PoolId,
    oauth::browser_session::BrowserSessionHandle,
};

use super::{
    authorize::{BrowserRequest, SessionCookie},
    failure::log,
    find_client,
    metadata_client::fetch_metadata,
};
use crate::{
    app::App,
    operations::{Failure, Origin, RequestContext, client::LoadedClient},
};

/// The answer to a request for signing out.
#[derive(Debug)]
pub(crate) enum LogoutAnswer {
    /// The browser is signed out of the pool and goes there.
    SignedOut(PoolId, LogoutTarget),
    /// The error page shows this.
    ErrorPage(PageError),
    /// The server is at fault.
    Fault,
}

/// Ends the browser session.
pub(crate) async fn log_out(
    app: &App,
    origin: &Origin,
    browser: &BrowserRequest<'_>,
    session: &SessionCookie<'_>,
) -> LogoutAnswer {
    let id = match read_client_id(browser.parameters) {
        Ok(id) => id,
        Err(error) => return LogoutAnswer::ErrorPage(error),
    };
    fetch_metadata(app, origin, browser.pool, &id).await;
    let outcome = RequestContext::new(app, origin)
        .transact(async |tx| {
            let client = find_client(app, &tx, browser.pool, &id).await?;
            let rules = client.as_ref().map(LoadedClient::client_rules);
            let target =
                match (logout::read(rules, browser.parameters, app.settings.is_strict_oauth), &client) {
                    (Ok(target), Some(client)) => (client, target),
                    (Err(error), _) => return Ok(Verdict::accept(Err(error))),
                    (Ok(_), None) => return Ok(Verdict::accept(Err(PageError::UnknownClient))),
                };
            let (client, target) = target;
            let pool = client.pool_id().clone();
            let ends = |handle: BrowserSessionHandle| {
                let digests = handle.digests(client.caller(None).digest_keys, client.pool_id());
                let of = handle.of().clone();
                digests.into_iter().map(move |key| Change::RemoveBrowserSession { of: of.clone(), key })
            };
            let remember = session(&pool).into_iter().flat_map(ends).collect();
            // A standby changes nothing; the browser loses its cookie nevertheless.
            let remember = if app.settings.is_standby { Vec::new() } else { remember };
            Ok(Verdict { remember, answer: Ok(Ok((pool, target))) })
        })
        .await;
    match outcome {
        Ok(Ok((pool, target))) => LogoutAnswer::SignedOut(pool, target),
        Ok(Err(error)) => LogoutAnswer::ErrorPage(error),
        Err(failure) => {
            if let Failure::InternalFault(error) = failure {
                tracing::error!(%error, "a browser session could not be ended");
            }
            LogoutAnswer::Fault
        }
    }
}

/// Ends the session that a browser had before its user signed in again: no one has its cookie any more, unless it was stolen.
/// A failure is in the log, and ends no sign-in.
pub(crate) async fn end_former_session(
    app: &App,
    origin: &Origin,
    pool: &PoolId,
    former: &BrowserSessionHandle,
) {
    let ended = RequestContext::new(app, origin)
        .transact(async |tx| {
            tx.get_pool(pool).await?;
            let keys = former.digests(app.keys.digests(), pool).into_iter();
            let remember = keys.map(|key| Change::RemoveBrowserSession { of: former.of().clone(), key });
            Ok(Verdict { remember: remember.collect(), answer: Ok(()) })
        })
        .await;
    if let Err(failure) = ended {
        log(failure);
    }
}
