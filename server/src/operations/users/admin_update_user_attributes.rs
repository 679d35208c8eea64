//! AdminUpdateUserAttributes. The rules are [`lido_domain::flow::account::update_user_attributes`]'s.

use lido_cognito_idp::operations::{AdminUpdateUserAttributesInput, AdminUpdateUserAttributesOutput};
use lido_domain::{
    flow::account::{attribute_change::NewCodes, update_user_attributes},
    id::PoolId,
};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: AdminUpdateUserAttributesInput,
) -> Result<AdminUpdateUserAttributesOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let given = wire::user::given(Some(input.user_attributes));
    // Once a request, however often it decides.
    let codes = NewCodes { email: app.new_code()?, phone_number: app.new_code()? };
    let metadata = wire::metadata::client(input.client_metadata);
    let mut turn = Turn::asked_by(app, origin).with_metadata(metadata);
    loop {
        let now = app.clock.now();
        let read = calling::get_pool(app, &pool).await?;
        let rules = &read.value.pool;
        let reading = app.store.read_user(&pool, &calling::admin_query(&read.value, &input.username)).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let changed = update_user_attributes::admin_admit(rules, reading.user.as_ref(), &given, now)?;
        let holders = app.store.read_holders(&pool, changed.names_wanted(), None).await;
        let Some(holders) = turn.unless_conflict(holders).await? else { continue };
        let keys = app.keys.digests();
        let verdict =
            update_user_attributes::update(keys, rules, None, &changed, &holders.users, &codes, now);
        let expects = [read.expects, reading.expects, holders.expects].concat();
        if turn.carry_out(&pool, expects, verdict, now).await?.is_some() {
            return Ok(AdminUpdateUserAttributesOutput {});
        }
    }
}
