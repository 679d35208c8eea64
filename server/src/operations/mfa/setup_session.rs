//! The setup of a software token with the session of an MFA_SETUP challenge.
//!
//! The requests contain neither pool nor app client, so both are read from the session.

use lido_domain::{
    Refusal, Timestamp,
    flow::sign_in::{FreshValues, Step},
    sign_in::session,
};

use crate::{
    app::App,
    operations::{client::LoadedClient, failure::Failure, transact::Tx},
    store::{RelatedRecord, UserQuery, UserRecords, UserSelector},
};

/// A session, with its app client and its user.
#[derive(Debug)]
pub(super) struct SetupSession<'a> {
    client: LoadedClient,
    loaded: UserRecords,
    fresh: &'a FreshValues,
    now: Timestamp,
}

impl<'a> SetupSession<'a> {
    /// Reads the app client, the session and its user.
    ///
    /// # Errors
    /// `SessionInvalid`.
    pub(super) async fn load(
        app: &App,
        tx: &Tx<'_>,
        handle: &str,
        fresh: &'a FreshValues,
    ) -> Result<Self, Failure> {
        let client = session::parse_client_id(handle).ok_or(Refusal::SessionInvalid)?;
        let read = tx.find_client(&client).await?.ok_or(Refusal::SessionInvalid)?;
        let client = LoadedClient::open(app, read)?;
        let query = UserQuery {
            subject: UserSelector::Session,
            related: vec![RelatedRecord::Failures],
            fallback: None,
            sessions: session::keys_of(app.keys.digests(), client.pool_id(), handle),
        };
        let loaded = tx.find_user(client.pool_id(), query).await?;
        if loaded.session.is_none() {
            return Err(Refusal::SessionInvalid.into());
        }
        Ok(Self { client, loaded, fresh, now: tx.now() })
    }

    /// Converts this to the step of the domain's flows.
    pub(super) fn step(&self) -> Step<'_> {
        Step {
            caller: self.client.caller(None),
            typed: self.loaded.session.as_ref().map_or("", |(_, session)| session.of.as_str()),
            found: self.loaded.found_to_sign_in(),
            presented: self.loaded.presented(),
            device: None,
            fresh: self.fresh,
            // A user that sets up a second factor has presented the first one.
            relying_party: None,
            authorizing: None,
            now: self.now,
        }
    }
}
