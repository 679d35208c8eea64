//! The user of an access token, as loaded by [`Tx::get_bearer`](super::transact::Tx::get_bearer).

use lido_domain::{flow::bearer, id::PoolId, pool::Pool, user::User};

use super::client::LoadedClient;
use crate::{app::App, store::UserRecords};

/// The user that an access token was issued to, and the app client that it was issued by.
#[derive(Debug)]
pub(super) struct TokenBearer<'a> {
    pub(super) app: &'a App,
    /// The app client and its pool.
    pub(super) client: LoadedClient,
    /// The user.
    pub(super) user: User,
    /// The records of the user that were read; `user` and `grant` are always `Some`.
    pub(super) loaded: UserRecords,
}

impl TokenBearer<'_> {
    /// Converts this to the bearer of the domain's flows.
    pub(super) fn bearer(&self) -> bearer::Bearer<'_> {
        bearer::Bearer {
            pool: self.client.pool_rules(),
            client: self.client.client_rules(),
            user: &self.user,
            digest_keys: self.app.keys.digests(),
        }
    }

    /// Returns the id of the pool.
    pub(super) fn pool_id(&self) -> &PoolId {
        self.client.pool_id()
    }

    /// Returns the rules of the pool.
    pub(super) fn pool_rules(&self) -> &Pool {
        self.client.pool_rules()
    }

    /// Returns the key of the device that signed in; `None` if the pool does not track devices.
    pub(super) fn device_key(&self) -> Option<&str> {
        self.loaded.grant.as_ref().and_then(|grant| grant.device_key.as_deref())
    }
}
