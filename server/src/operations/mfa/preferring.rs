//! What the four operations have in common by which users and administrators turn second factors on and off.

use lido_domain::{
    flow::mfa::preference::{self, Preference},
    id::PoolId,
};

use crate::{
    app::App,
    operations::{bearer::Bearer, calling, failure::Failure, turn::Turn},
};

/// Of the user who bears the token.
pub(super) async fn by_token(app: &App, token: &str, asked: &[Preference]) -> Result<(), Failure> {
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let bearer = Bearer::find(app, token, now).await?;
        let mfa = &bearer.caller.pool.pool.mfa;
        let verdict = preference::set(mfa, Some(&bearer.user), asked, now);
        if turn.carry_out(bearer.pool(), bearer.expects.clone(), verdict, now).await?.is_some() {
            return Ok(());
        }
    }
}

/// Of a user whom an administrator names.
pub(super) async fn by_admin(
    app: &App,
    pool: &PoolId,
    username: &str,
    asked: &[Preference],
) -> Result<(), Failure> {
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let read = calling::get_pool(app, pool).await?;
        let reading = app.store.read_user(pool, &calling::admin_query(&read.value, username)).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let verdict = preference::set(&read.value.pool.mfa, reading.user.as_ref(), asked, now);
        let expects = [read.expects, reading.expects].concat();
        if turn.carry_out(pool, expects, verdict, now).await?.is_some() {
            return Ok(());
        }
    }
}
