//! Migration of users from another directory by the UserMigration trigger.
//!
//! An operation that does not find its user calls [`migrate`], once per request, and repeats its attempt if that has
//! created the user: the migration is a unit of work of its own. The rules are in
//! [`lido_domain::flow::users::migrate_user`].

use lido_domain::{Refusal, flow::users::migrate_user, id::Sub};

use super::{client::LoadedClient, failure::Failure, password::DerivedPassword, transact::RequestContext};
use crate::{triggers::UnknownUser, wire::lambda_config};

/// Invokes UserMigration with the name `typed` and creates the user that its reply describes. Returns whether the user
/// exists now. Without such a function it does nothing, not even a read, whose time would tell that there is no user.
///
/// The function has verified the password itself, so the user gets the password of the request.
///
/// # Errors
/// `MigrationFailed` if there is no user, unless the app client hides whether users exist (*Documented*: it gets a
/// simulated response). An error of the function, for every app client (reported).
pub(super) async fn migrate(
    request: &RequestContext<'_>,
    client: &LoadedClient,
    typed: &str,
    unknown: UnknownUser<'_>,
) -> Result<bool, Failure> {
    let app = request.app();
    if lambda_config::user_migration(&client.pool).is_none() {
        return Ok(false);
    }
    let context = client.event_context(request.info());
    let reply = app.triggers.user_migration(context, typed, unknown).await?;
    let Some(migrating) = reply else { return not_migrated(client) };
    let sub = Sub::generate(&app.entropy.bytes()?);
    let derived = DerivedPassword::default();
    let created = request
        .without_event()
        .transact(async |tx| {
            let client = tx.get_client(&client.client_rules().id).await?;
            let rules = client.pool_rules();
            let admitted = migrate_user::admit(rules, typed, &migrating, sub.clone())?;
            let credential = match unknown {
                UnknownUser::SigningIn { password, .. } => {
                    Some(derived.seal(app, &rules.id, &sub, &admitted.username, password).await?)
                }
                UnknownUser::ForgotPassword => None,
            };
            let names = migrate_user::names_to_reserve(rules, &admitted);
            let holders = tx.find_holders(&rules.id, &names, Some(&Sub::new(typed))).await?;
            Ok(migrate_user::create(rules, &migrating, &admitted, &holders, credential, tx.now()))
        })
        .await;
    match created {
        // If another request took the name meanwhile, the user exists now.
        Ok(()) | Err(Failure::Refused(Refusal::NameTaken(_))) => Ok(true),
        Err(Failure::Refused(refusal @ (Refusal::UnknownClient(_) | Refusal::UnknownPool(_)))) => {
            Err(refusal.into())
        }
        Err(Failure::Refused(refusal)) => {
            let pool = client.pool_id().as_str();
            tracing::warn!(pool, ?refusal, "the user that UserMigration returned was refused");
            not_migrated(client)
        }
        Err(failure) => Err(failure),
    }
}

/// Returns `false` if the app client hides whether users exist, else `MigrationFailed`.
fn not_migrated(client: &LoadedClient) -> Result<bool, Failure> {
    let client = client.client_rules();
    if client.hides_users { Ok(false) } else { Err(Refusal::MigrationFailed(client.id.clone()).into()) }
}
