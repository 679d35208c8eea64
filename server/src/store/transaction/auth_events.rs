//! The typed reads of authentication events.

use lido_domain::{
    id::{PoolId, Sub},
    user::auth_event::AuthEvent,
};

use super::{Transaction, reads::list, rows::event_of};
use crate::store::{Key, Kind, StoreError};

/// The position of an event in the list of its user's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthEventCursor(String);

impl AuthEventCursor {
    /// Returns the position of `event`.
    pub fn of(of: &Sub, event: &AuthEvent) -> Self {
        let key = Key::auth_event(of, event);
        Self(key.id().strip_prefix(&format!("{of} ")).unwrap_or_default().to_owned())
    }

    /// Returns the position that [`AuthEventCursor::as_str`] returned.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the position as text, for a pagination token.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Transaction {
    /// Returns the authentication events of a user, the newest first, after `after`.
    pub async fn list_auth_events(
        &self,
        pool: &PoolId,
        of: &Sub,
        after: Option<&AuthEventCursor>,
        limit: usize,
    ) -> Result<Vec<AuthEvent>, StoreError> {
        let lookup = list(Kind::AuthEvent, format!("{of} "), after.map(AuthEventCursor::as_str), limit);
        self.list(pool, lookup).await?.into_iter().map(event_of).collect()
    }
}
