//! Handles AdminListUserAuthEvents: returns a page of the authentication events of a user.

use lido_cognito_idp::operations::{AdminListUserAuthEventsInput, AdminListUserAuthEventsOutput};
use lido_domain::{Refusal, id::PoolId};

use crate::{
    operations::{Failure, RequestContext},
    store::AuthEventCursor,
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
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let tx = request.begin();
    let pool = tx.get_pool(&pool_id).await?;
    if !pool.pool.records_events {
        return Err(Refusal::AuthEventsNotRecorded.into());
    }
    let loaded = tx.load_user_in_pool(&pool, &input.username, Vec::new()).await?;
    let user = loaded.user.ok_or(Refusal::UserNotFound)?;
    let pages = Pages::of(app.keys.digests(), &["auth-events", pool_id.as_str(), user.sub.as_str()]);
    let size = page::size(input.max_results.as_deref().copied());
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?.map(AuthEventCursor::new);
    let events = tx.list_auth_events(&pool_id, &user.sub, after.as_ref(), size + 1).await?;
    let place = |event: &_| AuthEventCursor::of(&user.sub, event).as_str().to_owned();
    let (events, last) = page::cut(events, size, place);
    let events = events.iter().map(wire::auth_event::to_auth_event_type).collect::<Result<_, _>>()?;
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(AdminListUserAuthEventsOutput { auth_events: Some(events), next_token })
}
