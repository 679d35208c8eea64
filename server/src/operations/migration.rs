//! Taking over a user of another directory. The rules are [`lido_domain::flow::users::migrate_user`]'s.
//!
//! Operations that meet a name which leads to no user call [`migrate`] once a request, and start over if it has made a
//! user: it is a unit of work of its own.

use lido_domain::{
    Refusal,
    flow::users::migrate_user,
    id::{ClientId, Sub},
};

use super::{client::LoadedClient, failure::Failure, password::DerivedPassword, transact::RequestContext};
use crate::{triggers::Unknown, wire::lambda_config};

/// Asks the pool's function about the typed name, and creates the user that it describes. Returns whether there is one now.
///
/// The function has looked at the password itself, so that the user gets it as credential. An app client that hides users
/// is not told that there is none (*Documented*: it sees a simulated answer); others are told that the migration failed. What
/// a function throws is told to every client (reported).
pub(super) async fn migrate(
    request: &RequestContext<'_>,
    id: &ClientId,
    typed: &str,
    unknown: Unknown<'_>,
) -> Result<bool, Failure> {
    let app = request.app();
    let client = request.begin().client(id).await?;
    if lambda_config::user_migration(&client.pool).is_none() {
        return Ok(false);
    }
    let asked = app.triggers.user_migration(client.context(request.cause()), typed, unknown).await?;
    let Some(migrating) = asked else { return not_migrated(&client) };
    let sub = Sub::generate(&app.entropy.bytes()?);
    let derived = DerivedPassword::default();
    let created = request
        .without_event()
        .transact(async |tx| {
            let client = tx.client(id).await?;
            let pool = client.pool();
            let admitted = migrate_user::admit(pool, typed, &migrating, sub.clone())?;
            let credential = match unknown {
                Unknown::SigningIn { password, .. } => {
                    Some(derived.seal(app, &pool.id, &sub, &admitted.username, password).await?)
                }
                Unknown::ForgotPassword => None,
            };
            let names = migrate_user::names_wanted(pool, &admitted);
            let holders = tx.find_holders(&pool.id, &names, Some(&Sub::new(typed))).await?;
            Ok(migrate_user::create(pool, &migrating, &admitted, &holders, credential, tx.now()))
        })
        .await;
    match created {
        // Where another request was quicker, the name leads to a user by now.
        Ok(()) | Err(Failure::Refused(Refusal::NameTaken(_))) => Ok(true),
        Err(Failure::Refused(refusal @ (Refusal::UnknownClient(_) | Refusal::UnknownPool(_)))) => {
            Err(refusal.into())
        }
        Err(Failure::Refused(refusal)) => {
            let pool = client.pool_id().as_str();
            tracing::warn!(pool, ?refusal, "UserMigration described a user who cannot be one here");
            not_migrated(&client)
        }
        Err(failure) => Err(failure),
    }
}

fn not_migrated(client: &LoadedClient) -> Result<bool, Failure> {
    let client = client.rules();
    if client.hides_users { Ok(false) } else { Err(Refusal::MigrationFailed(client.id.clone()).into()) }
}
