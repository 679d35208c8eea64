//! AdminListUserAuthEvents.

use lido_cognito_idp::operations::{AdminListUserAuthEventsInput, AdminListUserAuthEventsOutput};
use lido_domain::{Refusal, id::PoolId};

use crate::{
    operations::{Failure, RequestContext},
    store::AuthEventPlace,
    wire::{
        self,
        page::{self, Pages},
    },
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminListUserAuthEventsInput,
) -> Result<AdminListUserAuthEventsOutput, Failure> {
    let app = request.app();
    let id = PoolId::new(input.user_pool_id.into_inner());
    let tx = request.begin();
    let pool = tx.pool(&id).await?;
    if !pool.pool.records_events {
        return Err(Refusal::NoRecordOfEvents.into());
    }
    let user = tx.user_of(&pool, &input.username, Vec::new()).await?.user.ok_or(Refusal::UserNotFound)?;
    let pages = Pages::of(app.keys.digests(), &["auth-events", id.as_str(), user.sub.as_str()]);
    let size = page::size(input.max_results.as_deref().copied());
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?.map(AuthEventPlace::new);
    let events = tx.list_auth_events(&id, &user.sub, after.as_ref(), size + 1).await?;
    let place = |event: &_| AuthEventPlace::of(&user.sub, event).as_str().to_owned();
    let (events, last) = page::cut(events, size, place);
    let told: Result<Vec<_>, _> = events.iter().map(wire::auth_event::listed).collect();
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(AdminListUserAuthEventsOutput { auth_events: Some(told?), next_token })
}
