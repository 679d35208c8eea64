//! Measures the time to start the binary, and its memory at rest.

use std::{
    fs::OpenOptions,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::seed;

const STARTS: usize = 11;

/// Returns the milliseconds until it prints its address, and the MiB of resident memory half a second later, if the system
/// has `/proc`.
pub(crate) fn measure(store: &Path) -> anyhow::Result<(f64, Option<f64>)> {
    let (mut ready, mut memory) = (Vec::new(), Vec::new());
    for round in 0..STARTS {
        let started = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_lido"))
            .args(["dev", "--listen", "127.0.0.1:0", "--log", "off", "--store"])
            .arg(format!("sqlite:{}", store.display()))
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().context("its output")?).read_line(&mut line)?;
        ready.push(started.elapsed().as_secs_f64() * 1e3);
        if round < 3 {
            std::thread::sleep(Duration::from_millis(500));
            memory.extend(resident(child.id()));
        }
        child.kill()?;
        child.wait()?;
        anyhow::ensure!(line.starts_with("lido listening on "), "it did not start: {line}");
    }
    let memory = (!memory.is_empty()).then(|| crate::median(memory));
    Ok((crate::median(ready), memory))
}

/// Writes the key of the store to where the binary looks for it.
pub(crate) fn write_key_file(path: &Path) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    writeln!(options.open(path)?, "{}", STANDARD.encode(seed::KEY))?;
    Ok(())
}

fn resident(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}
