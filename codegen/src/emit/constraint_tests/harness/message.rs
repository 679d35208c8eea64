use crate::table::{PlaceKind, Place};

/// Returns the message about a value in `place`, whose JSON text is `json` and which breaks `rules`.
pub(crate) fn broken(place: &Place, json: &str, rules: &[&str]) -> String {
    let value = shown(place, json);
    let clause =
        |rule: &str| format!("Value{value} at '{}' failed to satisfy constraint: {rule}", place.path);
    let Some(part) = part(place.form) else {
        return whole(&rules.iter().map(|rule| clause(rule)).collect::<Vec<_>>());
    };
    // For an element, key or value all rules are listed, in one clause about the list or map.
    let mut quoted: Vec<&str> = place.shape.map_or(Vec::new(), |shape| shape.rules.to_vec());
    quoted.extend(rules.iter().filter(|rule| !quoted.contains(rule)).copied().collect::<Vec<_>>());
    whole(&[clause(&format!("{part} must satisfy constraint: [{}]", quoted.join(", ")))])
}

/// Returns the message about `null` in `place`, or about an absent member.
pub(crate) fn missing(place: &Place) -> String {
    const RULE: &str = "Member must not be null";
    let (value, rule) = match part(place.form) {
        None => (" null".to_owned(), RULE.to_owned()),
        Some(part) => (shown(place, "null"), format!("{part} must satisfy constraint: [{RULE}]")),
    };
    whole(&[format!("Value{value} at '{}' failed to satisfy constraint: {rule}", place.path)])
}

fn whole(clauses: &[String]) -> String {
    let errors = if clauses.len() == 1 { "error" } else { "errors" };
    format!("{} validation {errors} detected: {}", clauses.len(), clauses.join("; "))
}

fn part(form: PlaceKind) -> Option<&'static str> {
    match form {
        PlaceKind::Member => None,
        PlaceKind::Element => Some("Member"),
        PlaceKind::Key => Some("Map keys"),
        PlaceKind::Value => Some("Map value"),
    }
}

/// Returns the value as a message shows it, in quotes and after a blank, or an empty text if it must not be shown.
fn shown(place: &Place, json: &str) -> String {
    let Some(shows) = place.shows else { return String::new() };
    let value = serde_json::from_str(json).map_or_else(|error| error.to_string(), |value| java(&value));
    format!(" '{}'", shows.replacen("«»", &value, 1))
}

/// Returns a JSON value as Java prints it.
fn java(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => {
            format!("[{}]", items.iter().map(java).collect::<Vec<_>>().join(", "))
        }
        serde_json::Value::Object(entries) => {
            let entries: Vec<_> =
                entries.iter().map(|(key, value)| format!("{key}={}", java(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}
