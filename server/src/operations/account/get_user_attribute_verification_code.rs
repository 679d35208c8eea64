//! GetUserAttributeVerificationCode. The rules are [`lido_domain::flow::account::attribute_verification_code`]'s.

use lido_cognito_idp::operations::{
    GetUserAttributeVerificationCodeInput, GetUserAttributeVerificationCodeOutput,
};
use lido_domain::{code::Purpose, flow::account::attribute_verification_code, user::attempt::Act};

use crate::{
    app::App,
    operations::{Origin, bearer::Bearer, failure::Failure, turn::Turn},
    store::Beside,
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: GetUserAttributeVerificationCodeInput,
) -> Result<GetUserAttributeVerificationCodeOutput, Failure> {
    // Once a request, however often it decides.
    let code = app.new_code()?;
    let metadata = wire::metadata::client(input.client_metadata);
    let mut turn = Turn::asked_by(app, origin).with_metadata(metadata);
    loop {
        let now = app.clock.now();
        let bearer = Bearer::find(app, &input.access_token, now).await?;
        let kind = attribute_verification_code::check_attribute(&input.attribute_name)?;
        let attempts = Beside::Attempts(Act::GetUserAttributeVerificationCode);
        let beside = vec![Beside::Code(Purpose::verifying(kind)), attempts];
        let reading = bearer.read_beside(app, beside).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let (borne, found) = (bearer.borne(app), reading.found());
        let verdict = attribute_verification_code::send(&borne, kind, &found, &code, now);
        let expects = [bearer.expects.clone(), reading.expects.clone()].concat();
        if let Some(to) = turn.carry_out(bearer.pool(), expects, verdict, now).await? {
            let delivery = wire::user::delivery(&to)?;
            return Ok(GetUserAttributeVerificationCodeOutput { code_delivery_details: Some(delivery) });
        }
    }
}
