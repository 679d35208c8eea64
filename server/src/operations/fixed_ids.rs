//! Fixed ids of new pools, in `lido dev` only, by the convention of LocalStack: a pool gets the id in its tag `_custom_id_`.
//!
//! In `lido serve` the tag means nothing. LocalStack's names of app clients, `_custom_id_:ID`, violate the pattern of
//! ClientName, so the constraint of the API refuses them. [`super::seed`] has the way of Lido's own, for app clients too.

use std::collections::BTreeMap;

use lido_cognito_idp::types::UserPoolIdType;
use lido_domain::id::PoolId;

use super::failure::Failure;
use crate::app::App;

const TAG: &str = "_custom_id_";

/// Returns the id that the tags fix, or `None` if they fix none. An id without a Region gets this one.
///
/// # Errors
/// The id has not the form of one, or a pool has it.
pub(super) async fn pool_id(
    app: &App,
    region: &str,
    tags: &BTreeMap<String, String>,
) -> Result<Option<PoolId>, Failure> {
    let Some(text) = tags.get(TAG).filter(|_| app.settings.takes_fixed_ids) else { return Ok(None) };
    let text = if text.contains('_') { text.clone() } else { format!("{region}_{text}") };
    if UserPoolIdType::try_from(text.as_str()).is_err() {
        return Err(Failure::FixedId(format!(
            "The tag {TAG} is {text}, which is not the id of a user pool, such as us-east-1_abc123."
        )));
    }
    let id = PoolId::new(text);
    match app.store.begin().find_pool(&id).await? {
        Some(_) => Err(Failure::FixedId(format!("A user pool with the id {id} of the tag {TAG} exists."))),
        None => Ok(Some(id)),
    }
}
