//! Values as JSON text.

use std::collections::BTreeMap;

use lido_runtime::{
    Sensitive, to_json,
    types::{BigDecimal, Blob, DateTime, Document, Number},
};
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use crate::shapes::{Flow, Name, Secret};

#[test]
fn scalars_are_written_as_the_protocol_has_them() {
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
fn what_is_sensitive_is_hidden_in_whatever_holds_it() {
    let secret = Secret::try_from(String::from("hunter2")).unwrap();
    let held = (
        vec![secret.clone()],
        Some(Sensitive::from(String::from("hunter2"))),
        BTreeMap::from([("k", secret)]),
    );
    assert!(!format!("{held:?}").contains("hunter2"), "{held:?}");
    assert_eq!(format!("{:?}", Name::try_from("shown").unwrap()), "\"shown\"");
}

#[test]
fn a_constrained_value_cannot_be_made_of_what_breaks_it() {
    assert!(Name::try_from("ok").is_ok());
    let violated = Name::try_from("far too long").unwrap_err();
    assert!(violated.to_string().contains("Member must have length less than or equal to 5"), "{violated}");
    assert!(Flow::try_from("unknown").is_err());
    assert!(crate::shapes::Numbers::try_from(vec![1, 1]).is_err());
}

proptest! {
    /// Any text is written so that serde_json reads it as it was.
    #[test]
    fn serde_json_reads_what_is_written(text in any::<String>(), number in any::<f64>()) {
        prop_assert_eq!(serde_json::from_str::<String>(&to_json(&text)).unwrap(), text);
        if number.is_finite() {
            prop_assert!(serde_json::from_str::<f64>(&to_json(&number)).is_ok());
            prop_assert_eq!(to_json(&number).parse::<f64>().unwrap(), number);
        }
    }
}
