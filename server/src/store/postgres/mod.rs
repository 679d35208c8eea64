//! A backend in a PostgreSQL database, or one that speaks like it, which several servers may share.
//!
//! A read is one statement (`read`, `rows`), a commit is one transaction whose statements are sent together (`plan`,
//! `commit`): each takes one round trip. `sessions` has the pool of connections, `address` and `tls` how they are
//! made, and `tables` the schema. docs/postgresql.md says which features of the database are used, and why the isolation
//! level is right.

mod address;
mod commit;
mod error;
mod id;
mod param;
mod plan;
mod read;
mod rows;
mod session;
mod sessions;
mod shared_buckets;
mod steps;
mod tables;
#[cfg(test)]
mod tests;
mod tls;

use std::time::Duration;

use async_trait::async_trait;
use lido_domain::{Timestamp, id::PoolId};
use tokio_postgres::Row;

use super::{
    Backend, Commit, Kind, Lookup, LookupResult, Scope, StoreError, StoreRecord, Stored, Version,
    VersionedStoreRecord,
};
use crate::{entropy::Entropy, metrics::SqlConnections};

pub use self::{
    address::{AddressError, PostgresAddress, PostgresUrl},
    sessions::PostgresLimits,
};
use self::{
    error::Fault,
    plan::Plan,
    rows::{Batch, column},
    session::{Query, Session, TransactionFault},
    sessions::{Connector, Sessions},
};

/// A backend that keeps records in a PostgreSQL database. Clones share the connections.
#[derive(Clone, Debug)]
pub struct PostgresBackend {
    sessions: Sessions,
}

/// The reason why a database cannot be used as a store.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is wrong.
    #[error("the store {url} cannot be used: {source}")]
    Address {
        /// The database.
        url: PostgresUrl,
        /// The reason.
        source: AddressError,
    },
    /// The database does not answer, or refuses.
    #[error(
        "the store {url} cannot be used: {reason}; check that the database runs, and the user and its rights"
    )]
    Database {
        /// The database.
        url: PostgresUrl,
        /// What it, or the driver, says.
        reason: String,
    },
    /// A newer Lido has created its tables.
    #[error(
        "the store {url} has tables of version {found}, and this Lido knows only version {known}; start it with the \
         newer Lido that created them"
    )]
    Newer {
        /// The database.
        url: PostgresUrl,
        /// The version of its tables.
        found: i64,
        /// The version that this Lido creates.
        known: i64,
    },
    /// Its tables are not there, or older, and must not be changed now.
    #[error(
        "the store {url} has tables of version {found}, and this Lido needs version {known}; run lido migrate, or start \
         a server that is no standby"
    )]
    Older {
        /// The database.
        url: PostgresUrl,
        /// The version of its tables; 0 if there are none.
        found: i64,
        /// The version that this Lido creates.
        known: i64,
    },
    /// A newer Lido may have written records in it.
    #[error(
        "the store {url} may contain records of kind {kind} in format {found}, which this Lido cannot read; start it \
         with the newer Lido that wrote it"
    )]
    NewerRecords {
        /// The database.
        url: PostgresUrl,
        /// The number of the kind.
        kind: i64,
        /// The format.
        found: i64,
    },
}

/// Whether the tables of a database are those that this Lido uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableVersions {
    /// The version in the database; 0 if it has no tables.
    pub found: i64,
    /// The version that this Lido creates.
    pub known: i64,
}

impl PostgresBackend {
    /// Connects to a database and migrates its tables. A standby changes nothing, so that it can use a replica.
    ///
    /// # Errors
    /// The database cannot be used, or a newer Lido has written to it.
    pub async fn open(
        url: &PostgresUrl,
        limits: PostgresLimits,
        is_standby: bool,
    ) -> Result<Self, OpenError> {
        let address = read_address(url)?;
        let unusable = |error: StoreError| unusable(url, &error);
        let sessions = Sessions::new(&address, limits.clone()).map_err(unusable)?;
        if is_standby {
            let TableVersions { found, known } = table_versions(url).await?;
            if found < known {
                return Err(OpenError::Older { url: url.clone(), found, known });
            }
        } else {
            migrate_tables(&address, limits).await?;
        }
        let session = sessions.get().await.map_err(unusable)?;
        if let Some((kind, found)) = tables::record_formats(&session, is_standby).await.map_err(unusable)? {
            return Err(OpenError::NewerRecords { url: url.clone(), kind, found });
        }
        drop(session);
        Ok(Self { sessions })
    }

    /// Returns the settings of the database with which an answer may be lost that was given, each with its value.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn unsafe_settings(url: &PostgresUrl) -> Result<Vec<(String, String)>, OpenError> {
        let session = connect(&read_address(url)?, PostgresLimits::default()).await?;
        let mut found = Vec::new();
        for (name, safe) in
            [("fsync", &["on"][..]), ("full_page_writes", &["on"]), ("synchronous_commit", SAFE_COMMITS)]
        {
            let query = Query { text: format!("SELECT current_setting('{name}', true)"), params: Vec::new() };
            let rows = session.query(&query).await.map_err(|fault| unusable(url, &fault.into()))?;
            // A database that speaks like PostgreSQL may not have it.
            let value: Option<String> = rows.first().and_then(|row| column(row, 0).ok()).flatten();
            found.extend(
                value.filter(|value| !safe.contains(&value.as_str())).map(|value| (name.to_owned(), value)),
            );
        }
        Ok(found)
    }

    async fn query(&self, query: &Query) -> Result<Vec<Row>, StoreError> {
        let session = self.sessions.get().await?;
        match session.query(query).await {
            // The database may have ended the connection long ago. Repeating what only reads is safe, and so is what is
            // repeated here that writes: a sweep, the probe, tokens of a rate, of which some are then lost, and the store's own record,
            // which has an expectation.
            Err(Fault::Lost(_) | Fault::Gone(_)) => {
                drop(session);
                Ok(self.sessions.get().await?.query(query).await?)
            }
            result => Ok(result?),
        }
    }

    /// Repeats a statement that met another server.
    async fn query_until_serialized(&self, query: &Query) -> Result<Vec<Row>, StoreError> {
        for _ in 0..MAX_REPETITIONS {
            match self.query(query).await {
                Err(StoreError::Conflict) => tokio::time::sleep(Duration::from_millis(10)).await,
                result => return result,
            }
        }
        Err(StoreError::Unavailable("other servers sweep the same rows".into()))
    }

    /// Finds out whether a commit whose answer was lost has happened.
    ///
    /// It has if a record has its version, which no other commit has. If none has, it may not have arrived yet, or another
    /// commit has replaced its records since: that is told as an error, since neither answer would be known to be true.
    ///
    /// A record that is found may be on the primary alone: it is visible there although the wait for the standby was
    /// cancelled. A later commit that the standby has proves that it has this one too, since it gets them in order.
    async fn find_out(&self, pool: &[u8], plan: &Plan, fault: Fault) -> Result<(), StoreError> {
        let (Fault::Refused(text)
        | Fault::Gone(text)
        | Fault::Late(text)
        | Fault::Lost(text)
        | Fault::Corrupt(text)) = fault
        else {
            return Err(fault.into());
        };
        let query = steps::find_commit(pool, plan);
        for attempt in 0..FIND_ATTEMPTS {
            tokio::time::sleep(Duration::from_millis(50) * attempt).await;
            if let Ok(rows) = self.query(&query).await
                && !rows.is_empty()
            {
                return self.check_replicated().await.map_err(|_| StoreError::OutcomeUnknown(text));
            }
        }
        Err(StoreError::OutcomeUnknown(text))
    }
}

impl PostgresBackend {
    /// Checks that a commit of now is on disk wherever the settings of the database want it.
    async fn check_replicated(&self) -> Result<(), StoreError> {
        let session = self.sessions.get().await?;
        let result = session.transact(BEGIN, &[steps::probe_write(random()?)]).await;
        result.map_err(|fault| match fault {
            TransactionFault::Failed(fault) | TransactionFault::Unknown(fault) => fault.into(),
        })
    }
}

/// Begins a transaction.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

fn random() -> Result<u64, StoreError> {
    let bytes = Entropy::system().bytes().map_err(|error| StoreError::Unavailable(error.to_string()))?;
    Ok(u64::from_le_bytes(bytes))
}

/// The values of `synchronous_commit` with which a commit is on disk when it is answered.
const SAFE_COMMITS: &[&str] = &["on", "remote_apply", "remote_write", "local"];

/// How often a sweep is repeated that met another server.
const MAX_REPETITIONS: u32 = 10;

/// How often the records of a commit are looked for whose answer was lost.
const FIND_ATTEMPTS: u32 = 6;

fn read_address(url: &PostgresUrl) -> Result<PostgresAddress, OpenError> {
    PostgresAddress::read(url).map_err(|source| OpenError::Address { url: url.clone(), source })
}

fn unusable(url: &PostgresUrl, error: &StoreError) -> OpenError {
    let reason = match error {
        StoreError::Unavailable(reason) => reason.clone(),
        other => other.to_string(),
    };
    OpenError::Database { url: url.clone(), reason }
}

async fn connect(address: &PostgresAddress, limits: PostgresLimits) -> Result<Session, OpenError> {
    let connected = Connector::new(address, limits).connect().await;
    connected.map_err(|reason| OpenError::Database { url: address.url().clone(), reason })
}

/// Returns the version of the tables of a database, and changes nothing.
///
/// # Errors
/// The database cannot be used, or a newer Lido has created its tables.
pub async fn table_versions(url: &PostgresUrl) -> Result<TableVersions, OpenError> {
    let session = connect(&read_address(url)?, PostgresLimits::default()).await?;
    let found = tables::version(&session).await.map_err(|error| unusable(url, &error))?;
    match found > tables::VERSION {
        true => Err(OpenError::Newer { url: url.clone(), found, known: tables::VERSION }),
        false => Ok(TableVersions { found, known: tables::VERSION }),
    }
}

/// Returns the time that the clock of a database shows.
///
/// # Errors
/// The database cannot be used.
pub async fn clock(url: &PostgresUrl) -> Result<Timestamp, OpenError> {
    let session = connect(&read_address(url)?, PostgresLimits::default()).await?;
    let text = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::int8";
    let query = Query { text: text.to_owned(), params: Vec::new() };
    let rows = session.query(&query).await.map_err(|fault| unusable(url, &fault.into()))?;
    let millis = rows.first().and_then(|row| column(row, 0).ok());
    let millis =
        millis.ok_or_else(|| unusable(url, &StoreError::Corrupt("the database has no clock".into())))?;
    Ok(Timestamp::from_millis(millis))
}

/// Migrates the tables of a database.
///
/// # Errors
/// The database cannot be used, or a newer Lido has created its tables.
pub async fn migrate(url: &PostgresUrl) -> Result<(), OpenError> {
    migrate_tables(&read_address(url)?, PostgresLimits::default()).await
}

async fn migrate_tables(address: &PostgresAddress, limits: PostgresLimits) -> Result<(), OpenError> {
    // A migration of a large table takes as long as it takes.
    let limits = PostgresLimits { timeout: MIGRATION_TIMEOUT, ..limits };
    let (session, lock) = (connect(address, limits.clone()).await?, connect(address, limits).await?);
    match tables::migrate(&session, &lock).await {
        Ok(None) => Ok(()),
        Ok(Some(found)) => {
            Err(OpenError::Newer { url: address.url().clone(), found, known: tables::VERSION })
        }
        Err(error) => Err(unusable(address.url(), &error)),
    }
}

/// The longest time of a statement of a migration.
const MIGRATION_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

#[async_trait]
impl Backend for PostgresBackend {
    async fn read(
        &self,
        scope: &Scope,
        lookups: &[Lookup],
    ) -> Result<Option<(PoolId, Vec<LookupResult>)>, StoreError> {
        let batch = Batch::new(&self.query(&read::statement(scope, lookups)).await?)?;
        let pool = match (batch.pool(), scope) {
            (Some(pool), _) | (None, Scope::Pool(pool)) => pool.clone(),
            (None, Scope::Claim(_)) => return Ok(None),
        };
        let mut results = Vec::with_capacity(lookups.len());
        for (number, lookup) in lookups.iter().enumerate() {
            results.push(match (batch.result(number, lookup)?, lookup) {
                (Some(result), _) => result,
                (None, Lookup::Count(kind)) => {
                    let rows = self.query(&read::exact_count(scope, *kind)).await?;
                    let counted = rows.iter().find(|row| column::<i32>(row, 0).is_ok_and(|arm| arm == 0));
                    let count: i64 = counted.map_or(Ok(0), |row| column(row, 3))?;
                    LookupResult::Count(usize::try_from(count).unwrap_or(0))
                }
                (None, _) => return Err(StoreError::Corrupt("a lookup has no result".into())),
            });
        }
        Ok(Some((pool, results)))
    }

    async fn list_pools(&self, after: Option<&PoolId>, limit: usize) -> Result<Vec<Stored>, StoreError> {
        steps::listed_pools(&self.query(&steps::list_pools(after, limit)).await?)
    }

    async fn due(
        &self,
        kind: Kind,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Stored)>, StoreError> {
        steps::due_records(kind, &self.query(&steps::due(kind, until, limit)).await?)
    }

    async fn commit(&self, pool: &PoolId, commit: Commit) -> Result<(), StoreError> {
        let plan = Plan::new(&commit)?;
        let pool = id::stored_pool(pool);
        let queries = commit::statements(&pool, &plan);
        let session = self.sessions.get().await?;
        let result = session.transact(BEGIN, &queries).await;
        drop(session);
        match result {
            Ok(()) => Ok(()),
            Err(TransactionFault::Failed(fault)) => Err(fault.into()),
            Err(TransactionFault::Unknown(fault)) => self.find_out(&pool, &plan, fault).await,
        }
    }

    async fn sweep_expired(&self, kind: Kind, until: Timestamp, limit: usize) -> Result<usize, StoreError> {
        Ok(self.query_until_serialized(&steps::sweep_expired(kind, until, limit)).await?.len())
    }

    async fn sweep_deleted(&self, limit: usize) -> Result<usize, StoreError> {
        let mut removed = 0;
        for query in steps::sweep_deleted(limit) {
            match self.query(&query).await {
                Ok(rows) => removed += rows.len(),
                // Another server sweeps the same rows.
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
            if removed >= limit {
                break;
            }
        }
        Ok(removed)
    }

    async fn refresh_statistics(&self) -> Result<(), StoreError> {
        for row in self.query(&steps::outgrown_tables()).await? {
            let table: String = rows::column(&row, 0)?;
            let session = self.sessions.get().await?;
            session.execute_plain(&format!("ANALYZE {table}")).await?;
            tracing::debug!(table, "the planner of the database has learned of a table that has grown");
        }
        Ok(())
    }

    async fn store_record(&self) -> Result<Option<VersionedStoreRecord>, StoreError> {
        steps::found_store_record(&self.query(&steps::store_record()).await?)
    }

    async fn put_store_record(
        &self,
        expected: Option<Version>,
        version: Version,
        record: StoreRecord,
    ) -> Result<(), StoreError> {
        let written = self.query(&steps::put_store_record(expected, version, record.encode()?)).await?;
        if written.is_empty() { Err(StoreError::Conflict) } else { Ok(()) }
    }

    fn sql_connections(&self) -> Option<SqlConnections> {
        Some(self.sessions.status())
    }

    async fn check_health(&self) -> Result<(), StoreError> {
        self.query(&steps::check_health()).await.map(drop)
    }

    async fn probe_write(&self) -> Result<(), StoreError> {
        self.query_until_serialized(&steps::probe_write(random()?)).await.map(drop)
    }
}
