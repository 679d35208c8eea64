//! The rows that a removed user or group, or a user who was signed out everywhere, leaves behind, removed in bounded commits.
//!
//! A user can have any number of grants, browser sessions, devices and authentication events, and a group any number of members.
//! So the commit that removes a user or a group removes its own row only, and from then on the others have no effect: no token is
//! valid without its user, and a membership counts only with the id of its group. The commit that signs a user out everywhere
//! changes the user only, and from then on the grants and browser sessions of before are none. The rows are removed right after,
//! before the request is answered, a few hundred in each commit, so that the commits of other requests wait for milliseconds only.
//! The browser sessions of a user who is there expire within an hour, and are left to that.
//!
//! If the process dies between, grants, browser sessions and events are removed when they expire; devices and memberships stay,
//! without effect.

use lido_domain::{
    Change,
    id::{GroupId, GroupName, PoolId, Sub},
};

use super::{
    Expectation, Key, Kind, Lookup, LookupResult, Record, SWEEP_STEP, Scope, Store, StoreError, Stored, Write,
};

/// The kinds of the rows of a user of which there is any number.
const OF_USER: [Kind; 5] =
    [Kind::Grant, Kind::BrowserSession, Kind::Device, Kind::AuthEvent, Kind::GroupOfUser];

/// The rows of each kind that are removed in one commit. A membership has two rows.
const STEP: usize = SWEEP_STEP / (OF_USER.len() + 1);

/// What a commit has removed or ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removed {
    /// A user.
    User(Sub),
    /// A group. Another one may have its name by now, but not its id.
    Group(GroupName, GroupId),
    /// The grants of a user, who has been signed out everywhere so many times.
    Grants(Sub, u64),
}

impl Removed {
    /// Returns what a change removes or ends, if it is of this kind.
    pub fn by(change: &Change) -> Option<Self> {
        match change {
            Change::RemoveUser(sub) => Some(Removed::User(sub.clone())),
            Change::RemoveGroup(name, id) => Some(Removed::Group(name.clone(), id.clone())),
            Change::SignOut(user) => Some(Removed::Grants(user.sub.clone(), user.sign_outs)),
            _ => None,
        }
    }
}

impl Store {
    /// Removes the rows that have been left behind.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`.
    pub async fn remove_leftovers(&self, pool: &PoolId, removed: &Removed) -> Result<(), StoreError> {
        match removed {
            Removed::User(sub) => self.remove_rows_of_user(pool, sub).await,
            Removed::Group(name, id) => self.remove_memberships_of_group(pool, name, id).await,
            Removed::Grants(sub, sign_outs) => self.remove_ended_grants(pool, sub, *sign_outs).await,
        }
    }

    async fn remove_rows_of_user(&self, pool: &PoolId, sub: &Sub) -> Result<(), StoreError> {
        loop {
            let lists = OF_USER.map(|kind| first(kind, format!("{sub} "), String::new()));
            let Some(found) = self.list_all(pool, lists.into()).await? else { return Ok(()) };
            let is_last = found.iter().all(|rows| rows.len() < STEP);
            let writes: Vec<Write> = found.iter().flatten().flat_map(|row| removals(row, sub)).collect();
            if !writes.is_empty() {
                // Without a condition: nothing adds rows to a user who does not exist, and no other user gets the sub.
                self.commit(pool, Vec::new(), writes).await?;
            }
            if is_last {
                return Ok(());
            }
        }
    }

    async fn remove_ended_grants(&self, pool: &PoolId, sub: &Sub, sign_outs: u64) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let list = first(Kind::Grant, format!("{sub} "), after);
            let Some(found) = self.list_all(pool, vec![list]).await? else { return Ok(()) };
            let rows: Vec<_> = found.into_iter().flatten().collect();
            // Sign-ins since then, and sign-outs after them, are not this request's.
            let has_ended =
                |row: &&Stored| matches!(&row.record, Record::Grant(grant) if grant.sign_outs < sign_outs);
            let writes: Vec<_> =
                rows.iter().filter(has_ended).map(|row| Write::Remove(row.key.clone())).collect();
            if !writes.is_empty() {
                // Without a condition: a grant that has ended is not written again.
                self.commit(pool, Vec::new(), writes).await?;
            }
            match rows.last() {
                Some(last) if rows.len() == STEP => after = last.key.id().to_owned(),
                _ => return Ok(()),
            }
        }
    }

    async fn remove_memberships_of_group(
        &self,
        pool: &PoolId,
        name: &GroupName,
        id: &GroupId,
    ) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let list = first(Kind::UserInGroup, format!("{name} "), after.clone());
            let Some(found) = self.list_all(pool, vec![list]).await? else { return Ok(()) };
            let rows: Vec<_> = found.into_iter().flatten().collect();
            let of_group = |row: &&Stored| matches!(&row.record, Record::UserInGroup(of) if of == id);
            let removed: Vec<_> = rows.iter().filter(of_group).collect();
            let expects = removed.iter().map(|row| Expectation::At(row.key.clone(), row.version)).collect();
            let writes: Vec<Write> = removed.iter().flat_map(|row| membership(name, row)).collect();
            match if writes.is_empty() { Ok(()) } else { self.commit(pool, expects, writes).await.map(drop) }
            {
                // The user was added to the group of the same name that there is now: read again.
                Err(StoreError::Conflict) => continue,
                outcome => outcome?,
            }
            match rows.last() {
                Some(last) if rows.len() == STEP => after = last.key.id().to_owned(),
                _ => return Ok(()),
            }
        }
    }

    /// Runs lists in one call. Returns `None` if the pool was deleted.
    async fn list_all(
        &self,
        pool: &PoolId,
        lists: Vec<Lookup>,
    ) -> Result<Option<Vec<Vec<Stored>>>, StoreError> {
        let Some((_, results)) = self.read(&Scope::Pool(pool.clone()), lists).await? else { return Ok(None) };
        let rows = results.into_iter().map(|result| match result {
            LookupResult::Many(rows) => Ok(rows),
            _ => Err(StoreError::Corrupt("a backend returned a result of another lookup".into())),
        });
        rows.collect::<Result<_, _>>().map(Some)
    }
}

fn first(kind: Kind, prefix: String, after: String) -> Lookup {
    Lookup::List { kind, prefix, after, limit: STEP }
}

/// Returns the writes that remove a row of a user.
fn removals(row: &Stored, sub: &Sub) -> Vec<Write> {
    let mut writes = vec![Write::Remove(row.key.clone())];
    if row.key.kind() == Kind::GroupOfUser {
        writes.push(Write::Remove(Key::user_in_group(&GroupName::new(other_side(row)), sub)));
    }
    writes
}

/// Returns the two writes that remove a membership of the group.
fn membership(name: &GroupName, row: &Stored) -> [Write; 2] {
    let sub = Sub::new(other_side(row));
    [Write::Remove(row.key.clone()), Write::Remove(Key::group_of_user(&sub, name))]
}

/// Returns the part of a membership's key after its prefix.
fn other_side(row: &Stored) -> &str {
    row.key.id().split_once(' ').map_or("", |(_, other)| other)
}

#[cfg(test)]
#[path = "leftovers_tests.rs"]
mod tests;
