//! Handles VerifyUserAttribute: verifies an email address or a phone number with the code that was sent to it.
//!
//! The rules are in [`lido_domain::flow::account::verify_user_attribute`].

use lido_cognito_idp::operations::{VerifyUserAttributeInput, VerifyUserAttributeOutput};
use lido_domain::{
    code::Purpose,
    flow::account::{get_user_attribute_verification_code::check_attribute, verify_user_attribute},
    user::attempt::AttemptKind,
};

use crate::{
    operations::{Failure, RequestContext},
    store::RelatedRecord,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: VerifyUserAttributeInput,
) -> Result<VerifyUserAttributeOutput, Failure> {
    let kind = check_attribute(&input.attribute_name);
    request
        .transact(async |tx| {
            let mut related = vec![RelatedRecord::Attempts(AttemptKind::VerifyUserAttribute)];
            related.extend(kind.as_ref().ok().map(|kind| RelatedRecord::Code(Purpose::verifying(*kind))));
            let bearer = tx.get_bearer(&input.access_token, related).await?;
            let (kind, acting, found) = (kind.clone()?, bearer.bearer(), bearer.loaded.found());
            let change = verify_user_attribute::planned_change(&acting, &found, tx.now());
            let names = change.as_ref().map(|change| change.names_to_reserve()).unwrap_or_default();
            let holders = tx.find_holders(bearer.pool_id(), names, None).await?;
            let (change, now) = (change.as_ref(), tx.now());
            Ok(verify_user_attribute::verify(&acting, kind, &input.code, &found, change, &holders, now))
        })
        .await?;
    Ok(VerifyUserAttributeOutput {})
}
