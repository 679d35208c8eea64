//! Reading and writing values of every type.

use serde_json::{Value, json};

use crate::call;

/// Calls `Cook` with a name and these members, and returns the output without the name and members with defaults.
async fn cooked(members: Value) -> Value {
    let mut dish = json!({"name": "stew"});
    let (Value::Object(all), Value::Object(members)) = (&mut dish, members) else { panic!("an object") };
    all.extend(members);
    let response = call("Cook", &dish.to_string()).await;
    assert_eq!(response.status, 200, "{}", response.body);
    let mut response = response.json();
    let object = response.as_object_mut().unwrap();
    for default in ["name", "portions", "season", "note", "extras"] {
        object.remove(default);
    }
    response
}

#[tokio::test]
async fn value_of_every_type_round_trips() {
    for members in [
        json!({"type": "none", "rating": 2, "vegan": true}),
        json!({"byte": -128, "short": 32767, "integer": -2_147_483_648_i64, "long": 9_007_199_254_740_993_i64}),
        json!({"float": 1.5, "double": -2.5e-7}),
        json!({"float": "NaN", "double": "-Infinity"}),
        json!({"blob": "c291cA=="}),
        json!({"document": {"a": [1, -2, 3.5, null, "x", {"b": true}]}}),
        json!({"epochSeconds": 1_398_796_238.5, "dateTime": "2014-04-29T18:30:38Z"}),
        json!({"httpDate": "Tue, 29 Apr 2014 18:30:38 GMT", "dates": ["2000-01-02T20:34:56.123Z"]}),
        json!({"words": ["a", ""], "sparseWords": ["a", null], "counts": {"soup": 1, "secret": 2}}),
        json!({"sparseCounts": {"a": null, "b": 2}}),
        json!({"course": {"title": "1", "next": {"next": {"title": "3"}}, "besides": [{}, {"besides": []}]}}),
        json!({"filling": {"wrapped": {"wrapped": {"grams": 3}}}}),
        json!({"filling": {"nothing": {}}}),
        json!({"filling": {"until": "2014-04-29T18:30:38Z"}}),
        json!({"servings": 100, "sides": ["rice", "peas"], "stock": {"top": 1}, "label": "abc"}),
        json!({"recipe": "salt", "credentials": {"password": "1-2-3"}, "secrets": {"a": "b"}, "recipes": ["salt"]}),
    ] {
        assert_eq!(cooked(members.clone()).await, members);
    }
}

#[tokio::test]
async fn big_numbers_keep_every_digit() {
    let body = r#"{"name":"stew","bigInteger":123456789012345678901234567890,"bigDecimal":0.1234567890123456789012345}"#;
    let response = call("Cook", body).await.body;
    assert!(response.contains(r#""bigInteger":123456789012345678901234567890"#), "{response}");
    assert!(response.contains(r#""bigDecimal":0.1234567890123456789012345"#), "{response}");
}

#[tokio::test]
async fn absent_or_null_member_has_its_default() {
    for body in [r#"{"name":"stew"}"#, r#"{"name":"stew","portions":null,"season":null,"extras":null}"#] {
        let expected = json!({"name": "stew", "portions": 2, "season": "soup", "note": "", "extras": []});
        assert_eq!(call("Cook", body).await.json(), expected);
    }
}

#[tokio::test]
async fn deeply_nested_input_is_refused() {
    let deep = format!(
        r#"{{"name":"stew","course":{}{}}}"#,
        r#"{"next":"#.repeat(5000),
        "{}".to_owned() + &"}".repeat(5000)
    );
    let response = call("Cook", &deep).await;
    assert_eq!((response.status, response.json()["__type"].as_str()), (400, Some("SerializationException")));
}
