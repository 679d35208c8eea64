//! DeleteGroup. The users who were in it stay.

use lido_cognito_idp::operations::{DeleteGroupInput, DeleteGroupOutput};
use lido_domain::{
    id::{GroupName, PoolId},
    user::group,
};

use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::RequestContext},
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: DeleteGroupInput,
) -> Result<DeleteGroupOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    let request = RequestContext::new(app, origin);
    app.transact(&request, async |tx| {
        let (_, group) = tx.pool_and_group(&pool, &name).await?;
        Ok(group::delete(group.as_ref()))
    })
    .await?;
    Ok(DeleteGroupOutput::default())
}
