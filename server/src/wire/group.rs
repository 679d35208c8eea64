//! Groups as the API tells them.

use lido_cognito_idp::types;
use lido_domain::{
    id::{GroupId, GroupName, PoolId},
    user::group::Group,
};

use super::{Unsayable, time::date};

/// What may be said of a group when it is made or changed.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What people read.
    pub description: Option<String>,
    /// The role of its members.
    pub role_arn: Option<String>,
    /// Its rank; the API's constraint keeps it from being negative.
    pub precedence: Option<u32>,
}

impl Asked {
    /// What a request says.
    pub fn new(
        description: Option<types::DescriptionType>,
        role_arn: Option<types::ArnType>,
        precedence: Option<types::PrecedenceType>,
    ) -> Self {
        Self {
            description: description.map(types::DescriptionType::into_inner),
            role_arn: role_arn.map(types::ArnType::into_inner),
            precedence: precedence.and_then(|number| u32::try_from(number.into_inner()).ok()),
        }
    }

    /// A new group of this name.
    pub fn group(self, id: GroupId, name: GroupName, now: lido_domain::Timestamp) -> Group {
        let Self { description, role_arn, precedence } = self;
        Group { id, name, description, role_arn, precedence, created_at: now, modified_at: now }
    }

    /// `group` with what was said in place of what it had; what was not said stays (*Chosen*: the documentation of
    /// UpdateGroup is silent, and a group has no other way to keep a member).
    pub fn changed(self, group: Group, now: lido_domain::Timestamp) -> Group {
        Group {
            description: self.description.or(group.description),
            role_arn: self.role_arn.or(group.role_arn),
            precedence: self.precedence.or(group.precedence),
            modified_at: now,
            ..group
        }
    }
}

/// A group as every operation tells it.
pub fn told(pool: &PoolId, group: &Group) -> Result<types::GroupType, Unsayable> {
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
