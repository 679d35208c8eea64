//! Users of Amazon Cognito, from files that its tools write or take: what `aws cognito-idp list-users` prints, and
//! the CSV of its import jobs.
//!
//! Nothing can bring their passwords along, so that users arrive RESET_REQUIRED. A row becomes an entry as seed files
//! have it, and is checked and put by the same rules (`operations::seed`); a user who is there stays as it is.
//! `csv` and `list_users` read the files.

mod csv;
mod list_users;
#[cfg(test)]
mod tests;

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    ops::ControlFlow,
    path::Path,
};

use lido_domain::{Timestamp, attribute::contact::ContactKind, id::PoolId, pool::mfa::MfaMode, user::User};

use self::{csv::CsvRows, list_users::ListedUsers};
use crate::{
    app::App,
    operations::seed::{Entry, Rejection, SeedOutcome, add_user, check_user},
    store::{PoolRecord, StoreError, transfer::LineFault},
};

/// A user in a file, or what is wrong with the row.
type Row = (u64, Result<UserRow, String>);

/// A user as a file describes it.
#[derive(Clone, Debug)]
struct UserRow {
    /// The entry, with the username as the file has it.
    entry: Entry,
    /// `cognito:mfa_enabled`, if the row has it.
    mfa: Option<bool>,
    /// Whether the row must have a verified address, as in an import job.
    needs_verified: bool,
}

/// What is in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserCheck {
    /// The users who can be imported.
    pub users: u64,
    /// Those of them who have no verified address, so that they cannot set a new password themselves.
    pub unverified: u64,
    /// The rows that cannot be imported.
    pub faults: u64,
}

/// What an import has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserImportReport {
    /// The users who were added.
    pub added: u64,
    /// The users who were there, and stay as they are.
    pub present: u64,
    /// The rows that could not be imported.
    pub faults: u64,
}

/// The reason why an import ends before its end.
#[derive(Debug, thiserror::Error)]
pub enum UserImportError {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such user pool.
    #[error("the store has no user pool {0}; name the pool that the users come into with --pool")]
    NoPool(PoolId),
    /// The file is neither of both.
    #[error("line 1: {0}")]
    Header(String),
    /// The caller ended it.
    #[error("interrupted; run the same command again to go on")]
    Interrupted,
}

/// The rows of a file.
enum Rows<R> {
    Csv(CsvRows<R>),
    Listed(ListedUsers<R>),
}

impl<R: BufRead> Rows<R> {
    /// Begins to read a file, whose first character tells what it is.
    fn open(mut input: R, pool: &PoolRecord) -> Result<Self, UserImportError> {
        loop {
            let first = input.fill_buf()?.first().copied();
            match first {
                Some(byte) if byte.is_ascii_whitespace() => input.consume(1),
                Some(b'{' | b'[') => return Ok(Self::Listed(ListedUsers::new(input, pool))),
                _ => return Ok(Self::Csv(CsvRows::open(input, pool)?)),
            }
        }
    }

    fn next(&mut self) -> io::Result<Option<Row>> {
        match self {
            Self::Csv(rows) => rows.next(),
            Self::Listed(users) => users.next(),
        }
    }
}

async fn pool_of(app: &App, pool: &PoolId) -> Result<PoolRecord, UserImportError> {
    let tx = app.store.begin();
    match tx.find_pool(pool).await? {
        Some(record) => Ok(record.as_ref().clone()),
        None => Err(UserImportError::NoPool(pool.clone())),
    }
}

/// Reads the whole file, and checks each row by the rules of the pool. `tell` is told each row that cannot be
/// imported.
///
/// # Errors
/// The file cannot be read or is of neither form, or there is no such pool.
pub async fn check(
    app: &App,
    pool: &PoolId,
    path: &Path,
    tell: &mut (dyn FnMut(LineFault) + Send),
    progress: &mut (dyn FnMut(u64) -> ControlFlow<()> + Send),
) -> Result<UserCheck, UserImportError> {
    let record = pool_of(app, pool).await?;
    let mut rows = Rows::open(BufReader::new(File::open(path)?), &record)?;
    let mut check = UserCheck::default();
    let now = app.clock.now();
    while let Some((line, row)) = rows.next()? {
        if progress(line).is_break() {
            return Err(UserImportError::Interrupted);
        }
        match row.and_then(|row| row.check(&record, now)) {
            Ok(user) => {
                check.users += 1;
                let has_verified = ContactKind::BOTH.iter().any(|kind| {
                    user.attributes.is_verified(*kind) && user.attributes.contact(*kind).is_some()
                });
                check.unverified += u64::from(!has_verified);
            }
            Err(reason) => {
                check.faults += 1;
                tell(LineFault { line, reason });
            }
        }
    }
    Ok(check)
}

/// Imports the users of a file into a pool. Rows that [`check`] has told of are left out; `tell` is told those that
/// the store refuses.
///
/// # Errors
/// The file or the store cannot be used. Users who were added stay, and another run goes on from there.
pub async fn import(
    app: &App,
    pool: &PoolId,
    path: &Path,
    tell: &mut (dyn FnMut(LineFault) + Send),
    progress: &mut (dyn FnMut(u64) -> ControlFlow<()> + Send),
) -> Result<UserImportReport, UserImportError> {
    let record = pool_of(app, pool).await?;
    let mut rows = Rows::open(BufReader::new(File::open(path)?), &record)?;
    let mut report = UserImportReport::default();
    let now = app.clock.now();
    while let Some((line, row)) = rows.next()? {
        if progress(line).is_break() {
            return Err(UserImportError::Interrupted);
        }
        let Some(row) = row.ok().filter(|row| row.check(&record, now).is_ok()) else {
            report.faults += 1;
            continue;
        };
        match add_user(app, pool, &row.entry).await {
            Ok(SeedOutcome::Created | SeedOutcome::Changed) => report.added += 1,
            Ok(SeedOutcome::Unchanged) => report.present += 1,
            Err(rejection) => {
                report.faults += 1;
                tell(LineFault { line, reason: worded(&rejection) });
            }
        }
    }
    Ok(report)
}

impl UserRow {
    /// Checks a row by the rules of the pool, and by those of an import job beyond them. Returns the user that it
    /// would be.
    ///
    /// *Documented*: a row has at least one verified address, and `cognito:mfa_enabled` is not false where the pool
    /// requires MFA, and not true where it is off.
    fn check(&self, pool: &PoolRecord, now: Timestamp) -> Result<User, String> {
        match (pool.pool.mfa.mode, self.mfa) {
            (MfaMode::On, Some(false)) => {
                return Err("cognito:mfa_enabled is false, and the user pool requires MFA".to_owned());
            }
            (MfaMode::Off, Some(true)) => {
                return Err("cognito:mfa_enabled is true, and MFA is off in the user pool".to_owned());
            }
            _ => {}
        }
        let attribute = |name: &str| {
            self.entry.get("UserAttributes").and_then(|all| all.get(name)).and_then(|one| one.as_str())
        };
        let is_verified = |contact: &str| {
            let flag = attribute(&format!("{contact}_verified"));
            flag == Some("true") && attribute(contact).is_some_and(|value| !value.is_empty())
        };
        if self.needs_verified && !is_verified("email") && !is_verified("phone_number") {
            return Err("the row has no verified email and no verified phone_number".to_owned());
        }
        check_user(pool, &self.entry, now).map_err(|rejection| worded(&rejection))
    }
}

/// Words a rejection with the place that it concerns.
fn worded(rejection: &Rejection) -> String {
    match rejection.path.last() {
        Some(place) => format!("{place}: {}", rejection.reason),
        None => rejection.reason.clone(),
    }
}
