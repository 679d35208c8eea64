//! The attributes of a pool.

use lido_cognito_idp::types;
use lido_domain::{
    Refusal,
    attribute::schema::{AttributeSpec, DataType, Schema},
    refusal::EntryFault,
};
use lido_runtime::Violated;

/// The order in which the service lists the standard attributes (*Observed* in the reference's own examples).
const STANDARD_ORDER: [&str; 21] = [
    "sub",
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
    "updated_at",
    "identities",
];

/// What CreateUserPool asks of the schema: a standard name means the standard attribute.
pub fn asked(list: &[types::SchemaAttributeType]) -> Result<Vec<(String, AttributeSpec)>, Refusal> {
    let standard = Schema::default();
    list.iter().map(|one| attribute(one, |name| standard.get(name))).collect()
}

/// What AddCustomAttributes asks of it: every name means a custom attribute.
pub fn asked_custom(list: &[types::SchemaAttributeType]) -> Result<Vec<(String, AttributeSpec)>, Refusal> {
    list.iter().map(|one| attribute(one, |_| None)).collect()
}

/// What is absent is as in the standard attribute of the name; of a custom attribute *Chosen*: text that may change.
fn attribute<'a>(
    asked: &types::SchemaAttributeType,
    standard: impl Fn(&str) -> Option<&'a AttributeSpec>,
) -> Result<(String, AttributeSpec), Refusal> {
    let name = asked.name.as_ref().ok_or(Refusal::SchemaEntry(EntryFault::Nameless))?.to_string();
    let standard = standard(&name);
    let bound = |text: &Option<types::StringType>| bound(&name, text.as_ref().map(|text| text.as_str()));
    let data_type = match (asked.attribute_data_type, standard.map(|spec| &spec.data_type)) {
        (Some(types::AttributeDataType::String), _)
        | (None, Some(DataType::String { .. }))
        | (None, None) => {
            let (mut min, mut max) = match standard.map(|spec| &spec.data_type) {
                Some(DataType::String { min, max }) => (*min, *max),
                _ => (None, None),
            };
            if let Some(asked) = &asked.string_attribute_constraints {
                min = characters(&name, bound(&asked.min_length)?)?.or(min);
                max = characters(&name, bound(&asked.max_length)?)?.or(max);
            }
            DataType::String { min, max }
        }
        (Some(types::AttributeDataType::Number), _) | (None, Some(DataType::Number { .. })) => {
            let (mut min, mut max) = match standard.map(|spec| &spec.data_type) {
                Some(DataType::Number { min, max }) => (*min, *max),
                _ => (None, None),
            };
            if let Some(asked) = &asked.number_attribute_constraints {
                min = bound(&asked.min_value)?.or(min);
                max = bound(&asked.max_value)?.or(max);
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
        mutable: asked.mutable.unwrap_or_else(|| standard.is_none_or(|spec| spec.mutable)),
        required: asked.required.unwrap_or_else(|| standard.is_some_and(|spec| spec.required)),
        developer_only: asked.developer_only_attribute.unwrap_or(false),
    };
    Ok((name, spec))
}

fn bound(name: &str, text: Option<&str>) -> Result<Option<i64>, Refusal> {
    text.map(|text| text.parse().map_err(|_| Refusal::SchemaEntry(EntryFault::Bounds(name.to_owned()))))
        .transpose()
}

fn characters(name: &str, bound: Option<i64>) -> Result<Option<u32>, Refusal> {
    bound
        .map(|bound| {
            u32::try_from(bound).map_err(|_| Refusal::SchemaEntry(EntryFault::Bounds(name.to_owned())))
        })
        .transpose()
}

/// The schema as DescribeUserPool tells it: the standard attributes, then the custom ones.
pub fn told(schema: &Schema) -> Result<Vec<types::DescribedSchemaAttributeType>, Violated> {
    let standard = STANDARD_ORDER.iter().filter_map(|name| schema.get(name).map(|spec| (*name, spec)));
    let custom = schema.iter().filter(|(name, _)| !Schema::is_standard(name));
    standard.chain(custom).map(|(name, spec)| told_attribute(name, spec)).collect()
}

fn told_attribute(name: &str, spec: &AttributeSpec) -> Result<types::DescribedSchemaAttributeType, Violated> {
    let text = |bound: Option<i64>| bound.map(|bound| bound.to_string().try_into()).transpose();
    let mut told = types::DescribedSchemaAttributeType {
        name: Some(name.to_owned()),
        developer_only_attribute: Some(spec.developer_only),
        mutable: Some(spec.mutable),
        required: Some(spec.required),
        ..types::DescribedSchemaAttributeType::default()
    };
    told.attribute_data_type = Some(match &spec.data_type {
        DataType::String { min, max } => {
            told.string_attribute_constraints = Some(types::StringAttributeConstraintsType {
                min_length: text(min.map(i64::from))?,
                max_length: text(max.map(i64::from))?,
            });
            types::AttributeDataType::String
        }
        DataType::Number { min, max } => {
            told.number_attribute_constraints = Some(types::NumberAttributeConstraintsType {
                min_value: text(*min)?,
                max_value: text(*max)?,
            });
            types::AttributeDataType::Number
        }
        DataType::DateTime => types::AttributeDataType::DateTime,
        DataType::Boolean => types::AttributeDataType::Boolean,
    });
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_names_every_standard_attribute() {
        let all = Schema::default();
        assert!(all.iter().all(|(name, _)| STANDARD_ORDER.contains(&name)));
        assert_eq!(all.iter().count(), STANDARD_ORDER.len());
    }

    #[test]
    fn what_a_request_leaves_out() {
        let named = |name: &str| types::SchemaAttributeType {
            name: Some(name.try_into().expect("a name")),
            ..types::SchemaAttributeType::default()
        };
        let required = types::SchemaAttributeType { required: Some(true), ..named("email") };
        let asked = asked(&[required, named("size"), named("birthdate")]).expect("good");
        let text = |min, max| DataType::String { min, max };
        let seen: Vec<_> =
            asked.iter().map(|(name, spec)| (name.as_str(), spec.data_type.clone(), spec.required)).collect();
        let expected = [
            ("email", text(Some(0), Some(2048)), true),
            ("size", text(None, None), false),
            ("birthdate", text(Some(10), Some(10)), false),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn bounds_that_are_no_numbers_are_refused() {
        let bounded = |min: &str| types::SchemaAttributeType {
            name: Some("size".try_into().expect("a name")),
            string_attribute_constraints: Some(types::StringAttributeConstraintsType {
                min_length: Some(min.try_into().expect("a text")),
                max_length: None,
            }),
            ..types::SchemaAttributeType::default()
        };
        for (min, refused) in [("5", false), ("-1", true), ("x", true), ("", true), ("99999999999999", true)]
        {
            let met = asked(&[bounded(min)]);
            assert_eq!(
                met.err(),
                refused.then(|| Refusal::SchemaEntry(EntryFault::Bounds("size".into()))),
                "{min}"
            );
        }
        assert_eq!(
            asked(&[types::SchemaAttributeType::default()]),
            Err(Refusal::SchemaEntry(EntryFault::Nameless))
        );
    }

    #[test]
    fn an_added_attribute_knows_no_standard_one() {
        let named = |name: &str| types::SchemaAttributeType {
            name: Some(name.try_into().expect("a name")),
            ..types::SchemaAttributeType::default()
        };
        let added = asked_custom(&[named("birthdate")]).expect("good");
        assert_eq!(added[0].1.data_type, DataType::String { min: None, max: None });
    }
}
