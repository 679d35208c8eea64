//! What is stored, byte by byte, and what is said of a record that cannot be read.

use lido_domain::branding::terms::TermsName;

use super::*;
use crate::store::conformance::sample;

#[test]
fn error_of_a_record_quotes_none_of_its_values() {
    let damaged = br#"{"v":1,"r":{"id":"g","name":["s3cret"]}}"#;
    let Err(StoreError::Corrupt(reason)) = Record::decode(Kind::Group, damaged) else { panic!("corrupt") };
    assert!(reason.contains("a value is not of its type, at column"), "{reason}");
    let damaged = br#"{"v":1,"r":{"id":"g","name":"s3cret"}}"#;
    let Err(StoreError::Corrupt(missing)) = Record::decode(Kind::Group, damaged) else { panic!("corrupt") };
    assert!(missing.contains("missing field") && !(reason + &missing).contains("s3cret"), "{missing}");
}

/// A change of these texts is a new format, and this format must still be read.
#[test]
fn encoding_is_stable() {
    let texts = [
        (
            sample::pool("p"),
            concat!(
                r#"{"v":3,"r":{"id":"us-east-1_p","name":"p","settings":{"DeletionProtection":"ACTIVE"},"#,
                r#""tags":{"stage":"test"},"created_at":1,"modified_at":1}}"#
            ),
        ),
        (
            sample::pool_with_domain("p", "shop"),
            concat!(
                r#"{"v":3,"r":{"id":"us-east-1_p","name":"p","settings":{"DeletionProtection":"ACTIVE"},"#,
                r#""tags":{"stage":"test"},"domains":{"prefix":{"name":"shop","created_at":1}},"#,
                r#""created_at":1,"modified_at":1}}"#
            ),
        ),
        (
            Record::ResourceServer(sample::resource_server("photos")),
            concat!(
                r#"{"v":1,"r":{"id":"photos","name":"Photos","#,
                r#""scopes":[{"name":"read","description":"Read photos"}]}}"#
            ),
        ),
        (
            Record::UiCustomization(Arc::new(sample::ui_customization("c"))),
            concat!(
                r#"{"v":1,"r":{"scope":"c","css":".label-customizable { color: red }","#,
                r#""logo":{"digest":"00ff","extension":"PNG"},"created_at":1,"modified_at":1}}"#
            ),
        ),
        (
            Record::Style(Arc::new(sample::style("c"))),
            concat!(
                r#"{"v":1,"r":{"id":"style-c","client":"c","settings":{"a":[1]},"#,
                r#""assets":[{"category":"FORM_LOGO","color_mode":"DARK","extension":"PNG","digest":"00ff"}],"#,
                r#""created_at":1,"modified_at":1}}"#
            ),
        ),
        (
            Record::Terms(sample::terms("c", TermsName::PrivacyPolicy)),
            concat!(
                r#"{"v":1,"r":{"id":"c-privacy-policy","client":"c","name":"privacy-policy","#,
                r#""links":{"cognito:default":"https://example.com"},"created_at":1,"modified_at":1}}"#
            ),
        ),
        (Record::StyleId(ClientId::new("c")), r#"{"v":1,"r":"c"}"#),
        (Record::Asset(sample::asset()), r#"{"v":1,"r":{"extension":"PNG","bytes":"iVBORw0KGgo="}}"#),
        (
            sample::client("c"),
            concat!(
                r#"{"v":2,"r":{"id":"c","name":"web","settings":{"CallbackURLs":["https://example.com"]},"#,
                r#""created_at":1,"modified_at":1}}"#
            ),
        ),
        (Record::Name(Sub::new("s")), r#"{"v":1,"r":"s"}"#),
        (
            Record::Attempts(Attempts { since: Timestamp::from_millis(5), count: 2 }),
            r#"{"v":1,"r":{"since":5,"count":2}}"#,
        ),
        (
            Record::User(sample::user("ann")),
            concat!(
                r#"{"v":2,"r":{"sub":"sub-ann","username":"ann","status":"unconfirmed","enabled":true,"#,
                r#""attributes":{"email":"ann@example.com"},"credential":null,"created_at":1,"modified_at":1}}"#
            ),
        ),
    ];
    for (record, text) in texts {
        assert_eq!(String::from_utf8(record.encode().expect("encodes")).expect("JSON"), text);
        assert_eq!(Record::decode(record.kind(), text.as_bytes()), Ok(record));
    }
}

#[test]
fn record_of_every_kind_is_decoded_as_encoded() {
    for (_, record) in sample::all() {
        assert!(Kind::ALL.contains(&record.kind()));
        let bytes = record.encode().expect("encodes");
        assert_eq!(Record::decode(record.kind(), &bytes), Ok(record));
    }
}

fn former_client(id: &str) -> Record {
    match sample::client(id) {
        Record::Client(record) => {
            Record::Client(Arc::new(ClientRecord { is_former: true, ..record.as_ref().clone() }))
        }
        other => other,
    }
}

#[test]
fn records_of_former_formats_are_upgraded() {
    let records = [
        (
            Kind::Pool,
            concat!(
                r#"{"v":1,"r":{"pool":{"id":"us-east-1_p","names":"username_only","case_sensitive":true,"#,
                r#""auto_verified":[],"schema":{},"first_factors":["password"],"tier":"essentials","#,
                r#""deletion_protected":false},"name":"p","settings":{"DeletionProtection":"ACTIVE","#,
                r#""MfaConfiguration":"OFF"},"tags":{"stage":"test"},"created_at":1,"modified_at":1}}"#
            ),
            sample::pool("p"),
        ),
        (
            Kind::Pool,
            concat!(
                r#"{"v":2,"r":{"id":"us-east-1_p","name":"p","settings":{"DeletionProtection":"ACTIVE"},"#,
                r#""tags":{"stage":"test"},"created_at":1,"modified_at":1}}"#
            ),
            sample::pool("p"),
        ),
        (
            Kind::Client,
            concat!(
                r#"{"v":1,"r":{"client":{"id":"c","secrets":[],"auth_flows":[],"session_minutes":3},"name":"web","#,
                r#""settings":{"CallbackURLs":["https://example.com"],"AuthSessionValidity":3},"#,
                r#""created_at":1,"modified_at":1}}"#
            ),
            former_client("c"),
        ),
        (
            Kind::User,
            concat!(
                r#"{"v":1,"r":{"sub":"sub-ann","username":"ann","status":"unconfirmed","enabled":true,"#,
                r#""attributes":{"email":"ann@example.com"},"credential":null,"created_at":1,"modified_at":1}}"#
            ),
            Record::User(sample::user("ann")),
        ),
    ];
    for (kind, text, record) in records {
        assert_eq!(Record::decode(kind, text.as_bytes()), Ok(record));
    }
}

#[test]
fn malformed_record_or_unknown_format_is_corrupt() {
    for bytes in [&b"{"[..], b"{\"v\":2,\"r\":\"s\"}", b"{\"v\":1,\"r\":7}", b""] {
        assert!(matches!(Record::decode(Kind::Name, bytes), Err(StoreError::Corrupt(_))));
    }
    let newer = Err(StoreError::Corrupt("a Pool record has format 4, and this Lido knows 3".into()));
    assert_eq!(Record::decode(Kind::Pool, br#"{"v":4,"r":{}}"#), newer);
}
