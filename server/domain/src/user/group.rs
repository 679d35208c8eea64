//! Groups of users: how they are created, changed and joined, their limits, and their claims in tokens.
//!
//! A membership refers to the group's [`GroupId`]. A group that is deleted and created again with the same name has a
//! new id and therefore no members. Reading and listing groups is in the server's store.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    id::{GroupId, GroupName},
    refusal::Refusal,
    user::User,
    verdict::{Change, Verdict},
};

/// The maximum number of groups of a user (*Documented*, cog-0263).
pub const MAX_GROUPS_PER_USER: usize = 100;

/// The maximum number of groups of a pool (*Documented*: quotas of user pools).
pub const MAX_GROUPS_PER_POOL: usize = 10_000;

/// A group of a user pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The id, to which memberships refer.
    pub id: GroupId,
    /// The name, unique within the pool.
    pub name: GroupName,
    /// The description.
    pub description: Option<String>,
    /// The ARN of the IAM role that members can assume.
    pub role_arn: Option<String>,
    /// The precedence: the lowest number has the highest rank, and a group without one ranks last (*Documented*).
    pub precedence: Option<u32>,
    /// When the group was created.
    pub created_at: Timestamp,
    /// When the group was last changed.
    pub modified_at: Timestamp,
}

/// The settings of a group in a request. In an update, an absent setting stays unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupSettings {
    /// The description.
    pub description: Option<String>,
    /// The ARN of the IAM role that members can assume.
    pub role_arn: Option<String>,
    /// The precedence.
    pub precedence: Option<u32>,
}

/// Creates a group in a pool that has `count` groups. `existing` is the present group with this name.
pub fn create(
    existing: Option<&Group>,
    count: usize,
    id: GroupId,
    name: GroupName,
    settings: GroupSettings,
    now: Timestamp,
) -> Verdict<Group> {
    if existing.is_some() {
        return Verdict::refuse(Refusal::GroupExists);
    }
    if let Err(refusal) = check_pool_group_limit(count) {
        return Verdict::refuse(refusal);
    }
    let GroupSettings { description, role_arn, precedence } = settings;
    let group = Group { id, name, description, role_arn, precedence, created_at: now, modified_at: now };
    Verdict { remember: vec![Change::PutGroup(Box::new(group.clone()))], answer: Ok(group) }
}

/// Updates a group. *Chosen*: a setting that is absent in the request stays unchanged.
pub fn update(group: Option<&Group>, settings: GroupSettings, now: Timestamp) -> Verdict<Group> {
    let Some(former) = group else { return Verdict::refuse(Refusal::UnknownGroup) };
    let group = Group {
        description: settings.description.or_else(|| former.description.clone()),
        role_arn: settings.role_arn.or_else(|| former.role_arn.clone()),
        precedence: settings.precedence.or(former.precedence),
        modified_at: now,
        ..former.clone()
    };
    Verdict { remember: vec![Change::PutGroup(Box::new(group.clone()))], answer: Ok(group) }
}

/// Deletes a group. If a user is added to it at the same time, that membership refers to a deleted group and has no
/// effect.
pub fn delete(group: Option<&Group>) -> Verdict<()> {
    match group {
        Some(group) => Verdict {
            remember: vec![Change::RemoveGroup(group.name.clone(), group.id.clone())],
            answer: Ok(()),
        },
        None => Verdict::refuse(Refusal::UnknownGroup),
    }
}

/// Adds a user to a group. `own` are the present groups of the user.
///
/// The user is stored too, unchanged. So a second addition or a deletion of the user at the same time causes a
/// conflict. This guarantees the limit on groups, and that no membership exists without its user.
pub fn join(user: Option<&User>, group: Option<&Group>, own: &[Group]) -> Verdict<()> {
    let Some(user) = user else { return Verdict::refuse(Refusal::UserNotFound) };
    let Some(group) = group else { return Verdict::refuse(Refusal::UnknownGroup) };
    if own.iter().any(|own| own.id == group.id) {
        return Verdict::accept(());
    }
    if let Err(refusal) = check_user_group_limit(own.len()) {
        return Verdict::refuse(refusal);
    }
    let membership =
        Change::PutMembership { of: user.sub.clone(), group: group.name.clone(), id: group.id.clone() };
    Verdict { remember: vec![membership, Change::PutUser(Box::new(user.clone()))], answer: Ok(()) }
}

/// Removes a user from a group.
pub fn leave(user: Option<&User>, group: Option<&Group>) -> Verdict<()> {
    let Some(user) = user else { return Verdict::refuse(Refusal::UserNotFound) };
    let Some(group) = group else { return Verdict::refuse(Refusal::UnknownGroup) };
    let removed = Change::RemoveMembership { of: user.sub.clone(), group: group.name.clone() };
    Verdict { remember: vec![removed], answer: Ok(()) }
}

/// Refuses a further group in a pool that has `count` groups, if that is the maximum.
pub fn check_pool_group_limit(count: usize) -> Result<(), Refusal> {
    if count < MAX_GROUPS_PER_POOL { Ok(()) } else { Err(Refusal::TooManyGroups) }
}

/// Refuses a further group for a user who is in `count` groups, if that is the maximum.
pub fn check_user_group_limit(count: usize) -> Result<(), Refusal> {
    if count < MAX_GROUPS_PER_USER { Ok(()) } else { Err(Refusal::TooManyGroupsOfUser) }
}

/// The claims about groups in a user's tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupClaims {
    /// `cognito:groups`: the names, ordered by rank and then by name (*Chosen*: the order is not documented).
    pub groups: Vec<String>,
    /// `cognito:roles`: the roles of all groups, without duplicates.
    pub roles: Vec<String>,
    /// `cognito:preferred_role`: the role of the group with the highest rank, or `None` if several groups have that
    /// rank and different roles (*Documented*).
    pub preferred_role: Option<String>,
}

impl GroupClaims {
    /// Returns the claims of a user who is in these groups.
    pub fn of(groups: &[Group]) -> Self {
        let rank = |group: &Group| group.precedence.unwrap_or(u32::MAX);
        let mut ranked: Vec<&Group> = groups.iter().collect();
        ranked.sort_by(|one, other| (rank(one), &one.name).cmp(&(rank(other), &other.name)));
        let mut roles: Vec<String> = Vec::new();
        for role in ranked.iter().filter_map(|group| group.role_arn.as_ref()) {
            if !roles.contains(role) {
                roles.push(role.clone());
            }
        }
        let with_role: Vec<&&Group> = ranked.iter().filter(|group| group.role_arn.is_some()).collect();
        let preferred_role = with_role.first().and_then(|first| {
            let alike = || with_role.iter().filter(|group| rank(group) == rank(first));
            alike().all(|group| group.role_arn == first.role_arn).then(|| first.role_arn.clone()).flatten()
        });
        Self {
            groups: ranked.iter().map(|group| group.name.as_str().to_owned()).collect(),
            roles,
            preferred_role,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str, precedence: Option<u32>, role: Option<&str>) -> Group {
        Group {
            id: GroupId::new(name),
            name: GroupName::new(name),
            description: None,
            role_arn: role.map(str::to_owned),
            precedence,
            created_at: Timestamp::from_millis(0),
            modified_at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn group_with_the_lowest_precedence_ranks_highest() {
        type Case<'a> = (&'a [Group], &'a [&'a str], &'a [&'a str], Option<&'a str>);
        let (a, b) = (group("a", None, Some("r-a")), group("b", Some(5), Some("r-b")));
        let (c, d) = (group("c", Some(5), Some("r-c")), group("d", Some(0), None));
        let cases: [Case<'_>; 5] = [
            (&[], &[], &[], None),
            (&[a.clone(), b.clone()], &["b", "a"], &["r-b", "r-a"], Some("r-b")),
            (&[c.clone(), b.clone()], &["b", "c"], &["r-b", "r-c"], None),
            (&[b.clone(), group("e", Some(5), Some("r-b"))], &["b", "e"], &["r-b"], Some("r-b")),
            (&[a, d], &["d", "a"], &["r-a"], Some("r-a")),
        ];
        for (groups, names, roles, preferred) in cases {
            let claims = GroupClaims::of(groups);
            assert_eq!(claims.groups, names);
            assert_eq!(claims.roles, roles);
            assert_eq!(claims.preferred_role.as_deref(), preferred);
        }
    }

    #[test]
    fn groups_beyond_the_limits_are_refused() {
        assert_eq!(check_user_group_limit(99), Ok(()));
        assert_eq!(check_user_group_limit(100), Err(Refusal::TooManyGroupsOfUser)); // cog-0263, api-0332
        assert_eq!(check_pool_group_limit(9_999), Ok(()));
        assert_eq!(check_pool_group_limit(10_000), Err(Refusal::TooManyGroups));
    }
}
