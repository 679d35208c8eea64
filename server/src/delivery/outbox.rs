//! The outbox: what a commit wrote down to be sent, sent.
//!
//! Whoever sends a row first claims it, by moving its next try ahead on the condition that nobody else has; so two
//! never send the same row at once, and a process that dies while sending leaves a row whose hour comes again. A row
//! is removed when it was delivered, refused for good, or what it carries is good for nothing any more; the sealed code
//! goes with it.
//!
//! So a message leaves at least once, and twice only if a process dies, or a carrier does not say within its time what
//! became of it, between leaving and being removed. Its id is the same then, and a mail the same to the last byte.

use std::{sync::Arc, time::Duration};

use lido_domain::{
    Timestamp,
    attribute::contact::ContactKind,
    code::{Code, check_code},
    id::PoolId,
    pool::alias::Candidates,
};
use tokio::{
    sync::{Semaphore, oneshot},
    task::JoinHandle,
};

use super::{
    Deliver, DeliveryFault, Intervene, Intervention, InterventionFault, Outgoing, Template, Templates,
};
use crate::{
    clock::Clock,
    keys::{Keys, OpenError},
    store::{Beside, Key, OutboxRow, Read, Record, Store, StoreError, UserQuery, Write},
    triggers::TriggerFault,
};

/// How long is waited.
const PATIENCE: Patience = Patience { answer: Duration::from_secs(5), carrier: Duration::from_secs(60) };

/// How long a claim lasts: longer than a trigger and a carrier together take.
const CLAIM: Duration = Duration::from_secs(3 * 60);

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

    /// Tries a message that a commit has just written, and waits for the outcome: for the triggers that are asked about
    /// it as long as they may take, and for the carrier a few seconds at most. If that takes longer, the try goes on
    /// without the caller.
    pub async fn send_now(&self, pool: &PoolId, id: &str) -> Result<Attempted, StoreError> {
        let Some(row) = self.store.read_message(pool, id).await? else {
            // Somebody was quicker, and it is gone: sent, as far as anybody can tell.
            return Ok(Attempted::Sent);
        };
        let (asking, asked) = oneshot::channel();
        let beginning = self.begin(pool.clone(), row, asking);
        let Ok(trying) = tokio::time::timeout(self.patience.answer, beginning).await else {
            return Ok(Attempted::Queued);
        };
        // Nothing is ever sent this way: it ends when the triggers were asked, or with the try itself.
        let _: Result<(), _> = asked.await;
        match tokio::time::timeout(self.patience.answer, trying).await {
            Ok(Ok(outcome)) => outcome,
            // It takes longer, or the carrier panicked: the row is there, and its hour comes again.
            Ok(Err(_)) | Err(_) => Ok(Attempted::Queued),
        }
    }

    /// Tries every message whose hour has come, some at a time; says how many were tried.
    pub async fn send_due(&self) -> Result<usize, StoreError> {
        let due = self.store.due_messages(self.clock.now(), ROUND).await?;
        let mut trying = Vec::with_capacity(due.len());
        for (pool, row) in due {
            trying.push(self.begin(pool, row, ()).await);
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

    /// Tries a message as soon as there is a place, on a task of its own: whoever waits for it may go.
    async fn begin(
        &self,
        pool: PoolId,
        row: Read<OutboxRow>,
        asking: impl Send + 'static,
    ) -> JoinHandle<Result<Attempted, StoreError>> {
        let (outbox, place) = (self.clone(), Arc::clone(&self.places).acquire_owned().await);
        tokio::spawn(async move {
            let outcome = outbox.attempt(&pool, row, asking).await;
            drop(place);
            outcome
        })
    }

    /// One try. `asking` is dropped when no trigger is asked any more.
    async fn attempt(
        &self,
        pool: &PoolId,
        read: Read<OutboxRow>,
        asking: impl Send,
    ) -> Result<Attempted, StoreError> {
        let (row, now) = (read.value, self.clock.now());
        let kind = row.to.kind;
        let Some(settings) = self.store.read_pool(pool).await? else {
            // It has gone with its pool, or is going to.
            self.remove(pool, &row).await?;
            return Ok(Attempted::Refused(kind));
        };
        if row.created_at.after(row.reason.ttl(kind, &settings.value.pool)) <= now {
            tracing::warn!(row = %row.id, tries = row.tries, "a message came to nothing: its code has died");
            self.remove(pool, &row).await?;
            return Ok(Attempted::Refused(kind));
        }
        let claimed = OutboxRow { tries: row.tries.saturating_add(1), next_at: now.after(CLAIM), ..row };
        let claim = vec![Write::Put(Key::outbox(&claimed.id), Record::Outbox(claimed.clone()))];
        match self.store.commit(pool, read.expects, claim).await {
            Ok(()) => {}
            Err(StoreError::Conflict) => return Ok(Attempted::Queued),
            Err(error) => return Err(error),
        }
        let code = match self.keys.open_outbox_code(pool, &claimed.id, &claimed.code) {
            Ok(code) => code,
            Err(OpenError::OtherKey) => {
                tracing::error!(row = %claimed.id, "no key of the key file opens this message; it waits for the key");
                self.put_back(pool, claimed).await?;
                return Ok(Attempted::Queued);
            }
            Err(OpenError::Damaged) => {
                tracing::error!(row = %claimed.id, "this message is damaged and was dropped");
                self.remove(pool, &claimed).await?;
                return Ok(Attempted::Refused(kind));
            }
        };
        if self.is_outdated(pool, &claimed, &code, now).await? {
            tracing::info!(row = %claimed.id, "a message was dropped: its user is gone, or its code was used or replaced");
            self.remove(pool, &claimed).await?;
            return Ok(Attempted::Sent);
        }
        let template = match self.intervention.intervene(&settings.value, &claimed, &code).await {
            Ok(Intervention::Send(words)) => {
                self.templates.template(&settings.value, &claimed).reworded(words, kind)
            }
            Ok(Intervention::TakenOver) => {
                self.remove(pool, &claimed).await?;
                return Ok(Attempted::Sent);
            }
            Err(InterventionFault::Trigger(fault)) => {
                tracing::warn!(row = %claimed.id, %fault, "a trigger failed, and its message was dropped");
                self.remove(pool, &claimed).await?;
                return Ok(Attempted::Failed(fault));
            }
            Err(InterventionFault::Store(error)) => return Err(error),
        };
        drop(asking);
        let message = outgoing(pool, &claimed, now, &template, code);
        match self.deliver(&message).await {
            Ok(()) => {
                self.remove(pool, &claimed).await?;
                Ok(Attempted::Sent)
            }
            Err(fault @ DeliveryFault::Permanent(_)) => {
                tracing::warn!(row = %claimed.id, %fault, "a message was dropped");
                self.remove(pool, &claimed).await?;
                Ok(Attempted::Refused(kind))
            }
            Err(fault @ DeliveryFault::Temporary(_)) => {
                tracing::warn!(row = %claimed.id, tries = claimed.tries, %fault, "a message waits");
                self.put_back(pool, claimed).await?;
                Ok(Attempted::Queued)
            }
        }
    }

    /// Whether nobody waits for a message any more: its user is gone, or its code was used or replaced.
    async fn is_outdated(
        &self,
        pool: &PoolId,
        row: &OutboxRow,
        code: &Code,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let purpose = row.reason.purpose(row.to.kind);
        let candidates = Candidates { sub: row.of.clone(), names: Vec::new() };
        let beside = purpose.map(Beside::Code).into_iter().collect();
        let reading = self.store.read_user(pool, &UserQuery { candidates, beside, otherwise: None }).await?;
        let is_good = |purpose| {
            let (digests, pending) = (self.keys.digests(), reading.code.as_ref());
            check_code(digests, pool, &row.of, purpose, pending, code.expose(), now).is_ok()
        };
        Ok(reading.user.is_none() || !purpose.is_none_or(is_good))
    }

    async fn deliver(&self, message: &Outgoing) -> Result<(), DeliveryFault> {
        match tokio::time::timeout(self.patience.carrier, self.carrier.deliver(message)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(DeliveryFault::Temporary("no answer in time".to_owned())),
        }
    }

    /// Gives the claim back, so that the row is tried again after its wait and not only when the claim is over.
    async fn put_back(&self, pool: &PoolId, claimed: OutboxRow) -> Result<(), StoreError> {
        let Some(read) = self.store.read_message(pool, &claimed.id).await? else { return Ok(()) };
        if read.value != claimed {
            // The claim was over, and it is somebody else's now.
            return Ok(());
        }
        let waiting = OutboxRow { next_at: self.clock.now().after(wait(claimed.tries)), ..claimed };
        let write = vec![Write::Put(Key::outbox(&waiting.id), Record::Outbox(waiting))];
        match self.store.commit(pool, read.expects, write).await {
            Err(StoreError::Conflict) => Ok(()),
            outcome => outcome,
        }
    }

    /// Whoever has sent a row removes it, whatever has become of it meanwhile.
    async fn remove(&self, pool: &PoolId, row: &OutboxRow) -> Result<(), StoreError> {
        self.store.commit(pool, Vec::new(), vec![Write::Remove(Key::outbox(&row.id))]).await
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
