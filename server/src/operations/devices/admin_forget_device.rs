//! AdminForgetDevice. The rules are [`lido_domain::flow::devices`]'s.

use lido_cognito_idp::operations::{AdminForgetDeviceInput, AdminForgetDeviceOutput};
use lido_domain::{flow::devices, id::PoolId};

use super::owner::Owner;
use crate::{
    app::App,
    operations::{Origin, failure::Failure},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AdminForgetDeviceInput,
) -> Result<AdminForgetDeviceOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.as_str());
    let owner = Owner::Named { pool: &pool, username: &input.username };
    owner.change(app, &input.device_key, |device, _| devices::forget(device)).await?;
    Ok(AdminForgetDeviceOutput::default())
}
