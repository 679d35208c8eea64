//! `request.userAttributes`: the attributes of a user in events, with every value as text.
//!
//! *Chosen*: the order is `sub`, the members that the service adds, and the attributes by name in descending order, as
//! in cog-0036 and cog-0140. Other recorded events have other orders, and functions do not depend on it.

use lido_domain::{
    attribute::{Attributes, contact::ContactKind},
    pool::{Pool, SignInNames, alias::NameKind},
    user::User,
};
use serde_json::{Map, Value};

/// Returns the attributes of an existing user.
pub(super) fn of_user(pool: &Pool, user: &User) -> Value {
    let mut shown = Map::new();
    shown.insert("sub".to_owned(), user.sub.as_str().into());
    if let SignInNames::Aliases(kinds) = &pool.names {
        let aliases = [
            (NameKind::Email, ContactKind::Email, "cognito:email_alias"),
            (NameKind::PhoneNumber, ContactKind::PhoneNumber, "cognito:phone_number_alias"),
        ];
        for (_, contact, name) in aliases.into_iter().filter(|(kind, _, _)| kinds.contains(kind)) {
            // Also if the contact is not verified (*Observed*, cog-0036).
            if let Some(contact) = user.attributes.contact(contact) {
                shown.insert(name.to_owned(), contact.value.into());
            }
        }
    }
    shown.insert("cognito:user_status".to_owned(), user.status.as_str().into());
    insert(&mut shown, &user.attributes, |_| true);
    Value::Object(shown)
}

/// Returns the attributes of a user that signs up: without a `sub`, and without the attributes for verified contacts
/// (*Observed*, cog-0140).
pub(super) fn of_new_user(attributes: &Attributes) -> Value {
    let flags = [ContactKind::Email.verified_attribute(), ContactKind::PhoneNumber.verified_attribute()];
    let mut shown = Map::new();
    insert(&mut shown, attributes, |name| !flags.contains(&name));
    Value::Object(shown)
}

/// Returns the attributes of a user that an administrator creates, including those for verified contacts.
pub(super) fn of_invited(attributes: &Attributes) -> Value {
    let mut shown = Map::new();
    insert(&mut shown, attributes, |_| true);
    Value::Object(shown)
}

fn insert(shown: &mut Map<String, Value>, attributes: &Attributes, is_shown: impl Fn(&str) -> bool) {
    let attributes: Vec<_> = attributes.iter().filter(|(name, _)| is_shown(name)).collect();
    for (name, value) in attributes.into_iter().rev() {
        shown.insert(name.to_owned(), value.into());
    }
}
