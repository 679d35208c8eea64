//! AdminListUserAuthEvents.

use lido_cognito_idp::operations::{AdminListUserAuthEventsInput, AdminListUserAuthEventsOutput};
use lido_domain::{Refusal, id::PoolId};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    store::AuthEventPlace,
    wire::{
        self,
        page::{self, Pages},
    },
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AdminListUserAuthEventsInput,
) -> Result<AdminListUserAuthEventsOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let read = calling::get_pool(app, &pool).await?;
    if !read.value.pool.records_events {
        return Err(Refusal::NoRecordOfEvents.into());
    }
    let query = calling::admin_query(&read.value, &input.username);
    let mut turn = Turn::new(app);
    let reading = loop {
        let reading = app.store.read_user(&pool, &query).await;
        if let Some(reading) = turn.unless_conflict(reading).await? {
            break reading;
        }
    };
    let user = reading.user.ok_or(Refusal::UserNotFound)?;
    let pages = Pages::of(app.keys.digests(), &["auth-events", pool.as_str(), user.sub.as_str()]);
    let size = page::size(input.max_results.as_deref().copied());
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?.map(AuthEventPlace::new);
    let events = app.store.list_auth_events(&pool, &user.sub, after.as_ref(), size + 1).await?;
    let place = |event: &_| AuthEventPlace::of(&user.sub, event).as_str().to_owned();
    let (events, last) = page::cut(events, size, place);
    let told: Result<Vec<_>, _> = events.iter().map(wire::auth_event::listed).collect();
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(AdminListUserAuthEventsOutput { auth_events: Some(told?), next_token })
}
