//! AdminGetDevice.

use lido_cognito_idp::operations::{AdminGetDeviceInput, AdminGetDeviceOutput};
use lido_domain::id::PoolId;

use super::owner::Owner;
use crate::{
    app::App,
    operations::{Origin, failure::Failure},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AdminGetDeviceInput,
) -> Result<AdminGetDeviceOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.as_str());
    let owner = Owner::Named { pool: &pool, username: &input.username };
    let device = owner.get(app, &input.device_key).await?;
    Ok(AdminGetDeviceOutput::new(wire::device::told(&device)?))
}
