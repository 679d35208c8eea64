//! The outbox: sends the messages that commits wrote down.
//!
//! A row is claimed before it is sent, by moving its next attempt ahead: by the commit that writes it, for the process that
//! commits, and later on the condition that no other process has. So two never send the same row at once, and a process
//! that dies while sending leaves a row that becomes due again. A row is removed when it was delivered, refused for good,
//! or its code is good for nothing any more; the sealed code goes with it.
//!
//! So a message leaves at least once, and twice only if a process dies, or a transport does not say within its time what
//! became of it, between sending and removing. Its id is the same then, and a mail the same to the last byte.

use std::{sync::Arc, time::Duration};

use lido_domain::{
    Timestamp,
    attribute::contact::ContactKind,
    code::{Code, check_code},
    id::PoolId,
    user::User,
};
use tokio::{
    sync::{AcquireError, OwnedSemaphorePermit, Semaphore, oneshot},
    task::JoinHandle,
};

use super::{Deliver, DeliveryFault, Intervene, Intervention, Outgoing, Template, Templates};
use crate::{
    clock::Clock,
    keys::{Keys, OpenError},
    store::{
        Beside, CLAIM, OutboxCommit, OutboxRow, PoolRecord, Store, StoreError, Transaction, UserQuery,
        UserReading,
    },
    triggers::TriggerFault,
};

/// How long is waited.
const PATIENCE: Patience = Patience { answer: Duration::from_secs(5), carrier: Duration::from_secs(60) };

/// The wait before the second try; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_secs(10);

/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// How many rows one round takes.
const ROUND: usize = 64;

/// How many messages are under way at once; others wait, so that a carrier that hangs does not hold everything.
const AT_ONCE: u32 = 32;

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempted {
    /// It was delivered, or nobody waits for it any more.
    Sent,
    /// It was refused for good; the request is answered with CodeDeliveryFailureException, and the user exists.
    Refused(ContactKind),
    /// It will be tried again.
    Queued,
    /// A trigger that was asked about it failed, and it was dropped.
    Failed(TriggerFault),
}

#[derive(Clone, Copy, Debug)]
struct Patience {
    /// By a request for the first try of its own message.
    answer: Duration,
    /// By a try for its carrier.
    carrier: Duration,
}

/// Sends what lies in the store. Cloning it is cheap and gives the same one.
#[derive(Clone, Debug)]
pub struct Outbox {
    store: Store,
    keys: Arc<Keys>,
    clock: Clock,
    carrier: Arc<dyn Deliver>,
    templates: Arc<dyn Templates>,
    intervention: Arc<dyn Intervene>,
    places: Arc<Semaphore>,
    patience: Patience,
}

impl Outbox {
    /// An outbox that sends through `carrier`.
    pub fn new(
        store: Store,
        keys: Arc<Keys>,
        clock: Clock,
        carrier: Arc<dyn Deliver>,
        templates: Arc<dyn Templates>,
        intervention: Arc<dyn Intervene>,
    ) -> Self {
        let places = Arc::new(Semaphore::new(AT_ONCE as usize));
        Self { store, keys, clock, carrier, templates, intervention, places, patience: PATIENCE }
    }

    /// Tries a message that this process has just committed and claimed, and waits for the outcome: for the triggers that
    /// are asked about it as long as they may take, and for the transport a few seconds at most. If that takes longer, the
    /// attempt goes on without the caller.
    pub async fn send_committed(
        &self,
        pool: &PoolId,
        committed: OutboxCommit,
    ) -> Result<Attempted, StoreError> {
        let claim = self.store.begin();
        claim.rely_on_message(pool, &committed)?;
        let (asking, asked) = oneshot::channel();
        let (outbox, pool, row) = (self.clone(), pool.clone(), committed.row);
        // On a task of its own from here on, so that a client that hangs up takes no message with it.
        let trying = tokio::spawn(async move {
            let Ok(place) = tokio::time::timeout(outbox.patience.answer, outbox.place()).await else {
                // Too many are under way: the row is due again after its wait, for any process.
                outbox.put_back(&claim, row).await?;
                return Ok(Attempted::Queued);
            };
            let row = OutboxRow { tries: row.tries.saturating_add(1), ..row };
            let outcome = outbox.attempt(&pool, &claim, row, asking).await;
            drop(place);
            outcome
        });
        // Nothing is ever sent this way: it ends when the triggers were asked, or with the attempt itself.
        let _: Result<(), _> = asked.await;
        match tokio::time::timeout(self.patience.answer, trying).await {
            Ok(Ok(outcome)) => outcome,
            // It takes longer, or the transport panicked: the row is there, and becomes due again.
            Ok(Err(_)) | Err(_) => Ok(Attempted::Queued),
        }
    }

    /// Tries every message that is due, some at a time; says how many were tried.
    pub async fn send_due(&self) -> Result<usize, StoreError> {
        let due = self.store.due_messages(self.clock.now(), ROUND).await?;
        let mut trying = Vec::with_capacity(due.len());
        for (pool, tx, row) in due {
            // A claim begins when there is a place, so that it does not run out in a queue.
            let place = self.place().await;
            let claimed = OutboxRow {
                tries: row.tries.saturating_add(1),
                next_at: self.clock.now().after(CLAIM),
                ..row
            };
            match tx.claim_message(claimed).await? {
                Some((claim, claimed)) => trying.push(self.begin(place, pool, claim, claimed)),
                // Another process was quicker, or the row is gone.
                None => continue,
            }
        }
        let count = trying.len();
        let mut outcome = Ok(count);
        for one in trying {
            if let Ok(Err(fault)) = one.await {
                outcome = Err(fault);
            }
        }
        outcome
    }

    /// Until nothing is under way, for an end that breaks nothing off.
    pub async fn finish(&self) {
        // The semaphore is never closed.
        drop(self.places.acquire_many(AT_ONCE).await);
    }

    /// A place among the messages that are under way.
    async fn place(&self) -> Result<OwnedSemaphorePermit, AcquireError> {
        Arc::clone(&self.places).acquire_owned().await
    }

    /// Tries a claimed message on a task of its own: the caller may stop waiting for it.
    fn begin(
        &self,
        // The semaphore is never closed; if it were, messages would be sent without it.
        place: Result<OwnedSemaphorePermit, AcquireError>,
        pool: PoolId,
        claim: Transaction,
        row: OutboxRow,
    ) -> JoinHandle<Result<Attempted, StoreError>> {
        let outbox = self.clone();
        tokio::spawn(async move {
            let outcome = outbox.attempt(&pool, &claim, row, ()).await;
            drop(place);
            outcome
        })
    }

    /// One attempt at a row that `claim` relies on. `asking` is dropped when no trigger is asked any more.
    async fn attempt(
        &self,
        pool: &PoolId,
        claim: &Transaction,
        row: OutboxRow,
        asking: impl Send,
    ) -> Result<Attempted, StoreError> {
        let (kind, now) = (row.to.kind, self.clock.now());
        let Some((record, reading)) = self.read_user(pool, &row).await? else {
            // It has gone with its pool, or is going to.
            self.remove(pool, &row).await?;
            return Ok(Attempted::Refused(kind));
        };
        if row.created_at.after(row.reason.ttl(kind, &record.pool)) <= now {
            tracing::warn!(row = %row.id, tries = row.tries, "a message was dropped: its code has expired");
            self.remove(pool, &row).await?;
            return Ok(Attempted::Refused(kind));
        }
        let code = match self.keys.open_outbox_code(pool, &row.id, &row.code) {
            Ok(code) => code,
            Err(OpenError::OtherKey) => {
                tracing::error!(row = %row.id, "no key of the key file opens this message; it waits for the key");
                self.put_back(claim, row).await?;
                return Ok(Attempted::Queued);
            }
            Err(OpenError::Damaged) => {
                tracing::error!(row = %row.id, "this message is damaged and was dropped");
                self.remove(pool, &row).await?;
                return Ok(Attempted::Refused(kind));
            }
        };
        let Some(user) = self.recipient(pool, &row, &reading, &code, now) else {
            tracing::info!(row = %row.id, "a message was dropped: its user is gone, or its code was used or replaced");
            self.remove(pool, &row).await?;
            return Ok(Attempted::Sent);
        };
        let template = match self.intervention.intervene(&record, &row, user, &code).await {
            Ok(Intervention::Send(words)) => self.templates.template(&record, &row).reworded(words, kind),
            Ok(Intervention::TakenOver) => {
                self.remove(pool, &row).await?;
                return Ok(Attempted::Sent);
            }
            Err(fault) => {
                tracing::warn!(row = %row.id, %fault, "a trigger failed, and its message was dropped");
                self.remove(pool, &row).await?;
                return Ok(Attempted::Failed(fault));
            }
        };
        drop(asking);
        let message = outgoing(pool, &row, now, &template, code);
        match self.deliver(&message).await {
            Ok(()) => {
                self.remove(pool, &row).await?;
                Ok(Attempted::Sent)
            }
            Err(fault @ DeliveryFault::Permanent(_)) => {
                tracing::warn!(row = %row.id, %fault, "a message was dropped");
                self.remove(pool, &row).await?;
                Ok(Attempted::Refused(kind))
            }
            Err(fault @ DeliveryFault::Temporary(_)) => {
                tracing::warn!(row = %row.id, tries = row.tries, %fault, "a message waits");
                self.put_back(claim, row).await?;
                Ok(Attempted::Queued)
            }
        }
    }

    /// The pool, and the user of a message with the code that is pending now; `None` if the pool is gone.
    async fn read_user(
        &self,
        pool: &PoolId,
        row: &OutboxRow,
    ) -> Result<Option<(Arc<PoolRecord>, UserReading)>, StoreError> {
        let purpose = row.reason.purpose(row.to.kind);
        let query = UserQuery::of(&row.of, purpose.map(Beside::Code).into_iter().collect());
        self.store.begin().find_pool_and_user(pool, query).await
    }

    /// The user whom the message still concerns; `None` if the user is gone, or the code was used or replaced.
    fn recipient<'a>(
        &self,
        pool: &PoolId,
        row: &OutboxRow,
        reading: &'a UserReading,
        code: &Code,
        now: Timestamp,
    ) -> Option<&'a User> {
        let is_good = |purpose| {
            let (digests, pending) = (self.keys.digests(), reading.code.as_ref());
            check_code(digests, pool, &row.of, purpose, pending, code.expose(), now).is_ok()
        };
        let user = reading.user.as_ref()?;
        row.reason.purpose(row.to.kind).is_none_or(is_good).then_some(user)
    }

    async fn deliver(&self, message: &Outgoing) -> Result<(), DeliveryFault> {
        match tokio::time::timeout(self.patience.carrier, self.carrier.deliver(message)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(DeliveryFault::Temporary("no answer in time".to_owned())),
        }
    }

    /// Gives the claim back, so that the row is tried again after its wait and not only when the claim is over. If the
    /// claim is over already, the row is another process's now.
    async fn put_back(&self, claim: &Transaction, row: OutboxRow) -> Result<(), StoreError> {
        let waiting = OutboxRow { next_at: self.clock.now().after(wait(row.tries)), ..row };
        claim.put_message(waiting).await.map(drop)
    }

    /// Removes a row that needs no further attempt, whatever has become of it meanwhile.
    async fn remove(&self, pool: &PoolId, row: &OutboxRow) -> Result<(), StoreError> {
        self.store.begin().remove_message(pool, &row.id).await
    }
}

fn outgoing(pool: &PoolId, row: &OutboxRow, now: Timestamp, template: &Template, code: Code) -> Outgoing {
    let filled = template.fill(row.to.kind, &code, &row.username);
    Outgoing {
        id: row.id.clone(),
        created_at: row.created_at,
        sent_at: now,
        tries: row.tries,
        pool: pool.clone(),
        client: row.client.clone(),
        username: row.username.clone(),
        to: row.to.clone(),
        sender: template.sender.clone(),
        subject: filled.subject,
        body: filled.body,
        link: filled.link,
        code,
        trigger: format!("CustomMessage_{}", row.reason.as_str()),
    }
}

/// The wait after so many tries.
fn wait(tries: u32) -> Duration {
    FIRST_WAIT.saturating_mul(2u32.saturating_pow(tries.saturating_sub(1).min(16))).min(LONGEST_WAIT)
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
