//! From what a verdict remembers to what a store writes.

use lido_domain::{Change, Timestamp, id::PoolId};

use super::{Key, OutboxRow, Record, Write};
use crate::keys::{Keys, SealError};

/// The writes that carry `changes` out. Codes of messages are sealed here, for their rows; `ids` gives the rows
/// their ids.
pub fn writes(
    keys: &Keys,
    pool: &PoolId,
    changes: Vec<Change>,
    now: Timestamp,
    mut ids: impl FnMut() -> String,
) -> Result<Vec<Write>, SealError> {
    changes
        .into_iter()
        .map(|change| {
            Ok(match change {
                Change::PutUser(user) => Write::Put(Key::user(&user.sub), Record::User(*user)),
                Change::PutName { name, owner } => Write::Put(Key::name(&name), Record::Name(owner)),
                Change::RemoveName(name) => Write::Remove(Key::name(&name)),
                Change::PutCode { of, purpose, code } => {
                    Write::Put(Key::code(&of, purpose), Record::Code(code))
                }
                Change::RemoveCode { of, purpose } => Write::Remove(Key::code(&of, purpose)),
                Change::PutAttempts { of, act, attempts } => {
                    Write::Put(Key::attempts(&of, act), Record::Attempts(attempts))
                }
                Change::RemoveAttempts { of, act } => Write::Remove(Key::attempts(&of, act)),
                Change::PutSession { key, session } => {
                    Write::Put(Key::session(&key), Record::Session(session))
                }
                Change::RemoveSession(key) => Write::Remove(Key::session(&key)),
                Change::Send(message) => {
                    let id = ids();
                    let code = keys.seal_outbox_code(pool, &id, &message.code)?;
                    let row = OutboxRow {
                        id,
                        reason: message.reason,
                        of: message.of,
                        username: message.username,
                        client: message.client,
                        to: message.to,
                        code,
                        created_at: now,
                        tries: 0,
                        next_at: now,
                    };
                    Write::Put(Key::outbox(&row.id), Record::Outbox(row))
                }
            })
        })
        .collect()
}
