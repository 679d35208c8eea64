//! Taking over a user of another directory. The rules are [`lido_domain::flow::users::migrate_user`]'s.
//!
//! Operations that meet a name which leads nowhere call [`migrate`] once, and begin again if it has made a user.

use lido_domain::{
    Refusal,
    flow::users::migrate_user,
    id::{ClientId, Sub},
};

use super::{calling::Calling, failure::Failure, password::Derived, turn::Turn};
use crate::{app::App, triggers::Unknown, wire::lambda_config};

/// Asks the pool's function who it is that typed this name, and makes the user in one commit. Whether there is one now.
///
/// The function has looked at the password itself, so that whoever it knows is sealed in with it. An app client that
/// hides who exists is not told of nobody (*Documented*: it sees a simulated answer); others are told that the
/// migration failed. What a function throws is told to every client (reported).
pub(super) async fn migrate(
    app: &App,
    turn: &mut Turn<'_>,
    client: &ClientId,
    typed: &str,
    unknown: Unknown<'_>,
) -> Result<bool, Failure> {
    let calling = Calling::find(app, client).await?;
    if lambda_config::user_migration(&calling.read.value.pool).is_none() {
        return Ok(false);
    }
    let asked = app.triggers.user_migration(calling.context(turn.cause()), typed, unknown).await?;
    let Some(migrating) = asked else { return nobody(&calling) };
    // Once a request, however often it decides.
    let sub = Sub::generate(&app.entropy.bytes()?);
    let mut derived = Derived::default();
    loop {
        let now = app.clock.now();
        let calling = Calling::find(app, client).await?;
        let rules = &calling.read.value.pool.pool;
        let admitted = match migrate_user::admit(rules, typed, &migrating, sub.clone()) {
            Ok(admitted) => admitted,
            Err(refusal) => return refused(&calling, &refusal),
        };
        let credential = match unknown {
            Unknown::SigningIn { password, .. } => {
                Some(derived.seal(app, &rules.id, &sub, &admitted.username, password).await?)
            }
            Unknown::ForgotPassword => None,
        };
        let names = migrate_user::names_wanted(rules, &admitted);
        let as_sub = Sub::new(typed);
        let holders = app.store.read_holders(&rules.id, &names, Some(&as_sub)).await;
        let Some(holders) = turn.unless_conflict(holders).await? else { continue };
        let verdict = migrate_user::create(rules, &migrating, &admitted, &holders.users, credential, now);
        match &verdict.answer {
            Ok(()) => {}
            // Somebody was quicker, and the name leads somewhere now.
            Err(Refusal::NameTaken(_)) => return Ok(true),
            Err(refusal) => return refused(&calling, refusal),
        }
        let expects = [calling.read.expects.clone(), holders.expects].concat();
        if turn.carry_out(&rules.id, expects, verdict, now).await?.is_some() {
            return Ok(true);
        }
    }
}

/// The function made a user who cannot be one.
fn refused(calling: &Calling<'_>, refusal: &Refusal) -> Result<bool, Failure> {
    let pool = calling.read.value.pool.pool.id.as_str();
    tracing::warn!(pool, ?refusal, "UserMigration told of a user who cannot be one here");
    nobody(calling)
}

fn nobody(calling: &Calling<'_>) -> Result<bool, Failure> {
    let client = &calling.read.value.client.client;
    if client.hides_users { Ok(false) } else { Err(Refusal::MigrationFailed(client.id.clone()).into()) }
}
