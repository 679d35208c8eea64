//! AdminSetUserPassword. The rules are [`lido_domain::flow::users::admin_set_user_password`]'s.

use lido_cognito_idp::operations::{AdminSetUserPasswordInput, AdminSetUserPasswordOutput};
use lido_domain::{
    flow::users::admin_set_user_password::{self, Compared, SetPassword},
    id::PoolId,
    secret::Secret,
};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, password::Derived, turn::Turn},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AdminSetUserPasswordInput,
) -> Result<AdminSetUserPasswordOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let password = Secret::new(input.password.into_inner());
    let asked = SetPassword { password: &password, permanent: input.permanent.unwrap_or(false) };
    let mut derived = Derived::default();
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let read = calling::get_pool(app, &pool).await?;
        let rules = &read.value.pool;
        let reading = app.store.read_user(&pool, &calling::admin_query(&read.value, &input.username)).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let user = admin_set_user_password::admit(rules, reading.user.as_ref(), &asked)?;
        let former = admin_set_user_password::credentials_to_compare(rules, user, &asked);
        let is_former = derived.is_one_of(app, &pool, user, former, &password).await?;
        let credential = derived.seal(app, &pool, &user.sub, &user.username, &password).await?;
        let compared = Compared { credential, is_former };
        let verdict = admin_set_user_password::set(rules, user, &asked, compared, now);
        let expects = [read.expects, reading.expects].concat();
        if turn.carry_out(&pool, expects, verdict, now).await?.is_some() {
            return Ok(AdminSetUserPasswordOutput {});
        }
    }
}
