//! Somebody who signs in, as events show them: a user, or nobody where the app client hides who exists.

use lido_domain::{id::Username, user::User};
use serde_json::{Map, Value, json};

use super::{EventContext, attributes, event::Event};

/// Somebody who signs in.
#[derive(Clone, Copy, Debug)]
pub struct Claimant<'a> {
    /// The username, or what nobody is called.
    pub username: &'a Username,
    /// The user, if there is one.
    pub user: Option<&'a User>,
    /// Whether the app client hides who exists.
    pub hides_users: bool,
}

impl Claimant<'_> {
    /// An event about whoever it is, with what else its request holds.
    ///
    /// Whether there is such a user is told only where the app client hides it from clients (*Documented*: the member
    /// "is populated when PreventUserExistenceErrors is set to ENABLED").
    pub(super) fn event(
        &self,
        context: EventContext<'_>,
        source: &str,
        request: Value,
        response: Value,
    ) -> Event {
        let shown = match self.user {
            Some(user) => attributes::of_user(&context.pool.pool, user),
            None => json!({}),
        };
        let mut members = Map::new();
        members.insert("userAttributes".into(), shown);
        if let Value::Object(others) = request {
            members.extend(others);
        }
        if self.hides_users {
            members.insert("userNotFound".into(), self.user.is_none().into());
        }
        context.event(source, self.username, Value::Null, Value::Object(members), response)
    }
}
