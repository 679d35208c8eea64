//! Reads an export and writes nothing: what is wrong with it, and what an import would do.

use std::{collections::BTreeSet, fs::File, io::BufReader, ops::ControlFlow, path::Path, sync::Arc};

use lido_domain::{id::PoolId, pool::alias::held_names};

use super::{
    TransferError,
    line::{Header, RecordLine},
    reader::{Line, LineFault, Lines},
    reseal::{LostSecrets, MovingKeys},
};
use crate::store::{
    Key, KeyResult, Kind, Lookup, LookupResult, PoolRecord, Record, Scope, Store, StoreError, Stored,
};

/// A pool that the store has already, with other settings than the export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolDifference {
    /// The number of its line.
    pub line: u64,
    /// The pool.
    pub pool: PoolId,
}

/// What is in an export.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its first line.
    pub header: Header,
    /// The number of lines.
    pub lines: u64,
    /// The number of records that can be read.
    pub records: u64,
    /// The number of lines that cannot be imported.
    pub faults: u64,
    /// The pools that the store has with other settings.
    pub differences: Vec<PoolDifference>,
    /// The records with secrets that neither key file opens.
    pub lost: LostSecrets,
    /// The ids of the keys that neither key file has.
    pub missing_keys: BTreeSet<String>,
    /// Whether the former keys open a secret that the new ones do not, or none are given.
    pub uses_from_key: bool,
    /// The sign-ins that are left, because their refresh tokens are known to the former keys only.
    pub left_sign_ins: u64,
}

/// The lines of an export in their context: the pool that they belong to.
#[derive(Debug, Default)]
pub(super) struct Context {
    pool: Option<Arc<PoolRecord>>,
}

impl Context {
    /// Checks a line against those before it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn admit(&mut self, line: &RecordLine) -> Result<(), String> {
        if let Record::Pool(pool) = &line.record {
            self.pool = Some(Arc::clone(pool));
            return Ok(());
        }
        let Some(pool) = self.pool.as_ref().filter(|pool| pool.pool.id == line.pool) else {
            return Err("its user pool has no line before it".to_owned());
        };
        if let Record::User(user) = &line.record {
            let own = held_names(&pool.pool, &user.username, &user.attributes);
            if let Some(name) = line.names.iter().find(|name| !own.contains(name)) {
                return Err(format!("the user does not have the name ({})", name.kind.as_str()));
            }
        } else if !line.names.is_empty() {
            return Err("names belong to users alone".to_owned());
        }
        Ok(())
    }
}

/// Returns whether sign-ins can be moved: whether the new keys have all those under which refresh tokens were
/// digested.
pub(super) fn moves_sign_ins(header: &Header, keys: &MovingKeys<'_>) -> bool {
    !header.keys.is_empty() && header.keys.iter().all(|id| keys.to.has_key(id))
}

/// Reads the first line.
///
/// # Errors
/// The file is no export that this build reads.
pub fn check_header(path: &Path) -> Result<(), TransferError> {
    Lines::open(BufReader::new(File::open(path)?)).map(drop)
}

/// Reads the whole file. `tell` is told each line that cannot be imported, and `progress` the number of lines.
///
/// # Errors
/// The file is no export that this build reads, or the store cannot be read.
pub async fn check(
    path: &Path,
    store: &Store,
    keys: &MovingKeys<'_>,
    tell: &mut (dyn FnMut(LineFault) + Send),
    progress: &mut (dyn FnMut(u64) -> ControlFlow<()> + Send),
) -> Result<Check, TransferError> {
    let (header, mut lines) = Lines::open(BufReader::new(File::open(path)?))?;
    let with_sign_ins = moves_sign_ins(&header, keys);
    let mut check = Check {
        header,
        lines: 0,
        records: 0,
        faults: 0,
        differences: Vec::new(),
        lost: LostSecrets::default(),
        missing_keys: BTreeSet::new(),
        uses_from_key: keys.from.is_none(),
        left_sign_ins: 0,
    };
    let mut context = Context::default();
    let mut end = None;
    while let Some(line) = lines.next()? {
        let number = lines.number();
        if progress(number).is_break() {
            return Err(TransferError::Interrupted);
        }
        let fault = match line {
            Line::Damaged(reason) => Some(reason),
            _ if end.is_some() => Some("a line after the end of the export".to_owned()),
            Line::End { is_whole } => {
                end = Some(is_whole);
                None
            }
            Line::Record(line) => {
                check.add(&mut context, number, &line, store, keys, with_sign_ins).await?.err()
            }
        };
        if let Some(reason) = fault {
            check.faults += 1;
            tell(LineFault { line: number, reason });
        }
    }
    check.lines = lines.number();
    let incomplete = match end {
        None => Some("the end of the export is missing, so that lines after this one may be missing too"),
        Some(false) => Some("the lines before the end are not those that were exported"),
        Some(true) => None,
    };
    if let Some(reason) = incomplete {
        check.faults += 1;
        tell(LineFault { line: check.lines, reason: reason.to_owned() });
    }
    Ok(check)
}

impl Check {
    async fn add(
        &mut self,
        context: &mut Context,
        number: u64,
        line: &RecordLine,
        store: &Store,
        keys: &MovingKeys<'_>,
        with_sign_ins: bool,
    ) -> Result<Result<(), String>, StoreError> {
        if let Err(reason) = context.admit(line) {
            return Ok(Err(reason));
        }
        let secrets = keys.try_secrets(&line.pool, &line.record);
        if secrets.is_damaged {
            return Ok(Err("a secret is damaged, or from another record".to_owned()));
        }
        self.uses_from_key |= secrets.uses_from_key;
        if !secrets.missing.is_empty() {
            self.lost.add(&line.record);
            self.missing_keys.extend(secrets.missing);
        }
        if line.key.kind() == Kind::Grant && !with_sign_ins {
            self.left_sign_ins += 1;
        }
        if let Record::Pool(pool) = &line.record {
            let there = get(store, &line.pool, Key::pool()).await?;
            if there.is_some_and(|stored| stored.record != Record::Pool(Arc::clone(pool))) {
                self.differences.push(PoolDifference { line: number, pool: line.pool.clone() });
            }
        }
        self.records += 1;
        Ok(Ok(()))
    }
}

/// Reads a record.
pub(super) async fn get(store: &Store, pool: &PoolId, key: Key) -> Result<Option<Stored>, StoreError> {
    let read = store.read(&Scope::Pool(pool.clone()), vec![Lookup::Key { key, known: None }]).await?;
    Ok(match read.and_then(|(_, results)| results.into_iter().next()) {
        Some(LookupResult::Key(KeyResult::Record(stored))) => Some(*stored),
        _ => None,
    })
}
