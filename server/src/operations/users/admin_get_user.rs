//! AdminGetUser.

use lido_cognito_idp::operations::{AdminGetUserInput, AdminGetUserOutput};
use lido_domain::{Refusal, id::PoolId};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AdminGetUserInput,
) -> Result<AdminGetUserOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let read = calling::get_pool(app, &pool).await?;
    let query = calling::admin_query(&read.value, &input.username);
    let mut turn = Turn::new(app);
    loop {
        let reading = app.store.read_user(&pool, &query).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let user = reading.user.ok_or(Refusal::UserNotFound)?;
        return Ok(wire::user::admin_get_user(&user)?);
    }
}
