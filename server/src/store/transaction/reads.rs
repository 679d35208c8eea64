//! The typed reads of a transaction: a read that a handler needs has a method here, or in the file of its noun beside
//! this one. [`super`] commits.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use lido_domain::{
    digest::Digest,
    id::{ClientId, DomainName, GroupName, PoolId, ResourceServerId, Sub},
    oauth::authorization::Authorization,
    pool::{alias::NameKey, resource_server::ResourceServer},
    sign_in::session::Session,
    user::{
        User,
        attempt::{AttemptKind, Attempts},
        device::Device,
        group::Group,
        search::{Comparison, Field, Filter},
    },
};

use super::{
    Transaction, mismatch,
    rows::{
        ClientWithPool, Holders, SigningKeys, attempts_of, authorization_of, client_of, device_of, group_of,
        keys_of, message_of, pool_of, resource_server_of, session_of, user_of,
    },
};
use crate::store::{
    Claim, ClientRecord, Key, KeyResult, Kind, Lookup, LookupResult, Memberships, OutboxRow, PoolRecord,
    Scope, Search, StoreError, Stored,
};

impl Transaction {
    /// Returns the pool.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`, as for every read.
    pub async fn find_pool(&self, pool: &PoolId) -> Result<Option<Arc<PoolRecord>>, StoreError> {
        let [found] = self.find(pool, [Key::pool()]).await?;
        found.map(pool_of).transpose()
    }

    /// Returns the pool and the number of its users, which may be an estimate.
    pub async fn find_pool_and_size(
        &self,
        pool: &PoolId,
    ) -> Result<Option<(Arc<PoolRecord>, usize)>, StoreError> {
        let (found, count) = self.find_and_count(pool, [Key::pool()], Kind::User).await?;
        let [found] = found;
        Ok(found.map(pool_of).transpose()?.map(|record| (record, count)))
    }

    /// Returns the pool that has a domain with this name.
    pub async fn find_pool_by_domain(
        &self,
        domain: &DomainName,
    ) -> Result<Option<Arc<PoolRecord>>, StoreError> {
        match self.find_in(Scope::Claim(Claim::domain(domain)), [Key::pool()]).await? {
            Some([Some(pool)]) => pool_of(pool).map(Some),
            _ => Ok(None),
        }
    }

    /// Returns the id of the pool that has a domain with this name. The transaction does not enter that pool; a commit that
    /// takes the domain conflicts if another pool holds it then.
    pub async fn find_domain_holder(&self, domain: &DomainName) -> Result<Option<PoolId>, StoreError> {
        let held = self.store.read(&Scope::Claim(Claim::domain(domain)), Vec::new()).await?;
        Ok(held.map(|(pool, _)| pool))
    }

    /// Returns a pool, one of its resource servers, and the number of its resource servers.
    pub async fn find_pool_and_resource_servers(
        &self,
        pool: &PoolId,
        id: &ResourceServerId,
    ) -> Result<(Option<Arc<PoolRecord>>, Option<ResourceServer>, usize), StoreError> {
        let keys = [Key::pool(), Key::resource_server(id)];
        let ([pool, server], count) = self.find_and_count(pool, keys, Kind::ResourceServer).await?;
        Ok((pool.map(pool_of).transpose()?, server.map(resource_server_of).transpose()?, count))
    }

    /// Returns the resource servers with these identifiers; those that do not exist are left out.
    ///
    /// Does not call the backend if there are no identifiers.
    pub async fn find_resource_servers(
        &self,
        pool: &PoolId,
        ids: &[ResourceServerId],
    ) -> Result<Vec<ResourceServer>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let lookups = ids.iter().map(|id| Lookup::Key { key: Key::resource_server(id), known: None });
        let answers = self.read(Scope::Pool(pool.clone()), lookups.collect()).await?.ok_or_else(mismatch)?;
        let mut servers = Vec::new();
        for (id, answer) in ids.iter().zip(answers) {
            match answer {
                LookupResult::Key(KeyResult::Record(stored)) => {
                    self.rely_on(&stored);
                    servers.push(resource_server_of(*stored)?);
                }
                _ => self.rely_on_absence(Key::resource_server(id)),
            }
        }
        Ok(servers)
    }

    /// Returns resource servers of a pool in the order of their identifiers, after `after`.
    pub async fn list_resource_servers(
        &self,
        pool: &PoolId,
        after: Option<&ResourceServerId>,
        limit: usize,
    ) -> Result<Vec<ResourceServer>, StoreError> {
        let lookup = list(Kind::ResourceServer, String::new(), after.map(ResourceServerId::as_str), limit);
        self.list(pool, lookup).await?.into_iter().map(resource_server_of).collect()
    }

    /// Returns those of the app clients that the pool has. Does not call the backend without any.
    pub async fn find_present_clients<'a>(
        &self,
        pool: &PoolId,
        clients: impl IntoIterator<Item = &'a ClientId>,
    ) -> Result<BTreeSet<ClientId>, StoreError> {
        let clients: BTreeSet<&ClientId> = clients.into_iter().collect();
        if clients.is_empty() {
            return Ok(BTreeSet::new());
        }
        let lookups = clients.iter().map(|client| Lookup::Key { key: Key::client(client), known: None });
        let answers = self.read(Scope::Pool(pool.clone()), lookups.collect()).await?.ok_or_else(mismatch)?;
        let present = clients.into_iter().zip(answers).filter_map(|(client, answer)| match answer {
            LookupResult::Key(KeyResult::Record(_)) => Some(client.clone()),
            _ => None,
        });
        Ok(present.collect())
    }

    /// Returns an app client and its pool, by the client's id.
    pub async fn find_client(&self, client: &ClientId) -> Result<Option<ClientWithPool>, StoreError> {
        let keys = [Key::pool(), Key::client(client)];
        match self.find_in(Scope::Claim(Claim::client(client)), keys).await? {
            Some([Some(pool), Some(client)]) => client_with_pool(pool, client, None).map(Some),
            _ => Ok(None),
        }
    }

    /// Returns an app client, its pool, and the pool's signing keys.
    pub async fn find_client_and_keys(
        &self,
        client: &ClientId,
    ) -> Result<Option<ClientWithPool>, StoreError> {
        let keys = [Key::pool(), Key::client(client), Key::signing_keys()];
        match self.find_in(Scope::Claim(Claim::client(client)), keys).await? {
            Some([Some(pool), Some(client), keys]) => client_with_pool(pool, client, keys).map(Some),
            _ => Ok(None),
        }
    }

    /// Returns a pool, one of its app clients, and its signing keys; each is `None` if it does not exist.
    pub async fn find_pool_and_client(
        &self,
        pool: &PoolId,
        client: &ClientId,
    ) -> Result<(Option<Arc<PoolRecord>>, Option<Arc<ClientRecord>>, Option<SigningKeys>), StoreError> {
        let keys = [Key::pool(), Key::client(client), Key::signing_keys()];
        let [pool, client, keys] = self.find(pool, keys).await?;
        Ok((
            pool.map(pool_of).transpose()?,
            client.map(client_of).transpose()?,
            keys.map(signing_keys).transpose()?,
        ))
    }

    /// Returns a pool and its signing keys; each is `None` if it does not exist.
    pub async fn find_signing_keys(
        &self,
        pool: &PoolId,
    ) -> Result<(Option<Arc<PoolRecord>>, Option<SigningKeys>), StoreError> {
        let [pool, keys] = self.find(pool, [Key::pool(), Key::signing_keys()]).await?;
        Ok((pool.map(pool_of).transpose()?, keys.map(signing_keys).transpose()?))
    }

    /// Returns a pool and one of its groups; each is `None` if it does not exist.
    pub async fn find_pool_and_group(
        &self,
        pool: &PoolId,
        group: &GroupName,
    ) -> Result<(Option<Arc<PoolRecord>>, Option<Group>), StoreError> {
        let [pool, group] = self.find(pool, [Key::pool(), Key::group(group)]).await?;
        Ok((pool.map(pool_of).transpose()?, group.map(group_of).transpose()?))
    }

    /// Returns a pool, one of its groups, and the number of its groups.
    pub async fn find_pool_and_groups(
        &self,
        pool: &PoolId,
        group: &GroupName,
    ) -> Result<(Option<Arc<PoolRecord>>, Option<Group>, usize), StoreError> {
        let (found, count) = self.find_and_count(pool, [Key::pool(), Key::group(group)], Kind::Group).await?;
        let [pool, group] = found;
        Ok((pool.map(pool_of).transpose()?, group.map(group_of).transpose()?, count))
    }

    /// Returns the users that hold these names. A user whose sub is `as_sub` counts as the holder of the first name.
    ///
    /// Does not call the backend if there are no names.
    pub async fn find_holders(
        &self,
        pool: &PoolId,
        names: &[NameKey],
        as_sub: Option<&Sub>,
    ) -> Result<Holders, StoreError> {
        let mut holders = Holders::new();
        if names.is_empty() {
            return Ok(holders);
        }
        let lookup = Lookup::Holders { names: names.to_vec(), as_sub: as_sub.cloned() };
        let LookupResult::Holders(found, with_sub) = self.read_one(pool, lookup).await? else {
            return Err(mismatch());
        };
        for holder in found {
            if let Some(user) = self.record_holder(&holder.name, holder.held)? {
                holders.entry(holder.name).or_insert(user);
            }
        }
        if let (Some(stored), Some(first)) = (with_sub, names.first()) {
            self.rely_on(&stored);
            holders.entry(first.clone()).or_insert(user_of(*stored)?);
        }
        Ok(holders)
    }

    /// Returns the first session that exists with one of these digests, and the digest.
    pub async fn find_session(
        &self,
        pool: &PoolId,
        digests: &[Digest],
    ) -> Result<Option<(Digest, Session)>, StoreError> {
        let lookups = digests.iter().map(|digest| Lookup::Key { key: Key::session(digest), known: None });
        let answers = self.read(Scope::Pool(pool.clone()), lookups.collect()).await?.ok_or_else(mismatch)?;
        for (digest, answer) in digests.iter().zip(answers) {
            if let LookupResult::Key(KeyResult::Record(stored)) = answer {
                self.rely_on(&stored);
                return Ok(Some((digest.clone(), session_of(*stored)?)));
            }
        }
        Ok(None)
    }

    /// Returns the first authorization that exists with one of these digests, and the digest.
    pub async fn find_authorization(
        &self,
        pool: &PoolId,
        digests: &[Digest],
    ) -> Result<Option<(Digest, Box<Authorization>)>, StoreError> {
        let lookups =
            digests.iter().map(|digest| Lookup::Key { key: Key::authorization(digest), known: None });
        let answers = self.read(Scope::Pool(pool.clone()), lookups.collect()).await?.ok_or_else(mismatch)?;
        for (digest, answer) in digests.iter().zip(answers) {
            if let LookupResult::Key(KeyResult::Record(stored)) = answer {
                self.rely_on(&stored);
                return Ok(Some((digest.clone(), authorization_of(*stored)?)));
            }
        }
        Ok(None)
    }

    /// Returns those counters that exist, each under its sub and kind.
    pub async fn find_attempts(
        &self,
        pool: &PoolId,
        wanted: Vec<(Sub, AttemptKind)>,
    ) -> Result<BTreeMap<(Sub, AttemptKind), Attempts>, StoreError> {
        let keys: Vec<_> = wanted.iter().map(|(of, act)| Key::attempts(of, *act)).collect();
        let lookups = keys.iter().map(|key| Lookup::Key { key: key.clone(), known: None }).collect();
        let answers = self.read(Scope::Pool(pool.clone()), lookups).await?.ok_or_else(mismatch)?;
        let mut found = BTreeMap::new();
        for ((counter, key), answer) in wanted.into_iter().zip(keys).zip(answers) {
            match answer {
                LookupResult::Key(KeyResult::Record(stored)) => {
                    self.rely_on(&stored);
                    found.insert(counter, attempts_of(*stored)?);
                }
                LookupResult::Key(KeyResult::Absent) => self.rely_on_absence(key),
                _ => return Err(mismatch()),
            }
        }
        Ok(found)
    }

    /// Returns a message to send.
    pub async fn find_message(&self, pool: &PoolId, id: &str) -> Result<Option<OutboxRow>, StoreError> {
        let [found] = self.find(pool, [Key::outbox(id)]).await?;
        found.map(message_of).transpose()
    }

    /// Returns sessions of a pool, at most `limit`, in no order that means anything.
    pub async fn list_sessions(&self, pool: &PoolId, limit: usize) -> Result<Vec<Session>, StoreError> {
        let listed = self.list(pool, list(Kind::Session, String::new(), None, limit)).await?;
        listed.into_iter().map(session_of).collect()
    }

    /// Returns app clients of a pool in the order of their ids, after `after`.
    pub async fn list_clients(
        &self,
        pool: &PoolId,
        after: Option<&ClientId>,
        limit: usize,
    ) -> Result<Vec<Arc<ClientRecord>>, StoreError> {
        let lookup = list(Kind::Client, String::new(), after.map(ClientId::as_str), limit);
        self.list(pool, lookup).await?.into_iter().map(client_of).collect()
    }

    /// Returns users of a pool in the order of their subs, after `after`. The cursor is an id, so concurrent writes do
    /// not shift pages.
    pub async fn list_users(
        &self,
        pool: &PoolId,
        after: Option<&Sub>,
        limit: usize,
    ) -> Result<Vec<User>, StoreError> {
        let lookup = list(Kind::User, String::new(), after.map(Sub::as_str), limit);
        self.list(pool, lookup).await?.into_iter().map(user_of).collect()
    }

    /// Returns users of a pool that may match `filter`, in the order of their subs, after `after`; fewer than `limit`
    /// only if there are no more. The caller must check each with [`Filter::matches`], because the index is less exact.
    pub async fn search_users(
        &self,
        pool: &PoolId,
        filter: &Filter,
        after: Option<&Sub>,
        limit: usize,
    ) -> Result<Vec<User>, StoreError> {
        if let Some(search) = Search::of(filter) {
            let after = after.map(|after| after.as_str().to_owned()).unwrap_or_default();
            let found = self.list(pool, Lookup::Search { search, after, limit }).await?;
            return found.into_iter().map(user_of).collect();
        }
        if filter.field == Field::Sub && filter.comparison == Comparison::Is {
            let sub = Sub::new(filter.value.as_str());
            let is_before = after.is_some_and(|after| *after >= sub);
            let [found] = self.find(pool, [Key::user(&sub)]).await?;
            return found.filter(|_| !is_before).into_iter().map(user_of).collect();
        }
        self.list_users(pool, after, limit).await
    }

    /// Returns groups of a pool in the order of their names, after `after`.
    pub async fn list_groups(
        &self,
        pool: &PoolId,
        after: Option<&GroupName>,
        limit: usize,
    ) -> Result<Vec<Group>, StoreError> {
        let lookup = list(Kind::Group, String::new(), after.map(GroupName::as_str), limit);
        self.list(pool, lookup).await?.into_iter().map(group_of).collect()
    }

    /// Returns the groups of a user in the order of their names, after `after`.
    pub async fn list_groups_of(
        &self,
        pool: &PoolId,
        sub: &Sub,
        after: Option<&GroupName>,
        limit: usize,
    ) -> Result<Vec<Group>, StoreError> {
        let which = Memberships::OfUser { sub: sub.clone(), after: after.cloned(), limit };
        self.memberships(pool, which).await?.into_iter().map(group_of).collect()
    }

    /// Returns the users in a group in the order of their subs, after `after`.
    pub async fn list_users_in(
        &self,
        pool: &PoolId,
        group: &Group,
        after: Option<&Sub>,
        limit: usize,
    ) -> Result<Vec<User>, StoreError> {
        let which = Memberships::OfGroup { group: Box::new(group.clone()), after: after.cloned(), limit };
        self.memberships(pool, which).await?.into_iter().map(user_of).collect()
    }

    /// Returns the devices of a user in the order of their keys, after `after`.
    pub async fn list_devices(
        &self,
        pool: &PoolId,
        of: &Sub,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Device>, StoreError> {
        let lookup = list(Kind::Device, format!("{of} "), after, limit);
        self.list(pool, lookup).await?.into_iter().map(device_of).collect()
    }

    /// Records a name and its holder as conditions, and returns the holder.
    pub(super) fn record_holder(
        &self,
        name: &NameKey,
        held: Option<(Stored, Stored)>,
    ) -> Result<Option<User>, StoreError> {
        let Some((name, user)) = held else {
            self.rely_on_absence(Key::name(name));
            return Ok(None);
        };
        self.rely_on(&name);
        self.rely_on(&user);
        user_of(user).map(Some)
    }

    /// Returns records of a pool by key.
    pub(super) async fn find<const N: usize>(
        &self,
        pool: &PoolId,
        keys: [Key; N],
    ) -> Result<[Option<Stored>; N], StoreError> {
        let found = self.find_in(Scope::Pool(pool.clone()), keys).await?;
        found.ok_or_else(mismatch)
    }

    /// Returns records by key, or `None` if the scope is a claim that no pool holds.
    async fn find_in<const N: usize>(
        &self,
        scope: Scope,
        keys: [Key; N],
    ) -> Result<Option<[Option<Stored>; N]>, StoreError> {
        let lookups = keys.iter().map(|key| Lookup::Key { key: key.clone(), known: None }).collect();
        match self.read(scope, lookups).await? {
            Some(answers) => self.record_found(keys, answers).map(Some),
            None => Ok(None),
        }
    }

    /// Returns records of a pool by key, and the number of records of a kind.
    pub(super) async fn find_and_count<const N: usize>(
        &self,
        pool: &PoolId,
        keys: [Key; N],
        kind: Kind,
    ) -> Result<([Option<Stored>; N], usize), StoreError> {
        let mut lookups: Vec<Lookup> =
            keys.iter().map(|key| Lookup::Key { key: key.clone(), known: None }).collect();
        lookups.push(Lookup::Count(kind));
        let mut answers = self.read(Scope::Pool(pool.clone()), lookups).await?.ok_or_else(mismatch)?;
        let Some(LookupResult::Count(count)) = answers.pop() else { return Err(mismatch()) };
        Ok((self.record_found(keys, answers)?, count))
    }

    /// Records the results of lookups by key as conditions, and returns the records. The absence of a record is a
    /// condition too, except that of a pool or of its signing keys: no commit depends on it.
    pub(super) fn record_found<const N: usize>(
        &self,
        keys: [Key; N],
        answers: Vec<LookupResult>,
    ) -> Result<[Option<Stored>; N], StoreError> {
        let mut found = [const { None }; N];
        if answers.len() != N {
            return Err(mismatch());
        }
        for ((key, answer), place) in keys.into_iter().zip(answers).zip(&mut found) {
            *place = match answer {
                LookupResult::Key(KeyResult::Record(stored)) => Some(*stored),
                LookupResult::Key(KeyResult::Absent) => None,
                _ => return Err(mismatch()),
            };
            match place {
                // Signing keys change only with their pool, which is a condition.
                Some(stored) if stored.key.kind() != Kind::SigningKeys => self.rely_on(stored),
                Some(_) => {}
                None if matches!(key.kind(), Kind::Pool | Kind::SigningKeys) => {}
                None => self.rely_on_absence(key),
            }
        }
        Ok(found)
    }
}

pub(super) fn list(kind: Kind, prefix: String, after: Option<&str>, limit: usize) -> Lookup {
    let after = after.map(|after| format!("{prefix}{after}")).unwrap_or_default();
    Lookup::List { kind, prefix, after, limit }
}

pub(super) fn client_with_pool(
    pool: Stored,
    client: Stored,
    keys: Option<Stored>,
) -> Result<ClientWithPool, StoreError> {
    Ok(ClientWithPool {
        pool: pool_of(pool)?,
        client: client_of(client)?,
        signing_keys: keys.map(signing_keys).transpose()?,
    })
}

fn signing_keys(stored: Stored) -> Result<SigningKeys, StoreError> {
    Ok(SigningKeys { version: stored.version, record: keys_of(stored)? })
}
