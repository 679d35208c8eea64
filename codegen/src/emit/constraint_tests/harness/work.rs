use lido_runtime::{MAX_TOLD, Violations};

use crate::{filled, router, table::{Place, PlaceKind}};

/// How many violations are sent at once: more than are kept, and so more than are told.
const SIZES: [usize; 3] = [4 * MAX_TOLD, 8 * MAX_TOLD, 16 * MAX_TOLD];
/// Maximum length of an invalid value that is sent so often.
const MAX_VALUE: usize = 200;
/// The work that is the same for every body.
const CONSTANT_WORK: usize = 8 * 1024;
/// The work for each byte, and beyond it.
const MAX_WORK: (usize, usize) = (64, 128 * 1024);
/// By how much the message may be longer than the body.
const MAX_EXCESS: usize = 33 * 1024;

/// Sends bodies with very many violations in this place, of several sizes, and compares the work that they cost: steps
/// and bytes, not time. Returns the number of bodies.
///
/// # Errors
/// Returns a description of a body that costs more for each byte than a smaller one, or has too large an answer.
pub(crate) fn compare(operation: &str, place: &Place) -> Result<usize, String> {
    let mut compared = 0;
    let bodies: Vec<_> = SIZES.iter().map(|size| bodies(place, *size)).collect();
    for index in 0..bodies.first().map_or(0, Vec::len) {
        let mut before: Option<(usize, usize, usize)> = None;
        for body in bodies.iter().filter_map(|bodies| bodies.get(index)) {
            // A value that the type does not have, such as a string for a number, is refused otherwise.
            let Some(rejection) = router::check(operation, body) else { break };
            let Some(violations) = rejection.violations() else { break };
            let work = body.len() + violations.steps();
            let shown: String = body.chars().take(120).collect();
            is_bounded(body.len(), work, violations).map_err(|fault| format!("{shown}: {fault}"))?;
            let told = violations.len();
            // A longer value may break another rule, for which it is shown again.
            if let Some((length, less, fewer)) = before
                && work > less * body.len() / length * told.div_ceil(fewer) + CONSTANT_WORK
            {
                return Err(format!("{shown}: {less} steps for {length} bytes, but {work} for {}", body.len()));
            }
            before = Some((body.len(), work, told));
            compared += 1;
        }
    }
    let is_breakable = place.no_null || place.shape.is_some_and(|shape| shape.checks.iter().any(is_short));
    if is_breakable && compared == 0 { Err("no body has a violation".to_owned()) } else { Ok(compared) }
}

fn is_bounded(length: usize, work: usize, violations: &Violations) -> Result<(), String> {
    let message = violations.message().len();
    if work > MAX_WORK.0 * length + MAX_WORK.1 {
        return Err(format!("{work} steps for {length} bytes"));
    }
    if message > length + MAX_EXCESS {
        return Err(format!("a message of {message} bytes for {length} bytes"));
    }
    if violations.len() > MAX_TOLD { Err(format!("{} violations are told", violations.len())) } else { Ok(()) }
}

fn is_short(check: &crate::table::Check) -> bool {
    check.refused.iter().any(|(sample, _)| sample.json().len() <= MAX_VALUE)
}

/// Returns bodies with `size` violations: invalid values in every list around the place, in its map, and as repeated
/// members; and one long value.
fn bodies(place: &Place, size: usize) -> Vec<String> {
    let mut invalid: Vec<String> = place.no_null.then(|| "null".to_owned()).into_iter().collect();
    let checks = place.shape.map_or(&[][..], |shape| shape.checks);
    for check in checks {
        let short = check.refused.iter().map(|(sample, _)| sample.json()).find(|json| json.len() <= MAX_VALUE);
        invalid.extend(short);
    }
    let mut bodies = vec![filled(place, &format!("\"{}\"", "\\u0001".repeat(size)))];
    for json in &invalid {
        if place.form == PlaceKind::Key {
            bodies.push(with_keys(place, json, size, true));
            bodies.push(with_keys(place, json, size, false));
            continue;
        }
        bodies.extend(with_repeated_name(place, json, size));
        bodies.extend(in_lists(place, json, size));
    }
    bodies
}

/// Returns the body with many entries whose keys are invalid, each different or all the same.
fn with_keys(place: &Place, json: &str, size: usize, different: bool) -> String {
    let key = json.trim_matches('"');
    let keys = (0..size).map(|index| match different {
        true => format!("\"{key}{index}\""),
        false => format!("\"{key}\""),
    });
    filled(place, &keys.collect::<Vec<_>>().join(":null,"))
}

/// Returns the body with the member or entry of the place many times: by the same name, and by different ones, which
/// are entries in a map.
fn with_repeated_name(place: &Place, json: &str, size: usize) -> Vec<String> {
    let Some((before, _)) = place.body.split_once("\":«»") else { return Vec::new() };
    let name = before.rsplit('"').next().unwrap_or_default();
    let repeated = format!("{json},\"{name}\":").repeat(size) + json;
    let different: Vec<_> = (0..size).map(|index| format!("\"{name}{index}\":{json}")).collect();
    vec![filled(place, &repeated), filled(place, &format!("{json},{}", different.join(",")))]
}

/// Returns a body for each list around the place, with many elements that contain the invalid value.
fn in_lists(place: &Place, json: &str, size: usize) -> Vec<String> {
    let body = filled(place, "\"«»\"");
    let Ok(body) = serde_json::from_str::<serde_json::Value>(&body) else { return Vec::new() };
    let mut lists = Vec::new();
    let mut pointer = String::new();
    // Each step leads to the part that contains the placeholder.
    while let Some(part) = body.pointer(&pointer) {
        let step = match part {
            serde_json::Value::Array(items) => {
                lists.push(pointer.clone());
                items.iter().position(has_place).map(|index| index.to_string())
            }
            serde_json::Value::Object(entries) => {
                let entry = entries.iter().find(|(_, value)| has_place(value));
                entry.map(|(name, _)| name.replace('~', "~0").replace('/', "~1"))
            }
            _ => None,
        };
        let Some(step) = step else { break };
        pointer = format!("{pointer}/{step}");
    }
    let in_list = |pointer: &String| {
        let mut whole = body.clone();
        let items = whole.pointer_mut(pointer)?.as_array_mut()?;
        let element = items.iter().find(|item| has_place(item))?.to_string().replace("\"«»\"", json);
        *items = vec![serde_json::Value::from("«»")];
        Some(whole.to_string().replace("\"«»\"", &vec![element.as_str(); size].join(",")))
    };
    lists.iter().filter_map(in_list).collect()
}

fn has_place(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => text == "«»",
        serde_json::Value::Array(items) => items.iter().any(has_place),
        serde_json::Value::Object(entries) => entries.values().any(has_place),
        _ => false,
    }
}
