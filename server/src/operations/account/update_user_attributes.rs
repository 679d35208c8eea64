//! UpdateUserAttributes. The rules are [`lido_domain::flow::account::update_user_attributes`]'s.

use lido_cognito_idp::operations::{UpdateUserAttributesInput, UpdateUserAttributesOutput};
use lido_domain::flow::account::{attribute_change::NewCodes, update_user_attributes};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: UpdateUserAttributesInput,
) -> Result<UpdateUserAttributesOutput, Failure> {
    let app = request.app();
    let given = wire::user::given(Some(input.user_attributes));
    let codes = NewCodes { email: app.new_code()?, phone_number: app.new_code()? };
    let metadata = wire::metadata::client(input.client_metadata);
    let request = request.with_metadata(metadata);
    let sent = request
        .transact(async |tx| {
            let bearer = tx.bearer(&input.access_token, Vec::new()).await?;
            let changed = update_user_attributes::admit(&bearer.bearer(), &given, tx.now())?;
            let holders = tx.find_holders(bearer.pool_id(), changed.names_wanted(), None).await?;
            let (keys, rules, client) = (app.keys.digests(), bearer.pool(), Some(&bearer.client.rules().id));
            Ok(update_user_attributes::update(keys, rules, client, &changed, &holders, &codes, tx.now()))
        })
        .await?;
    Ok(wire::user::updated(&sent)?)
}
