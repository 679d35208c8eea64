//! Converts the changes of a verdict to the writes of a commit, and seals the codes of messages.

use std::time::Duration;

use lido_domain::{Change, Timestamp, code::message::Message, id::PoolId};

use super::{Key, Kind, OutboxRow, Record, RequestInfo, Version, Write, message_id};
use crate::{
    entropy::NoEntropy,
    keys::{Keys, SealError},
};

/// The duration of a claim on a row of the outbox: longer than the timeouts of a trigger and a transport together.
pub const CLAIM_TTL: Duration = Duration::from_secs(3 * 60);

/// A row of the outbox that this process has committed and claimed, to make the first attempt.
#[derive(Clone, Debug)]
pub struct OutboxCommit {
    /// The row.
    pub row: OutboxRow,
    /// Its version.
    pub version: Version,
    /// Whether the answer to the request does not depend on the delivery; see [`Message::is_hidden`].
    pub is_hidden: bool,
}

/// Returns the writes of `changes`, except those that `super::leftovers` makes after the commit. Seals the codes of messages for their rows, whose UUIDs come from `new_id`.
///
/// # Errors
/// A code cannot be sealed, or the operating system returns no random bytes.
pub fn writes(
    keys: &Keys,
    pool: &PoolId,
    changes: Vec<Change>,
    cause: &RequestInfo,
    now: Timestamp,
    mut new_id: impl FnMut() -> Result<String, NoEntropy>,
) -> Result<Vec<Write>, SealError> {
    let mut writes = Vec::with_capacity(changes.len());
    for change in changes {
        match change {
            Change::PutMembership { of, group, id } => {
                writes.push(Write::Put(Key::group_of_user(&of, &group), Record::GroupOfUser(id.clone())));
                writes.push(Write::Put(Key::user_in_group(&group, &of), Record::UserInGroup(id)));
            }
            Change::RemoveMembership { of, group } => {
                writes.push(Write::Remove(Key::group_of_user(&of, &group)));
                writes.push(Write::Remove(Key::user_in_group(&group, &of)));
            }
            Change::RemoveCimdPolicy(id) => {
                writes.push(Write::RemoveByPrefix(Kind::ClientMetadata, format!("{id} ")));
                writes.push(Write::Remove(Key::cimd_policy(&id)));
            }
            Change::PutStyle(style) => {
                writes.push(Write::Put(Key::style_id(&style.id), Record::StyleId(style.client.clone())));
                writes.push(Write::Put(Key::style(&style.client), Record::Style(style)));
            }
            Change::RemoveStyle { of, id } => {
                writes.push(Write::Remove(Key::style(&of)));
                writes.push(Write::Remove(Key::style_id(&id)));
            }
            Change::PutTerms(terms) => {
                writes.push(Write::Put(Key::terms_id(&terms.id), Record::TermsId(terms.client.clone())));
                writes.push(Write::Put(Key::terms(&terms.client, terms.name), Record::Terms(*terms)));
            }
            Change::RemoveTerms { of, name, id } => {
                writes.push(Write::Remove(Key::terms(&of, name)));
                writes.push(Write::Remove(Key::terms_id(&id)));
            }
            Change::Send(message) => {
                let row = outbox_row(keys, pool, *message, cause, now, new_id()?)?;
                writes.push(Write::Put(Key::outbox(&row.id), Record::Outbox(row)));
            }
            other => writes.extend(single_write(other)),
        }
    }
    Ok(writes)
}

fn outbox_row(
    keys: &Keys,
    pool: &PoolId,
    message: Message,
    cause: &RequestInfo,
    now: Timestamp,
    uuid: String,
) -> Result<OutboxRow, SealError> {
    let id = message_id(message.to.kind, &uuid);
    let code = keys.seal_outbox_code(pool, &id, &message.code)?;
    Ok(OutboxRow {
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
        next_at: now.after(CLAIM_TTL),
    })
}

/// Returns the write of a change that is a single write.
fn single_write(change: Change) -> Option<Write> {
    Some(match change {
        Change::PutUser(user) | Change::SignOut(user) => {
            Write::Put(Key::user(&user.sub), Record::User(*user))
        }
        Change::PutName { name, owner } => Write::Put(Key::name(&name), Record::Name(owner)),
        Change::RemoveName(name) => Write::Remove(Key::name(&name)),
        Change::PutCode { of, purpose, code } => Write::Put(Key::code(&of, purpose), Record::Code(code)),
        Change::RemoveCode { of, purpose } => Write::Remove(Key::code(&of, purpose)),
        Change::RemoveCodes(of) => Write::RemoveByPrefix(Kind::Code, format!("{of}:")),
        Change::PutAttempts { of, act, attempts } => {
            Write::Put(Key::attempts(&of, act), Record::Attempts(attempts))
        }
        Change::RemoveAttempts { of, act } => Write::Remove(Key::attempts(&of, act)),
        Change::RemoveAllAttempts(of) => Write::RemoveByPrefix(Kind::Attempts, format!("{of}:")),
        Change::PutSession { key, session } => Write::Put(Key::session(&key), Record::Session(session)),
        Change::RemoveSession(key) => Write::Remove(Key::session(&key)),
        Change::PutFailures { of, failures } => Write::Put(Key::failures(&of), Record::Failures(failures)),
        Change::RemoveFailures(of) => Write::Remove(Key::failures(&of)),
        Change::PutGrant(grant) => Write::Put(Key::grant(&grant.of, &grant.id), Record::Grant(grant)),
        Change::RemoveGrant { of, grant } => Write::Remove(Key::grant(&of, &grant)),
        Change::PutAuthorization { key, authorization } => {
            Write::Put(Key::authorization(&key), Record::Authorization(authorization))
        }
        Change::PutBrowserSession { key, session } => {
            Write::Put(Key::browser_session(&session.of, &key), Record::BrowserSession(session))
        }
        Change::RemoveBrowserSession { of, key } => Write::Remove(Key::browser_session(&of, &key)),
        Change::PutAuthEvent { of, event } => {
            Write::Put(Key::auth_event(&of, &event), Record::AuthEvent(event))
        }
        Change::PutDevice(device) => {
            Write::Put(Key::device(&device.of, &device.key), Record::Device(*device))
        }
        Change::RemoveDevice { of, key } => Write::Remove(Key::device(&of, &key)),
        Change::PutGroup(group) => Write::Put(Key::group(&group.name), Record::Group(*group)),
        Change::RemoveUser(of) => Write::Remove(Key::user(&of)),
        Change::RemoveGroup(name, _) => Write::Remove(Key::group(&name)),
        Change::PutPool(record) => Write::Put(Key::pool(), Record::Pool(record)),
        Change::RemovePool => Write::DeletePool,
        Change::PutResourceServer(server) => {
            Write::Put(Key::resource_server(&server.id), Record::ResourceServer(*server))
        }
        Change::RemoveResourceServer(id) => Write::Remove(Key::resource_server(&id)),
        Change::PutClient(record) => Write::Put(Key::client(&record.client.id), Record::Client(record)),
        Change::RemoveClient(id) => Write::Remove(Key::client(&id)),
        Change::PutCimdPolicy(policy) => {
            Write::Put(Key::cimd_policy(&policy.id), Record::CimdPolicy(*policy))
        }
        Change::PutClientMetadata(kept) => {
            Write::Put(Key::client_metadata(&kept.policy, &kept.url), Record::ClientMetadata(kept))
        }
        Change::RemoveClientMetadata { policy, url } => Write::Remove(Key::client_metadata(&policy, &url)),
        Change::PutUiCustomization(customization) => {
            Write::Put(Key::ui_customization(&customization.scope), Record::UiCustomization(customization))
        }
        Change::RemoveUiCustomization(scope) => Write::Remove(Key::ui_customization(&scope)),
        Change::PutAsset { of, asset } => {
            Write::Put(Key::asset(&of, &asset.name().digest), Record::Asset(*asset))
        }
        Change::RemoveAsset { of, digest } => Write::Remove(Key::asset(&of, &digest)),
        Change::ReleaseTermsName { of, name } => Write::Remove(Key::terms(&of, name)),
        // The claim is released beside the writes.
        Change::ReleaseDomain(_) => return None,
        Change::PutStyle(_) | Change::RemoveStyle { .. } => return None,
        Change::PutTerms(_) | Change::RemoveTerms { .. } => return None,
        Change::RemoveCimdPolicy(_) => return None,
        Change::PutMembership { .. } | Change::RemoveMembership { .. } | Change::Send(_) => return None,
    })
}
