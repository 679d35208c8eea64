//! Settings of user pools and app clients as JSON: what their defaults are added with.
//!
//! Settings are stored as the API's caller gave them: an object with the members of CreateUserPool or
//! CreateUserPoolClient. [`crate::pool::defaults`] and [`crate::client::defaults`] say which defaults there are.

use serde_json::Value;

/// Adds what the object lacks; an object in it is filled likewise.
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

/// Sets a member of the object at a JSON pointer.
pub(crate) fn set(object: &mut Value, pointer: &str, name: &str, value: Value) {
    if let Some(Value::Object(members)) = object.pointer_mut(pointer) {
        members.insert(name.to_owned(), value);
    }
}

/// Drops a member that is zero.
pub(crate) fn drop_zero(object: &mut Value, name: &str) {
    if let Value::Object(members) = object
        && members.get(name).is_some_and(|number| *number == 0)
    {
        members.remove(name);
    }
}

#[cfg(test)]
/// Checks members of the settings with their defaults, by JSON pointers.
pub(crate) fn check_defaults(with_defaults: fn(&Value) -> Value, cases: &[(Value, &str, Value)]) {
    for (given, pointer, expected) in cases {
        let all = with_defaults(given);
        assert_eq!(all.pointer(pointer).unwrap_or(&Value::Null), expected, "{pointer} of {given}");
        assert_eq!(with_defaults(&all), all, "{given} with its defaults has no others");
    }
}
