//! Conversion of groups.

use lido_cognito_idp::types;
use lido_domain::{
    id::PoolId,
    user::group::{Group, GroupSettings},
};

use super::{ConversionError, time::date};

/// Reads the settings of a group. A constraint of the API excludes a negative precedence.
pub fn read_settings(
    description: Option<types::DescriptionType>,
    role_arn: Option<types::ArnType>,
    precedence: Option<types::PrecedenceType>,
) -> GroupSettings {
    GroupSettings {
        description: description.map(types::DescriptionType::into_inner),
        role_arn: role_arn.map(types::ArnType::into_inner),
        precedence: precedence.and_then(|number| u32::try_from(number.into_inner()).ok()),
    }
}

/// Converts a group.
pub fn to_group_type(pool: &PoolId, group: &Group) -> Result<types::GroupType, ConversionError> {
    let precedence = group.precedence.map(|number| i32::try_from(number).unwrap_or(i32::MAX));
    Ok(types::GroupType {
        group_name: Some(group.name.as_str().try_into()?),
        user_pool_id: Some(pool.as_str().try_into()?),
        description: group.description.as_deref().map(TryInto::try_into).transpose()?,
        role_arn: group.role_arn.as_deref().map(TryInto::try_into).transpose()?,
        precedence: precedence.map(TryInto::try_into).transpose()?,
        last_modified_date: Some(date(group.modified_at)),
        creation_date: Some(date(group.created_at)),
    })
}
