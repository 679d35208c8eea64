//! Writing values as JSON, and hiding sensitive ones.

use std::collections::BTreeMap;

use lido_runtime::{
    Sensitive, to_json,
    types::{BigDecimal, Blob, DateTime, Document, Number},
};
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use crate::shapes::{Flow, Name, Secret};

#[test]
fn scalars_are_written_in_protocol_form() {
    assert_eq!(to_json("a\"\\\n\u{1}é"), r#""a\"\\\n\u0001é""#);
    assert_eq!(to_json(&Blob::new("foo")), "\"Zm9v\"");
    assert_eq!(to_json(&DateTime::from_secs_and_nanos(5, 500_000_000)), "5.5");
    assert_eq!(to_json(&f64::NAN), "\"NaN\"");
    assert_eq!(to_json(&f32::NEG_INFINITY), "\"-Infinity\"");
    assert_eq!(to_json(&0.1_f32), "0.1");
    assert_eq!(to_json(&".5".parse::<BigDecimal>().unwrap()), "0.5");
    assert_eq!(to_json(&vec![Some(1), None]), "[1,null]");
    assert_eq!(to_json(&BTreeMap::from([(Flow::Code, true)])), "{\"code\":true}");
    let document = Document::Object(
        [("b".into(), Document::Null), ("a".into(), Document::Number(Number::Float(1.5)))].into(),
    );
    assert_eq!(to_json(&document), "{\"a\":1.5,\"b\":null}");
}

#[test]
fn sensitive_value_is_hidden_in_debug_of_its_containers() {
    let secret = Secret::try_from(String::from("hunter2")).unwrap();
    let containers = (
        vec![secret.clone()],
        Some(Sensitive::from(String::from("hunter2"))),
        BTreeMap::from([("k", secret)]),
    );
    assert!(!format!("{containers:?}").contains("hunter2"), "{containers:?}");
    assert_eq!(format!("{:?}", Name::try_from("shown").unwrap()), "\"shown\"");
}

#[test]
fn constrained_value_that_breaks_a_rule_is_refused() {
    assert!(Name::try_from("ok").is_ok());
    let broken = Name::try_from("far too long").unwrap_err();
    assert!(broken.to_string().contains("Member must have length less than or equal to 5"), "{broken}");
    assert!(Flow::try_from("unknown").is_err());
    assert!(crate::shapes::Numbers::try_from(vec![1, 1]).is_err());
}

proptest! {
    /// serde_json reads every written value back unchanged.
    #[test]
    fn arbitrary_values_are_written_as_serde_json_reads_them(text in any::<String>(), number in any::<f64>()) {
        prop_assert_eq!(serde_json::from_str::<String>(&to_json(&text)).unwrap(), text);
        if number.is_finite() {
            prop_assert!(serde_json::from_str::<f64>(&to_json(&number)).is_ok());
            prop_assert_eq!(to_json(&number).parse::<f64>().unwrap(), number);
        }
    }
}
