//! Conversion of the attributes in the schema of a pool.

use lido_cognito_idp::types;
use lido_domain::{
    Refusal,
    attribute::schema::{AttributeSpec, DataType, Schema},
    refusal::EntryFault,
};
use lido_runtime::BrokenRules;
use serde_json::Value;

use super::ConversionError;

/// The order in which the service lists the standard attributes of a new pool (*Observed* in 2026, api-0052).
const STANDARD_ORDER: [&str; 21] = [
    "profile",
    "address",
    "birthdate",
    "gender",
    "preferred_username",
    "updated_at",
    "website",
    "picture",
    "identities",
    "sub",
    "phone_number",
    "phone_number_verified",
    "zoneinfo",
    "locale",
    "email",
    "email_verified",
    "given_name",
    "family_name",
    "middle_name",
    "name",
    "nickname",
];

/// Reads the attributes of CreateUserPool. An entry with the name of a standard attribute changes that attribute.
///
/// # Errors
/// `SchemaEntry`.
pub fn read_attributes(list: &[types::SchemaAttributeType]) -> Result<Vec<(String, AttributeSpec)>, Refusal> {
    let standard = Schema::default();
    list.iter()
        .map(|entry| {
            read_attribute(entry, |name| standard.get(name).filter(|_| Schema::is_configurable(name)))
        })
        .collect()
}

/// Reads the attributes of AddCustomAttributes. Every entry is a custom attribute.
///
/// # Errors
/// `SchemaEntry`.
pub fn read_custom_attributes(
    list: &[types::SchemaAttributeType],
) -> Result<Vec<(String, AttributeSpec)>, Refusal> {
    list.iter().map(|entry| read_attribute(entry, |_| None)).collect()
}

/// Reads an attribute. An absent member is that of the standard attribute with this name. A custom attribute needs a type
/// (*Observed*, api-0087); *Chosen*: it is mutable.
fn read_attribute<'a>(
    entry: &types::SchemaAttributeType,
    standard: impl Fn(&str) -> Option<&'a AttributeSpec>,
) -> Result<(String, AttributeSpec), Refusal> {
    let name = entry.name.as_ref().ok_or(Refusal::SchemaEntry(EntryFault::NameMissing))?.to_string();
    let standard = standard(&name);
    let bound = |text: &Option<types::StringType>| bound(&name, text.as_ref().map(|text| text.as_str()));
    let data_type = match (entry.attribute_data_type, standard.map(|spec| &spec.data_type)) {
        (None, None) => return Err(Refusal::SchemaEntry(EntryFault::TypeMissing)),
        (Some(types::AttributeDataType::String), _) | (None, Some(DataType::String { .. })) => {
            let (mut min, mut max) = match standard.map(|spec| &spec.data_type) {
                Some(DataType::String { min, max }) => (*min, *max),
                _ => (None, None),
            };
            if let Some(constraints) = &entry.string_attribute_constraints {
                min = length(&name, bound(&constraints.min_length)?)?.or(min);
                max = length(&name, bound(&constraints.max_length)?)?.or(max);
            }
            DataType::String { min, max }
        }
        (Some(types::AttributeDataType::Number), _) | (None, Some(DataType::Number { .. })) => {
            let (mut min, mut max) = match standard.map(|spec| &spec.data_type) {
                Some(DataType::Number { min, max }) => (*min, *max),
                _ => (None, None),
            };
            if let Some(constraints) = &entry.number_attribute_constraints {
                min = bound(&constraints.min_value)?.or(min);
                max = bound(&constraints.max_value)?.or(max);
            }
            DataType::Number { min, max }
        }
        (Some(types::AttributeDataType::DateTime), _) | (None, Some(DataType::DateTime)) => {
            DataType::DateTime
        }
        (Some(types::AttributeDataType::Boolean), _) | (None, Some(DataType::Boolean)) => DataType::Boolean,
    };
    let spec = AttributeSpec {
        data_type,
        mutable: entry.mutable.unwrap_or_else(|| standard.is_none_or(|spec| spec.mutable)),
        required: entry.required.unwrap_or_else(|| standard.is_some_and(|spec| spec.required)),
        developer_only: entry.developer_only_attribute.unwrap_or(false),
    };
    Ok((name, spec))
}

/// Reads a bound of an attribute, or refuses it.
fn bound(name: &str, text: Option<&str>) -> Result<Option<i64>, Refusal> {
    text.map(|text| text.parse().map_err(|_| Refusal::SchemaEntry(EntryFault::Bounds(name.to_owned()))))
        .transpose()
}

/// Converts a bound of a string attribute, which is a length in characters, or refuses it.
fn length(name: &str, bound: Option<i64>) -> Result<Option<u32>, Refusal> {
    bound
        .map(|bound| {
            u32::try_from(bound).map_err(|_| Refusal::SchemaEntry(EntryFault::Bounds(name.to_owned())))
        })
        .transpose()
}

/// Converts a schema: the standard attributes, then the custom ones.
pub fn to_schema_attributes(
    schema: &Schema,
) -> Result<Vec<types::DescribedSchemaAttributeType>, BrokenRules> {
    let standard = STANDARD_ORDER.iter().filter_map(|name| schema.get(name).map(|spec| (*name, spec)));
    let custom = schema.iter().filter(|(name, _)| !Schema::is_standard(name));
    standard.chain(custom).map(|(name, spec)| to_schema_attribute(name, spec)).collect()
}

/// Converts the attributes that differ from those of a new pool to members of CreateUserPool, as JSON.
pub fn to_created_attributes(schema: &Schema) -> Result<Vec<Value>, ConversionError> {
    let changed = schema.clone().into_changed();
    let described = changed.iter().map(|(name, spec)| {
        let short = name.strip_prefix("dev:").unwrap_or(name);
        let short = short.strip_prefix("custom:").unwrap_or(short);
        let attribute = to_schema_attribute(name, spec)?;
        let mut json: Value = serde_json::from_str(&lido_runtime::to_json(&attribute))?;
        if let Value::Object(members) = &mut json {
            members.insert("Name".to_owned(), short.into());
        }
        Ok(json)
    });
    described.collect()
}

fn to_schema_attribute(
    name: &str,
    spec: &AttributeSpec,
) -> Result<types::DescribedSchemaAttributeType, BrokenRules> {
    let text = |bound: Option<i64>| bound.map(|bound| bound.to_string().try_into()).transpose();
    let mut attribute = types::DescribedSchemaAttributeType {
        name: Some(name.to_owned()),
        developer_only_attribute: Some(spec.developer_only),
        mutable: Some(spec.mutable),
        required: Some(spec.required),
        ..types::DescribedSchemaAttributeType::default()
    };
    attribute.attribute_data_type = Some(match &spec.data_type {
        // *Observed* (api-0051): the constraints of this one are there, and empty.
        DataType::String { .. } if name == "identities" => {
            attribute.string_attribute_constraints = Some(types::StringAttributeConstraintsType::default());
            types::AttributeDataType::String
        }
        DataType::String { min, max } => {
            attribute.string_attribute_constraints = Some(types::StringAttributeConstraintsType {
                min_length: text(min.map(i64::from))?,
                max_length: text(max.map(i64::from))?,
            });
            types::AttributeDataType::String
        }
        DataType::Number { min, max } => {
            attribute.number_attribute_constraints = Some(types::NumberAttributeConstraintsType {
                min_value: text(*min)?,
                max_value: text(*max)?,
            });
            types::AttributeDataType::Number
        }
        DataType::DateTime => types::AttributeDataType::DateTime,
        DataType::Boolean => types::AttributeDataType::Boolean,
    });
    Ok(attribute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_order_contains_every_standard_attribute() {
        let all = Schema::default();
        assert!(all.iter().all(|(name, _)| STANDARD_ORDER.contains(&name)));
        assert_eq!(all.iter().count(), STANDARD_ORDER.len());
    }

    #[test]
    fn absent_members_get_the_defaults_of_their_attribute() {
        let named = |name: &str| types::SchemaAttributeType {
            name: Some(name.try_into().expect("a name")),
            ..types::SchemaAttributeType::default()
        };
        let required = types::SchemaAttributeType { required: Some(true), ..named("email") };
        let size = types::SchemaAttributeType {
            attribute_data_type: Some(types::AttributeDataType::String),
            ..named("size")
        };
        let attributes = read_attributes(&[required, size, named("birthdate")]).expect("good");
        let text = |min, max| DataType::String { min, max };
        let read: Vec<_> = attributes
            .iter()
            .map(|(name, spec)| (name.as_str(), spec.data_type.clone(), spec.required))
            .collect();
        let expected = [
            ("email", text(Some(0), Some(2048)), true),
            ("size", text(None, None), false),
            ("birthdate", text(Some(10), Some(10)), false),
        ];
        assert_eq!(read, expected);
    }

    #[test]
    fn bound_that_is_no_number_is_refused() {
        let bounded = |min: &str| types::SchemaAttributeType {
            name: Some("size".try_into().expect("a name")),
            attribute_data_type: Some(types::AttributeDataType::String),
            string_attribute_constraints: Some(types::StringAttributeConstraintsType {
                min_length: Some(min.try_into().expect("a text")),
                max_length: None,
            }),
            ..types::SchemaAttributeType::default()
        };
        for (min, refused) in [("5", false), ("-1", true), ("x", true), ("", true), ("99999999999999", true)]
        {
            let read = read_attributes(&[bounded(min)]);
            assert_eq!(
                read.err(),
                refused.then(|| Refusal::SchemaEntry(EntryFault::Bounds("size".into()))),
                "{min}"
            );
        }
        assert_eq!(
            read_attributes(&[types::SchemaAttributeType::default()]),
            Err(Refusal::SchemaEntry(EntryFault::NameMissing))
        );
    }

    #[test]
    fn custom_attribute_without_type_is_refused() {
        let named = |name: &str| types::SchemaAttributeType {
            name: Some(name.try_into().expect("a name")),
            ..types::SchemaAttributeType::default()
        };
        let untyped = Some(Refusal::SchemaEntry(EntryFault::TypeMissing));
        for (name, standard) in [("size", false), ("email_verified", false), ("birthdate", true)] {
            assert_eq!(
                read_attributes(&[named(name)]).err(),
                untyped.clone().filter(|_| !standard),
                "{name}"
            );
            assert_eq!(
                read_custom_attributes(&[named(name)]).err(),
                untyped,
                "{name} by AddCustomAttributes"
            );
        }
    }
}
