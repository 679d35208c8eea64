//! Handles UpdateUserAttributes: changes attributes of the user of an access token.
//!
//! The rules are in [`lido_domain::flow::account::update_user_attributes`].

use lido_cognito_idp::operations::{UpdateUserAttributesInput, UpdateUserAttributesOutput};
use lido_domain::{
    flow::account::{attribute_change::NewCodes, update_user_attributes},
    user::sent_messages::MessageCause,
};

use crate::{
    operations::{Failure, RequestContext},
    store::RelatedRecord,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: UpdateUserAttributesInput,
) -> Result<UpdateUserAttributesOutput, Failure> {
    let app = request.app();
    let attributes = wire::user::read_attributes(Some(input.user_attributes));
    let codes = NewCodes { email: app.new_code()?, phone_number: app.new_code()? };
    let request = request.with_metadata(wire::metadata::read_client_metadata(input.client_metadata));
    let related: Vec<_> = RelatedRecord::messages(MessageCause::AttributeUpdate).collect();
    let sent = request
        .transact(async |tx| {
            let bearer = tx.get_bearer(&input.access_token, related.clone()).await?;
            let changed = update_user_attributes::admit(&bearer.bearer(), &attributes, tx.now())?;
            let holders = tx.find_holders(bearer.pool_id(), changed.names_to_reserve(), None).await?;
            let (keys, rules) = (app.keys.digests(), bearer.pool_rules());
            let client_id = Some(&bearer.client.client_rules().id);
            let now = tx.now();
            let verdict =
                update_user_attributes::update(keys, rules, client_id, &changed, &holders, &codes, now);
            Ok(bearer.loaded.sent.limit(MessageCause::AttributeUpdate, verdict, now))
        })
        .await?;
    Ok(wire::user::update_user_attributes_output(&sent)?)
}
