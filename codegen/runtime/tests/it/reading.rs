//! Reading bodies: accepted values, and the message for each refused one.

use lido_runtime::{
    Style,
    read::{ReadError, from_json},
    types::{BigDecimal, BigInteger, Blob, DateTime, Document, Number},
};
use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};

use crate::shapes::AllTypes;

fn read(body: &str) -> AllTypes {
    from_json(body.as_bytes(), Style::Smithy).unwrap_or_else(|error| panic!("{body}: {error:?}"))
}

/// Returns the message of the error that ends reading, or an empty text if it has none.
pub(crate) fn serialization_message(body: &[u8]) -> String {
    match from_json::<AllTypes>(body, Style::Coral) {
        Err(ReadError::Serialization(error)) => error.message().unwrap_or_default().to_owned(),
        other => panic!("{}: {other:?}", String::from_utf8_lossy(body)),
    }
}

#[test]
fn member_of_every_type_is_read() {
    let thing = read(
        r#"{"Text":"a\u00e9\ud83d\ude00\n\"\/","Flag":true,"Byte":-128,"Long":-9223372036854775808,
            "Float":1.5,"Double":-2e-3,"Big":123456789012345678901234567890,"Decimal":1.10,
            "Bytes":"Zm9v","Instant":1398796238.5,"Document":[null,{"a":-1}],"Flow":"code"}"#,
    );
    assert_eq!(thing.text.unwrap(), "aé😀\n\"/");
    assert_eq!((thing.flag, thing.byte, thing.long), (Some(true), Some(-128), Some(i64::MIN)));
    assert_eq!((thing.float, thing.double), (Some(1.5), Some(-0.002)));
    assert_eq!(thing.big, Some("123456789012345678901234567890".parse::<BigInteger>().unwrap()));
    assert_eq!(thing.decimal, Some("1.10".parse::<BigDecimal>().unwrap()));
    assert_eq!(thing.bytes, Some(Blob::new("foo")));
    assert_eq!(thing.instant, Some(DateTime::from_secs_and_nanos(1_398_796_238, 500_000_000)));
    let object = Document::Object([("a".to_owned(), Document::Number(Number::NegInt(-1)))].into());
    assert_eq!(thing.document, Some(Document::Array(vec![Document::Null, object])));
}

#[test]
fn unknown_members_nulls_and_white_space_are_ignored() {
    let unknown = r#"{"Unknown":{"a":[1,{"b":null}],"c":"\u0000"},"text":"other case","Text":"x"}"#;
    assert_eq!(read(unknown).text.unwrap(), "x");
    assert_eq!(read(r#" { "Text" : null } "#), AllTypes::default());
    assert_eq!(read("\t\r\n{}\n"), AllTypes::default());
}

#[test]
fn repeated_member_takes_last_value() {
    assert_eq!(read(r#"{"Text":"first","Text":"last"}"#).text.unwrap(), "last");
    assert_eq!(read(r#"{"Text":"first","Text":null}"#).text, None);
    // Violations of the first value are discarded; those of other members stay.
    assert_eq!(&**read(r#"{"Name":"much too long","Name":"ok"}"#).name.unwrap(), "ok");
    let error = from_json::<AllTypes>(br#"{"Count":0,"Name":"?","Name":"ok"}"#, Style::Smithy).unwrap_err();
    assert!(matches!(error, ReadError::Constraints(violations) if violations.len() == 1));
}

#[test]
fn number_out_of_its_types_range_is_refused() {
    let coral = from_json::<AllTypes>(br#"{"Byte":1.9}"#, Style::Coral).unwrap();
    assert_eq!(coral.byte, Some(1), "a fraction is cut off in the style of the live services");
    assert_eq!(read(r#"{"Byte":2.0}"#).byte, Some(2));
    assert_eq!(read(r#"{"Long":-1e3}"#).long, Some(-1000));
    assert_eq!(read(r#"{"Float":"NaN"}"#).float.map(f32::is_nan), Some(true));
    assert_eq!(read(r#"{"Double":"-Infinity"}"#).double, Some(f64::NEG_INFINITY));
    for body in [r#"{"Byte":128}"#, r#"{"Byte":1e300}"#] {
        assert_eq!(serialization_message(body.as_bytes()), "NUMBER_VALUE can not be converted to a Byte");
    }
    assert_eq!(
        serialization_message(br#"{"Long":9223372036854775808}"#),
        "NUMBER_VALUE can not be converted to a Long"
    );
    assert_eq!(
        serialization_message(br#"{"Double":1e999}"#),
        "NUMBER_VALUE can not be converted to a Double"
    );
    assert_eq!(serialization_message(br#"{"Float":1e39}"#), "NUMBER_VALUE can not be converted to a Float");
    assert_eq!(serialization_message(br#"{"Instant":1e99}"#), "NUMBER_VALUE can not be converted to a Date");
}

/// Messages by cog-0119, cog-0232, cog-0266 to cog-0275 and cog-0309.
#[test]
fn value_of_wrong_type_is_refused_with_message_of_live_service() {
    let cases: &[(&str, &str)] = &[
        (r#"{"Text":["a"]}"#, "Start of list found where not expected"),
        (r#"{"Text":{}}"#, "Start of structure or map found where not expected."),
        (r#"{"Text":5}"#, "NUMBER_VALUE can not be converted to a String"),
        (r#"{"Text":true}"#, "TRUE_VALUE can not be converted to a String"),
        (r#"{"Name":false}"#, "FALSE_VALUE can not be converted to a String"),
        (r#"{"Flow":1}"#, "NUMBER_VALUE can not be converted to a String"),
        (r#"{"Count":"5"}"#, "STRING_VALUE can not be converted to an Integer"),
        (r#"{"Flag":"true"}"#, "STRING_VALUE can not be converted to a Boolean"),
        (r#"{"Tags":"x"}"#, "Expected map or null"),
        (r#"{"Tags":1}"#, "Expected map or null"),
        (r#"{"Tags":[]}"#, "Start of list found where not expected"),
        (r#"{"Flows":"x"}"#, "Expected list or null"),
        (r#"{"Flows":{}}"#, "Start of structure or map found where not expected."),
        (r#"{"Part":"x"}"#, "Expected null"),
        (r#"{"Parts":[1]}"#, "Expected null"),
        (r#"{"Bytes":"?"}"#, "STRING_VALUE can not be converted to a ByteBuffer"),
        (r#"{"Double":"nan"}"#, "STRING_VALUE can not be converted to a Double"),
        ("[]", "Start of list found where not expected"),
    ];
    for (body, message) in cases {
        assert_eq!(serialization_message(body.as_bytes()), *message, "{body}");
    }
}

/// *Chosen*: the specification has no messages for type errors.
#[test]
fn type_error_names_its_member_in_the_style_of_smithy() {
    let cases: &[(&str, &str)] = &[
        (r#"{"Text":5}"#, "Value at '/Text' must be a string, but is a number"),
        (r#"{"Count":"5"}"#, "Value at '/Count' must be an integer of 32 bits, but is a string"),
        (r#"{"Count":1.5}"#, "Value at '/Count' must be an integer of 32 bits"),
        (r#"{"Byte":128}"#, "Value at '/Byte' must be an integer of 8 bits"),
        (r#"{"Flag":"true"}"#, "Value at '/Flag' must be a boolean, but is a string"),
        (r#"{"Tags":[]}"#, "Value at '/Tags' must be an object, but is a list"),
        (r#"{"Tags":{"a/b":1}}"#, "Value at '/Tags/a~1b' must be a string, but is a number"),
        (
            r#"{"Parts":[{"Name":"a"},{"Value":{}}]}"#,
            "Value at '/Parts/1/Value' must be a string, but is an object",
        ),
        (r#"{"Parts":[1]}"#, "Value at '/Parts/0' must be an object, but is a number"),
        (r#"{"Bytes":"?"}"#, "Value at '/Bytes' must be a blob in base64"),
        (r#"{"Instant":1e99}"#, "Value at '/Instant' must be a timestamp"),
        (r#"{"Instant":"now"}"#, "Value at '/Instant' must be a timestamp"),
        (r#"{"Double":"nan"}"#, "Value at '/Double' must be a number, but is a string"),
        (r#"{"Either":{}}"#, "Value at '/Either' must have one member, but has none"),
        (r#"{"Either":{"A":"x","B":1}}"#, "Value at '/Either' must have one member, but has several"),
        (
            r#"{"Either":{"C":1}}"#,
            "Value at '/Either' must have a member of the union, but has an unknown one",
        ),
        (r#"{"Either":{"B":true}}"#, "Value at '/Either/B' must be an integer of 32 bits, but is a boolean"),
        ("[]", "The body must be an object, but is a list"),
        ("1", "The body must be an object, but is a number"),
        ("{", "The body is not valid JSON"),
    ];
    for (body, message) in cases {
        match from_json::<AllTypes>(body.as_bytes(), Style::Smithy) {
            Err(ReadError::Serialization(error)) => {
                assert_eq!(error.message_in(Style::Smithy).as_deref(), Some(*message), "{body}");
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn type_error_takes_precedence_over_violations() {
    assert_eq!(
        serialization_message(br#"{"Name":"?","Count":0,"Text":5}"#),
        "NUMBER_VALUE can not be converted to a String"
    );
}

#[test]
fn malformed_body_is_refused_without_message() {
    let bodies: &[&[u8]] = &[
        b"",
        b" ",
        b"null",
        b"\"text\"",
        b"1",
        b"true",
        b"{",
        b"}",
        b"{\"Text\"}",
        b"{\"Text\":}",
        b"{\"Text\":\"a\",}",
        b"{,}",
        b"{\"Text\" \"a\"}",
        b"{\"Text\":\"a\"}x",
        b"{}{}",
        b"{'Text':'a'}",
        b"{Text:1}",
        b"{\"Text\":\"a",
        b"{\"Text\":\"\\x\"}",
        b"{\"Text\":\"\\u12\"}",
        b"{\"Text\":\"\\ud800\"}",
        b"{\"Text\":\"\\ud800\\u0041\"}",
        b"{\"Text\":\"\\udc00\"}",
        b"{\"Text\":\"\n\"}",
        b"{\"Text\":\"\xff\"}",
        b"{\"Text\":\"\xed\xa0\x80\"}",
        b"{\"Double\":NaN}",
        b"{\"Double\":Infinity}",
        b"{\"Long\":01}",
        b"{\"Long\":+1}",
        b"{\"Long\":.5}",
        b"{\"Long\":1.}",
        b"{\"Long\":1e}",
        b"{\"Long\":-}",
        b"{\"Flag\":tru}",
        b"{\"Text\":nul}",
        b"{\"Unknown\":[1,]}",
        b"{\"Text\":undefined}",
        b"{\"a\":1,,\"b\":2}",
        b"\xef\xbb\xbf{}",
        b"{\"Text\":\"a\"/**/}",
    ];
    for body in bodies {
        assert_eq!(serialization_message(body), "", "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn string_of_any_length_ends_at_its_quote() {
    for length in 0..40 {
        let text = "x".repeat(length);
        assert_eq!(read(&format!("{{\"Text\":\"{text}\"}}")).text.unwrap(), text);
        assert_eq!(read(&format!("{{\"Text\":\"{text}\\n\"}}")).text.unwrap(), format!("{text}\n"));
        assert_eq!(
            read(&format!("{{\"Text\":\"{text}é\u{7f}\u{80}\"}}")).text.unwrap(),
            format!("{text}é\u{7f}\u{80}")
        );
        assert_eq!(serialization_message(format!("{{\"Text\":\"{text}\u{1f}\"}}").as_bytes()), "");
    }
}

/// Generates arbitrary JSON values.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = proptest::prop_oneof![
        proptest::strategy::Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        // Quarters, which serde_json reads without a rounding error.
        any::<i32>().prop_map(|value| (f64::from(value) / 4.0).into()),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        proptest::prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            proptest::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    /// The reader accepts the same texts as serde_json.
    #[test]
    fn arbitrary_text_is_accepted_as_by_serde_json(text in "[\\[\\]{}\":,0-9eE.+\\-a\\\\ntrufls \u{1}é]{0,24}") {
        let body = format!("{{\"Document\":{text}}}");
        let ours = from_json::<AllTypes>(body.as_bytes(), Style::Coral);
        let theirs = serde_json::from_str::<serde_json::Value>(&body);
        // Both accept repeated names.
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{}", body);
    }

    /// A document that is read and written has the same value.
    #[test]
    fn arbitrary_document_round_trips(value in json()) {
        let body = format!("{{\"Document\":{value}}}");
        let thing = read(&body);
        let written = thing.document.map_or_else(|| "null".to_owned(), |document| lido_runtime::to_json(&document));
        let again: serde_json::Value = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(again, value);
    }

    /// No body makes the reader panic.
    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        drop(from_json::<AllTypes>(&bytes, Style::Coral));
    }

    /// A valid body with one byte changed does not make the reader panic.
    #[test]
    fn valid_body_with_changed_byte_does_not_panic(at in 0usize..120, byte in any::<u8>()) {
        let mut body = br#"{"Text":"a\u00e9","Names":["a","b"],"Tags":{"k":"v"},"Parts":[{"Name":"n","Value":"xx"}],"Double":-1.5e3,"Instant":1}"#.to_vec();
        let at = at % body.len();
        body[at] = byte;
        drop(from_json::<AllTypes>(&body, Style::Coral));
    }
}
