//! The user of sign-in events, who may not exist if the app client prevents user existence errors.

use lido_domain::{id::Username, user::User};
use serde_json::{Map, Value, json};

use super::{EventContext, attributes, event::Event};

/// The user that signs in.
#[derive(Clone, Copy, Debug)]
pub struct SignInUser<'a> {
    /// The username, or the name that was sent if no user has it.
    pub username: &'a Username,
    /// The user, if it exists.
    pub user: Option<&'a User>,
    /// Whether the app client prevents user existence errors.
    pub hides_users: bool,
}

impl SignInUser<'_> {
    /// Returns an event about the user. `request` has the other members of the event's request.
    ///
    /// The member `userNotFound` exists only if the app client prevents user existence errors (*Documented*: it "is
    /// populated when PreventUserExistenceErrors is set to ENABLED").
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
