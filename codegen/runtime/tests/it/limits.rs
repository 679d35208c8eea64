//! What a hostile body can cost.

use lido_runtime::read::from_json;

use crate::{reading::stop, shapes::Thing};

#[test]
fn nesting_is_bounded() {
    let nested = |open: &str, close: &str, depth: usize| {
        format!("{{\"Document\":{}{}}}", open.repeat(depth), close.repeat(depth))
    };
    assert!(from_json::<Thing>(nested("[", "]", 127).as_bytes()).is_ok());
    assert_eq!(stop(nested("[", "]", 128).as_bytes()), "");
    assert_eq!(stop(nested("{\"a\":", "}", 1_000_000).as_bytes()), "");
    let unknown = nested("[", "]", 1_000_000).replace("Document", "Unknown");
    assert_eq!(stop(unknown.as_bytes()), "");
}

#[test]
fn many_equal_items_are_told_apart_in_one_pass() {
    let numbers: Vec<_> = (0..200_000).map(|number: i32| number.to_string()).collect();
    let body = format!("{{\"Numbers\":[{}]}}", numbers.join(","));
    assert_eq!(
        from_json::<Thing>(body.as_bytes()).unwrap().numbers.map(|numbers| numbers.len()),
        Some(200_000)
    );
}
