//! One connection with its prepared statements.
//!
//! Statements are sent together and their results are awaited together, so that however many they are, they take one round
//! trip. A statement is prepared when a connection meets it first; that is a round trip more, once.

use std::{
    collections::HashMap,
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use tokio_postgres::{
    AsyncMessage, Client, Connection, Row, Socket, Statement,
    error::Severity,
    tls::TlsStream,
    types::{ToSql, Type},
};

use super::{error::Fault, param::Param};

/// A statement with its parameters.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) text: String,
    pub(super) params: Vec<Param>,
}

/// The most prepared statements of a connection. Lookups have a few dozen forms; beyond this the oldest use is forgotten with
/// all others.
const MAX_STATEMENTS: usize = 256;

/// How much longer the result of a statement is awaited than it may run in the database.
const GRACE: Duration = Duration::from_secs(1);

/// The routine of PostgreSQL that waits for a synchronous standby, by which its warnings are told from others in any
/// language.
const STANDBY_WAIT: &str = "SyncRepWaitForLSN";

/// A connection.
#[derive(Debug)]
pub(super) struct Session {
    client: Client,
    statements: Mutex<HashMap<String, Statement>>,
    /// Whether the connection must not be used again.
    is_broken: AtomicBool,
    /// Whether the database has given up waiting for its standby: a commit that it then reports is on one machine only.
    is_doubtful: Arc<AtomicBool>,
    timeout: Duration,
}

impl Session {
    /// Returns the session of a client, and runs its connection until either ends.
    pub(super) fn start<T>(client: Client, connection: Connection<Socket, T>, timeout: Duration) -> Self
    where
        T: TlsStream + Unpin + Send + 'static,
    {
        let is_doubtful = Arc::new(AtomicBool::new(false));
        tokio::spawn(run(connection, Arc::clone(&is_doubtful)));
        // The database ends a statement first, so that none goes on running which is not awaited.
        let timeout = timeout.saturating_add(GRACE);
        Self { client, statements: Mutex::default(), is_broken: AtomicBool::new(false), is_doubtful, timeout }
    }

    /// Returns whether the connection can be used.
    pub(super) fn is_usable(&self) -> bool {
        !self.client.is_closed() && !self.is_broken.load(Ordering::Relaxed)
    }

    /// Runs a statement that prepares nothing, such as a setting or one that creates a table.
    pub(super) async fn execute_plain(&self, text: &str) -> Result<(), Fault> {
        self.client.batch_execute(text).await.map_err(|error| self.fault(&error))
    }

    /// Runs one statement as its own transaction.
    pub(super) async fn query(&self, query: &Query) -> Result<Vec<Row>, Fault> {
        let run = async {
            let statement = self.prepare(&query.text).await?;
            self.client.query(&statement, &params(query)).await.map_err(|error| self.fault(&error))
        };
        // A caller that gives up leaves a connection on which the statement still runs.
        let was_broken = self.is_broken.swap(true, Ordering::Relaxed);
        let result = tokio::time::timeout(self.timeout, run).await.unwrap_or_else(|_| Err(self.late()));
        let is_kept = result.as_ref().err().is_none_or(Fault::keeps_connection);
        self.is_broken.store(was_broken || !is_kept, Ordering::Relaxed);
        result
    }

    /// Runs statements in one transaction.
    ///
    /// # Errors
    /// As [`TransactionFault`] tells them apart.
    pub(super) async fn transact(&self, begin: &str, queries: &[Query]) -> Result<(), TransactionFault> {
        let mut statements = Vec::with_capacity(queries.len());
        for query in queries {
            let prepared = tokio::time::timeout(self.timeout, self.prepare(&query.text)).await;
            statements.push(prepared.unwrap_or_else(|_| Err(self.late())).map_err(TransactionFault::Failed)?);
        }
        self.is_doubtful.store(false, Ordering::Relaxed);
        type Sent<'a> = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send + 'a>>;
        let mut sent: Vec<Sent<'_>> = vec![Box::pin(self.client.batch_execute(begin))];
        for (query, statement) in queries.iter().zip(&statements) {
            sent.push(Box::pin(async move { self.client.query(statement, &params(query)).await.map(drop) }));
        }
        sent.push(Box::pin(self.client.batch_execute("COMMIT")));
        let results = match tokio::time::timeout(self.timeout, join_in_order(sent)).await {
            Ok(results) => results,
            Err(_) => return Err(TransactionFault::Unknown(self.late())),
        };
        let count = results.len();
        for (number, result) in results.into_iter().enumerate() {
            let Err(error) = result else { continue };
            let fault = self.fault(&error);
            let is_commit = number + 1 == count;
            // What fails before the commit makes it a rollback. An answer that did not come tells nothing.
            let is_known = match &fault {
                Fault::Lost(_) | Fault::Late(_) => false,
                Fault::Gone(_) | Fault::Corrupt(_) | Fault::Refused(_) => !is_commit,
                Fault::Conflict | Fault::Aborted => true,
            };
            return Err(if is_known {
                TransactionFault::Failed(fault)
            } else {
                TransactionFault::Unknown(fault)
            });
        }
        if self.is_doubtful.load(Ordering::Relaxed) {
            self.is_broken.store(true, Ordering::Relaxed);
            let text = "the database gave up waiting for its standby, which may not have the commit";
            return Err(TransactionFault::Unknown(Fault::Lost(text.to_owned())));
        }
        Ok(())
    }

    async fn prepare(&self, text: &str) -> Result<Statement, Fault> {
        let cached = self.statements.lock().unwrap_or_else(PoisonError::into_inner).get(text).cloned();
        if let Some(statement) = cached {
            return Ok(statement);
        }
        let statement = self.client.prepare(text).await.map_err(|error| self.fault(&error))?;
        debug_assert!(statement.params().iter().all(|param| *param != Type::UNKNOWN), "{text}");
        let mut statements = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        if statements.len() >= MAX_STATEMENTS {
            statements.clear();
        }
        statements.insert(text.to_owned(), statement.clone());
        Ok(statement)
    }

    fn fault(&self, error: &tokio_postgres::Error) -> Fault {
        let fault = Fault::of(error);
        if !fault.keeps_connection() {
            self.is_broken.store(true, Ordering::Relaxed);
        }
        fault
    }

    fn late(&self) -> Fault {
        self.is_broken.store(true, Ordering::Relaxed);
        Fault::Late(format!("no answer within {:?}", self.timeout))
    }
}

/// The error of a transaction.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TransactionFault {
    /// It was rolled back.
    Failed(Fault),
    /// It may have been committed.
    Unknown(Fault),
}

fn params(query: &Query) -> Vec<&(dyn ToSql + Sync)> {
    query.params.iter().map(|param| -> &(dyn ToSql + Sync) { param.as_ref() }).collect()
}

/// Waits for all futures. Each is polled first in the order of the list: a statement is sent when its future is.
async fn join_in_order<T>(futures: Vec<Pin<Box<dyn Future<Output = T> + Send + '_>>>) -> Vec<T> {
    let mut running: Vec<_> = futures.into_iter().map(|future| (future, None)).collect();
    poll_fn(|context| {
        let mut is_ready = true;
        for (future, result) in &mut running {
            if result.is_none() {
                match future.as_mut().poll(context) {
                    Poll::Ready(output) => *result = Some(output),
                    Poll::Pending => is_ready = false,
                }
            }
        }
        if is_ready { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    running.into_iter().filter_map(|(_, result)| result).collect()
}

/// Runs a connection to its end.
async fn run<T>(mut connection: Connection<Socket, T>, is_doubtful: Arc<AtomicBool>)
where
    T: TlsStream + Unpin + Send,
{
    loop {
        match poll_fn(|context| connection.poll_message(context)).await {
            Some(Ok(AsyncMessage::Notice(notice))) => {
                if notice.routine() == Some(STANDBY_WAIT) {
                    is_doubtful.store(true, Ordering::Relaxed);
                }
                // Others, such as that a database must be vacuumed, are for its operator and say nothing of the commit.
                match notice.parsed_severity() {
                    Some(Severity::Warning) => {
                        tracing::warn!(notice = notice.message(), "the database warns")
                    }
                    _ => tracing::debug!(notice = notice.message(), "the database says"),
                }
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                tracing::debug!(%error, "a connection to the database has ended");
                return;
            }
            None => return,
        }
    }
}
