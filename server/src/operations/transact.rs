//! The driver of every operation: one request that decides is one unit of work.
//!
//! An attempt reads through its [`Tx`], asks the domain, and returns a verdict. [`RequestContext::transact`] commits what the verdict
//! remembers, for yes and for no; if something that was read has changed meanwhile, it starts the attempt over with fresh
//! reads. After the commit it makes the first attempt to send the messages. What is random, and what is asked of the outside
//! world, is therefore made once a request: outside the attempt, or in a cell that keeps it.

use std::{
    collections::BTreeMap,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use lido_domain::{
    Refusal, Timestamp, Verdict,
    flow::bearer,
    id::{ClientId, GroupName, PoolId, Sub},
    user::{
        auth_event::{AuthEventDraft, EventKind},
        group::Group,
    },
};

use super::{Origin, bearer::TokenBearer, client::LoadedClient, failure::Failure};
use crate::{
    app::App,
    delivery::Attempted,
    store::{Beside, Cause, PoolRecord, Subject, Transaction, UserQuery, UserReading},
    tokens::Tokens,
    triggers::{EventContext, sdk_version},
    wire::auth_event::ClientContext,
};

/// How often a request reads and decides again because others were quicker.
///
/// Of those that meet on one record one gets through each time, so this many may meet at once. *Chosen*.
const MAX_CONFLICTS: u32 = 256;

/// The longest wait before a request reads again; the first is a fraction of a millisecond.
const MAX_BACK_OFF: Duration = Duration::from_millis(10);

/// A request as a handler has it: the server, and what messages, triggers and authentication events are told of it.
#[derive(Debug)]
pub(crate) struct RequestContext<'a> {
    app: &'a App,
    origin: &'a Origin,
    cause: Cause,
    event: Option<AuthEventDraft>,
}

impl<'a> RequestContext<'a> {
    /// The context of a request that came from `origin`.
    pub(crate) fn new(app: &'a App, origin: &'a Origin) -> Self {
        // Where the address is configured, a header that anybody can write has no say in it.
        let base = app.settings.public_url.clone().or_else(|| origin.base());
        let sdk_version = sdk_version(origin.user_agent.as_deref());
        Self { app, origin, cause: Cause { base, sdk_version, client_metadata: None }, event: None }
    }

    /// Adds the ClientMetadata that the request carries.
    pub(super) fn with_metadata(mut self, client_metadata: Option<BTreeMap<String, String>>) -> Self {
        self.cause.client_metadata = client_metadata;
        self
    }

    /// Adds the authentication event that the request makes, once an attempt concludes it; see [`Tx::conclude_event`].
    pub(super) fn with_event(
        mut self,
        kind: EventKind,
        context: impl Into<ClientContext>,
    ) -> Result<Self, Failure> {
        self.event = Some(self.origin.event_draft(self.app.entropy.uuid()?, kind, context));
        Ok(self)
    }

    /// The same context for a unit of work within the request that makes no event of its own.
    pub(super) fn without_event(&self) -> Self {
        Self { app: self.app, origin: self.origin, cause: self.cause.clone(), event: None }
    }

    /// The server's state.
    pub(super) fn app(&self) -> &'a App {
        self.app
    }

    /// Where the request came from.
    pub(super) fn origin(&self) -> &'a Origin {
        self.origin
    }

    /// Begins reading for an operation that changes nothing.
    pub(super) fn begin(&self) -> Tx<'a> {
        Tx::new(self.app)
    }

    /// What triggers and messages are told of the request.
    pub(super) fn cause(&self) -> &Cause {
        &self.cause
    }

    /// The context of a trigger in a pool, where no app client calls.
    pub(super) fn in_pool<'b>(&'b self, pool: &'b PoolRecord) -> EventContext<'b> {
        EventContext { pool, client: None, cause: &self.cause }
    }
}

/// How a request says which user it is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum UserRef<'a> {
    /// By the access token that the user bears.
    Token(&'a str),
    /// By the name that an administrator gives.
    Name { pool: &'a PoolId, username: &'a str },
}

/// One attempt of a request: its reads, by what operations ask for. Cloning it is cheap and gives the same one.
#[derive(Clone, Debug)]
pub(super) struct Tx<'a> {
    app: &'a App,
    reads: Arc<Transaction>,
    /// What the driver needs to attach the authentication event.
    event: Arc<Mutex<EventSubject>>,
}

#[derive(Debug, Default)]
struct EventSubject {
    client: Option<LoadedClient>,
    /// The user whom the event is about, once the attempt has concluded it.
    of: Option<Sub>,
}

impl Deref for Tx<'_> {
    type Target = Transaction;

    fn deref(&self) -> &Transaction {
        &self.reads
    }
}

impl<'a> Tx<'a> {
    fn new(app: &'a App) -> Self {
        Self { app, reads: Arc::new(app.store.begin()), event: Arc::default() }
    }

    /// The time, read now: after the loads, so that it is never older than what they brought.
    pub(super) fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// The pool that an administrator names.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) async fn pool(&self, id: &PoolId) -> Result<Arc<PoolRecord>, Failure> {
        let found = self.find_pool(id).await?;
        Ok(found.ok_or_else(|| Refusal::UnknownPool(id.clone()))?)
    }

    /// The pool that an administrator names, and a group of it, if it is there.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) async fn pool_and_group(
        &self,
        id: &PoolId,
        name: &GroupName,
    ) -> Result<(Arc<PoolRecord>, Option<Group>), Failure> {
        let (pool, group) = self.find_pool_and_group(id, name).await?;
        Ok((pool.ok_or_else(|| Refusal::UnknownPool(id.clone()))?, group))
    }

    /// A group of a pool that an administrator names, if it is there, and how many groups the pool has.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) async fn group_and_count(
        &self,
        pool: &PoolId,
        name: &GroupName,
    ) -> Result<(Option<Group>, usize), Failure> {
        let (record, group, count) = self.find_pool_and_groups(pool, name).await?;
        record.ok_or_else(|| Refusal::UnknownPool(pool.clone()))?;
        Ok((group, count))
    }

    /// The app client of a public request, with its pool.
    ///
    /// # Errors
    /// `UnknownClient`.
    pub(super) async fn client(&self, id: &ClientId) -> Result<LoadedClient, Failure> {
        let read = self.find_client(id).await?.ok_or_else(|| Refusal::UnknownClient(id.clone()))?;
        self.loaded(LoadedClient::open(self.app, read)?)
    }

    /// The app client of a request that may end in tokens: in the pool that an administrator names, if one does; with
    /// the keys that sign them.
    ///
    /// # Errors
    /// `UnknownPool`, `UnknownClient`.
    pub(super) async fn signing_client(
        &self,
        pool: Option<&PoolId>,
        id: &ClientId,
    ) -> Result<LoadedClient, Failure> {
        let read = match pool {
            None => self.find_client_and_keys(id).await?,
            Some(pool) => self.find_client_in(pool, id).await?,
        };
        let read = read.ok_or_else(|| Refusal::UnknownClient(id.clone()))?;
        self.loaded(LoadedClient::open(self.app, read)?)
    }

    /// A pool and one of its app clients.
    ///
    /// # Errors
    /// `UnknownPool`, `UnknownClient`.
    pub(super) async fn client_in(&self, pool: &PoolId, id: &ClientId) -> Result<LoadedClient, Failure> {
        let read = self.find_client_in(pool, id).await?;
        LoadedClient::open(self.app, read.ok_or_else(|| Refusal::UnknownClient(id.clone()))?)
    }

    async fn find_client_in(
        &self,
        pool: &PoolId,
        id: &ClientId,
    ) -> Result<Option<crate::store::ClientReading>, Failure> {
        let (record, client, signing_keys) = self.find_pool_and_client(pool, id).await?;
        let pool = record.ok_or_else(|| Refusal::UnknownPool(pool.clone()))?;
        Ok(client.map(|client| crate::store::ClientReading { pool, client, signing_keys }))
    }

    /// The user that a request is about, with the pool and what lies beside: by token, or by name for an administrator.
    ///
    /// # Errors
    /// As [`Tx::bearer`] or [`Tx::named_user`].
    pub(super) async fn user(
        &self,
        user: UserRef<'_>,
        beside: Vec<Beside>,
    ) -> Result<(Arc<PoolRecord>, UserReading), Failure> {
        match user {
            UserRef::Token(token) => {
                let bearer = self.bearer(token, beside).await?;
                Ok((bearer.client.pool, bearer.found))
            }
            UserRef::Name { pool, username } => self.named_user(pool, username, beside).await,
        }
    }

    /// The user that an administrator names, with the pool and what lies beside.
    ///
    /// # Errors
    /// `UnknownPool`; an unknown user is for the rule to refuse.
    pub(super) async fn named_user(
        &self,
        pool: &PoolId,
        username: &str,
        beside: Vec<Beside>,
    ) -> Result<(Arc<PoolRecord>, UserReading), Failure> {
        let record = self.pool(pool).await?;
        let found = self.user_of(&record, username, beside).await?;
        Ok((record, found))
    }

    /// The user that an administrator names in a pool that was read, with what lies beside.
    pub(super) async fn user_of(
        &self,
        pool: &PoolRecord,
        username: &str,
        beside: Vec<Beside>,
    ) -> Result<UserReading, Failure> {
        let candidates = lido_domain::pool::alias::candidates(&pool.pool, username);
        let query =
            UserQuery { subject: Subject::Named(candidates), beside, otherwise: None, sessions: Vec::new() };
        Ok(self.find_user(&pool.pool.id, query).await?)
    }

    /// The user who bears an access token, with the app client that it was issued through and what lies beside the user.
    ///
    /// # Errors
    /// The refusals of a token that is not good, in the order of [`bearer`].
    pub(super) async fn bearer(&self, token: &str, beside: Vec<Beside>) -> Result<TokenBearer<'a>, Failure> {
        let id = Tokens::peek(token)?;
        // A client that is gone signs nothing: a token that names it is made up, or was issued long ago.
        let read = self.find_client_and_keys(&id).await?.ok_or(Refusal::AccessTokenForged)?;
        let client = self.loaded(LoadedClient::open(self.app, read)?)?;
        let token = client.open_signing_keys(self.app).await?.verify(token)?;
        let mut found = {
            let mut beside = beside;
            beside.push(Beside::Grant(token.grant.clone()));
            self.find_user(client.pool_id(), UserQuery::of(&token.sub, beside)).await?
        };
        let user = bearer::check(&token, found.grant.as_ref(), found.user.as_ref(), self.now())?.clone();
        found.user = Some(user.clone());
        Ok(TokenBearer { app: self.app, client, user, found })
    }

    /// Concludes the authentication event of the request: the driver attaches it to the verdict of this attempt, as one
    /// about `of`. Without a user there is no event.
    pub(super) fn conclude_event(&self, of: Option<&Sub>) {
        self.event.lock().unwrap_or_else(PoisonError::into_inner).of = of.cloned();
    }

    /// Remembers the app client, in whose pool events are recorded.
    fn loaded(&self, client: LoadedClient) -> Result<LoadedClient, Failure> {
        self.event.lock().unwrap_or_else(PoisonError::into_inner).client = Some(client.clone());
        Ok(client)
    }

    /// The verdict, with the event that the attempt has concluded.
    fn attach_event<A>(&self, draft: Option<&AuthEventDraft>, verdict: Verdict<A>) -> Verdict<A> {
        let subject = self.event.lock().unwrap_or_else(PoisonError::into_inner);
        match (draft, &subject.client) {
            (Some(draft), Some(client)) => {
                let (pool, client) = (client.pool(), client.rules());
                draft.attach(pool, client, subject.of.as_ref(), verdict, self.now())
            }
            _ => verdict,
        }
    }
}

impl<'a> RequestContext<'a> {
    /// Carries out an operation that may change something: attempts it until what it has read is still so when its
    /// verdict is committed, sends what the verdict sends, and gives its answer. A verdict that refuses is committed too.
    ///
    /// # Errors
    /// The verdict's refusal; `Contended` after too many conflicts; `Undelivered` or a trigger's fault if a message is
    /// refused for good by the first attempt, with everything committed all the same.
    pub(super) async fn transact<A, F>(&self, attempt: impl Fn(Tx<'a>) -> F) -> Result<A, Failure>
    where
        F: Future<Output = Result<Verdict<A>, Failure>>,
    {
        let app = self.app;
        for conflicts in 0..=MAX_CONFLICTS {
            back_off(app, conflicts).await?;
            let tx = self.begin();
            let verdict = match attempt(tx.clone()).await {
                Err(Failure::OutOfDate) => continue,
                outcome => outcome?,
            };
            let verdict = tx.attach_event(self.event.as_ref(), verdict);
            let committed = tx.commit(&app.keys, verdict.remember, &self.cause, tx.now()).await;
            let rows = match committed.map_err(Failure::from) {
                Err(Failure::Contended) => continue,
                outcome => outcome?,
            };
            let answer = verdict.answer?;
            let mut failed = None;
            for row in rows {
                let Some(pool) = tx.pool_id() else { continue };
                match app.outbox.send_committed(pool, row).await {
                    Ok(Attempted::Sent | Attempted::Queued) => {}
                    // The first failure is the answer; the other messages are sent all the same.
                    Ok(Attempted::Refused(kind)) => failed = failed.or(Some(Failure::Undelivered(kind))),
                    Ok(Attempted::Failed(fault)) => failed = failed.or(Some(fault.into())),
                    // It is written down and will be tried again, so the request has succeeded.
                    Err(error) => tracing::warn!(%error, "a message waits"),
                }
            }
            if let Some(failure) = failed {
                return Err(failure);
            }
            return Ok(answer);
        }
        Err(Failure::Contended)
    }
}

/// Waits a random while, longer on average with every conflict, so that those who met do not meet again.
async fn back_off(app: &App, conflicts: u32) -> Result<(), Failure> {
    match conflicts {
        0 => {}
        // The other request may need nothing but the thread.
        1 => tokio::task::yield_now().await,
        _ => {
            let [random] = app.entropy.bytes::<1>()?;
            let most = Duration::from_micros(100).saturating_mul(1 << conflicts.min(10)).min(MAX_BACK_OFF);
            tokio::time::sleep(most.mul_f64(f64::from(random) / 255.0)).await;
        }
    }
    Ok(())
}
