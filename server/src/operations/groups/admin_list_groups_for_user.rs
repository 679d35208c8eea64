//! Handles AdminListGroupsForUser: returns a page of the groups that a user is in.

use lido_cognito_idp::operations::{AdminListGroupsForUserInput, AdminListGroupsForUserOutput};
use lido_domain::{
    Refusal,
    id::{GroupName, PoolId},
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
    input: AdminListGroupsForUserInput,
) -> Result<AdminListGroupsForUserOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let tx = request.begin();
    let (_, loaded) = tx.load_user_by_name(&pool_id, &input.username, Vec::new()).await?;
    let user = loaded.user.ok_or(Refusal::UserNotFound)?;
    let pages = Pages::of(app.keys.digests(), &["groups", pool_id.as_str(), user.sub.as_str()]);
    let size = page::size(input.limit.as_deref().copied());
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?.map(GroupName::new);
    let groups = tx.list_groups_of(&pool_id, &user.sub, after.as_ref(), size + 1).await?;
    let (groups, last) = page::cut(groups, size, |group| group.name.to_string());
    let groups = groups.iter().map(|group| wire::group::to_group_type(&pool_id, group));
    let groups = groups.collect::<Result<_, _>>()?;
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(AdminListGroupsForUserOutput { groups: Some(groups), next_token })
}
