//! Setting an authenticator app up with the session of MFA_SETUP: the requests name neither pool nor app client, so the
//! session says which.

use lido_domain::{
    Refusal, Timestamp,
    flow::sign_in::{Fresh, Step},
    sign_in::session,
};

use crate::{
    app::App,
    operations::{client::LoadedClient, failure::Failure, transact::Tx},
    store::{Beside, Subject, UserQuery, UserReading},
};

/// A session that came alone, and what it leads to.
#[derive(Debug)]
pub(super) struct Enrolling<'a> {
    client: LoadedClient,
    found: UserReading,
    fresh: &'a Fresh,
    now: Timestamp,
}

impl<'a> Enrolling<'a> {
    /// Finds the app client, the session and its user, or refuses the session.
    pub(super) async fn find(
        app: &App,
        tx: &Tx<'_>,
        handle: &str,
        fresh: &'a Fresh,
    ) -> Result<Self, Failure> {
        let client = session::client_named(handle).ok_or(Refusal::SessionInvalid)?;
        let read = tx.find_client(&client).await?.ok_or(Refusal::SessionInvalid)?;
        let client = LoadedClient::open(app, read)?;
        let query = UserQuery {
            subject: Subject::Session,
            beside: vec![Beside::Failures],
            otherwise: None,
            sessions: session::keys_of(app.keys.digests(), client.pool_id(), handle),
        };
        let found = tx.find_user(client.pool_id(), query).await?;
        if found.session.is_none() {
            return Err(Refusal::SessionInvalid.into());
        }
        Ok(Self { client, found, fresh, now: tx.now() })
    }

    /// As the rules are handed it.
    pub(super) fn step(&self) -> Step<'_> {
        Step {
            caller: self.client.caller(None),
            typed: self.found.session.as_ref().map_or("", |(_, session)| session.of.as_str()),
            found: self.found.found_to_sign_in(),
            presented: self.found.presented(),
            device: None,
            fresh: self.fresh,
            // A user who sets a second factor up has shown the first.
            relying_party: None,
            now: self.now,
        }
    }
}
