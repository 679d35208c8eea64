//! Handles ListUsersInGroup: returns a page of the users in a group.

use lido_cognito_idp::operations::{ListUsersInGroupInput, ListUsersInGroupOutput};
use lido_domain::{
    Refusal,
    id::{GroupName, PoolId, Sub},
    user::User,
};

use crate::{
    operations::{Failure, RequestContext},
    wire::{
        self,
        page::{self, Pages},
    },
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListUsersInGroupInput,
) -> Result<ListUsersInGroupOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    let tx = request.begin();
    let (_, group) = tx.get_pool_and_group(&pool_id, &name).await?;
    let group = group.ok_or(Refusal::UnknownGroup)?;
    let pages = Pages::of(app.keys.digests(), &["members", pool_id.as_str(), group.id.as_str()]);
    let size = page::size(input.limit.as_deref().copied());
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?.map(Sub::new);
    let users = tx.list_users_in(&pool_id, &group, after.as_ref(), size + 1).await?;
    let bytes = |user: &User| wire::user::attribute_bytes(user, None);
    let (users, last) = page::cut_by_bytes(users, size, bytes, |user| user.sub.to_string());
    let users = users.iter().map(|user| wire::user::to_user_type(user, None)).collect::<Result<_, _>>()?;
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(ListUsersInGroupOutput { users: Some(users), next_token })
}
