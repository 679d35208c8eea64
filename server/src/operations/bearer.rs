//! Who bears an access token: the user of every operation that a token authorizes.

use lido_domain::{Refusal, Timestamp, flow::bearer, id::PoolId, pool::alias::Candidates, user::User};

use super::failure::Failure;
use crate::{
    app::App,
    store::{Beside, Caller, Expect, StoreError, UserQuery, UserReading},
    tokens::Tokens,
};

/// The user who bears a token, and the app client that it was issued through.
#[derive(Debug)]
pub(super) struct Bearer {
    /// The app client and its pool.
    pub(super) caller: Caller,
    /// The user.
    pub(super) user: User,
    /// The key of the device that signed in, where the pool remembers devices.
    pub(super) device_key: Option<String>,
    /// What a commit based on this expects.
    pub(super) expects: Vec<Expect>,
}

impl Bearer {
    /// Verifies the token and finds whose it is, or refuses.
    pub(super) async fn find(app: &App, token: &str, now: Timestamp) -> Result<Self, Failure> {
        let client = Tokens::peek(token)?;
        // A client that is gone signs nothing: whatever names it is made up, or was issued long ago.
        let read = app.store.find_caller(&client).await?.ok_or(Refusal::AccessTokenForged)?;
        let pool = &read.value.pool.pool.id;
        let token = app.tokens.of_pool(pool).await?.verify(token)?;
        let bearing = app.store.read_bearing(pool, &token.sub, &token.grant).await?;
        let user = bearer::check(&token, bearing.grant.as_ref(), bearing.user.as_ref(), now)?.clone();
        let expects = [read.expects, bearing.expects].concat();
        let device_key = bearing.grant.and_then(|grant| grant.device_key);
        Ok(Self { caller: read.value, user, device_key, expects })
    }

    /// As the rules see it.
    pub(super) fn borne<'a>(&'a self, app: &'a App) -> bearer::Bearer<'a> {
        bearer::Bearer {
            pool: &self.caller.pool.pool,
            client: &self.caller.client.client,
            user: &self.user,
            digest_keys: app.keys.digests(),
        }
    }

    /// What lies beside the user.
    pub(super) async fn read_beside(
        &self,
        app: &App,
        beside: Vec<Beside>,
    ) -> Result<UserReading, StoreError> {
        let candidates = Candidates { sub: self.user.sub.clone(), names: Vec::new() };
        app.store.read_user(self.pool(), &UserQuery { candidates, beside, otherwise: None }).await
    }

    /// The pool.
    pub(super) fn pool(&self) -> &PoolId {
        &self.caller.pool.pool.id
    }
}
