//! The outbox: what a commit wrote down to be sent, sent.
//!
//! Whoever sends a row first claims it, by moving its next try ahead on the condition that nobody else has; so two
//! never send the same row at once, and a process that dies while sending leaves a row whose hour comes again. A row
//! is removed when it was delivered, refused for good, or its code has died; the sealed code goes with it.

use std::{sync::Arc, time::Duration};

use lido_domain::{
    Timestamp,
    code::{CODE_TTL, Code},
    id::PoolId,
};

use super::{Deliver, DeliveryFault, Intervene, Intervention, Outgoing, Template, Templates};
use crate::{
    clock::Clock,
    keys::{Keys, OpenError},
    store::{Key, OutboxRow, Read, Record, Store, StoreError, Write},
    triggers::TriggerFault,
};

/// How long a request waits for the first try of its own message.
const FIRST_TRY: Duration = Duration::from_secs(5);

/// How long a claim lasts, and so the wait before the second try; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_secs(30);

/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// How many rows one round takes.
const ROUND: usize = 64;

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempted {
    /// It was delivered.
    Sent,
    /// It was refused for good; the request is answered with CodeDeliveryFailureException, and the user exists.
    Refused,
    /// It will be tried again.
    Queued,
    /// A trigger that was asked about it failed, and it was dropped.
    Failed(TriggerFault),
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
        Self { store, keys, clock, carrier, templates, intervention }
    }

    /// Tries a message that a commit has just written, and waits for the outcome a few seconds at most. If it takes
    /// longer, the try goes on without the caller.
    pub async fn send_now(&self, pool: &PoolId, id: &str) -> Result<Attempted, StoreError> {
        let Some(row) = self.store.read_message(pool, id).await? else {
            // Somebody was quicker, and it is gone: sent, as far as anybody can tell.
            return Ok(Attempted::Sent);
        };
        let (outbox, pool) = (self.clone(), pool.clone());
        let trying = tokio::spawn(async move { outbox.attempt(&pool, row).await });
        match tokio::time::timeout(FIRST_TRY, trying).await {
            Ok(Ok(outcome)) => outcome,
            // It takes longer, or the carrier panicked: the row is there, and its hour comes again.
            Ok(Err(_)) | Err(_) => Ok(Attempted::Queued),
        }
    }

    /// Tries every message whose hour has come; says how many were tried.
    pub async fn send_due(&self) -> Result<usize, StoreError> {
        let due = self.store.due_messages(self.clock.now(), ROUND).await?;
        let count = due.len();
        for (pool, row) in due {
            self.attempt(&pool, row).await?;
        }
        Ok(count)
    }

    async fn attempt(&self, pool: &PoolId, read: Read<OutboxRow>) -> Result<Attempted, StoreError> {
        let (row, now) = (read.value, self.clock.now());
        if row.created_at.after(CODE_TTL) <= now {
            self.remove(pool, &row).await?;
            return Ok(Attempted::Refused);
        }
        let claimed =
            OutboxRow { tries: row.tries.saturating_add(1), next_at: now.after(wait(row.tries)), ..row };
        let claim = vec![Write::Put(Key::outbox(&claimed.id), Record::Outbox(claimed.clone()))];
        match self.store.commit(pool, read.expects, claim).await {
            Ok(()) => {}
            Err(StoreError::Conflict) => return Ok(Attempted::Queued),
            Err(error) => return Err(error),
        }
        let Some(pool_record) = self.store.read_pool(pool).await? else {
            return Ok(Attempted::Refused);
        };
        let code = match self.keys.open_outbox_code(pool, &claimed.id, &claimed.code) {
            Ok(code) => code,
            Err(OpenError::OtherKey) => {
                tracing::error!(row = %claimed.id, "no key of the key file opens this message; it waits for the key");
                return Ok(Attempted::Queued);
            }
            Err(OpenError::Damaged) => {
                tracing::error!(row = %claimed.id, "this message is damaged and was dropped");
                self.remove(pool, &claimed).await?;
                return Ok(Attempted::Refused);
            }
        };
        let template = match self.intervention.intervene(&pool_record.value, &claimed, &code).await {
            Ok(Intervention::Send(words)) => {
                self.templates.template(&pool_record.value, &claimed).reworded(words, claimed.to.kind)
            }
            Ok(Intervention::TakenOver) => {
                self.remove(pool, &claimed).await?;
                return Ok(Attempted::Sent);
            }
            Err(fault) => {
                tracing::warn!(row = %claimed.id, %fault, "a trigger failed, and its message was dropped");
                self.remove(pool, &claimed).await?;
                return Ok(Attempted::Failed(fault));
            }
        };
        let message = outgoing(pool, &claimed, now, &template, code);
        match self.carrier.deliver(&message).await {
            Ok(()) => {
                self.remove(pool, &claimed).await?;
                Ok(Attempted::Sent)
            }
            Err(fault @ DeliveryFault::Permanent(_)) => {
                tracing::warn!(row = %claimed.id, %fault, "a message was dropped");
                self.remove(pool, &claimed).await?;
                Ok(Attempted::Refused)
            }
            Err(fault @ DeliveryFault::Temporary(_)) => {
                tracing::info!(row = %claimed.id, tries = claimed.tries, %fault, "a message waits");
                Ok(Attempted::Queued)
            }
        }
    }

    /// Whoever has sent a row removes it, whatever has become of it meanwhile.
    async fn remove(&self, pool: &PoolId, row: &OutboxRow) -> Result<(), StoreError> {
        self.store.commit(pool, Vec::new(), vec![Write::Remove(Key::outbox(&row.id))]).await
    }
}

fn outgoing(pool: &PoolId, row: &OutboxRow, now: Timestamp, template: &Template, code: Code) -> Outgoing {
    let (subject, body) = template.fill(&code, &row.username);
    Outgoing {
        id: row.id.clone(),
        sent_at: now,
        pool: pool.clone(),
        client: row.client.clone(),
        username: row.username.clone(),
        to: row.to.clone(),
        subject,
        body,
        code,
        trigger: format!("CustomMessage_{}", row.reason.as_str()),
    }
}

/// The wait after so many tries.
fn wait(tries: u32) -> Duration {
    FIRST_WAIT.saturating_mul(2u32.saturating_pow(tries.min(16))).min(LONGEST_WAIT)
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
