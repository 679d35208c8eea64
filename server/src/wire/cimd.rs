//! Conversion of policies of client ID metadata documents, and of the documents that are kept.

use lido_cognito_idp::types;
use lido_domain::{
    client::cimd::{CachedMetadata, CimdPolicy},
    id::{ClientId, PoolId},
};

use super::{ConversionError, time::date};

/// Reads the patterns of a request.
pub fn read_patterns(patterns: types::UrlPatternListType) -> Vec<String> {
    patterns.into_inner().into_iter().map(types::UrlPatternType::into_inner).collect()
}

/// Reads the cache duration of a request. A constraint of the API excludes a negative one.
pub fn read_cache_seconds(duration: Option<types::CacheDurationType>) -> Option<u32> {
    duration.and_then(|duration| u32::try_from(duration.into_inner()).ok())
}

/// Converts a policy. `has_client` says whether its app client still exists: one that does not is not told
/// (*Documented*).
pub fn to_cimd_policy_type(
    pool: &PoolId,
    policy: &CimdPolicy,
    has_client: bool,
) -> Result<types::CimdPolicyType, ConversionError> {
    let patterns = policy.settings.patterns.iter().map(|pattern| pattern.as_str().try_into());
    let patterns = patterns.collect::<Result<Vec<types::UrlPatternType>, _>>()?;
    Ok(types::CimdPolicyType {
        user_pool_id: pool.as_str().try_into()?,
        cimd_policy_id: policy.id.as_str().try_into()?,
        client_id: to_client_id(&policy.settings.client, has_client)?,
        policy_name: policy.settings.name.as_str().try_into()?,
        cache_duration: to_cache_duration(policy)?,
        url_patterns: Some(patterns.try_into()?),
        creation_date: Some(date(policy.created_at)),
        last_modified_date: Some(date(policy.modified_at)),
    })
}

/// Converts a policy to an entry of ListCIMDPolicies, which has no patterns (*Documented*, api-0318).
pub fn to_cimd_policy_summary_type(
    policy: &CimdPolicy,
    has_client: bool,
) -> Result<types::CimdPolicySummaryType, ConversionError> {
    Ok(types::CimdPolicySummaryType {
        cimd_policy_id: policy.id.as_str().try_into()?,
        client_id: to_client_id(&policy.settings.client, has_client)?,
        policy_name: policy.settings.name.as_str().try_into()?,
        cache_duration: to_cache_duration(policy)?,
        creation_date: Some(date(policy.created_at)),
        last_modified_date: Some(date(policy.modified_at)),
    })
}

fn to_client_id(id: &ClientId, exists: bool) -> Result<Option<types::ClientIdType>, ConversionError> {
    Ok(exists.then(|| id.as_str().try_into()).transpose()?)
}

/// *Chosen*: a duration is told only if it was sent.
fn to_cache_duration(policy: &CimdPolicy) -> Result<Option<types::CacheDurationType>, ConversionError> {
    let seconds = policy.settings.cache_seconds.map(|seconds| i32::try_from(seconds).unwrap_or(i32::MAX));
    Ok(seconds.map(TryInto::try_into).transpose()?)
}

/// Converts a document that is kept.
pub fn to_client_metadata_url_type(
    kept: &CachedMetadata,
) -> Result<types::ClientMetadataUrlType, ConversionError> {
    Ok(types::ClientMetadataUrlType {
        url: kept.url.as_str().try_into()?,
        cached_date: Some(date(kept.cached_at)),
        expiration_date: Some(date(kept.expires_at)),
    })
}
