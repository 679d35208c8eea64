//! `request.userAttributes`: a user as events show it, every value a text.
//!
//! *Chosen*: `sub` first, then what the service adds, then the attributes from the last name to the first. The order
//! means nothing; recordings show several, and this one is that of cog-0036 and cog-0140.

use lido_domain::{
    attribute::{Attributes, contact::ContactKind},
    pool::{Pool, SignInNames, alias::NameKind},
    user::User,
};
use serde_json::{Map, Value};

/// The attributes of a user who is there.
pub(super) fn of_user(pool: &Pool, user: &User) -> Value {
    let mut shown = Map::new();
    shown.insert("sub".to_owned(), user.sub.as_str().into());
    if let SignInNames::Aliases(kinds) = &pool.names {
        let aliases = [
            (NameKind::Email, ContactKind::Email, "cognito:email_alias"),
            (NameKind::PhoneNumber, ContactKind::PhoneNumber, "cognito:phone_number_alias"),
        ];
        for (_, contact, name) in aliases.into_iter().filter(|(kind, _, _)| kinds.contains(kind)) {
            // Whether it was verified does not matter (*Observed*, cog-0036).
            if let Some(contact) = user.attributes.contact(contact) {
                shown.insert(name.to_owned(), contact.value.into());
            }
        }
    }
    shown.insert("cognito:user_status".to_owned(), user.status.as_str().into());
    insert(&mut shown, &user.attributes, |_| true);
    Value::Object(shown)
}

/// The attributes of somebody who signs up: there is no `sub` yet, and what is verified was not asked (*Observed*,
/// cog-0140).
pub(super) fn of_newcomer(attributes: &Attributes) -> Value {
    let flags = [ContactKind::Email.verified_attribute(), ContactKind::PhoneNumber.verified_attribute()];
    let mut shown = Map::new();
    insert(&mut shown, attributes, |name| !flags.contains(&name));
    Value::Object(shown)
}

/// The attributes of somebody whom an administrator creates, who may say what is verified.
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
