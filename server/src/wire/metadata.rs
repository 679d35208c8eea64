//! Reads the members of a request that only triggers use: ClientMetadata and ValidationData.

use std::collections::BTreeMap;

use lido_cognito_idp::types;

/// Reads ClientMetadata.
pub fn read_client_metadata(
    sent: Option<BTreeMap<types::StringType, types::StringType>>,
) -> Option<BTreeMap<String, String>> {
    Some(sent?.into_iter().map(|(key, value)| (key.into_inner(), value.into_inner())).collect())
}

/// Reads ValidationData, which is a list in requests and a map in events (*Observed*, cog-0141). An entry without a
/// value becomes an empty string (*Chosen*: the values in events are strings).
pub fn read_validation_data(sent: Option<Vec<types::AttributeType>>) -> Option<BTreeMap<String, String>> {
    let entries = sent?.into_iter();
    let entry = |one: types::AttributeType| {
        (one.name.into_inner(), one.value.map(types::AttributeValueType::into_inner).unwrap_or_default())
    };
    Some(entries.map(entry).collect())
}
