//! Functions that add default values to the JSON settings of user pools and app clients, and that update them.
//!
//! Settings are stored as the caller of the API sent them: an object with the members of CreateUserPool or
//! CreateUserPoolClient. The defaults themselves are in [`crate::pool::defaults`] and [`crate::client::defaults`].

use serde_json::{Map, Value};

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

/// What an update does with a member of the settings that its request omits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Omitted {
    /// The member stays.
    Stays,
    /// The member is a structure of which each member stays unless it is given.
    StaysByMember,
    /// The member goes back to its default.
    Resets,
    /// The member stays, but the rules check the request as if the pool did not have the member.
    JudgedAsAbsent,
    /// The member stays: the request does not have it.
    NotUpdatable,
}

/// Returns the settings after an update with the members of `request`. `table` lists every member that the update may set.
///
/// A member that `table` does not list keeps its former value, even if `request` has it.
pub(crate) fn apply_update(table: &[(&str, Omitted)], former: &Value, request: &Map<String, Value>) -> Value {
    let mut members = former.as_object().cloned().unwrap_or_default();
    for (name, omitted) in table {
        match (request.get(*name), omitted) {
            (Some(Value::Object(given)), Omitted::StaysByMember) => {
                let kept = members.entry(*name).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(kept) = kept {
                    kept.extend(given.clone());
                }
            }
            (Some(given), _) => {
                members.insert((*name).to_owned(), given.clone());
            }
            (None, Omitted::Resets) => {
                members.remove(*name);
            }
            (None, _) => {}
        }
    }
    Value::Object(members)
}

/// Checks an update against its table: each member of the former settings, omitted by a request that gives another.
#[cfg(test)]
pub(crate) fn check_updates(table: &[(&str, Omitted)], updated: impl Fn(&Value, &Value) -> Value) {
    use serde_json::json;
    for (name, omitted) in table {
        let former = json!({ *name: { "Any": 1 } });
        let expected = if *omitted == Omitted::Resets { json!({}) } else { former.clone() };
        assert_eq!(updated(&former, &json!({})), expected, "{name} is omitted");
        let given = json!({ *name: { "Any": 2 } });
        assert_eq!(updated(&former, &given), given, "{name} is given");
    }
    assert!(table.is_sorted_by_key(|(name, _)| name), "the table is in the order of the names");
    assert_eq!(updated(&json!({ "Another": 1 }), &json!({})), json!({ "Another": 1 }));
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
