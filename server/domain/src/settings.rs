//! Functions that add default values to the JSON settings of user pools and app clients.
//!
//! Settings are stored as the caller of the API sent them: an object with the members of CreateUserPool or
//! CreateUserPoolClient. The defaults themselves are in [`crate::pool::defaults`] and [`crate::client::defaults`].

use serde_json::Value;

/// Adds the members of `defaults` that `object` lacks. Nested objects are filled in the same way.
pub(crate) fn fill(object: &mut Value, defaults: Value) {
    let (Value::Object(members), Value::Object(defaults)) = (object, defaults) else { return };
    for (name, default) in defaults {
        match members.get_mut(&name) {
            Some(member) => fill(member, default),
            None => {
                members.insert(name, default);
            }
        }
    }
}

/// Sets the member `name` of the object at a JSON pointer.
pub(crate) fn set(object: &mut Value, pointer: &str, name: &str, value: Value) {
    if let Some(Value::Object(members)) = object.pointer_mut(pointer) {
        members.insert(name.to_owned(), value);
    }
}

/// Removes the member `name` if it is zero.
pub(crate) fn drop_zero(object: &mut Value, name: &str) {
    if let Value::Object(members) = object
        && members.get(name).is_some_and(|number| *number == 0)
    {
        members.remove(name);
    }
}

#[cfg(test)]
/// Asserts members of settings with their defaults. A case is (settings sent, JSON pointer, expected value).
pub(crate) fn check_defaults(with_defaults: fn(&Value) -> Value, cases: &[(Value, &str, Value)]) {
    for (given, pointer, expected) in cases {
        let all = with_defaults(given);
        assert_eq!(all.pointer(pointer).unwrap_or(&Value::Null), expected, "{pointer} of {given}");
        assert_eq!(with_defaults(&all), all, "adding defaults twice changes nothing: {given}");
    }
}
