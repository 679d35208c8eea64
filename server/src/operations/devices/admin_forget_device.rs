//! AdminForgetDevice. The rules are [`lido_domain::flow::devices`]'s.

use lido_cognito_idp::operations::{AdminForgetDeviceInput, AdminForgetDeviceOutput};
use lido_domain::{flow::devices as rule, id::PoolId};

use super::device;
use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::UserRef},
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: AdminForgetDeviceInput,
) -> Result<AdminForgetDeviceOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.as_str());
    let user = UserRef::Name { pool: &pool, username: &input.username };
    device::change(app, origin, user, &input.device_key, |device, _| rule::forget(device)).await?;
    Ok(AdminForgetDeviceOutput::default())
}
