//! AdminListGroupsForUser.

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
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let tx = request.begin();
    let (_, found) = tx.named_user(&pool, &input.username, Vec::new()).await?;
    let user = found.user.ok_or(Refusal::UserNotFound)?;
    let pages = Pages::of(app.keys.digests(), &["groups", pool.as_str(), user.sub.as_str()]);
    let size = page::size(input.limit.as_deref().copied());
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?.map(GroupName::new);
    let groups = tx.list_groups_of(&pool, &user.sub, after.as_ref(), size + 1).await?;
    let (groups, last) = page::cut(groups, size, |group| group.name.to_string());
    let told: Result<Vec<_>, _> = groups.iter().map(|group| wire::group::told(&pool, group)).collect();
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(AdminListGroupsForUserOutput { groups: Some(told?), next_token })
}
