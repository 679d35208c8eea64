//! Whoever sets an authenticator app up with the session of MFA_SETUP: the requests name neither pool nor app client, so
//! the session says which.

use lido_domain::{
    Refusal, Timestamp,
    flow::{
        Caller,
        sign_in::{Fresh, Step},
    },
    pool::alias::Candidates,
    sign_in::session,
};

use crate::{
    app::App,
    operations::{calling::Calling, failure::Failure, sign_in::work, turn::Turn},
    store::{Entering, Expect},
};

/// A session that came alone, and what it leads to.
#[derive(Debug)]
pub(super) struct Enrolling<'a> {
    calling: Calling<'a>,
    entering: Entering,
    fresh: &'a Fresh,
    now: Timestamp,
}

impl<'a> Enrolling<'a> {
    /// What is random in a request.
    pub(super) fn fresh(app: &App) -> Result<Fresh, Failure> {
        Ok(work::fresh(app)?)
    }

    /// Finds the app client, the session and whose it is, or refuses the session; nothing, if somebody was quicker.
    pub(super) async fn find(
        app: &'a App,
        turn: &mut Turn<'_>,
        handle: &str,
        fresh: &'a Fresh,
        now: Timestamp,
    ) -> Result<Option<Self>, Failure> {
        let client = session::client_named(handle).ok_or(Refusal::SessionInvalid)?;
        if app.store.find_caller(&client).await?.is_none() {
            return Err(Refusal::SessionInvalid.into());
        }
        let calling = Calling::find(app, &client).await?;
        let pool = &calling.caller(None).pool.id;
        let places = session::keys_of(app.keys.digests(), pool, handle);
        let read = app.store.read_session(pool, &places).await;
        let Some(read) = turn.unless_conflict(read).await? else { return Ok(None) };
        let (_, session) = read.ok_or(Refusal::SessionInvalid)?.value;
        let candidates = Candidates { sub: session.of.clone(), names: Vec::new() };
        let entering = app.store.read_entering(pool, candidates, session.of, &places).await;
        let Some(entering) = turn.unless_conflict(entering).await? else { return Ok(None) };
        Ok(Some(Self { calling, entering, fresh, now }))
    }

    /// As the rules see it.
    pub(super) fn step(&self) -> Step<'_> {
        Step {
            caller: self.caller(),
            typed: self.entering.session.as_ref().map_or("", |(_, session)| session.of.as_str()),
            found: self.entering.found(),
            presented: self.entering.presented(),
            device: None,
            fresh: self.fresh,
            // Whoever sets a second factor up has shown the first.
            relying_party: None,
            now: self.now,
        }
    }

    /// The app client.
    pub(super) fn caller(&self) -> Caller<'_> {
        self.calling.caller(None)
    }

    /// What a commit based on this expects.
    pub(super) fn expects(&self) -> Vec<Expect> {
        [self.calling.read.expects.clone(), self.entering.expects.clone()].concat()
    }
}
