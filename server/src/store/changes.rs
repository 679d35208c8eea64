//! From what a verdict remembers to what a store writes.

use std::time::Duration;

use lido_domain::{
    Change, Timestamp,
    id::{PoolId, Sub},
};

use super::{Cause, Expect, Key, Kind, OutboxRow, Record, Store, StoreError, Write};
use crate::{
    entropy::NoEntropy,
    keys::{Keys, SealError},
};

/// How long a message is left to the request that asked for it, before it is due for anybody: whoever waits for the
/// outcome of the first try shall hear it. A process that dies meanwhile leaves a row whose hour comes.
const HEAD_START: Duration = Duration::from_secs(10);

impl Store {
    /// Commits what a verdict remembers, for yes and for no, on the condition that everything it was based on is
    /// still so. Gives the ids of the outbox rows that it wrote, to be tried at once; each keeps `cause`.
    ///
    /// On `Conflict` read again and decide again: nothing was written, and nothing has left the house. A verdict that
    /// remembers nothing commits nothing.
    pub async fn remember(
        &self,
        keys: &Keys,
        pool: &PoolId,
        expects: Vec<Expect>,
        changes: Vec<Change>,
        cause: &Cause,
        now: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let gone: Vec<Sub> = changes.iter().filter_map(who_goes).cloned().collect();
        let mut writes = writes(keys, pool, changes, cause, now, || keys.new_row_id())
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        for of in gone {
            writes.push(Write::RemoveUnder(Kind::AuthEvent, format!("{of} ")));
            // Which groups a user leaves is for the store to list.
            writes.extend(self.without_groups(pool, &of).await?);
        }
        let rows = writes.iter().filter_map(|write| match write {
            Write::Put(_, Record::Outbox(row)) => Some(row.id.clone()),
            _ => None,
        });
        let rows = rows.collect();
        self.commit(pool, expects, writes).await?;
        Ok(rows)
    }
}

fn who_goes(change: &Change) -> Option<&Sub> {
    match change {
        Change::RemoveUser(of) => Some(of),
        _ => None,
    }
}

/// The writes that carry `changes` out, but for the groups and the events of a user who goes. Codes of messages are sealed
/// here, for their rows; `new_id` gives the rows their ids.
pub fn writes(
    keys: &Keys,
    pool: &PoolId,
    changes: Vec<Change>,
    cause: &Cause,
    now: Timestamp,
    mut new_id: impl FnMut() -> Result<String, NoEntropy>,
) -> Result<Vec<Write>, SealError> {
    changes
        .into_iter()
        .map(|change| {
            Ok(match change {
                Change::PutUser(user) => Write::Put(Key::user(&user.sub), Record::User(*user)),
                Change::RemoveUser(of) => Write::Remove(Key::user(&of)),
                Change::PutName { name, owner } => Write::Put(Key::name(&name), Record::Name(owner)),
                Change::RemoveName(name) => Write::Remove(Key::name(&name)),
                Change::PutCode { of, purpose, code } => {
                    Write::Put(Key::code(&of, purpose), Record::Code(code))
                }
                Change::RemoveCode { of, purpose } => Write::Remove(Key::code(&of, purpose)),
                Change::RemoveCodes(of) => Write::RemoveUnder(Kind::Code, format!("{of}:")),
                Change::PutAttempts { of, act, attempts } => {
                    Write::Put(Key::attempts(&of, act), Record::Attempts(attempts))
                }
                Change::RemoveAttempts { of, act } => Write::Remove(Key::attempts(&of, act)),
                Change::RemoveAllAttempts(of) => Write::RemoveUnder(Kind::Attempts, format!("{of}:")),
                Change::PutSession { key, session } => {
                    Write::Put(Key::session(&key), Record::Session(session))
                }
                Change::RemoveSession(key) => Write::Remove(Key::session(&key)),
                Change::PutFailures { of, failures } => {
                    Write::Put(Key::failures(&of), Record::Failures(failures))
                }
                Change::RemoveFailures(of) => Write::Remove(Key::failures(&of)),
                Change::PutGrant(grant) => {
                    Write::Put(Key::grant(&grant.of, &grant.id), Record::Grant(*grant))
                }
                Change::RemoveGrant { of, grant } => Write::Remove(Key::grant(&of, &grant)),
                Change::RemoveGrants(of) => Write::RemoveUnder(Kind::Grant, format!("{of} ")),
                Change::PutAuthEvent { of, event } => {
                    Write::Put(Key::auth_event(&of, &event), Record::AuthEvent(event))
                }
                Change::PutDevice(device) => {
                    Write::Put(Key::device(&device.of, &device.key), Record::Device(*device))
                }
                Change::RemoveDevice { of, key } => Write::Remove(Key::device(&of, &key)),
                Change::RemoveDevices(of) => Write::RemoveUnder(Kind::Device, format!("{of} ")),
                Change::Send(message) => {
                    let id = new_id()?;
                    let code = keys.seal_outbox_code(pool, &id, &message.code)?;
                    let row = OutboxRow {
                        id,
                        reason: message.reason,
                        of: message.of,
                        username: message.username,
                        client: message.client,
                        to: message.to,
                        code,
                        cause: Box::new(cause.clone()),
                        created_at: now,
                        tries: 0,
                        next_at: now.after(HEAD_START),
                    };
                    Write::Put(Key::outbox(&row.id), Record::Outbox(row))
                }
            })
        })
        .collect()
}
