//! What users did, as it is listed; see [`lido_domain::user::auth_event`].

use lido_domain::{
    id::{PoolId, Sub},
    user::auth_event::AuthEvent,
};

use super::{Key, Kind, Record, Store, StoreError};

impl Store {
    /// The events of a user, the newest first, after the one `after`.
    pub async fn list_auth_events(
        &self,
        pool: &PoolId,
        of: &Sub,
        after: Option<&AuthEventPlace>,
        limit: usize,
    ) -> Result<Vec<AuthEvent>, StoreError> {
        let prefix = format!("{of} ");
        let begin = format!("{prefix}{}", after.map(|after| after.0.as_str()).unwrap_or_default());
        let listed = self.backend().list(pool, Kind::AuthEvent, Some(&begin), limit).await?;
        let own = listed.into_iter().take_while(|stored| stored.key.id().starts_with(&prefix));
        own.map(|stored| match stored.record {
            Record::AuthEvent(event) => Ok(event),
            other => Err(StoreError::Corrupt(format!("a {:?} lies in place of an event", other.kind()))),
        })
        .collect()
    }
}

/// Where an event lies among those of its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthEventPlace(String);

impl AuthEventPlace {
    /// The place of `event`.
    pub fn of(of: &Sub, event: &AuthEvent) -> Self {
        let key = Key::auth_event(of, event);
        Self(key.id().strip_prefix(&format!("{of} ")).unwrap_or_default().to_owned())
    }

    /// The place that [`AuthEventPlace::as_str`] wrote.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As text, for a token.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
