//! Fixed ids of new pools and app clients, in `lido dev` only, by the conventions of LocalStack.
//!
//! A pool gets the id in its tag `_custom_id_`, an app client the id after `_custom_id_:` in its name. In `lido serve` tag
//! and name mean nothing. [`super::seed`] has the way of Lido's own.

use std::collections::BTreeMap;

use lido_cognito_idp::types::{ClientIdType, UserPoolIdType};
use lido_domain::id::{ClientId, PoolId};

use super::failure::Failure;
use crate::app::App;

const TAG: &str = "_custom_id_";
const NAME_PREFIX: &str = "_custom_id_:";

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

/// Returns the id that the name of an app client fixes, or `None` if it fixes none.
///
/// # Errors
/// The id has not the form of one, or an app client has it.
pub(super) async fn client_id(app: &App, name: &str) -> Result<Option<ClientId>, Failure> {
    let Some(text) = name.strip_prefix(NAME_PREFIX).filter(|_| app.settings.takes_fixed_ids) else {
        return Ok(None);
    };
    if ClientIdType::try_from(text).is_err() {
        return Err(Failure::FixedId(format!(
            "{text} after {NAME_PREFIX} is not the id of an app client; use letters, digits and underscores."
        )));
    }
    let id = ClientId::new(text);
    match app.store.begin().find_client(&id).await? {
        Some(_) => {
            Err(Failure::FixedId(format!("An app client with the id {id} after {NAME_PREFIX} exists.")))
        }
        None => Ok(Some(id)),
    }
}
