//! The bounded pool of connections.
//!
//! A request waits for a free connection for a moment, and is refused after it. While the database is away, a request is
//! refused at once: one of them tries to connect, then none for a time that doubles up to two seconds. So service resumes
//! by itself, and neither the requests nor the database that comes back meet a crowd.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use deadpool::managed::{
    self, Metrics, Object, Pool, PoolError, QueueMode, RecycleError, RecycleResult, Timeouts,
};
use tokio::time::Instant;
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{address::PostgresAddress, error::text_of, session::Session};
use crate::{metrics::SqlConnections, store::StoreError};

/// How the connections are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresLimits {
    /// The most connections at once.
    pub connections: usize,
    /// The longest time that a statement runs, or a transaction waits for its results.
    pub timeout: Duration,
    /// The longest time that a request waits for a free connection.
    pub wait: Duration,
}

/// *Chosen*: several servers fit into the 100 connections that PostgreSQL allows by default, and a commit that waits longer
/// than this helps no one.
impl Default for PostgresLimits {
    fn default() -> Self {
        Self { connections: 16, timeout: Duration::from_secs(5), wait: Duration::from_secs(2) }
    }
}

/// The longest time that connecting to one address takes, unless the URL says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The time without an attempt to connect after the first failure, and the longest.
const BACK_OFF: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(2)];

/// The connections to a database.
#[derive(Clone, Debug)]
pub(super) struct Sessions(Pool<Connector>);

/// Makes connections, and remembers failures.
#[derive(Debug)]
pub(super) struct Connector {
    config: Config,
    tls: Option<MakeTls>,
    limits: PostgresLimits,
    failure: Mutex<Option<Failure>>,
}

/// TLS, without its keys in `Debug`.
struct MakeTls(MakeRustlsConnect);

impl std::fmt::Debug for MakeTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MakeTls")
    }
}

/// The last failure to connect.
#[derive(Clone, Debug)]
struct Failure {
    text: String,
    next_at: Instant,
    back_off: Duration,
}

impl Sessions {
    /// Returns the connections to an address. It connects to nothing yet.
    pub(super) fn new(address: &PostgresAddress, limits: PostgresLimits) -> Result<Self, StoreError> {
        let PostgresLimits { connections, wait, .. } = limits;
        let connector = Connector::new(address, limits);
        let pool = Pool::builder(connector)
            .max_size(connections)
            .queue_mode(QueueMode::Lifo)
            .runtime(deadpool::Runtime::Tokio1)
            .timeouts(Timeouts { wait: Some(wait), create: None, recycle: None })
            .build();
        pool.map(Self).map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    /// Returns how many connections there are, and how many requests wait for one.
    pub(super) fn status(&self) -> SqlConnections {
        let status = self.0.status();
        let in_use = status.size.saturating_sub(status.available);
        SqlConnections { in_use, idle: status.available, waiting: status.waiting }
    }

    /// Returns a connection for the caller alone.
    ///
    /// # Errors
    /// `Unavailable` if none is free in time, or the database is away.
    pub(super) async fn get(&self) -> Result<Object<Connector>, StoreError> {
        self.0.get().await.map_err(|error| {
            StoreError::Unavailable(match error {
                PoolError::Timeout(_) => {
                    format!("all {} connections to the database are in use", self.0.status().max_size)
                }
                PoolError::Backend(text) => text,
                other => other.to_string(),
            })
        })
    }
}

impl Connector {
    pub(super) fn new(address: &PostgresAddress, limits: PostgresLimits) -> Self {
        let mut config = address.config().clone();
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("lido");
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(limits.timeout);
        }
        let tls = address.tls().cloned().map(|config| MakeTls(MakeRustlsConnect::new(config)));
        Self { config, tls, limits, failure: Mutex::default() }
    }

    /// Connects, and sets what the connection needs.
    pub(super) async fn connect(&self) -> Result<Session, String> {
        let connecting = async {
            match &self.tls {
                Some(MakeTls(tls)) => {
                    let (client, connection) = self.config.connect(tls.clone()).await?;
                    Ok(Session::start(client, connection, self.limits.timeout))
                }
                None => {
                    let (client, connection) = self.config.connect(NoTls).await?;
                    Ok(Session::start(client, connection, self.limits.timeout))
                }
            }
        };
        // The driver's own timeout is that of one address, without TLS and the log-in.
        let hosts = self.config.get_hosts().len().max(self.config.get_hostaddrs().len()).max(1);
        let each = self.config.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT) + CONNECT_TIMEOUT;
        let longest = each.saturating_mul(u32::try_from(hosts).unwrap_or(u32::MAX));
        let session = tokio::time::timeout(longest, connecting)
            .await
            .map_err(|_| format!("no connection within {longest:?}"))?
            .map_err(|error: tokio_postgres::Error| text_of(&error))?;
        let timeout = self.limits.timeout.as_millis();
        for setting in [
            // What a server that was cut off has locked is free soon.
            format!("SET statement_timeout = {timeout}"),
            format!("SET idle_in_transaction_session_timeout = {timeout}"),
            // Every statement is meant for an index. A plan that was made while a table was small would stay a scan of it.
            "SET enable_seqscan = off".to_owned(),
            "SET enable_hashjoin = off".to_owned(),
            "SET enable_mergejoin = off".to_owned(),
            // No plan depends on the values of its statement, so that each is made once for a connection: to make one takes longer than
            // to run it.
            "SET plan_cache_mode = force_generic_plan".to_owned(),
            // What these three add to the estimated cost would have every statement compiled that has no other plan.
            "SET jit = off".to_owned(),
        ] {
            if let Err(fault) = session.execute_plain(&setting).await {
                tracing::debug!(?fault, setting, "the database does not take a setting");
            }
        }
        Ok(session)
    }
}

impl managed::Manager for Connector {
    type Type = Session;
    type Error = String;

    async fn create(&self) -> Result<Session, String> {
        let failure = || self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let back_off = match &mut *failure() {
            Some(failure) if failure.next_at > now => return Err(failure.text.clone()),
            Some(failure) => {
                // The others wait for the result of this attempt.
                failure.next_at = now + BACK_OFF[1];
                (failure.back_off * 2).min(BACK_OFF[1])
            }
            None => BACK_OFF[0],
        };
        match self.connect().await {
            Ok(session) => {
                if failure().take().is_some() {
                    tracing::info!("connected to the database again");
                }
                Ok(session)
            }
            Err(text) => {
                let text = format!("the database cannot be reached: {text}");
                let former = failure().replace(Failure {
                    text: text.clone(),
                    next_at: Instant::now() + back_off,
                    back_off,
                });
                if former.is_none_or(|former| former.text != text) {
                    tracing::error!(%text, "the store is away");
                }
                Err(text)
            }
        }
    }

    async fn recycle(&self, session: &mut Session, _: &Metrics) -> RecycleResult<String> {
        match session.is_usable() {
            true => Ok(()),
            false => Err(RecycleError::message("the connection has ended")),
        }
    }
}
