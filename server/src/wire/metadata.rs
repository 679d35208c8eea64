//! What requests carry for triggers alone: ClientMetadata and ValidationData.

use std::collections::BTreeMap;

use lido_cognito_idp::types;

/// ClientMetadata.
pub fn client(
    sent: Option<BTreeMap<types::StringType, types::StringType>>,
) -> Option<BTreeMap<String, String>> {
    Some(sent?.into_iter().map(|(key, value)| (key.into_inner(), value.into_inner())).collect())
}

/// ValidationData, which is a list on the wire and a map in events (*Observed*, cog-0141). An entry without a value is
/// an empty text (*Chosen*: events have texts only).
pub fn validation(sent: Option<Vec<types::AttributeType>>) -> Option<BTreeMap<String, String>> {
    let entries = sent?.into_iter();
    let entry = |one: types::AttributeType| {
        (one.name.into_inner(), one.value.map(types::AttributeValueType::into_inner).unwrap_or_default())
    };
    Some(entries.map(entry).collect())
}
