//! VerifyUserAttribute. The rules are [`lido_domain::flow::account::verify_user_attribute`]'s.

use lido_cognito_idp::operations::{VerifyUserAttributeInput, VerifyUserAttributeOutput};
use lido_domain::{
    code::Purpose,
    flow::account::{attribute_verification_code::check_attribute, verify_user_attribute},
    user::attempt::Act,
};

use crate::{
    app::App,
    operations::{Origin, bearer::Bearer, failure::Failure, turn::Turn},
    store::Beside,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: VerifyUserAttributeInput,
) -> Result<VerifyUserAttributeOutput, Failure> {
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let bearer = Bearer::find(app, &input.access_token, now).await?;
        let kind = check_attribute(&input.attribute_name)?;
        let beside = vec![Beside::Code(Purpose::verifying(kind)), Beside::Attempts(Act::VerifyUserAttribute)];
        let reading = bearer.read_beside(app, beside).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let (borne, found) = (bearer.borne(app), reading.found());
        let changed = verify_user_attribute::wanted(&borne, &found, now);
        let wanted = changed.as_ref().map(|changed| changed.names_wanted()).unwrap_or_default();
        let holders = app.store.read_holders(bearer.pool(), wanted, None).await;
        let Some(holders) = turn.unless_conflict(holders).await? else { continue };
        let (changed, others) = (changed.as_ref(), &holders.users);
        let verdict = verify_user_attribute::verify(&borne, kind, &input.code, &found, changed, others, now);
        let expects = [bearer.expects.clone(), reading.expects.clone(), holders.expects.clone()].concat();
        if turn.carry_out(bearer.pool(), expects, verdict, now).await?.is_some() {
            return Ok(VerifyUserAttributeOutput {});
        }
    }
}
