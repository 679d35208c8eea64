//! Puts the lines of an export into a store.

use std::{fs::File, io::BufReader, ops::ControlFlow, path::Path};

use super::{
    TransferError,
    batch::{Batch, Item},
    check::{Context, moves_sign_ins},
    line::RecordLine,
    reader::{Line, LineFault, Lines},
    reseal::MovingKeys,
};
use crate::{
    entropy::Entropy,
    store::{Kind, Store},
};

/// The most lines in one commit. A line of a user is up to five rows, so that a commit has no more than a step of the
/// sweep.
const MAX_LINES: usize = 100;

/// What becomes of a record that is in the store already and differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and the line counts as one that could not be imported. A pool that differs is not imported at all.
    #[default]
    Refuse,
    /// It stays.
    Keep,
    /// It is replaced.
    Replace,
}

/// The options of an import.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportOptions {
    /// What becomes of records that are there already.
    pub existing: Existing,
    /// Whether records whose secrets are lost are imported without them; otherwise their lines cannot be imported.
    pub resets: bool,
}

/// What an import has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// The records that were added.
    pub added: u64,
    /// The records that were there already, as they are in the export.
    pub present: u64,
    /// The records that were there and differed, and were replaced.
    pub replaced: u64,
    /// The records that were there and differed, and stay.
    pub kept: u64,
    /// The records that need keys that are not there: devices, signing keys, sign-ins.
    pub left: u64,
    /// The records of users who are not there.
    pub without_user: u64,
    /// The lines that could not be imported.
    pub faults: u64,
}

/// Imports the file. A line that is damaged is left out, as [`super::check`] has told. `tell` is told each line that
/// cannot be imported for another reason, and `progress` the number of lines that are done.
///
/// # Errors
/// The file or the store cannot be used. What was imported stays, and another run goes on from there.
pub async fn import(
    path: &Path,
    store: &Store,
    keys: &MovingKeys<'_>,
    options: ImportOptions,
    tell: &mut (dyn FnMut(LineFault) + Send),
    progress: &mut (dyn FnMut(u64) -> ControlFlow<()> + Send),
) -> Result<ImportReport, TransferError> {
    let (header, mut lines) = Lines::open(BufReader::new(File::open(path)?))?;
    let mut import = Import {
        store,
        keys,
        options,
        with_sign_ins: moves_sign_ins(&header, keys),
        entropy: Entropy::system(),
        report: ImportReport::default(),
        is_new: true,
    };
    let mut context = Context::default();
    let mut batch = Batch::default();
    while let Some(line) = lines.next()? {
        let number = lines.number();
        let line = match line {
            Line::Record(line) => line,
            Line::Damaged(_) => {
                import.report.faults += 1;
                continue;
            }
            Line::End { .. } => break,
        };
        if context.admit(&line).is_err() {
            import.report.faults += 1;
            continue;
        }
        if batch.items.len() == MAX_LINES || !batch.takes(&line) {
            import.commit(&mut batch, tell).await?;
            if progress(number).is_break() {
                return Err(TransferError::Interrupted);
            }
        }
        import.add(&mut batch, number, *line, tell)?;
    }
    import.commit(&mut batch, tell).await?;
    Ok(import.report)
}

/// An import in progress.
pub(super) struct Import<'a> {
    pub(super) store: &'a Store,
    pub(super) keys: &'a MovingKeys<'a>,
    pub(super) options: ImportOptions,
    with_sign_ins: bool,
    entropy: Entropy,
    pub(super) report: ImportReport,
    /// Whether the last batch met nothing that was there already, so that the next one is expected to meet nothing
    /// either.
    pub(super) is_new: bool,
}

impl Import<'_> {
    /// Adds a line to a batch, under the keys of the store.
    fn add(
        &mut self,
        batch: &mut Batch,
        number: u64,
        line: RecordLine,
        tell: &mut (dyn FnMut(LineFault) + Send),
    ) -> Result<(), TransferError> {
        let RecordLine { pool, key, record, names } = line;
        let secrets = self.keys.try_secrets(&pool, &record);
        // The check has told of it.
        if secrets.is_damaged {
            self.report.faults += 1;
            return Ok(());
        }
        if !secrets.missing.is_empty() && !self.options.resets {
            self.report.faults += 1;
            let reason = "its secrets are sealed under a key that is in no key file".to_owned();
            tell(LineFault { line: number, reason });
            return Ok(());
        }
        if key.kind() == Kind::Grant && !self.with_sign_ins {
            self.report.left += 1;
            return Ok(());
        }
        match self.keys.move_record(&pool, record, &self.entropy)? {
            Some(moved) => batch.add(pool, Item { line: number, key, moved, names }),
            None => self.report.left += 1,
        }
        Ok(())
    }
}
