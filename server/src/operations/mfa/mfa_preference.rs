//! The step that the four operations on the MFA preferences of a user share.

use lido_domain::flow::mfa::preference::{self, Preference};

use crate::operations::{Failure, RequestContext, transact::UserRef};

/// Sets the preferences of a user.
pub(super) async fn set(
    request: RequestContext<'_>,
    user: UserRef<'_>,
    preferences: &[Preference],
) -> Result<(), Failure> {
    request
        .transact(async |tx| {
            let (pool, loaded) = tx.load_user(user, Vec::new()).await?;
            Ok(preference::set(&pool.pool.mfa, loaded.user.as_ref(), preferences, tx.now()))
        })
        .await
}
