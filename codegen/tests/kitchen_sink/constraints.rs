//! BrokenRules constraints, and construction of constrained values.

use serde_json::json;

use crate::{call, types};

#[tokio::test]
async fn all_violations_are_reported_in_model_order() {
    let body = json!({
        "label": "much too long",
        "servings": 0,
        "type": "salad",
        "sides": ["rice", "rice"],
        "stock": {"UP": 1, "b": 101},
        "filling": {"wrapped": {"grams": 500}},
        "recipe": "abc"
    });
    let response = call("Cook", &body.to_string()).await;
    let body = response.json();
    let paths: Vec<_> =
        body["fieldList"].as_array().unwrap().iter().map(|field| field["path"].as_str().unwrap()).collect();
    assert_eq!(
        paths,
        [
            "/name",
            "/type",
            "/filling/wrapped/grams",
            "/servings",
            "/sides",
            "/stock",
            "/stock/b",
            "/label",
            "/recipe"
        ]
    );
    let message = body["message"].as_str().unwrap();
    assert!(message.starts_with("9 validation errors detected. Value at '/name'"), "{message}");
    assert!(message.contains("enum value set: [soup, none]"), "internal values are not listed: {message}");
    assert_eq!((response.status, body["__type"].as_str()), (400, Some("ValidationException")));
}

#[test]
fn constrained_value_that_breaks_a_rule_is_refused() {
    assert!(types::Name::try_from("Stew".to_owned()).is_err());
    assert!(types::Servings::try_from(101).is_err());
    let rice = || types::Name::try_from("rice".to_owned()).unwrap();
    assert!(types::Sides::try_from(vec![rice(), rice()]).is_err());
    assert_eq!(types::Sides::try_from(vec![rice()]).unwrap().len(), 1);
}
