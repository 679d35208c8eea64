//! Writes an export.
//!
//! A page of records is read at a time. The users of a page are read together with the names that they hold, as of
//! one instant, so that each user is whole, although users change while others are written.

use std::{collections::BTreeMap, io::Write, ops::ControlFlow, sync::Arc};

use lido_domain::{
    id::PoolId,
    pool::alias::{NameKey, held_names},
    user::User,
};

use super::{
    TransferError,
    kinds::ORDER,
    line::{RecordLine, Tally},
};
use crate::store::{
    Key, KeyResult, Kind, Lookup, LookupResult, PoolRecord, Record, Scope, Store, StoreError, Stored,
};

/// The number of records that are read at a time.
const PAGE: usize = 250;

/// How often the names of users are read again that change their names meanwhile.
const MAX_CHANGES: usize = 16;

/// Where an export goes on: after this record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) pool: PoolId,
    pub(super) kind: Kind,
    pub(super) id: String,
}

/// An export in progress.
pub(super) struct Exporter<'a, W> {
    pub(super) store: &'a Store,
    pub(super) output: W,
    pub(super) tally: Tally,
    /// Is told the number of lines, and may end the export.
    pub(super) progress: &'a mut (dyn FnMut(u64) -> ControlFlow<()> + Send),
}

impl<W: Write> Exporter<'_, W> {
    /// Writes a line.
    pub(super) fn write(&mut self, line: &[u8]) -> Result<(), TransferError> {
        self.output.write_all(line)?;
        self.tally.add(line);
        match (self.progress)(self.tally.lines()) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(TransferError::Interrupted),
        }
    }

    /// Writes all records after a position.
    pub(super) async fn write_pools(&mut self, after: Option<&Position>) -> Result<(), TransferError> {
        let mut last = None;
        if let Some(position) = after {
            // The pool may be gone since.
            if let Some(Record::Pool(pool)) =
                self.get(&position.pool, Key::pool()).await?.map(|stored| stored.record)
            {
                self.write_pool(&pool, Some(position)).await?;
            }
            last = Some(position.pool.clone());
        }
        loop {
            let pools = self.store.list_pools(last.as_ref(), PAGE).await?;
            let Some(end) = pools.last() else { return Ok(()) };
            last = Some(end.pool.id.clone());
            for pool in &pools {
                self.write_pool(pool, None).await?;
            }
        }
    }

    async fn write_pool(
        &mut self,
        pool: &Arc<PoolRecord>,
        after: Option<&Position>,
    ) -> Result<(), TransferError> {
        let is_done = |kind: Kind| after.is_some_and(|after| place(kind) < place(after.kind));
        for kind in ORDER.into_iter().filter(|kind| !is_done(*kind)) {
            let mut last = match after {
                Some(after) if after.kind == kind => after.id.clone(),
                _ => String::new(),
            };
            if let Some(key) = Key::of_single(kind) {
                if after.is_none_or(|after| after.kind != kind) {
                    let single = self.get(&pool.pool.id, key).await?;
                    self.write_lines(pool, kind, single.into_iter().collect()).await?;
                }
                continue;
            }
            loop {
                let page = self.list(&pool.pool.id, kind, &last).await?;
                let is_full = page.len() == PAGE;
                match page.last() {
                    Some(end) => last = end.key.id().to_owned(),
                    None => break,
                }
                self.write_lines(pool, kind, page).await?;
                if !is_full {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn write_lines(
        &mut self,
        pool: &PoolRecord,
        kind: Kind,
        page: Vec<Stored>,
    ) -> Result<(), TransferError> {
        for line in self.lines(pool, kind, page).await? {
            let line = line.encode()?;
            self.write(&line)?;
        }
        Ok(())
    }

    /// Returns the lines of a page.
    async fn lines(
        &self,
        pool: &PoolRecord,
        kind: Kind,
        page: Vec<Stored>,
    ) -> Result<Vec<RecordLine>, TransferError> {
        let id = &pool.pool.id;
        if kind != Kind::User {
            let line = |stored: Stored| RecordLine {
                pool: id.clone(),
                key: stored.key,
                record: stored.record,
                names: Vec::new(),
            };
            return Ok(page.into_iter().map(line).collect());
        }
        let users = page.into_iter().filter_map(|stored| match stored.record {
            Record::User(user) => Some(user),
            _ => None,
        });
        let users = self.users_with_names(pool, users.collect()).await?;
        let line = |(user, names): (User, Vec<NameKey>)| RecordLine {
            pool: id.clone(),
            key: Key::user(&user.sub),
            record: Record::User(user),
            names,
        };
        Ok(users.into_iter().map(line).collect())
    }

    /// Reads users again, each together with the names that it holds. A user that is gone is left out.
    async fn users_with_names(
        &self,
        pool: &PoolRecord,
        mut users: Vec<User>,
    ) -> Result<Vec<(User, Vec<NameKey>)>, TransferError> {
        let mut found = BTreeMap::new();
        for _ in 0..MAX_CHANGES {
            if users.is_empty() {
                return Ok(found.into_values().collect());
            }
            users = self.read_users(pool, users, &mut found).await?;
        }
        Err(StoreError::Conflict.into())
    }

    /// Adds the users whose names could be read, and returns those whose names have changed since they were read.
    async fn read_users(
        &self,
        pool: &PoolRecord,
        users: Vec<User>,
        found: &mut BTreeMap<String, (User, Vec<NameKey>)>,
    ) -> Result<Vec<User>, TransferError> {
        let names_of = |user: &User| held_names(&pool.pool, &user.username, &user.attributes);
        let names: Vec<NameKey> = users.iter().flat_map(names_of).collect();
        let holders = Lookup::Holders { names, as_sub: None };
        let Some(LookupResult::Holders(holders, _)) = self.read(&pool.pool.id, vec![holders]).await? else {
            return Ok(Vec::new());
        };
        let mut held: BTreeMap<String, (User, Vec<NameKey>)> = BTreeMap::new();
        for holder in holders {
            let Some((_, Stored { record: Record::User(user), .. })) = holder.held else { continue };
            let (_, names) = held.entry(user.sub.as_str().to_owned()).or_insert_with(|| (user, Vec::new()));
            if !names.contains(&holder.name) {
                names.push(holder.name);
            }
        }
        let mut changed = Vec::new();
        for user in users {
            let sub = user.sub.as_str().to_owned();
            match held.remove(&sub) {
                Some((now, names)) if names_of(&now) == names_of(&user) => {
                    found.insert(sub, (now, names));
                }
                Some((now, _)) => changed.push(now),
                // The user is gone, has no name any more, or has others.
                None => {
                    match self.get(&pool.pool.id, Key::user(&user.sub)).await?.map(|stored| stored.record) {
                        Some(Record::User(now)) if names_of(&now) == names_of(&user) => {
                            found.insert(sub, (now, Vec::new()));
                        }
                        Some(Record::User(now)) => changed.push(now),
                        _ => {}
                    }
                }
            }
        }
        Ok(changed)
    }

    async fn list(&self, pool: &PoolId, kind: Kind, after: &str) -> Result<Vec<Stored>, StoreError> {
        let lookup = Lookup::List { kind, prefix: String::new(), after: after.to_owned(), limit: PAGE };
        match self.read(pool, vec![lookup]).await? {
            Some(LookupResult::Many(listed)) => Ok(listed),
            _ => Ok(Vec::new()),
        }
    }

    async fn get(&self, pool: &PoolId, key: Key) -> Result<Option<Stored>, StoreError> {
        match self.read(pool, vec![Lookup::Key { key, known: None }]).await? {
            Some(LookupResult::Key(KeyResult::Record(stored))) => Ok(Some(*stored)),
            _ => Ok(None),
        }
    }

    async fn read(&self, pool: &PoolId, lookups: Vec<Lookup>) -> Result<Option<LookupResult>, StoreError> {
        let read = self.store.read(&Scope::Pool(pool.clone()), lookups).await?;
        Ok(read.and_then(|(_, results)| results.into_iter().next()))
    }
}

fn place(kind: Kind) -> Option<usize> {
    ORDER.into_iter().position(|other| other == kind)
}
