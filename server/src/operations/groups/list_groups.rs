//! ListGroups.

use lido_cognito_idp::operations::{ListGroupsInput, ListGroupsOutput};
use lido_domain::id::{GroupName, PoolId};

use crate::{
    app::App,
    operations::{Origin, failure::Failure},
    wire::{
        self,
        page::{self, Pages},
    },
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: ListGroupsInput,
) -> Result<ListGroupsOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let pages = Pages::of(app.keys.digests(), &["groups", pool.as_str()]);
    let tx = app.begin();
    tx.pool(&pool).await?;
    let size = page::size(input.limit.as_deref().copied());
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?.map(GroupName::new);
    let groups = tx.list_groups(&pool, after.as_ref(), size + 1).await?;
    let (groups, last) = page::cut(groups, size, |group| group.name.to_string());
    let told: Result<Vec<_>, _> = groups.iter().map(|group| wire::group::told(&pool, group)).collect();
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(ListGroupsOutput { groups: Some(told?), next_token })
}
