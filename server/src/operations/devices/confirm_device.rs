//! Handles ConfirmDevice: starts to track the device on which the user signed in.
//!
//! The rules are in [`lido_domain::flow::devices`].

use lido_cognito_idp::operations::{ConfirmDeviceInput, ConfirmDeviceOutput};
use lido_domain::flow::devices::DeviceConfirmation;

use crate::{
    operations::{Failure, RequestContext},
    store::RelatedRecord,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ConfirmDeviceInput,
) -> Result<ConfirmDeviceOutput, Failure> {
    let app = request.app();
    let name = input.device_name.map(|name| name.into_inner());
    let key = input.device_key.as_str();
    let asks_user = request
        .transact(async |tx| {
            let related = vec![RelatedRecord::Device(Some(key.to_owned()))];
            let bearer = tx.get_bearer(&input.access_token, related).await?;
            let policy = bearer.pool_rules().get_device_policy()?;
            let (pool_id, sub) = (bearer.pool_id(), &bearer.user.sub);
            let before = bearer.loaded.device.as_ref().and_then(|(_, device)| device.as_ref());
            let confirming = DeviceConfirmation { key, issued: bearer.device_key(), before };
            confirming.check()?;
            let verifier = wire::device::read_verifier(input.device_secret_verifier_config.as_ref())?;
            let verifier = app.keys.seal_device_verifier(pool_id, sub, key, &verifier)?;
            Ok(confirming.confirm(policy, sub, name.clone(), verifier, tx.now()))
        })
        .await?;
    Ok(ConfirmDeviceOutput { user_confirmation_necessary: Some(asks_user) })
}
