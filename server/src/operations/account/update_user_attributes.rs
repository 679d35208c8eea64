//! UpdateUserAttributes. The rules are [`lido_domain::flow::account::update_user_attributes`]'s.

use lido_cognito_idp::operations::{UpdateUserAttributesInput, UpdateUserAttributesOutput};
use lido_domain::flow::account::{attribute_change::NewCodes, update_user_attributes};

use crate::{
    app::App,
    operations::{Origin, bearer::Bearer, failure::Failure, turn::Turn},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: UpdateUserAttributesInput,
) -> Result<UpdateUserAttributesOutput, Failure> {
    let given = wire::user::given(Some(input.user_attributes));
    // Once a request, however often it decides.
    let codes = NewCodes { email: app.new_code()?, phone_number: app.new_code()? };
    let metadata = wire::metadata::client(input.client_metadata);
    let mut turn = Turn::asked_by(app, origin).with_metadata(metadata);
    loop {
        let now = app.clock.now();
        let bearer = Bearer::find(app, &input.access_token, now).await?;
        let (borne, pool) = (bearer.borne(app), bearer.pool());
        let changed = update_user_attributes::admit(&borne, &given, now)?;
        let holders = app.store.read_holders(pool, changed.names_wanted(), None).await;
        let Some(holders) = turn.unless_conflict(holders).await? else { continue };
        let (keys, rules, client) = (borne.digest_keys, borne.pool, Some(&borne.client.id));
        let verdict =
            update_user_attributes::update(keys, rules, client, &changed, &holders.users, &codes, now);
        let expects = [bearer.expects.clone(), holders.expects].concat();
        if let Some(sent) = turn.carry_out(pool, expects, verdict, now).await? {
            return Ok(wire::user::updated(&sent)?);
        }
    }
}
