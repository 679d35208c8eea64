//! Handles GetUserAttributeVerificationCode: sends a code that verifies an email address or a phone number.
//!
//! The rules are in [`lido_domain::flow::account::get_user_attribute_verification_code`].

use lido_cognito_idp::operations::{
    GetUserAttributeVerificationCodeInput, GetUserAttributeVerificationCodeOutput,
};
use lido_domain::{
    code::Purpose, flow::account::get_user_attribute_verification_code, user::attempt::AttemptKind,
};

use crate::{
    operations::{Failure, RequestContext},
    store::RelatedRecord,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: GetUserAttributeVerificationCodeInput,
) -> Result<GetUserAttributeVerificationCodeOutput, Failure> {
    let app = request.app();
    let code = app.new_code()?;
    let kind = get_user_attribute_verification_code::check_attribute(&input.attribute_name);
    let request = request.with_metadata(wire::metadata::read_client_metadata(input.client_metadata));
    let to = request
        .transact(async |tx| {
            let mut related = vec![RelatedRecord::Attempts(AttemptKind::GetUserAttributeVerificationCode)];
            related.extend(kind.as_ref().ok().map(|kind| RelatedRecord::Code(Purpose::verifying(*kind))));
            let bearer = tx.get_bearer(&input.access_token, related).await?;
            let (kind, found) = (kind.clone()?, bearer.loaded.found());
            Ok(get_user_attribute_verification_code::send(&bearer.bearer(), kind, &found, &code, tx.now()))
        })
        .await?;
    let delivery = wire::user::to_code_delivery_details(&to)?;
    Ok(GetUserAttributeVerificationCodeOutput { code_delivery_details: Some(delivery) })
}
