//! The turn of a request: how often it may read and decide again, and how its verdict is carried out.

use std::collections::BTreeMap;

use lido_domain::{Timestamp, Verdict, id::PoolId};

use super::{Origin, failure::Failure};
use crate::{
    app::App,
    delivery::Attempted,
    store::{Cause, Expect, StoreError},
    triggers::sdk_version,
};

/// How often a request reads and decides again because others were quicker.
///
/// Of those who meet on one record somebody gets through each time, so this many may meet at once. *Chosen*.
const MOST_CONFLICTS: u32 = 256;

/// One request's turn.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    app: &'a App,
    cause: Cause,
    conflicts: u32,
}

impl<'a> Turn<'a> {
    /// A turn that begins.
    pub(super) fn new(app: &'a App) -> Self {
        Self { app, cause: Cause::default(), conflicts: 0 }
    }

    /// The turn of a request of which messages and triggers are told who asked.
    pub(super) fn asked_by(app: &'a App, origin: &Origin) -> Self {
        // Where the address is configured, a header that anybody can write has no say in it.
        let base = app.settings.public_url.clone().or_else(|| origin.base());
        let sdk_version = sdk_version(origin.user_agent.as_deref());
        Self { cause: Cause { base, sdk_version, client_metadata: None }, ..Self::new(app) }
    }

    /// The same, with the ClientMetadata that the request carries.
    pub(super) fn with_metadata(mut self, client_metadata: Option<BTreeMap<String, String>>) -> Self {
        self.cause.client_metadata = client_metadata;
        self
    }

    /// What triggers are told of the request.
    pub(super) fn cause(&self) -> &Cause {
        &self.cause
    }

    /// What was read, or nothing if it changed under the reader's hands: then begin again.
    pub(super) async fn unless_conflict<T>(
        &mut self,
        read: Result<T, StoreError>,
    ) -> Result<Option<T>, Failure> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(StoreError::Conflict) => {
                self.conflicts += 1;
                if self.conflicts > MOST_CONFLICTS {
                    return Err(Failure::Contended);
                }
                // Whoever was quicker may still be at it.
                tokio::task::yield_now().await;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Commits what the verdict remembers, sends what it sends, and gives its answer; nothing if what it was based on
    /// has changed: then begin again. A function that is asked about a message and fails is told, and everything is
    /// remembered all the same.
    pub(super) async fn carry_out<A>(
        &mut self,
        pool: &PoolId,
        expects: Vec<Expect>,
        verdict: Verdict<A>,
        now: Timestamp,
    ) -> Result<Option<A>, Failure> {
        let app = self.app;
        let remembered =
            app.store.remember(&app.keys, pool, expects, verdict.remember, &self.cause, now).await;
        let Some(rows) = self.unless_conflict(remembered).await? else { return Ok(None) };
        let answer = verdict.answer?;
        for row in rows {
            match app.outbox.send_now(pool, &row).await {
                Ok(Attempted::Sent | Attempted::Queued) => {}
                Ok(Attempted::Refused(kind)) => return Err(Failure::Undelivered(kind)),
                Ok(Attempted::Failed(fault)) => return Err(fault.into()),
                // It is written down and will be tried again, so the request has succeeded.
                Err(error) => tracing::warn!(%error, "a message waits"),
            }
        }
        Ok(Some(answer))
    }
}
