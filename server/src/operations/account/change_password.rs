//! ChangePassword. The rules are [`lido_domain::flow::account::change_password`]'s.

use lido_cognito_idp::operations::{ChangePasswordInput, ChangePasswordOutput};
use lido_domain::{
    flow::account::change_password::{self, ChangePassword, New, Proof},
    secret::Secret,
    user::{attempt::Act, auth_event::EventKind},
};

use crate::{
    app::App,
    operations::{Origin, bearer::Bearer, failure::Failure, password::Derived, turn::Turn},
    store::Beside,
    wire::auth_event::Told,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: ChangePasswordInput,
) -> Result<ChangePasswordOutput, Failure> {
    let previous = input.previous_password.map(|password| Secret::new(password.into_inner()));
    let proposed = Secret::new(input.proposed_password.into_inner());
    let asked = ChangePassword { previous: previous.as_ref(), proposed: &proposed };
    let happening = origin.happening(app.entropy.uuid()?, EventKind::PasswordChange, Told::default());
    let (mut of_previous, mut of_proposed) = (Derived::default(), Derived::default());
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let bearer = Bearer::find(app, &input.access_token, now).await?;
        let beside = vec![Beside::Attempts(Act::ChangePassword), Beside::Failures];
        let reading = bearer.read_beside(app, beside).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let beside = change_password::Beside {
            attempts: reading.attempts.as_ref(),
            failures: reading.failures.as_ref(),
        };
        let (borne, pool, user) = (bearer.borne(app), bearer.pool(), &bearer.user);
        let is_right = match change_password::admit(&borne, &asked, &beside, now)? {
            Proof::Nothing => true,
            Proof::Password(given, kept) => {
                of_previous.is_one_of(app, pool, user, Vec::from_iter(kept), given).await?
            }
        };
        let new = if is_right {
            let former = change_password::credentials_to_compare(&borne);
            let is_former = of_proposed.is_one_of(app, pool, user, former, &proposed).await?;
            let credential = of_proposed.seal(app, pool, &user.sub, &user.username, &proposed).await?;
            Some(New { credential, is_former })
        } else {
            None
        };
        let verdict = change_password::change(&borne, new, &beside, now);
        let (rules, client) = (&bearer.caller.pool.pool, &bearer.caller.client.client);
        let verdict = happening.told(rules, client, Some(&user.sub), verdict, now);
        let expects = [bearer.expects.clone(), reading.expects.clone()].concat();
        if turn.carry_out(pool, expects, verdict, now).await?.is_some() {
            return Ok(ChangePasswordOutput {});
        }
    }
}
