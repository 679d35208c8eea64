//! Groups and who is in them.
//!
//! A membership is two records, one found by the user and one by the group, and both name the group's id. One that
//! names another id is left over from a group that is gone, and counts for nothing.

use lido_domain::{
    id::{GroupName, PoolId, Sub},
    user::{User, group::Group},
};

use super::{Key, Kind, Read, Record, Store, StoreError, Write};

/// How many memberships one read brings.
const PAGE: usize = 256;

impl Store {
    /// A group.
    pub async fn read_group(
        &self,
        pool: &PoolId,
        name: &GroupName,
    ) -> Result<Option<Read<Group>>, StoreError> {
        self.read_as(pool, Key::group(name), group_of).await
    }

    /// Groups of a pool in the order of their names, after `after`.
    pub async fn list_groups(
        &self,
        pool: &PoolId,
        after: Option<&GroupName>,
        limit: usize,
    ) -> Result<Vec<Group>, StoreError> {
        let listed = self.backend().list(pool, Kind::Group, after.map(GroupName::as_str), limit).await?;
        listed.into_iter().map(|stored| group_of(stored.record)).collect()
    }

    /// How many groups a pool has.
    pub async fn count_groups(&self, pool: &PoolId) -> Result<usize, StoreError> {
        self.backend().count(pool, Kind::Group).await
    }

    /// The groups that a user is in, in the order of their names, after `after`.
    pub async fn list_groups_of(
        &self,
        pool: &PoolId,
        sub: &Sub,
        after: Option<&GroupName>,
        limit: usize,
    ) -> Result<Vec<Group>, StoreError> {
        let mut found = Vec::new();
        let mut walk = Walk::new(Kind::GroupOfUser, sub.as_str(), after.map(GroupName::as_str));
        while found.len() < limit {
            let Some(page) = walk.next(self, pool).await? else { break };
            let keys: Vec<Key> = page.iter().map(|(name, _)| Key::group(&GroupName::new(name))).collect();
            let groups = self.backend().read(pool, &keys).await?;
            for ((_, record), stored) in page.into_iter().zip(groups) {
                let (Record::GroupOfUser(id), Some(stored)) = (record, stored) else { continue };
                let group = group_of(stored.record)?;
                if group.id == id && found.len() < limit {
                    found.push(group);
                }
            }
        }
        Ok(found)
    }

    /// The users who are in a group, in the order of their subs, after `after`.
    pub async fn list_users_in(
        &self,
        pool: &PoolId,
        group: &Group,
        after: Option<&Sub>,
        limit: usize,
    ) -> Result<Vec<User>, StoreError> {
        let mut found = Vec::new();
        let mut walk = Walk::new(Kind::UserInGroup, group.name.as_str(), after.map(Sub::as_str));
        while found.len() < limit {
            let Some(page) = walk.next(self, pool).await? else { break };
            let members =
                page.into_iter().filter(|(_, record)| *record == Record::UserInGroup(group.id.clone()));
            let keys: Vec<Key> = members.map(|(sub, _)| Key::user(&Sub::new(sub))).collect();
            for stored in self.backend().read(pool, &keys).await?.into_iter().flatten() {
                match stored.record {
                    Record::User(user) if found.len() < limit => found.push(user),
                    _ => {}
                }
            }
        }
        Ok(found)
    }

    /// What removes every membership of a user.
    pub async fn without_groups(&self, pool: &PoolId, sub: &Sub) -> Result<Vec<Write>, StoreError> {
        let mut writes = Vec::new();
        let mut walk = Walk::new(Kind::GroupOfUser, sub.as_str(), None);
        while let Some(page) = walk.next(self, pool).await? {
            writes.extend(page.into_iter().flat_map(|(name, _)| leave(&GroupName::new(name), sub)));
        }
        Ok(writes)
    }

    /// What removes every membership in a group.
    pub async fn without_members(&self, pool: &PoolId, group: &GroupName) -> Result<Vec<Write>, StoreError> {
        let mut writes = Vec::new();
        let mut walk = Walk::new(Kind::UserInGroup, group.as_str(), None);
        while let Some(page) = walk.next(self, pool).await? {
            writes.extend(page.into_iter().flat_map(|(sub, _)| leave(group, &Sub::new(sub))));
        }
        Ok(writes)
    }
}

/// What puts a user into a group. The user is written too, as they are: whoever else puts them into a group, or deletes
/// them, meets that.
pub fn join(group: &Group, user: User) -> [Write; 3] {
    let sub = user.sub.clone();
    [
        Write::Put(Key::group_of_user(&sub, &group.name), Record::GroupOfUser(group.id.clone())),
        Write::Put(Key::user_in_group(&group.name, &sub), Record::UserInGroup(group.id.clone())),
        Write::Put(Key::user(&sub), Record::User(user)),
    ]
}

/// What takes a user out of a group.
pub fn leave(group: &GroupName, sub: &Sub) -> [Write; 2] {
    [Write::Remove(Key::group_of_user(sub, group)), Write::Remove(Key::user_in_group(group, sub))]
}

fn group_of(record: Record) -> Result<Group, StoreError> {
    match record {
        Record::Group(group) => Ok(group),
        other => Err(StoreError::Corrupt(format!("a {:?} lies in place of a group", other.kind()))),
    }
}

/// A walk over the memberships of one user or one group, page by page.
struct Walk {
    kind: Kind,
    prefix: String,
    after: String,
    is_over: bool,
}

impl Walk {
    fn new(kind: Kind, of: &str, after: Option<&str>) -> Self {
        let prefix = format!("{of} ");
        let after = format!("{prefix}{}", after.unwrap_or_default());
        Self { kind, prefix, after, is_over: false }
    }

    /// The other halves of the next memberships with their records; nothing after the last.
    async fn next(
        &mut self,
        store: &Store,
        pool: &PoolId,
    ) -> Result<Option<Vec<(String, Record)>>, StoreError> {
        if self.is_over {
            return Ok(None);
        }
        let listed = store.backend().list(pool, self.kind, Some(&self.after), PAGE).await?;
        self.is_over = listed.len() < PAGE;
        let mut page = Vec::with_capacity(listed.len());
        for stored in listed {
            let Some(other) = stored.key.id().strip_prefix(&self.prefix) else {
                self.is_over = true;
                break;
            };
            page.push((other.to_owned(), stored.record.clone()));
            self.after = stored.key.id().to_owned();
        }
        Ok((!page.is_empty()).then_some(page))
    }
}
