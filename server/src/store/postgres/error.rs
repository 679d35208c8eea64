//! The errors of the database, as errors of the store.
//!
//! A text names the condition and its SQLSTATE, never the detail, which may quote the row of a user.

use std::error::Error as _;

use tokio_postgres::error::SqlState;

use crate::store::StoreError;

/// Returns the text of an error, without what may quote a row or a value.
pub(super) fn text_of(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(found), _) => format!("{} (SQLSTATE {})", found.message(), found.code().code()),
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    }
}

/// What is known of a statement that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A concurrent commit was first: a guard of the statement raised, a row or an entry of a unique index was taken, or the
    /// database refused to serialize.
    Conflict,
    /// A former statement of the same transaction has failed.
    Aborted,
    /// The database refused the statement and did nothing. The connection can go on.
    Refused(String),
    /// The database refused the statement because it is ending, is not the primary, or has lost what the connection has
    /// prepared. The connection cannot go on.
    Gone(String),
    /// The database found damage in its files.
    Corrupt(String),
    /// The connection ended: whether the statement was run is not known.
    Lost(String),
    /// Nothing came in time: whether the statement was run is not known, and it may still run.
    Late(String),
}

impl Fault {
    pub(super) fn of(error: &tokio_postgres::Error) -> Self {
        let text = text_of(error);
        let Some(found) = error.as_db_error() else { return Fault::Lost(text) };
        let code = found.code();
        if [
            // A guard divides by zero.
            SqlState::DIVISION_BY_ZERO,
            SqlState::UNIQUE_VIOLATION,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::LOCK_NOT_AVAILABLE,
        ]
        .contains(code)
        {
            return Fault::Conflict;
        }
        if *code == SqlState::IN_FAILED_SQL_TRANSACTION {
            return Fault::Aborted;
        }
        if *code == SqlState::DATA_CORRUPTED || *code == SqlState::INDEX_CORRUPTED {
            return Fault::Corrupt(text);
        }
        // A table has changed so that a prepared statement has another result type.
        let is_stale = *code == SqlState::FEATURE_NOT_SUPPORTED;
        let is_lost_statement = *code == SqlState::INVALID_SQL_STATEMENT_NAME || is_stale;
        let is_read_only = *code == SqlState::READ_ONLY_SQL_TRANSACTION;
        // Class 57P is an operator's intervention, such as a shutdown; class 08 is the connection itself.
        let class = code.code();
        if is_lost_statement || is_read_only || class.starts_with("57P") || class.starts_with("08") {
            return Fault::Gone(text);
        }
        Fault::Refused(text)
    }

    /// Returns whether another statement may run on the same connection.
    pub(super) fn keeps_connection(&self) -> bool {
        matches!(self, Fault::Conflict | Fault::Aborted | Fault::Refused(_))
    }
}

impl From<Fault> for StoreError {
    /// Returns the error of a statement whose outcome does not matter, or is known.
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Conflict => StoreError::Conflict,
            Fault::Aborted => {
                StoreError::Unavailable("a former statement of the transaction has failed".into())
            }
            Fault::Refused(text) | Fault::Gone(text) | Fault::Lost(text) | Fault::Late(text) => {
                StoreError::Unavailable(text)
            }
            Fault::Corrupt(text) => StoreError::Corrupt(text),
        }
    }
}
