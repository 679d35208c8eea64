//! Handles DeleteUserAttributes: deletes attributes of the user of an access token.
//!
//! The rules are in [`lido_domain::flow::account::delete_user_attributes`].

use lido_cognito_idp::operations::{DeleteUserAttributesInput, DeleteUserAttributesOutput};
use lido_domain::flow::account::delete_user_attributes;

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteUserAttributesInput,
) -> Result<DeleteUserAttributesOutput, Failure> {
    let names: Vec<String> = input.user_attribute_names.into_iter().map(|name| name.into_inner()).collect();
    request
        .transact(async |tx| {
            let bearer = tx.get_bearer(&input.access_token, Vec::new()).await?;
            Ok(delete_user_attributes::delete(&bearer.bearer(), &names, tx.now()))
        })
        .await?;
    Ok(DeleteUserAttributesOutput {})
}
