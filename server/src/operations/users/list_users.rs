//! ListUsers: the users of a pool in the order of their subs (*Chosen*; the documentation promises none), all of them
//! or those that a filter asks for.
//!
//! A page goes on after the sub that the page before ended with, so that what is written in between neither repeats a
//! user nor hides one. A filter by what users are called reads an index; one by their status reads user after user
//! until the page is full, which with a million users and a rare status takes seconds.

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

/// How many users are read at once in search of some.
const CHUNK: usize = 500;

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListUsersInput,
) -> Result<ListUsersOutput, Failure> {
    let app = request.app();
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let tx = request.begin();
    let record = tx.pool(&pool).await?;
    let asked = input.filter.as_deref().map(String::as_str).unwrap_or_default();
    let filter = Filter::parse(asked)?;
    let wanted = input.attributes_to_get.map(wire::user::attribute_names);
    let wanted = wanted.as_ref();
    wanted.map_or(Ok(()), |wanted| search::check_known(wanted, &record.pool.schema))?;
    let pages = Pages::of(app.keys.digests(), &["users", pool.as_str(), asked]);
    let size = page::size(input.limit.as_deref().copied());
    let after = pages.after(input.pagination_token.as_deref().map(String::as_str))?.map(Sub::new);
    let users = find(&tx, &record, filter.as_ref(), after, size + 1).await?;
    let (users, last) = page::cut(users, size, |user| user.sub.to_string());
    // *Chosen*: of "all users in the results", those of the page.
    wanted.map_or(Ok(()), |wanted| search::check_set(wanted, &users))?;
    let told: Result<Vec<_>, _> = users.iter().map(|user| wire::user::listed(user, wanted)).collect();
    let pagination_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(ListUsersOutput { users: Some(told?), pagination_token })
}

/// The first `count` users whom the filter asks for, after a sub; fewer only if there are no more.
async fn find(
    tx: &Tx<'_>,
    pool: &PoolRecord,
    filter: Option<&Filter>,
    mut after: Option<Sub>,
    count: usize,
) -> Result<Vec<User>, Failure> {
    let id = &pool.pool.id;
    let Some(filter) = filter else { return Ok(tx.list_users(id, after.as_ref(), count).await?) };
    let mut found = Vec::new();
    loop {
        let users = tx.search_users(id, filter, after.as_ref(), CHUNK).await?;
        let is_last = users.len() < CHUNK;
        after = users.last().map(|user| user.sub.clone());
        found.extend(users.into_iter().filter(|user| filter.matches(&pool.pool, user)));
        if is_last || found.len() >= count {
            found.truncate(count);
            return Ok(found);
        }
    }
}
