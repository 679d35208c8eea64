//! Handles ListGroups: returns a page of the groups of a user pool.

use lido_cognito_idp::operations::{ListGroupsInput, ListGroupsOutput};
use lido_domain::id::{GroupName, PoolId};

use crate::{
    operations::{Failure, RequestContext},
    wire::{
        self,
        page::{self, Pages},
    },
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListGroupsInput,
) -> Result<ListGroupsOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let pages = Pages::of(app.keys.digests(), &["groups", pool_id.as_str()]);
    let tx = request.begin();
    tx.get_pool(&pool_id).await?;
    let size = page::size(input.limit.as_deref().copied());
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?.map(GroupName::new);
    let groups = tx.list_groups(&pool_id, after.as_ref(), size + 1).await?;
    let (groups, last) = page::cut(groups, size, |group| group.name.to_string());
    let groups = groups.iter().map(|group| wire::group::to_group_type(&pool_id, group));
    let groups = groups.collect::<Result<_, _>>()?;
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(ListGroupsOutput { groups: Some(groups), next_token })
}
