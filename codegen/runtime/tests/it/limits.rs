//! Bounds the cost of a hostile body.

use lido_runtime::read::from_json;

use crate::{reading::serialization_message, shapes::AllTypes};

#[test]
fn body_nested_deeper_than_limit_is_malformed() {
    let nested = |open: &str, close: &str, depth: usize| {
        format!("{{\"Document\":{}{}}}", open.repeat(depth), close.repeat(depth))
    };
    assert!(from_json::<AllTypes>(nested("[", "]", 127).as_bytes()).is_ok());
    assert_eq!(serialization_message(nested("[", "]", 128).as_bytes()), "");
    assert_eq!(serialization_message(nested("{\"a\":", "}", 1_000_000).as_bytes()), "");
    let unknown = nested("[", "]", 1_000_000).replace("Document", "Unknown");
    assert_eq!(serialization_message(unknown.as_bytes()), "");
}

#[test]
fn unique_list_of_many_items_is_checked_in_linear_time() {
    let numbers: Vec<_> = (0..200_000).map(|number: i32| number.to_string()).collect();
    let body = format!("{{\"Numbers\":[{}]}}", numbers.join(","));
    assert_eq!(
        from_json::<AllTypes>(body.as_bytes()).unwrap().numbers.map(|numbers| numbers.len()),
        Some(200_000)
    );
}
