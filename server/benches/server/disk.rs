//! Measures the disk: appends of the size that SQLite's write-ahead log has, each followed by fdatasync.

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

/// Two frames of the log, each a header of 24 bytes and a page of 4,096.
const APPEND: [u8; 2 * (4096 + 24)] = [1; 2 * (4096 + 24)];

/// Returns the number of appends per second.
pub(crate) fn syncs_per_second(folder: &Path) -> anyhow::Result<f64> {
    let path = folder.join("syncs");
    let mut file = File::create(&path)?;
    let started = Instant::now();
    let mut count = 0_u32;
    while started.elapsed() < Duration::from_millis(500) {
        file.write_all(&APPEND)?;
        file.sync_data()?;
        count += 1;
    }
    let rate = f64::from(count) / started.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}
