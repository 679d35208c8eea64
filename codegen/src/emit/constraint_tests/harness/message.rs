use crate::table::{PlaceKind, Place};

/// Returns the message about a value in `place` which messages show as `text` and which breaks `rules`.
pub(crate) fn broken(place: &Place, text: &str, rules: &[&str]) -> String {
    let value = shown(place, text);
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
        Some(part) => {
            let rules = place.shape.map_or(&[][..], |shape| shape.rules);
            let rules: Vec<_> = rules.iter().copied().chain([RULE]).collect();
            (shown(place, "null"), format!("{part} must satisfy constraint: [{}]", rules.join(", ")))
        }
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
fn shown(place: &Place, text: &str) -> String {
    place.shows.map_or_else(String::new, |shows| format!(" '{}'", shows.replacen("«»", text, 1)))
}
