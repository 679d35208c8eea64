//! The outbox: sends the messages that commits have written to the store.
//!
//! A process claims a row before it sends the message: it commits a later time of the next attempt. The commit that
//! writes the row is the first claim, for its own process; a later claim fails if another process has changed the
//! row. So no two processes send the same row at once, and the row of a process that dies becomes due again. A row
//! is removed, with its sealed code, once the message was delivered or permanently refused, or once its code is no
//! longer valid.
//!
//! A message is sent at least once. It is sent twice only if a process dies, or a transport times out, between sending
//! and removing. Both messages then have the same id, and a mail the same bytes.

use std::{
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant},
};

use lido_domain::{
    Timestamp,
    attribute::contact::ContactKind,
    code::{Code, check_code},
    id::PoolId,
    user::User,
};
use tokio::{sync::oneshot, task::JoinHandle};
use tracing::{Instrument as _, Span};

use super::{
    DeliveryFault, Interception, MessageInterceptor, OutgoingMessage, Template, Templates, Transport,
    lanes::Lanes,
};
use crate::{
    clock::Clock,
    keys::{Keys, OpenError},
    metrics::DeliveryMetrics,
    store::{
        CLAIM_TTL, OutboxCommit, OutboxRow, PoolRecord, RelatedRecord, Store, StoreError, Transaction,
        UserQuery, UserRecords, uuid_of_message,
    },
    traces::{delivery_span, record_outcome},
    triggers::TriggerFault,
};

/// The timeouts of every outbox outside tests.
const TIMEOUTS: Timeouts = Timeouts {
    place: Duration::from_secs(5),
    request: Duration::from_secs(5),
    transport: Duration::from_secs(60),
};

/// The longest wait of a row that is due for a place.
const DUE_WAIT: Duration = Duration::from_secs(1);

/// The wait before the second attempt. It doubles with each attempt.
const FIRST_WAIT: Duration = Duration::from_secs(10);

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// The longest wait of a row whose medium is not tried.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// The most rows of a medium that one call of [`Outbox::send_due`] sends.
const MAX_ROWS: usize = 64;

/// The most batches of rows of a medium that one call of [`Outbox::start_due`] reads, if nothing in them can be sent now.
const MAX_BATCHES: usize = 16;

/// The interval and the limit of [`Outbox::settle`].
const SETTLE_INTERVAL: Duration = Duration::from_millis(2);
const SETTLE_TIMEOUT: Duration = Duration::from_secs(1);

/// An attempt that has started.
type SendTask = JoinHandle<Result<SendOutcome, StoreError>>;

/// The result of an attempt to send a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// It was delivered, or no recipient needs it any more.
    Sent,
    /// It was permanently refused. The request is answered with CodeDeliveryFailureException, or with
    /// InvalidParameterException if the operation does not declare that error; its changes stay committed.
    Refused(ContactKind),
    /// It is still in the outbox, for a later attempt.
    Queued,
    /// A trigger that was invoked for it failed, and it was dropped.
    Failed(TriggerFault),
}

/// The timeouts of an attempt.
#[derive(Clone, Copy, Debug)]
struct Timeouts {
    /// The time that a first attempt waits for a place.
    place: Duration,
    /// The time that a request waits for the first attempt of its own message.
    request: Duration,
    /// The time that the transport has for one message.
    transport: Duration,
}

/// The outbox of a process. Clones share its state and are cheap.
#[derive(Clone, Debug)]
pub struct Outbox {
    store: Store,
    keys: Arc<Keys>,
    clock: Clock,
    transport: Arc<dyn Transport>,
    templates: Arc<dyn Templates>,
    interceptor: Arc<dyn MessageInterceptor>,
    lanes: Arc<Lanes>,
    timeouts: Timeouts,
    metrics: DeliveryMetrics,
}

impl Outbox {
    /// Returns an outbox that sends through `transport`.
    pub fn new(
        store: Store,
        keys: Arc<Keys>,
        clock: Clock,
        transport: Arc<dyn Transport>,
        templates: Arc<dyn Templates>,
        interceptor: Arc<dyn MessageInterceptor>,
    ) -> Self {
        let lanes = Arc::new(Lanes::new(&clock));
        let (timeouts, metrics) = (TIMEOUTS, DeliveryMetrics::default());
        Self { store, keys, clock, transport, templates, interceptor, lanes, timeouts, metrics }
    }

    /// Returns the metrics of the attempts.
    pub fn metrics(&self) -> &DeliveryMetrics {
        &self.metrics
    }

    /// Returns how many mails and SMS wait, each at most `limit`.
    ///
    /// # Errors
    /// The store did not respond.
    pub async fn lengths(&self, limit: usize) -> Result<[usize; 2], StoreError> {
        // No row waits longer, but for a clock that was ahead.
        let until = self.clock.now().after(LONGEST_WAIT + LONGEST_PAUSE + CLAIM_TTL);
        let [mail, sms] = [ContactKind::Email, ContactKind::PhoneNumber]
            .map(|medium| self.store.count_messages(medium, until, limit));
        let (mail, sms) = tokio::join!(mail, sms);
        Ok([mail?, sms?])
    }

    /// Returns the outbox with another limit on the time that a request waits for its own message.
    #[cfg(any(test, feature = "fakes"))]
    #[must_use]
    pub fn with_request_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.request = timeout;
        self
    }

    /// Begins an attempt at a mail that ends when the result is dropped.
    #[cfg(test)]
    pub(crate) fn begin_mail(&self) -> Option<impl Send + use<>> {
        self.lanes.of(ContactKind::Email).begin()
    }

    /// Sends a message that this process has just committed and claimed, and waits for the result: a few seconds for a place,
    /// until its triggers have replied, however long they take, and then a few seconds for the transport. After that the
    /// attempt continues in the background, and the result is `Queued`. It is `Queued` at once while the transport of the
    /// medium does not respond to other messages.
    ///
    /// # Errors
    /// The store did not respond.
    pub async fn send_committed(
        &self,
        pool: &PoolId,
        committed: OutboxCommit,
    ) -> Result<SendOutcome, StoreError> {
        let (until_triggers_replied, triggers_replied) = oneshot::channel();
        let attempt = self.spawn_first_attempt(pool, committed, until_triggers_replied)?;
        // Nothing is sent through the channel: it closes once the triggers have replied or the attempt has ended.
        let _: Result<(), _> = triggers_replied.await;
        match tokio::time::timeout(self.timeouts.request, attempt).await {
            Ok(Ok(outcome)) => outcome,
            // The attempt takes longer, or the transport panicked: the row is still there and becomes due again.
            Ok(Err(_)) | Err(_) => Ok(SendOutcome::Queued),
        }
    }

    /// Sends a message that this process has just committed and claimed, while the request is answered. The answer does
    /// not depend on the result, which is only logged.
    pub fn send_in_background(&self, pool: &PoolId, committed: OutboxCommit) {
        if let Err(error) = self.spawn_first_attempt(pool, committed, ()) {
            tracing::warn!(%error, "a message could not be sent and will be retried");
        }
    }

    /// Removes a message that this process has just committed and claimed, as if it had been sent and lost on its way: a
    /// fault on demand.
    ///
    /// # Errors
    /// The store did not respond.
    pub async fn lose(&self, pool: &PoolId, committed: OutboxCommit) -> Result<(), StoreError> {
        tracing::info!(row = %committed.row.id, "a message is lost, because of a fault at /_lido/faults");
        self.remove(pool, &committed.row).await
    }

    /// Makes the first attempt in a task of its own, so that the message is sent even if the client closes its
    /// connection. `until_triggers_replied` is dropped once the triggers have replied or the attempt has ended.
    fn spawn_first_attempt(
        &self,
        pool: &PoolId,
        committed: OutboxCommit,
        until_triggers_replied: impl Send + 'static,
    ) -> Result<SendTask, StoreError> {
        let kind = committed.row.to.kind;
        let attempt = self.lanes.of(kind).begin();
        // A transaction whose commit fails if another process has changed the row since this one committed it.
        let claim = self.store.begin();
        claim.rely_on_message(pool, &committed.row.id, committed.version)?;
        let (outbox, pool, row) = (self.clone(), pool.clone(), committed.row);
        // Begun here, as part of the trace of the request.
        let span = delivery_span(medium_name(kind), row.tries.saturating_add(1));
        let work = async move {
            let place = match &attempt {
                Some(_) => outbox.lanes.of(kind).enter(&row.to, outbox.timeouts.place).await,
                None => None,
            };
            let Some(permit) = attempt.zip(place) else {
                // Too many messages are in flight, or none is sent: any process may send the row after its pause.
                outbox.postpone(&claim, row).await?;
                record_outcome(&Span::current(), "queued", false);
                return Ok(SendOutcome::Queued);
            };
            let row = OutboxRow { tries: row.tries.saturating_add(1), ..row };
            let outcome = outbox.attempt(&pool, &claim, row, until_triggers_replied).await;
            drop(permit);
            outcome
        };
        Ok(tokio::spawn(work.instrument(span)))
    }

    /// Sends the messages that are due, up to a limit, waits for the results, and returns how many it attempted.
    ///
    /// # Errors
    /// The store did not respond.
    pub async fn send_due(&self) -> Result<usize, StoreError> {
        let attempts = self.start_due().await?;
        let count = attempts.len();
        let mut outcome = Ok(count);
        for attempt in attempts {
            if let Ok(Err(error)) = attempt.await {
                outcome = Err(error);
            }
        }
        outcome
    }

    /// Starts to send the messages that are due, up to a limit for each medium. A message to a destination without a place is
    /// due again after a wait, so that it is not in the way of others.
    ///
    /// # Errors
    /// The store did not respond.
    pub async fn start_due(&self) -> Result<Vec<SendTask>, StoreError> {
        let media = [ContactKind::Email, ContactKind::PhoneNumber].map(|medium| self.start_due_by(medium));
        let [mail, sms] = media;
        let (mail, sms) = tokio::join!(mail, sms);
        let mut attempts = mail?;
        attempts.extend(sms?);
        Ok(attempts)
    }

    /// Starts to send the messages of one medium that are due. While the medium has no place they are not read, and stay as they
    /// are, however many there are.
    async fn start_due_by(&self, medium: ContactKind) -> Result<Vec<SendTask>, StoreError> {
        let (lane, mut attempts, mut has_waited) = (self.lanes.of(medium), Vec::new(), false);
        for _ in 0..MAX_BATCHES {
            if !lane.has_place_within(self.due_wait()).await {
                break;
            }
            let due = self.store.due_messages(medium, self.clock.now(), MAX_ROWS).await?;
            let is_last = due.len() < MAX_ROWS;
            for (pool, tx, row) in due {
                match self.start_or_postpone(medium, pool, tx, row, &mut has_waited).await? {
                    ControlFlow::Continue(attempt) => attempts.extend(attempt),
                    ControlFlow::Break(()) => return Ok(attempts),
                }
            }
            if is_last || !attempts.is_empty() {
                break;
            }
        }
        Ok(attempts)
    }

    fn due_wait(&self) -> Duration {
        self.timeouts.place.min(DUE_WAIT)
    }

    /// Starts to send a row of this medium that is due, or postpones it if only its destination has no place. Breaks if the medium
    /// has none. There is no attempt if the row was postponed, and if another process was faster. `has_waited` is whether a row
    /// has waited for its destination in vain; later ones do not wait.
    ///
    /// A store of a former build has SMS among the mails. Such a row is postponed if SMS have no place, so that the mails behind
    /// it are sent.
    async fn start_or_postpone(
        &self,
        medium: ContactKind,
        pool: PoolId,
        tx: Transaction,
        row: OutboxRow,
        has_waited: &mut bool,
    ) -> Result<ControlFlow<(), Option<SendTask>>, StoreError> {
        let lane = self.lanes.of(row.to.kind);
        let attempt = lane.begin();
        // A claim begins when the place is there, so that it does not expire while waiting for one.
        let place = match &attempt {
            None => None,
            Some(_) if *has_waited => lane.try_enter(&row.to),
            Some(_) => lane.enter(&row.to, self.due_wait()).await,
        };
        let Some(permit) = attempt.zip(place) else {
            if !self.lanes.of(medium).has_place() {
                return Ok(ControlFlow::Break(()));
            }
            *has_waited |= row.to.kind == medium;
            self.postpone(&tx, row).await?;
            return Ok(ControlFlow::Continue(None));
        };
        let claimed = OutboxRow {
            tries: row.tries.saturating_add(1),
            next_at: self.clock.now().after(CLAIM_TTL),
            ..row
        };
        let claimed = tx.claim_message(claimed).await?;
        let attempt = claimed.map(|(claim, claimed)| self.spawn_attempt(permit, pool, claim, claimed));
        Ok(ControlFlow::Continue(attempt))
    }

    /// Waits until no attempt is under way, at most a second. So a test that reads the inbox finds the messages of the
    /// answers that it has received, although some answers do not wait for them.
    pub async fn settle(&self) {
        let wait = async {
            while self.lanes.is_busy() {
                tokio::time::sleep(SETTLE_INTERVAL).await;
            }
        };
        // Elapsed if a transport takes longer: the inbox comes before the other transports.
        let _: Result<(), _> = tokio::time::timeout(SETTLE_TIMEOUT, wait).await;
    }

    /// Waits until no attempt is under way, for a graceful shutdown.
    pub async fn finish(&self) {
        self.lanes.finish().await;
    }

    /// Sends a claimed message in a task of its own, which holds `permit`, so that the caller may stop waiting for it.
    fn spawn_attempt(
        &self,
        permit: impl Send + 'static,
        pool: PoolId,
        claim: Transaction,
        row: OutboxRow,
    ) -> SendTask {
        let outbox = self.clone();
        let span = delivery_span(medium_name(row.to.kind), row.tries);
        let work = async move {
            let outcome = outbox.attempt(&pool, &claim, row, ()).await;
            drop(permit);
            outcome
        };
        tokio::spawn(work.instrument(span))
    }

    /// Makes one attempt at a claimed row, counts it, and records it in its span, which is the current one.
    async fn attempt(
        &self,
        pool: &PoolId,
        claim: &Transaction,
        row: OutboxRow,
        until_triggers_replied: impl Send,
    ) -> Result<SendOutcome, StoreError> {
        let medium = medium_name(row.to.kind);
        let started = Instant::now();
        let result = self.try_attempt(pool, claim, row, until_triggers_replied).await;
        let outcome = match &result {
            Ok(SendOutcome::Sent) => "sent",
            Ok(SendOutcome::Refused(_)) => "refused",
            Ok(SendOutcome::Queued) => "queued",
            Ok(SendOutcome::Failed(_)) => "trigger_failed",
            Err(_) => "store_failed",
        };
        self.metrics.count(medium, outcome, started.elapsed());
        record_outcome(&Span::current(), outcome, outcome != "sent");
        result
    }

    /// Makes one attempt at a claimed row. `until_triggers_replied` is dropped once the triggers have replied.
    async fn try_attempt(
        &self,
        pool: &PoolId,
        claim: &Transaction,
        row: OutboxRow,
        until_triggers_replied: impl Send,
    ) -> Result<SendOutcome, StoreError> {
        let (kind, now) = (row.to.kind, self.clock.now());
        let Some((record, reading)) = self.read_user(pool, &row).await? else {
            // The pool was deleted.
            self.remove(pool, &row).await?;
            return Ok(SendOutcome::Refused(kind));
        };
        if row.created_at.after(row.reason.ttl(kind, &record.pool)) <= now {
            tracing::warn!(row = %row.id, tries = row.tries, "a message was dropped because its code has expired");
            self.remove(pool, &row).await?;
            return Ok(SendOutcome::Refused(kind));
        }
        let code = match self.keys.open_outbox_code(pool, &row.id, &row.code) {
            Ok(code) => code,
            Err(OpenError::OtherKey) => {
                tracing::error!(row = %row.id, "no key in the key file decrypts the code of this message; it waits: add the key that encrypted it");
                self.release_claim(claim, row).await?;
                return Ok(SendOutcome::Queued);
            }
            Err(OpenError::Damaged) => {
                tracing::error!(row = %row.id, "a message was dropped because its encrypted code is damaged");
                self.remove(pool, &row).await?;
                return Ok(SendOutcome::Refused(kind));
            }
        };
        let Some(user) = self.recipient(pool, &row, &reading, &code, now) else {
            tracing::info!(row = %row.id, "a message was dropped because its user was deleted, or its code was used or replaced");
            self.remove(pool, &row).await?;
            return Ok(SendOutcome::Sent);
        };
        let template = match self.interceptor.intercept(&record, &row, user, &code).await {
            Ok(Interception::Send(texts)) => {
                self.templates.template(&record, &row).with_custom_texts(texts, kind)
            }
            Ok(Interception::HandedOver) => {
                self.remove(pool, &row).await?;
                return Ok(SendOutcome::Sent);
            }
            Err(fault) => {
                tracing::warn!(row = %row.id, %fault, "a message was dropped because its trigger failed");
                self.remove(pool, &row).await?;
                return Ok(SendOutcome::Failed(fault));
            }
        };
        drop(until_triggers_replied);
        let message = outgoing(pool, &row, now, &template, code);
        match self.deliver(&message).await {
            Ok(()) => {
                self.remove(pool, &row).await?;
                Ok(SendOutcome::Sent)
            }
            Err(fault @ DeliveryFault::Permanent(_)) => {
                tracing::warn!(row = %row.id, %fault, "a message was dropped because it was permanently refused");
                self.remove(pool, &row).await?;
                Ok(SendOutcome::Refused(kind))
            }
            Err(fault @ (DeliveryFault::Temporary(_) | DeliveryFault::NoResponse(_))) => {
                tracing::warn!(row = %row.id, tries = row.tries, %fault, "a message was not delivered; it will be sent again");
                self.release_claim(claim, row).await?;
                Ok(SendOutcome::Queued)
            }
        }
    }

    /// Reads the pool, and the recipient with the pending code. Returns `None` if the pool was deleted.
    async fn read_user(
        &self,
        pool: &PoolId,
        row: &OutboxRow,
    ) -> Result<Option<(Arc<PoolRecord>, UserRecords)>, StoreError> {
        let purpose = row.reason.purpose(row.to.kind);
        let query = UserQuery::of(&row.of, purpose.map(RelatedRecord::Code).into_iter().collect());
        self.store.begin().find_pool_and_user(pool, query).await
    }

    /// Returns the recipient, or `None` if the user was deleted, or the code was used or replaced.
    fn recipient<'a>(
        &self,
        pool: &PoolId,
        row: &OutboxRow,
        reading: &'a UserRecords,
        code: &Code,
        now: Timestamp,
    ) -> Option<&'a User> {
        let is_pending = |purpose| {
            let (digests, pending) = (self.keys.digests(), reading.code.as_ref());
            check_code(digests, pool, &row.of, purpose, pending, code.expose(), now).is_ok()
        };
        let user = reading.user.as_ref()?;
        row.reason.purpose(row.to.kind).is_none_or(is_pending).then_some(user)
    }

    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), DeliveryFault> {
        let lane = self.lanes.of(message.to.kind);
        // A transport may have shorter timeouts of its own.
        let outcome = tokio::time::timeout(self.timeouts.transport, self.transport.deliver(message))
            .await
            .unwrap_or_else(|_| Err(DeliveryFault::NoResponse("timeout".to_owned())));
        match outcome {
            Err(DeliveryFault::NoResponse(_)) => lane.note_no_response(),
            Ok(()) | Err(DeliveryFault::Permanent(_) | DeliveryFault::Temporary(_)) => lane.note_response(),
        }
        outcome
    }

    /// Makes a row due again after a pause, without an attempt. Does nothing if another process has changed the row.
    ///
    /// *Chosen*: while its medium is not tried, the row pauses for as long as that or for half of its age, up to a
    /// limit, so that an outage does not rewrite each row every few seconds.
    async fn postpone(&self, tx: &Transaction, row: OutboxRow) -> Result<(), StoreError> {
        let now = self.clock.now();
        let pause = match self.lanes.of(row.to.kind).closed_for() {
            Some(closed_for) => {
                let half_age = (now.since(row.created_at) / 2).min(LONGEST_PAUSE);
                closed_for.max(half_age).max(FIRST_WAIT)
            }
            None => FIRST_WAIT,
        };
        tx.put_message(OutboxRow { next_at: now.after(pause), ..row }).await.map(drop)
    }

    /// Releases the claim, so that the row is due after its wait instead of at the end of the claim. Does nothing if
    /// the claim has ended already: another process may have claimed the row.
    async fn release_claim(&self, claim: &Transaction, row: OutboxRow) -> Result<(), StoreError> {
        let waiting = OutboxRow { next_at: self.clock.now().after(wait(row.tries)), ..row };
        claim.put_message(waiting).await.map(drop)
    }

    /// Removes a row that needs no further attempt, also if it was changed in the meantime.
    async fn remove(&self, pool: &PoolId, row: &OutboxRow) -> Result<(), StoreError> {
        self.store.begin().remove_message(pool, &row.id).await
    }
}

fn outgoing(
    pool: &PoolId,
    row: &OutboxRow,
    now: Timestamp,
    template: &Template,
    code: Code,
) -> OutgoingMessage {
    let text = template.render(row.to.kind, &code, &row.username);
    OutgoingMessage {
        id: uuid_of_message(&row.id).to_owned(),
        created_at: row.created_at,
        sent_at: now,
        tries: row.tries,
        pool: pool.clone(),
        client: row.client.clone(),
        sub: row.of.clone(),
        username: row.username.clone(),
        to: row.to.clone(),
        sender: template.sender.clone(),
        subject: text.subject,
        body: text.body,
        link: text.link,
        code,
        trigger: format!("CustomMessage_{}", row.reason.as_str()),
    }
}

/// Returns the name of a medium in metrics and traces.
const fn medium_name(kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::Email => "mail",
        ContactKind::PhoneNumber => "sms",
    }
}

/// Returns the wait after this number of attempts.
fn wait(tries: u32) -> Duration {
    FIRST_WAIT.saturating_mul(2u32.saturating_pow(tries.saturating_sub(1).min(16))).min(LONGEST_WAIT)
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
