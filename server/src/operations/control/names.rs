//! Finds a user by whatever names it.

use lido_domain::id::{PoolId, Sub};

use super::ControlError;
use crate::{
    app::App,
    operations::{Operation, Origin, failure::Failure, transact::RequestContext},
};

/// Returns the sub of the user that a username, sub or alias identifies in a pool, as the operations of administrators
/// understand it. Returns `None` if there is no such user.
///
/// # Errors
/// `UnknownPool`, or a fault of the store.
pub async fn find_sub(app: &App, pool: &PoolId, name: &str) -> Result<Option<Sub>, ControlError> {
    let origin = Origin::default();
    let found = RequestContext::new(app, &origin).begin().load_user_by_name(pool, name, Vec::new()).await;
    let (_, loaded) = found.map_err(|failure: Failure| ControlError::of(Operation::AdminGetUser, failure))?;
    Ok(loaded.user.map(|user| user.sub))
}
