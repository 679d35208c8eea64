//! Bounds the cost of a hostile body.

use lido_runtime::{
    FieldList, MAX_TOLD, Settings, Style, ValidationError, Version,
    body::to_bytes,
    read::{MAX_DOCUMENT_VALUES, ReadError, from_json},
    response::read_error,
};
use serde_json::Value;

use crate::{reading::serialization_message, shapes::AllTypes};

#[test]
fn body_nested_deeper_than_limit_is_malformed() {
    let nested = |open: &str, close: &str, depth: usize| {
        format!("{{\"Document\":{}{}}}", open.repeat(depth), close.repeat(depth))
    };
    assert!(from_json::<AllTypes>(nested("[", "]", 127).as_bytes(), Style::Coral).is_ok());
    assert_eq!(serialization_message(nested("[", "]", 128).as_bytes()), "");
    assert_eq!(serialization_message(nested("{\"a\":", "}", 1_000_000).as_bytes()), "");
    let unknown = nested("[", "]", 1_000_000).replace("Document", "Unknown");
    assert_eq!(serialization_message(unknown.as_bytes()), "");
}

/// A document takes many times the memory of its text, and no constraint bounds it.
#[test]
fn documents_with_more_values_than_the_limit_are_refused() {
    let values = MAX_DOCUMENT_VALUES as usize;
    let text = "Documents have more than 65536 values";
    for item in ["[]", "1", "{}", "\"\"", "null"] {
        // The list is a value too.
        let body = |count: usize| format!("{{\"Document\":[{}]}}", vec![item; count].join(","));
        assert!(from_json::<AllTypes>(body(values - 1).as_bytes(), Style::Coral).is_ok(), "{item}");
        assert_eq!(serialization_message(body(values).as_bytes()), text, "{item}");
    }
    let entries: Vec<_> = (0..values).map(|entry| format!("\"{entry}\":0")).collect();
    let body = format!("{{\"Document\":{{{}}}}}", entries.join(","));
    assert_eq!(serialization_message(body.as_bytes()), text);
}

#[test]
fn unique_list_of_many_items_is_checked_in_linear_time() {
    let numbers: Vec<_> = (0..200_000).map(|number: i32| number.to_string()).collect();
    let body = format!("{{\"Numbers\":[{}]}}", numbers.join(","));
    assert_eq!(
        from_json::<AllTypes>(body.as_bytes(), Style::Coral).unwrap().numbers.map(|numbers| numbers.len()),
        Some(200_000)
    );
}

/// Returns bodies with as many violations as their length allows, each made for a size.
fn hostile_bodies(size: usize) -> Vec<String> {
    let repeat = |part: &str| vec![part; size].join(",");
    let entries = |key: &str, value: &str| {
        (0..size).map(|index| format!("\"{key}{index}\":{value}")).collect::<Vec<_>>().join(",")
    };
    let nested = |open: &str, inner: &str, close: &str, depth: usize| {
        format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
    };
    vec![
        format!(r#"{{"Names":[{}]}}"#, repeat("\"\"")),
        format!(r#"{{"Names":[{}]}}"#, repeat("null")),
        format!(r#"{{"Lists":[{}]}}"#, repeat("[1,1,null]")),
        format!(r#"{{"UniqueNames":[{}]}}"#, repeat("\"?\"")),
        format!(r#"{{"Parts":[{}]}}"#, repeat("{}")),
        format!(r#"{{"Parts":[{}]}}"#, repeat(r#"{"Name":"","Value":""}"#)),
        format!(r#"{{"Hidden":[{}]}}"#, repeat("\"\"")),
        format!(r#"{{"Tags":{{{}}}}}"#, entries("?", "\"\"")),
        format!(r#"{{"Tags":{{{}}}}}"#, entries("a", "null")),
        format!(r#"{{"Tags":{{{}}}}}"#, repeat(r#""?":null"#)),
        format!(r#"{{"Tags":{{"{}":null}}}}"#, "?".repeat(size)),
        format!(r#"{{"Nested":{{{}}}}}"#, entries("", r#"{"Value":""}"#)),
        format!(r#"{{"PartsByName":{{{}}}}}"#, repeat(r#""a":{"Value":""}"#)),
        format!(r#"{{"Nested":{{"{}":{{"Value":""}},"b":{{}}}}}}"#, "a".repeat(size)),
        format!(r#"{{"Counts":{{{}}}}}"#, entries("", "99")),
        format!("{{{}}}", repeat(r#""Name":"","Count":0"#)),
        format!(r#"{{"Name":"{}"}}"#, "?".repeat(size)),
        format!(r#"{{"Shelves":[{}]}}"#, repeat("{\"Label\":\"\"}")),
        format!(
            r#"{{"Shelves":[{}]}}"#,
            nested(r#"{"Label":"","Inner":"#, &format!(r#"{{"Unknown":"{}"}}"#, "a".repeat(size)), "}", 100)
        ),
        format!(
            r#"{{"Parts":[{}],{}}}"#,
            repeat("{}"),
            repeat(r#""Name":"","Tags":{"?":""},"Lists":[[1,1],null]"#)
        ),
    ]
}

#[test]
fn body_of_twice_the_size_costs_at_most_twice_the_work() {
    // More violations than are kept, so that the work that does not grow any more is left out of the comparison.
    for style in [Style::Coral, Style::Smithy] {
        for (small, large) in hostile_bodies(1_000).into_iter().zip(hostile_bodies(2_000)) {
            let work = |body: &str| match from_json::<AllTypes>(body.as_bytes(), style) {
                Err(ReadError::Constraints(violations)) => (body.len() + violations.steps(), violations),
                other => panic!("{body:.80}: {other:?}"),
            };
            let ((less, _), (more, violations)) = (work(&small), work(&large));
            // Numbered keys grow, so that a body of twice as many entries is a little longer than twice.
            let allowed = less * large.len() / small.len() + 4_096;
            assert!(more <= allowed, "{style:?} {large:.80}: {less}, then {more}");
            assert!(more <= 40 * large.len() + 100_000, "{style:?} {large:.80}: {more} for {}", large.len());
            assert!(violations.len() <= MAX_TOLD, "{large:.80}: {}", violations.len());
            let length = violations.message().len();
            assert!(
                length <= large.len() + 33 * 1_024,
                "{style:?} {large:.80}: {length} for {}",
                large.len()
            );
        }
    }
}

/// The list tells each path and clause again.
#[tokio::test]
async fn answer_with_a_list_of_violations_is_bounded_by_the_body() {
    let nested = |key: String, count: usize| {
        let entries: Vec<_> = (0..count).map(|index| format!("\"{key}{index}\":{{}}")).collect();
        format!(r#"{{"Nested":{{{}}}}}"#, entries.join(","))
    };
    // A pointer takes two bytes for a tilde.
    let mut bodies = vec![nested("~".repeat(100_000), 1), nested("a".repeat(1_000), 2 * MAX_TOLD)];
    bodies.extend([nested("~".repeat(10_000), MAX_TOLD), nested("\\u0001".repeat(1_000), MAX_TOLD)]);
    bodies.extend(hostile_bodies(2_000));
    for style in [Style::Coral, Style::Smithy] {
        let settings = Settings {
            version: Version::AwsJson1_1,
            style,
            validation: ValidationError {
                id: "test#Invalid",
                message: "message",
                field_list: Some(FieldList { name: "fieldList", path: "path", message: Some("message") }),
                defaults: &[],
            },
            body_limit: 0,
            query_compatible: false,
        };
        for body in &bodies {
            let error = from_json::<AllTypes>(body.as_bytes(), style).unwrap_err();
            let answer = to_bytes(read_error(&settings, &error).into_body()).await.unwrap();
            let length = answer.len();
            assert!(length <= body.len() + 38 * 1_024, "{style:?} {body:.80}: {length} for {}", body.len());
            let ReadError::Constraints(violations) = error else { panic!("{body:.80}: {error:?}") };
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            let fields = answer["fieldList"].as_array().unwrap();
            let told: Vec<_> = fields.iter().filter_map(|field| field["message"].as_str()).collect();
            assert!(!told.is_empty() && told.len() <= violations.len(), "{style:?} {body:.80}");
            if style == Style::Smithy {
                let message = violations.message();
                assert_eq!(told.len(), violations.len(), "{body:.80}");
                assert!(message.contains(&format!("detected. {}", told.join("; "))), "{body:.80}");
            }
        }
    }
}

#[test]
fn violations_beyond_the_bound_are_counted_out() {
    let message = |body: &str| match from_json::<AllTypes>(body.as_bytes(), Style::Coral) {
        Err(ReadError::Constraints(violations)) => violations.message().to_owned(),
        other => panic!("{body}: {other:?}"),
    };
    let parts = |count: usize| format!(r#"{{"Parts":[{}]}}"#, vec!["{}"; count].join(","));
    let told = message(&parts(MAX_TOLD));
    assert!(
        told.starts_with("100 validation errors detected: Value null at 'parts.1.member.name' "),
        "{told}"
    );
    assert!(
        told.ends_with("at 'parts.100.member.name' failed to satisfy constraint: Member must not be null")
    );
    for count in [MAX_TOLD + 1, 10 * MAX_TOLD] {
        let more = message(&parts(count));
        assert_eq!(more, format!("{told}; further errors are not listed"), "{count}");
    }
    // One clause tells of all elements of a list and all entries of a map, however many there are.
    let many: Vec<_> = (0..1_000).map(|index| format!("\"{index}\":\"?\"")).collect();
    let body = format!(r#"{{"Flows":[{}],"Tags":{{{}}}}}"#, vec!["\"x\""; 1_000].join(","), many.join(","));
    let told = message(&body);
    assert!(told.starts_with("2 validation errors detected: Value '[x, x, "), "{told:.200}");
    assert!(told.ends_with("expression pattern: [\\w+]+]"), "{told}");
}

#[test]
fn values_beyond_the_limit_of_an_answer_are_cut_off() {
    // The value is shown for each of two rules, and the second time cut off.
    let body = format!(r#"{{"Name":"{}"}}"#, "?".repeat(100_000));
    let Err(ReadError::Constraints(violations)) = from_json::<AllTypes>(body.as_bytes(), Style::Coral) else {
        panic!("no violations")
    };
    let clauses: Vec<_> = violations.message().split("; ").collect();
    assert_eq!(clauses.len(), 2);
    assert!(clauses[0].contains("??' at 'name' failed"), "{:.200}", clauses[0]);
    assert!(clauses[1].contains("??…' at 'name' failed"), "{:.200}", clauses[1]);
}

#[test]
fn repeated_member_counts_again_only_among_as_many_violations_as_are_kept() {
    // *Chosen*: see `ViolationLog`.
    let body =
        |count: usize| format!(r#"{{"Parts":[{}],"Parts":[{{"Name":"a"}}]}}"#, vec!["{}"; count].join(","));
    assert!(from_json::<AllTypes>(body(2 * MAX_TOLD).as_bytes(), Style::Coral).is_ok());
    assert!(from_json::<AllTypes>(body(2 * MAX_TOLD + 1).as_bytes(), Style::Coral).is_err());
}
