//! The configuration file: every text is read, or refused with its line in one line.
//!
//! An input is the file.

// The files are part of the binary, which is no library. They find their values in this module, as in the server's.
#[cfg_attr(not(test), expect(dead_code, reason = "the server uses the rest"))]
#[path = "../../server/src/config/delivery.rs"]
mod delivery;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../server/src/config/file.rs"]
mod file;
#[cfg_attr(not(test), expect(dead_code, reason = "the server uses the rest"))]
#[path = "../../server/src/config/values.rs"]
mod values;

use std::path::Path;

use self::file::{ConfigFile, FileError};
pub(crate) use self::{delivery::*, values::*};

/// Reads the file.
///
/// # Panics
/// If an error is more than one line, or names a line that the file does not have.
pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let read = ConfigFile::parse(Path::new("lido.toml"), text);
    let error = match read {
        Ok(file) => file.check_for_serve().err(),
        Err(error) => Some(error),
    };
    let Some(error) = error else { return };
    let printed = error.to_string();
    assert_eq!(printed.lines().count(), 1, "{printed:?}");
    let FileError::Line { line, .. } = error else { return };
    assert!((1..=text.matches('\n').count() + 1).contains(&line), "{printed}");
}
