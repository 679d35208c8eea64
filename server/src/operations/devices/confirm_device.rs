//! ConfirmDevice. The rules are [`lido_domain::flow::devices`]'s.

use lido_cognito_idp::operations::{ConfirmDeviceInput, ConfirmDeviceOutput};
use lido_domain::flow::devices::Confirming;

use crate::{
    app::App,
    operations::{Origin, bearer::Bearer, failure::Failure, turn::Turn},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: ConfirmDeviceInput,
) -> Result<ConfirmDeviceOutput, Failure> {
    let name = input.device_name.map(|name| name.into_inner());
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let bearer = Bearer::find(app, &input.access_token, now).await?;
        let policy = bearer.caller.pool.pool.get_device_policy()?;
        let (pool, sub, key) = (bearer.pool(), &bearer.user.sub, input.device_key.as_str());
        let read = app.store.read_device(pool, sub, key).await?;
        let issued = bearer.device_key.as_deref();
        let confirming = Confirming { key, issued, before: read.value.as_ref() };
        confirming.check()?;
        let verifier = wire::device::verifier(input.device_secret_verifier_config.as_ref())?;
        let verifier = app.keys.seal_device_verifier(pool, sub, key, &verifier)?;
        let verdict = confirming.confirm(policy, sub, name.clone(), verifier, now);
        let expects = [bearer.expects.clone(), read.expects.clone()].concat();
        if let Some(is_asked) = turn.carry_out(pool, expects, verdict, now).await? {
            return Ok(ConfirmDeviceOutput { user_confirmation_necessary: Some(is_asked) });
        }
    }
}
