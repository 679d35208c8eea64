//! Groups of users: what tokens say of them, and how many there may be.
//!
//! A membership names the group's [`GroupId`], which is new with every group, so that a group that was deleted and made
//! again under its old name has no members. Nothing here reads or lists; that is the store's matter.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    id::{GroupId, GroupName},
    refusal::Refusal,
    user::User,
    verdict::{Change, Verdict},
};

/// How many groups a user can be in (*Documented*, cog-0263).
pub const MOST_GROUPS_OF_A_USER: usize = 100;

/// How many groups a pool can have (*Documented*: quotas of user pools).
pub const MOST_GROUPS_OF_A_POOL: usize = 10_000;

/// A group of a user pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// What memberships name.
    pub id: GroupId,
    /// Its name, unique within the pool.
    pub name: GroupName,
    /// What people read.
    pub description: Option<String>,
    /// The IAM role that members may take.
    pub role_arn: Option<String>,
    /// Its rank: the lowest number wins, and a group without one ranks last (*Documented*).
    pub precedence: Option<u32>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

/// What of a group an administrator can set; in an update, what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupSettings {
    /// The description.
    pub description: Option<String>,
    /// The IAM role that members may take.
    pub role_arn: Option<String>,
    /// The rank.
    pub precedence: Option<u32>,
}

/// Creates a group in a pool that has `count` groups; `existing` is the one that has the name.
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
    if let Err(refusal) = check_room_in_pool(count) {
        return Verdict::refuse(refusal);
    }
    let GroupSettings { description, role_arn, precedence } = settings;
    let group = Group { id, name, description, role_arn, precedence, created_at: now, modified_at: now };
    Verdict { remember: vec![Change::PutGroup(Box::new(group.clone()))], answer: Ok(group) }
}

/// Updates a group. *Chosen*: what the request does not set stays as it is.
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

/// Deletes a group. A user who is added at the same time is in a group that is gone, and so in none.
pub fn delete(group: Option<&Group>) -> Verdict<()> {
    match group {
        Some(group) => Verdict { remember: vec![Change::RemoveGroup(group.name.clone())], answer: Ok(()) },
        None => Verdict::refuse(Refusal::UnknownGroup),
    }
}

/// Adds a user, who is in the groups `own`, to a group.
///
/// The user is written too, unchanged: a second addition at the same time, or a deletion of the user, conflicts with it,
/// so that the bound on groups holds and no membership outlives its user.
pub fn join(user: Option<&User>, group: Option<&Group>, own: &[Group]) -> Verdict<()> {
    let Some(user) = user else { return Verdict::refuse(Refusal::UserNotFound) };
    let Some(group) = group else { return Verdict::refuse(Refusal::UnknownGroup) };
    if own.iter().any(|own| own.id == group.id) {
        return Verdict::accept(());
    }
    if let Err(refusal) = check_room_of_user(own.len()) {
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

/// Refuses one group too many in a pool that has `count`.
pub fn check_room_in_pool(count: usize) -> Result<(), Refusal> {
    if count < MOST_GROUPS_OF_A_POOL { Ok(()) } else { Err(Refusal::TooManyGroups) }
}

/// Refuses one group too many for a user who is in `count`.
pub fn check_room_of_user(count: usize) -> Result<(), Refusal> {
    if count < MOST_GROUPS_OF_A_USER { Ok(()) } else { Err(Refusal::TooManyGroupsOfUser) }
}

/// What the tokens of a user say about groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupClaims {
    /// `cognito:groups`, the highest rank first and then by name (*Chosen*: the order is not documented).
    pub groups: Vec<String>,
    /// `cognito:roles`: the roles of all groups, each once.
    pub roles: Vec<String>,
    /// `cognito:preferred_role`: the role of the group that ranks highest. Where several rank alike and their roles
    /// differ there is none (*Documented*).
    pub preferred_role: Option<String>,
}

impl GroupClaims {
    /// The claims of a user who is in these groups.
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
    fn the_lowest_precedence_ranks_highest() {
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
    fn there_is_an_end() {
        assert_eq!(check_room_of_user(99), Ok(()));
        assert_eq!(check_room_of_user(100), Err(Refusal::TooManyGroupsOfUser)); // cog-0263
        assert_eq!(check_room_in_pool(9_999), Ok(()));
        assert_eq!(check_room_in_pool(10_000), Err(Refusal::TooManyGroups));
    }
}
