//! Tests of the schema.

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
        .expect("a valid schema")
}

fn given(name: &str, value: &str) -> AttributeInput {
    AttributeInput { name: name.into(), value: Some(value.into()) }
}

#[test]
fn value_that_violates_its_data_type_has_a_fault() {
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
        ("custom:flag", "False", None),
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
        assert_eq!(schema().find_fault(name, value), fault, "{name}={value}");
    }
}

#[test]
fn new_user_faults_list_sent_attributes_before_missing_ones() {
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
    // cog-0372: an empty value counts for a required attribute.
    assert!(required.check_new_user(&[given("email", ""), given("name", "")]).is_ok());
}

#[test]
fn missing_value_is_refused_before_other_faults() {
    let absent = AttributeInput { name: "phone_number".into(), value: None };
    assert_eq!(
        schema().check_new_user(&[given("nope", "x"), absent]),
        Err(Refusal::AttributeWithoutValue("phone_number".into()))
    );
}

#[test]
fn last_value_of_a_repeated_attribute_counts() {
    let read = schema().check_new_user(&[given("name", "a"), given("name", "b")]).expect("valid");
    assert_eq!(read.get("name"), Some("b"));
}

/// Returns a schema with an immutable, a required and a developer attribute.
fn strict() -> Schema {
    let text = || custom(DataType::String { min: Some(3), max: None });
    let mut schema = Schema::default()
        .extended(vec![
            ("fixed".into(), AttributeSpec { mutable: false, ..text() }),
            ("free".into(), text()),
            ("inner".into(), AttributeSpec { developer_only: true, ..text() }),
        ])
        .expect("a valid schema");
    if let Some(spec) = schema.0.get_mut("email") {
        spec.required = true;
    }
    schema
}

fn one_fault(attribute: &str, kind: SchemaFaultKind) -> Refusal {
    Refusal::Schema(vec![SchemaFault { attribute: attribute.into(), kind }])
}

#[test]
fn admin_created_user_may_lack_required_attributes() {
    assert_eq!(strict().check_admin_created_user(&[]), Ok(Attributes::default()));
    assert!(
        strict()
            .check_admin_created_user(&[given("custom:fixed", "once"), given("dev:custom:inner", "yes")])
            .is_ok()
    );
    let refused = strict().check_admin_created_user(&[given("nope", "x"), given("sub", "x")]);
    assert_eq!(refused, Err(Refusal::AttributeReserved("sub".into())), "checked before the schema");
    assert_eq!(
        strict().check_admin_created_user(&[given("nope", "x")]),
        Err(one_fault("nope", SchemaFaultKind::Unknown))
    );
}

#[test]
fn update_is_refused_for_reserved_immutable_or_invalid_attributes() {
    use SchemaFaultKind as F;
    let reserved = |name: &str| Err(Refusal::AttributeReserved(name.to_owned()));
    let schema = |name: &str, kind| Err(one_fault(name, kind));
    let cases = [
        ("custom:free", Some("good"), Ok(())),
        ("custom:free", Some(""), Ok(())),
        ("dev:custom:inner", Some("good"), Ok(())),
        ("email_verified", Some("True"), Ok(())),
        ("custom:free", Some("no"), schema("custom:free", F::TooShort(3))),
        ("custom:fixed", Some("other"), schema("custom:fixed", F::Immutable)),
        ("custom:fixed", Some(""), schema("custom:fixed", F::Immutable)),
        ("email", Some(""), schema("email", F::RequiredRemoved)),
        ("nope", Some("x"), schema("nope", F::Unknown)),
        ("name", None, Err(Refusal::AttributeWithoutValue("name".into()))), // cog-0371
        ("sub", Some("x"), reserved("sub")),
        ("sub", None, reserved("sub")),
        ("identities", Some("[]"), reserved("identities")),
    ];
    for (name, value, expected) in cases {
        let given = AttributeInput { name: name.into(), value: value.map(str::to_owned) };
        assert_eq!(strict().check_update(&[given]).map(|_| ()), expected, "{name}={value:?}");
    }
    let refused =
        strict().check_update(&[given("nope", "x"), given("custom:fixed", "x"), given("nope", "y")]);
    let Err(Refusal::Schema(faults)) = refused else { panic!("expected faults, got {refused:?}") };
    assert_eq!(faults.len(), 2, "one fault for each name");
}

#[test]
fn removal_is_refused_for_required_immutable_or_reserved_attributes() {
    use SchemaFaultKind as F;
    let cases = [
        ("custom:free", Ok(())),
        ("phone_number", Ok(())),
        ("dev:custom:inner", Ok(())),
        ("email", Err(one_fault("email", F::RequiredRemoved))),
        ("custom:fixed", Err(one_fault("custom:fixed", F::Immutable))),
        ("nope", Err(one_fault("nope", F::Unknown))),
        ("sub", Err(Refusal::AttributeReserved("sub".into()))),
        ("email_verified", Err(Refusal::AttributeReserved("email_verified".into()))),
    ];
    for (name, expected) in cases {
        assert_eq!(strict().check_removal(&[name.to_owned()]), expected, "{name}");
    }
}

#[test]
fn schema_refuses_invalid_attribute_definitions() {
    let text = || custom(DataType::String { min: None, max: None });
    let base = Schema::default();
    let text_of = |min, max| custom(DataType::String { min: Some(min), max: Some(max) });
    let number = |min, max| custom(DataType::Number { min: Some(min), max: Some(max) });
    let dev = || AttributeSpec { developer_only: true, ..text() };
    let required = || AttributeSpec { required: true, ..text() };
    let reversed = |attribute: &str, text| {
        Refusal::SchemaEntry(EntryFault::BoundsReversed { attribute: attribute.into(), text })
    };
    type Definitions = Vec<(&'static str, AttributeSpec)>;
    let named = |definitions: Definitions| -> Vec<(String, AttributeSpec)> {
        definitions.into_iter().map(|(name, spec)| (name.to_owned(), spec)).collect()
    };
    let cases: [(Definitions, Refusal); 8] = [
        (vec![("a", text()), ("a", text())], Refusal::SchemaEntry(EntryFault::Twice("custom:a".into()))),
        (vec![("name", text()), ("name", text())], Refusal::SchemaEntry(EntryFault::Twice("name".into()))),
        (
            vec![("email", custom(DataType::Boolean))],
            Refusal::SchemaEntry(EntryFault::StandardAttributeRedefined("email".into())),
        ),
        (
            vec![("email", dev())],
            Refusal::SchemaEntry(EntryFault::StandardAttributeRedefined("email".into())),
        ),
        (vec![("a", required())], Refusal::SchemaEntry(EntryFault::Required("custom:a".into()))),
        (vec![("a", text_of(2, 1))], reversed("custom:a", true)),
        (vec![("a", number(2, 1))], reversed("custom:a", false)),
        (vec![("name", text_of(2, 1))], reversed("name", true)),
    ];
    for (definitions, refusal) in cases {
        assert_eq!(base.extended(named(definitions)), Err(refusal));
    }
    let many = (0..=MAX_CUSTOM_ATTRIBUTES).map(|n| (format!("a{n}"), text())).collect();
    assert_eq!(base.extended(many), Err(Refusal::SchemaEntry(EntryFault::TooMany)));
    assert!(base.extended(named(vec![("a", dev())])).expect("valid").get("dev:custom:a").is_some());
}

#[test]
fn custom_attribute_that_exists_is_not_replaced() {
    let text = || custom(DataType::String { min: None, max: None });
    let base = Schema::default();
    let once = base.with_custom_attributes(vec![("sub".into(), text())]).expect("valid");
    assert!(once.get("custom:sub").is_some());
    assert_eq!(once.get("sub"), base.get("sub"), "the standard attribute is unchanged");
    assert_eq!(
        once.with_custom_attributes(vec![("sub".into(), text())]),
        Err(Refusal::SchemaEntry(EntryFault::Exists("custom:sub".into())))
    );
    let fifty = (0..MAX_CUSTOM_ATTRIBUTES).map(|n| (format!("a{n}"), text())).collect();
    let full = base.with_custom_attributes(fifty).expect("the maximum number");
    assert_eq!(
        full.with_custom_attributes(vec![("more".into(), text())]),
        Err(Refusal::SchemaEntry(EntryFault::TooMany))
    );
}
