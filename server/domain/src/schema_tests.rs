//! Tables for the schema.

use super::*;

fn custom(data_type: DataType) -> AttributeSpec {
    AttributeSpec { data_type, mutable: true, required: false, developer_only: false }
}

fn schema() -> Schema {
    Schema::default()
        .extended(vec![
            ("size".into(), custom(DataType::Number { min: Some(-5), max: Some(5) })),
            ("short".into(), custom(DataType::String { min: Some(2), max: Some(3) })),
            ("flag".into(), custom(DataType::Boolean)),
            ("seen".into(), custom(DataType::DateTime)),
        ])
        .expect("a legal schema")
}

fn given(name: &str, value: &str) -> Given {
    Given { name: name.into(), value: Some(value.into()) }
}

#[test]
fn values_against_types() {
    use SchemaFaultKind as F;
    let cases = [
        ("email", "", None),
        ("nope", "x", Some(F::Unknown)),
        ("custom:nope", "x", Some(F::Unknown)),
        ("size", "1", Some(F::Unknown)),
        ("custom:size", "5", None),
        ("custom:size", "-6", Some(F::TooSmall(-5))),
        ("custom:size", "6", Some(F::TooLarge(5))),
        ("custom:size", "five", Some(F::NotANumber)),
        ("custom:short", "é", Some(F::TooShort(2))),
        ("custom:short", "éé", None),
        ("custom:short", "abcd", Some(F::TooLong(3))),
        ("custom:flag", "true", None),
        ("custom:flag", "yes", Some(F::NotABoolean)),
        ("custom:seen", "2026-11-21T07:00:00Z", None),
        ("custom:seen", "1700000000", None),
        ("custom:seen", "yesterday", Some(F::NotADateTime)),
        ("birthdate", "1990-02-29", Some(F::NotADate)),
        ("birthdate", "1992-02-29", None),
        ("birthdate", "0000-01-31", None),
        ("birthdate", "1990-1-1", Some(F::TooShort(10))),
        ("birthdate", "1990/01/01", Some(F::NotADate)),
        ("updated_at", "-1", Some(F::TooSmall(0))),
        ("updated_at", "1700000000", None),
    ];
    for (name, value, fault) in cases {
        assert_eq!(schema().fault_of(name, value), fault, "{name}={value}");
    }
}

#[test]
fn faults_are_joined_what_was_sent_before_what_is_missing() {
    let mut required = Schema::default();
    for name in ["email", "name"] {
        if let Some(spec) = required.0.get_mut(name) {
            spec.required = true;
        }
    }
    let refused = required.check_new_user(&[given("zzz", "1"), given("birthdate", "x"), given("aaa", "1")]);
    let Err(Refusal::Schema(faults)) = refused else { panic!("expected faults, got {refused:?}") };
    let names: Vec<_> = faults.iter().map(|f| f.attribute.as_str()).collect();
    assert_eq!(names, ["zzz", "birthdate", "aaa", "name", "email"]); // cog-0089
    // cog-0372: empty satisfies "required".
    assert!(required.check_new_user(&[given("email", ""), given("name", "")]).is_ok());
}

#[test]
fn a_missing_value_stops_before_everything_else() {
    let absent = Given { name: "phone_number".into(), value: None };
    assert_eq!(
        schema().check_new_user(&[given("nope", "x"), absent]),
        Err(Refusal::AttributeWithoutValue("phone_number".into()))
    );
}

#[test]
fn the_last_of_two_values_counts() {
    let read = schema().check_new_user(&[given("name", "a"), given("name", "b")]).expect("legal");
    assert_eq!(read.get("name"), Some("b"));
}

#[test]
fn what_a_schema_refuses() {
    let text = || custom(DataType::String { min: None, max: None });
    let base = Schema::default();
    assert_eq!(
        base.extended(vec![("a".into(), text()), ("a".into(), text())]),
        Err(Refusal::SchemaAttributeTwice("a".into()))
    );
    assert_eq!(
        base.extended(vec![("email".into(), custom(DataType::Boolean))]),
        Err(Refusal::StandardAttributeRetyped("email".into()))
    );
    assert_eq!(
        base.extended(vec![("a".into(), AttributeSpec { required: true, ..text() })]),
        Err(Refusal::CustomAttributeRequired("a".into()))
    );
    let many = (0..=MOST_CUSTOM_ATTRIBUTES).map(|n| (format!("a{n}"), text())).collect();
    assert_eq!(base.extended(many), Err(Refusal::TooManyCustomAttributes));
    let once = base.extended(vec![("a".into(), text())]).expect("legal");
    assert_eq!(once.extended(vec![("a".into(), text())]), Err(Refusal::SchemaAttributeTwice("a".into())));
    let dev = AttributeSpec { developer_only: true, ..text() };
    assert!(base.extended(vec![("a".into(), dev)]).expect("legal").get("dev:custom:a").is_some());
}
