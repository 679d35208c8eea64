//! Moves the contents of one store to another: an export to a file of JSON Lines, and its import.
//!
//! [`export`] reads pools page by page through the backend, [`check`] reads a file without writing anything, and
//! [`import`] puts it into a store in small commits, each on the condition that nothing of it is there yet. So an
//! import can be interrupted and run again, and runs beside servers. What is moved is in `kinds`, the form of a line
//! in `line`; `secrets` moves what is sealed to other keys.

mod batch;
mod check;
mod export;
mod file;
mod import;
mod kinds;
mod line;
mod reader;
mod reseal;

#[cfg(test)]
mod tests;

use std::io;

pub use self::{
    check::{Check, PoolDifference, check, check_header},
    file::{ExportReport, export},
    import::{Existing, ImportOptions, ImportReport, import},
    line::Header,
    reader::LineFault,
    reseal::{LostSecrets, MovingKeys},
};
use super::StoreError;

/// The reason why an export or an import ends before its end.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The file cannot be read or written.
    #[error("the file cannot be used: {0}")]
    Io(#[from] io::Error),
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file is no export, or one that this Lido cannot read.
    #[error("{0}")]
    Foreign(String),
    /// A secret cannot be sealed.
    #[error(transparent)]
    Seal(#[from] crate::keys::SealError),
    /// The caller ended it. What was done stays, and the same command goes on from there.
    #[error("interrupted; run the same command again to go on")]
    Interrupted,
}
