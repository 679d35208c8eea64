//! Handles ListUsers: returns a page of the users of a pool, all of them or those that match a filter.
//!
//! The order is that of the subs (*Chosen*; the documentation promises none). A page begins after the last sub of the
//! page before it, so that a write between two pages neither repeats nor skips a user. A filter by name or attribute
//! reads an index; a filter by status reads user after user until the page is full, which takes seconds with a million
//! users and a rare status.

use lido_cognito_idp::operations::{ListUsersInput, ListUsersOutput};
use lido_domain::{
    id::{PoolId, Sub},
    user::{
        User,
        search::{self, Filter},
    },
};

use crate::{
    operations::{Failure, RequestContext, transact::Tx},
    store::PoolRecord,
    wire::{
        self,
        page::{self, Pages},
    },
};

/// The number of users that a search reads at first: as many as a page has.
const FIRST_CHUNK: usize = 60;

/// The most users that a search reads at once.
const MAX_CHUNK: usize = 500;

/// The bytes of attributes that a search reads at once, by the average of the users before.
///
/// *Chosen*: users with attributes as large as the schema allows have several hundred kilobytes, and 500 of them would take
/// 200 MB.
const CHUNK_BYTES: usize = 4 * 1024 * 1024;

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListUsersInput,
) -> Result<ListUsersOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let tx = request.begin();
    let pool = tx.get_pool(&pool_id).await?;
    let text = input.filter.as_deref().map(String::as_str).unwrap_or_default();
    let filter = Filter::parse(text)?;
    let names = input.attributes_to_get.map(wire::user::read_attribute_names);
    let names = names.as_ref();
    names.map_or(Ok(()), |names| search::check_known_attributes(names, &pool.pool.schema))?;
    let pages = Pages::of(app.keys.digests(), &["users", pool_id.as_str(), text]);
    let size = page::size(input.limit.as_deref().copied());
    let after = pages.after(input.pagination_token.as_deref().map(String::as_str))?.map(Sub::new);
    let users = find(&tx, &pool, filter.as_ref(), after, size + 1).await?;
    let bytes = |user: &User| wire::user::attribute_bytes(user, names);
    let (users, last) = page::cut_by_bytes(users, size, bytes, |user| user.sub.to_string());
    // *Chosen*: the documentation says "all users in the results"; these are the users of the page.
    names.map_or(Ok(()), |names| search::check_attributes_present(names, &users))?;
    let users = users.iter().map(|user| wire::user::to_user_type(user, names)).collect::<Result<_, _>>()?;
    let pagination_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(ListUsersOutput { users: Some(users), pagination_token })
}

/// Returns the first `count` users after a sub that match the filter; fewer only if there are no more.
pub(in crate::operations) async fn find(
    tx: &Tx<'_>,
    pool: &PoolRecord,
    filter: Option<&Filter>,
    mut after: Option<Sub>,
    count: usize,
) -> Result<Vec<User>, Failure> {
    let pool_id = &pool.pool.id;
    let Some(filter) = filter else { return Ok(tx.list_users(pool_id, after.as_ref(), count).await?) };
    let (mut found, mut chunk) = (Vec::new(), FIRST_CHUNK);
    loop {
        let users = tx.search_users(pool_id, filter, after.as_ref(), chunk).await?;
        let is_last = users.len() < chunk;
        let bytes = users.iter().map(|user| wire::user::attribute_bytes(user, None)).sum();
        chunk = next_chunk(users.len(), bytes);
        after = users.last().map(|user| user.sub.clone());
        found.extend(users.into_iter().filter(|user| filter.matches(&pool.pool, user)));
        if is_last || found.len() >= count {
            found.truncate(count);
            return Ok(found);
        }
    }
}

/// Returns the number of users to read next, after this number with attributes of so many bytes.
fn next_chunk(users: usize, bytes: usize) -> usize {
    (users.saturating_mul(CHUNK_BYTES) / bytes.max(1)).clamp(1, MAX_CHUNK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_chunk_has_about_as_many_bytes_as_allowed() {
        let (small, large) = (200, 400_000);
        assert_eq!(next_chunk(60, 60 * small), MAX_CHUNK);
        assert_eq!(next_chunk(60, 60 * large), CHUNK_BYTES / large);
        assert_eq!(next_chunk(1, 10 * CHUNK_BYTES), 1);
        assert_eq!(next_chunk(60, 0), MAX_CHUNK);
        assert_eq!(next_chunk(0, 0), 1, "a search that has found nothing has ended");
    }
}
