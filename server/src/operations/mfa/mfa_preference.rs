//! Turning second factors on and off: what the four operations of users and administrators have in common.

use lido_domain::flow::mfa::preference::{self, Preference};

use crate::{
    app::App,
    operations::{
        Origin,
        failure::Failure,
        transact::{RequestContext, UserRef},
    },
};

/// Sets the preferences of a user.
pub(super) async fn set(
    app: &App,
    origin: &Origin,
    user: UserRef<'_>,
    preferences: &[Preference],
) -> Result<(), Failure> {
    let request = RequestContext::new(app, origin);
    app.transact(&request, async |tx| {
        let (pool, found) = tx.user(user, Vec::new()).await?;
        Ok(preference::set(&pool.pool.mfa, found.user.as_ref(), preferences, tx.now()))
    })
    .await
}
