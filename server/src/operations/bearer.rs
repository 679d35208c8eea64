//! The user who bears an access token, as every operation that a token authorizes has it; see [`super::transact::Tx::bearer`].

use lido_domain::{flow::bearer, id::PoolId, pool::Pool, user::User};

use super::client::LoadedClient;
use crate::{app::App, store::UserReading};

/// The user who bears a token, and the app client that it was issued through.
#[derive(Debug)]
pub(super) struct TokenBearer<'a> {
    pub(super) app: &'a App,
    /// The app client and its pool.
    pub(super) client: LoadedClient,
    /// The user.
    pub(super) user: User,
    /// What was found beside the user; the user and the grant are there.
    pub(super) found: UserReading,
}

impl TokenBearer<'_> {
    /// As flows are handed it.
    pub(super) fn bearer(&self) -> bearer::Bearer<'_> {
        bearer::Bearer {
            pool: self.client.pool(),
            client: self.client.rules(),
            user: &self.user,
            digest_keys: self.app.keys.digests(),
        }
    }

    /// The id of the pool.
    pub(super) fn pool_id(&self) -> &PoolId {
        self.client.pool_id()
    }

    /// What decides of the pool.
    pub(super) fn pool(&self) -> &Pool {
        self.client.pool()
    }

    /// The key of the device that signed in, where the pool remembers devices.
    pub(super) fn device_key(&self) -> Option<&str> {
        self.found.grant.as_ref().and_then(|grant| grant.device_key.as_deref())
    }
}
