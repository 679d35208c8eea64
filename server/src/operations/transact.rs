//! The unit of work that every operation runs in.
//!
//! An attempt reads through its [`Tx`], calls a rule of the domain, and returns the verdict.
//! [`RequestContext::transact`] commits the changes of the verdict, also of one that refuses; if a record that was
//! read has changed meanwhile, it repeats the attempt with new reads. After the commit it tries once to send the
//! messages. Random values and the replies of triggers must therefore outlive an attempt: they are obtained outside
//! it, or kept in a cell. The reads of a pool that the caller names are in [`super::pool_reads`].

use std::{
    collections::BTreeMap,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use lido_domain::{
    Refusal, Timestamp, Verdict,
    client::cimd::is_address,
    flow::{bearer, destination_limit},
    id::{ClientId, PoolId},
    pool::alias::candidates,
    user::auth_event::{AuthEventDraft, EventKind, EventOwner},
};

use super::{
    Origin,
    bearer::TokenBearer,
    client::LoadedClient,
    failure::Failure,
    oauth::{find_client_of_token, metadata_client::find_metadata_client},
    pool_reads::existing,
};
use crate::{
    app::App,
    delivery::SendOutcome,
    store::{
        ClientWithPool, PoolRecord, RelatedRecord, Removed, RequestInfo, Transaction, UserQuery, UserRecords,
        UserSelector,
    },
    tokens::Tokens,
    triggers::{EventContext, sdk_version},
    wire::auth_event::ClientContext,
};

/// The largest number of retries of a request whose commit conflicts with others.
///
/// *Chosen*: of the requests that conflict on one record, at least one commits in each round. So even the last of 256
/// concurrent requests succeeds.
const MAX_CONFLICTS: u32 = 256;

/// The longest wait before a retry; the first wait is a fraction of a millisecond.
const MAX_BACK_OFF: Duration = Duration::from_millis(10);

/// The context of a request in its handler: the server's state, the origin, and the values that messages, trigger
/// events and authentication events contain.
#[derive(Debug)]
pub(crate) struct RequestContext<'a> {
    app: &'a App,
    origin: &'a Origin,
    info: RequestInfo,
    event: Option<AuthEventDraft>,
    /// The pool of a page.
    page_pool: Option<PoolId>,
}

impl<'a> RequestContext<'a> {
    /// Creates the context of a request from `origin`.
    pub(crate) fn new(app: &'a App, origin: &'a Origin) -> Self {
        let base = app.base_url(origin);
        let sdk_version = sdk_version(origin.user_agent.as_deref());
        let info = RequestInfo { base, sdk_version, client_metadata: None };
        Self { app, origin, info, event: None, page_pool: None }
    }

    /// Adds the ClientMetadata that the request carries.
    pub(super) fn with_metadata(mut self, client_metadata: Option<BTreeMap<String, String>>) -> Self {
        self.info.client_metadata = client_metadata;
        self
    }

    /// Adds the pool of the page that the request is about. Clients that name themselves by an address exist there only.
    pub(super) fn on_page_of(mut self, pool: &PoolId) -> Self {
        self.page_pool = Some(pool.clone());
        self
    }

    /// Adds the authentication event that the request records if an attempt calls [`Tx::conclude_event`].
    pub(super) fn with_event(
        mut self,
        kind: EventKind,
        context: impl Into<ClientContext>,
    ) -> Result<Self, Failure> {
        self.event = Some(self.origin.event_draft(self.app.entropy.uuid()?, kind, context));
        Ok(self)
    }

    /// Returns the same context for a second unit of work within the request, without an authentication event.
    pub(super) fn without_event(&self) -> Self {
        let (info, page_pool) = (self.info.clone(), self.page_pool.clone());
        Self { app: self.app, origin: self.origin, info, event: None, page_pool }
    }

    /// Returns the application state.
    pub(super) fn app(&self) -> &'a App {
        self.app
    }

    /// Returns the origin of the request.
    pub(super) fn origin(&self) -> &'a Origin {
        self.origin
    }

    /// Returns the Region that the request is limited to.
    pub(super) fn region(&self) -> Option<&'a str> {
        self.origin.region.as_deref()
    }

    /// Begins the reads of an operation that does not write.
    pub(super) fn begin(&self) -> Tx<'a> {
        self.begin_attempt(1)
    }

    /// Begins an attempt of a request; the first is 1.
    fn begin_attempt(&self, attempt: u32) -> Tx<'a> {
        Tx::new(self.app, attempt, self.region(), self.page_pool.clone())
    }

    /// Returns the values of the request that trigger events and messages contain.
    pub(super) fn info(&self) -> &RequestInfo {
        &self.info
    }

    /// Returns the context of a trigger event that no app client causes.
    pub(super) fn event_context<'b>(&'b self, pool: &'b PoolRecord) -> EventContext<'b> {
        EventContext { pool, client: None, cause: &self.info }
    }
}

/// How a request identifies its user.
#[derive(Clone, Copy, Debug)]
pub(super) enum UserRef<'a> {
    /// By an access token.
    Token(&'a str),
    /// By the username or alias that an administrator sends.
    Name { pool: &'a PoolId, username: &'a str },
}

/// One attempt of a request and its reads. A clone is the same attempt, and cheap.
///
/// `get_…` refuses if the record does not exist. `load_user…` returns [`UserRecords`] whose `user` is `None` if the user
/// does not exist; the rule of the operation then refuses.
#[derive(Clone, Debug)]
pub(super) struct Tx<'a> {
    app: &'a App,
    /// The Region outside which no pool exists for the caller.
    region: Option<&'a str>,
    /// The pool of a page.
    page_pool: Option<PoolId>,
    reads: Arc<Transaction>,
    /// The subject of the authentication event, which the driver attaches to the verdict.
    event: Arc<Mutex<EventSubject>>,
}

/// The app client and the user of the authentication event.
#[derive(Debug, Default)]
struct EventSubject {
    client: Option<LoadedClient>,
    /// Whose event it is; `None` until the attempt has concluded it.
    owner: Option<EventOwner>,
}

impl Deref for Tx<'_> {
    type Target = Transaction;

    fn deref(&self) -> &Transaction {
        &self.reads
    }
}

impl<'a> Tx<'a> {
    fn new(app: &'a App, attempt: u32, region: Option<&'a str>, page_pool: Option<PoolId>) -> Self {
        let reads = Arc::new(app.store.begin_attempt(attempt));
        Self { app, region, page_pool, reads, event: Arc::default() }
    }

    /// Returns the current time. Call it after the reads, so that it is not older than the records that they returned.
    pub(super) fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// Checks that a pool that the caller names is in the caller's Region. The live service has a store for each Region,
    /// so that a pool of another one does not exist there.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) fn check_region(&self, id: &PoolId) -> Result<(), Refusal> {
        match self.region {
            Some(region) if !id.is_in(region) => Err(Refusal::UnknownPool(id.clone())),
            _ => Ok(()),
        }
    }

    /// Returns the app client of a public request, with its pool.
    ///
    /// # Errors
    /// `UnknownClient`.
    pub(super) async fn get_client(&self, id: &ClientId) -> Result<LoadedClient, Failure> {
        let read = self.find_client(id).await?.ok_or_else(|| Refusal::UnknownClient(id.clone()))?;
        self.set_event_client(LoadedClient::open(self.app, read)?)
    }

    /// Returns the app client of a public request, with its pool, and the user that `query` describes by them.
    ///
    /// # Errors
    /// `UnknownClient`. A user that does not exist is refused by the rule.
    pub(super) async fn get_client_and_user(
        &self,
        id: &ClientId,
        query: impl Fn(&LoadedClient) -> UserQuery,
    ) -> Result<(LoadedClient, UserRecords), Failure> {
        let open = |read| {
            let client = LoadedClient::open(self.app, read)?;
            let query = query(&client);
            Ok::<_, Failure>((client, query))
        };
        let found = self.find_client_and_user_by(id, open).await?;
        let (client, user) = found.ok_or_else(|| Refusal::UnknownClient(id.clone()))?;
        Ok((self.set_event_client(client)?, user))
    }

    /// Returns the app client of a request that may issue tokens, with the keys that sign them. `pool` is the pool
    /// that an administrator names.
    ///
    /// # Errors
    /// `UnknownPool`, `UnknownClient`.
    pub(super) async fn get_client_with_keys(
        &self,
        pool: Option<&PoolId>,
        id: &ClientId,
    ) -> Result<LoadedClient, Failure> {
        if let Some(pool) = self.page_pool.as_ref().filter(|_| is_address(id)) {
            let client = find_metadata_client(self.app, self, pool, id, true).await?;
            return self.set_event_client(client.ok_or_else(|| Refusal::UnknownClient(id.clone()))?);
        }
        let read = match pool {
            None => self.find_client_and_keys(id).await?,
            Some(pool) => self.find_client_in_pool(pool, id).await?,
        };
        let read = read.ok_or_else(|| Refusal::UnknownClient(id.clone()))?;
        self.set_event_client(LoadedClient::open(self.app, read)?)
    }

    /// Returns an app client of the pool that an administrator names.
    ///
    /// # Errors
    /// `UnknownPool`, `UnknownClient`.
    pub(super) async fn get_client_in_pool(
        &self,
        pool: &PoolId,
        id: &ClientId,
    ) -> Result<LoadedClient, Failure> {
        let read = self.find_client_in_pool(pool, id).await?;
        LoadedClient::open(self.app, read.ok_or_else(|| Refusal::UnknownClient(id.clone()))?)
    }

    async fn find_client_in_pool(
        &self,
        pool: &PoolId,
        id: &ClientId,
    ) -> Result<Option<ClientWithPool>, Failure> {
        self.check_region(pool)?;
        let (record, client, signing_keys) = self.find_pool_and_client(pool, id).await?;
        let pool = record.ok_or_else(|| Refusal::UnknownPool(pool.clone()))?;
        Ok(client.map(|client| ClientWithPool { pool, client, signing_keys }))
    }

    /// Reads the pool, the user, and the records of the user that `related` lists.
    ///
    /// # Errors
    /// Those of [`Tx::get_bearer`] or [`Tx::load_user_by_name`].
    pub(super) async fn load_user(
        &self,
        user: UserRef<'_>,
        related: Vec<RelatedRecord>,
    ) -> Result<(Arc<PoolRecord>, UserRecords), Failure> {
        match user {
            UserRef::Token(token) => {
                let bearer = self.get_bearer(token, related).await?;
                Ok((bearer.client.pool, bearer.loaded))
            }
            UserRef::Name { pool, username } => self.load_user_by_name(pool, username, related).await,
        }
    }

    /// Reads the pool and the user that an administrator names, and the records of the user that `related` lists.
    ///
    /// # Errors
    /// `UnknownPool`. A user that does not exist is refused by the rule.
    pub(super) async fn load_user_by_name(
        &self,
        pool: &PoolId,
        username: &str,
        related: Vec<RelatedRecord>,
    ) -> Result<(Arc<PoolRecord>, UserRecords), Failure> {
        self.check_region(pool)?;
        let query = |record: &PoolRecord| named_user(record, username, related.clone());
        Ok(existing(self.find_pool_and_user_by(pool, query).await?, pool)?)
    }

    /// Reads the user that an administrator names, and the records of the user that `related` lists.
    pub(super) async fn load_user_in_pool(
        &self,
        pool: &PoolRecord,
        username: &str,
        related: Vec<RelatedRecord>,
    ) -> Result<UserRecords, Failure> {
        Ok(self.find_user(&pool.pool.id, named_user(pool, username, related)).await?)
    }

    /// Verifies an access token and returns its user and app client, with the records of the user that `related` lists.
    ///
    /// # Errors
    /// A refusal of the token, in the order of [`bearer`].
    pub(super) async fn get_bearer(
        &self,
        token: &str,
        related: Vec<RelatedRecord>,
    ) -> Result<TokenBearer<'a>, Failure> {
        let id = Tokens::unverified_client_id(token)?;
        // A token of an app client that does not exist is forged, or was issued before the app client was deleted.
        let client = find_client_of_token(self.app, self, None, token, &id).await?;
        let client = self.set_event_client(client.ok_or(Refusal::AccessTokenSignatureInvalid)?)?;
        let token = client.open_signing_keys(self.app).await?.verify(token)?;
        let mut loaded = {
            let mut related = related;
            related.push(RelatedRecord::Grant(token.grant.clone()));
            self.find_user(client.pool_id(), UserQuery::of(&token.sub, related)).await?
        };
        let user = bearer::check(&token, loaded.grant.as_ref(), loaded.user.as_ref(), self.now())?.clone();
        loaded.user = Some(user.clone());
        Ok(TokenBearer { app: self.app, client, user, loaded })
    }

    /// Concludes the authentication event of the request: the driver attaches it to the verdict of this attempt, as an
    /// event of `owner`. `None` means no event.
    pub(super) fn conclude_event(&self, owner: Option<EventOwner>) {
        self.event.lock().unwrap_or_else(PoisonError::into_inner).owner = owner;
    }

    /// Returns the verdict with its messages counted by their destinations, where they are limited.
    ///
    /// It is done here, after the decision, so that no operation that sends can leave it out; it costs those a read.
    async fn limit_destinations(&self, verdict: Verdict<()>) -> Result<Verdict<()>, Failure> {
        let (keys, Some(pool)) = (self.app.keys.digests(), self.pool_id()) else { return Ok(verdict) };
        if !self.app.settings.limits_destinations {
            return Ok(verdict);
        }
        let counters = destination_limit::counters(keys, pool, &verdict.remember);
        if counters.is_empty() {
            return Ok(verdict);
        }
        let counted = self.find_attempts(pool, counters).await?;
        Ok(destination_limit::limit(keys, pool, &counted, verdict, self.now()))
    }

    /// Stores the app client for the authentication event, and returns it.
    fn set_event_client(&self, client: LoadedClient) -> Result<LoadedClient, Failure> {
        self.event.lock().unwrap_or_else(PoisonError::into_inner).client = Some(client.clone());
        Ok(client)
    }

    /// Returns the verdict with the authentication event, if the attempt has concluded one.
    fn attach_event(&self, draft: Option<&AuthEventDraft>, verdict: Verdict<()>) -> Verdict<()> {
        let subject = self.event.lock().unwrap_or_else(PoisonError::into_inner);
        match (draft, &subject.client) {
            (Some(draft), Some(client)) => {
                let (pool, client) = (client.pool_rules(), client.client_rules());
                draft.attach(pool, client, subject.owner.as_ref(), verdict, self.now())
            }
            _ => verdict,
        }
    }
}

/// Returns the query of the user that an administrator names.
fn named_user(pool: &PoolRecord, username: &str, related: Vec<RelatedRecord>) -> UserQuery {
    let candidates = candidates(&pool.pool, username);
    UserQuery { subject: UserSelector::Named(candidates), related, fallback: None, sessions: Vec::new() }
}

impl<'a> RequestContext<'a> {
    /// Runs an operation that may write: attempts it until its commit does not conflict, sends the messages of the
    /// verdict, and returns the answer of the verdict. The changes of a verdict that refuses are committed too. The answer
    /// does not depend on a message that [`Message::is_hidden`](lido_domain::code::message::Message::is_hidden).
    ///
    /// # Errors
    /// The refusal of the verdict; the failure of an attempt; `Conflict` after too many conflicts. After the commit:
    /// `Undelivered` if a transport refuses a message permanently, or the fault of a trigger that is invoked for one.
    pub(super) async fn transact<A, F>(&self, attempt: impl Fn(Tx<'a>) -> F) -> Result<A, Failure>
    where
        F: Future<Output = Result<Verdict<A>, Failure>>,
    {
        for conflicts in 0..=MAX_CONFLICTS {
            back_off(self.app, conflicts).await?;
            let tx = self.begin_attempt(conflicts + 1);
            let Verdict { remember, answer } = match attempt(tx.clone()).await {
                Err(Failure::StaleReads) => continue,
                outcome => outcome?,
            };
            // What follows does not depend on the type of the answer, so that it is compiled once.
            let outcome = answer.as_ref().map(|_| ()).map_err(Refusal::clone);
            match self.conclude(&tx, Verdict { remember, answer: outcome }).await? {
                Conclusion::Conflict => {}
                Conclusion::Committed(outcome) => return Ok(outcome.and(answer)?),
            }
        }
        Err(Failure::Conflict)
    }

    /// Commits the changes of a verdict, and sends its messages.
    async fn conclude(&self, tx: &Tx<'a>, verdict: Verdict<()>) -> Result<Conclusion, Failure> {
        let app = self.app;
        let verdict = tx.attach_event(self.event.as_ref(), verdict);
        let Verdict { remember, answer } = tx.limit_destinations(verdict).await?;
        let removed: Vec<_> = remember.iter().filter_map(Removed::by).collect();
        let committed = tx.commit(&app.keys, remember, &self.info, tx.now()).await;
        let rows = match committed.map_err(Failure::from) {
            Err(Failure::Conflict) => return Ok(Conclusion::Conflict),
            outcome => outcome?,
        };
        for removed in removed {
            let Some(pool) = tx.pool_id() else { continue };
            if let Err(error) = app.store.remove_leftovers(pool, &removed).await {
                tracing::warn!(%error, "rows that a user or group has left behind are still there, without effect");
            }
        }
        if answer.is_err() {
            return Ok(Conclusion::Committed(answer));
        }
        let mut failed = None;
        for row in rows {
            let Some(pool) = tx.pool_id() else { continue };
            if self.origin.loses_messages {
                app.outbox.lose(pool, row).await?;
                continue;
            }
            if row.is_hidden {
                app.outbox.send_in_background(pool, row);
                continue;
            }
            match app.outbox.send_committed(pool, row).await {
                Ok(SendOutcome::Sent | SendOutcome::Queued) => {}
                // The first failure is returned; the other messages are sent nevertheless.
                Ok(SendOutcome::Refused(kind)) => failed = failed.or(Some(Failure::Undelivered(kind))),
                Ok(SendOutcome::Failed(fault)) => failed = failed.or(Some(fault.into())),
                // The message is in the outbox and will be retried, so the request has succeeded.
                Err(error) => tracing::warn!(%error, "a message could not be sent and will be retried"),
            }
        }
        failed.map_or(Ok(Conclusion::Committed(answer)), Err)
    }
}

/// The end of an attempt.
enum Conclusion {
    /// Another request has changed what this one had read.
    Conflict,
    /// The changes are stored, and the request is answered or refused.
    Committed(Result<(), Refusal>),
}

/// Waits for a random time, longer on average with every conflict, so that the same requests do not conflict again.
async fn back_off(app: &App, conflicts: u32) -> Result<(), Failure> {
    match conflicts {
        0 => {}
        // The other request may only need this thread.
        1 => tokio::task::yield_now().await,
        _ => {
            let [random] = app.entropy.bytes::<1>()?;
            let most = Duration::from_micros(100).saturating_mul(1 << conflicts.min(10)).min(MAX_BACK_OFF);
            tokio::time::sleep(most.mul_f64(f64::from(random) / 255.0)).await;
        }
    }
    Ok(())
}
