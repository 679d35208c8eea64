//! Starts servers in their own processes. The benchmarks share this file.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::Context as _;

/// A server in its own process, which runs this program with the argument `serve`. It is killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) pid: u32,
    pub(crate) port: u16,
}

impl Server {
    /// Starts this program with `serve` and these arguments. It prints one line with its port and any other text, which is
    /// returned too.
    pub(crate) fn start(arguments: &[&str]) -> anyhow::Result<(Self, String)> {
        let program = std::env::current_exe()?;
        let mut child = Command::new(program).arg("serve").args(arguments).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let (port, text) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        let port = port.parse().context("the server did not start")?;
        Ok((Self { pid: child.id(), child, port }, text.to_owned()))
    }

    /// Returns its processor time so far.
    pub(crate) fn processor_time(&self) -> Duration {
        processor_time(self.pid)
    }
}

/// Returns the processor time of a process so far; zero on systems without `/proc`.
pub(crate) fn processor_time(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The second field is the name of the program, which may contain anything and ends at the last parenthesis.
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks =
        |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
    // The unit is always a hundredth of a second.
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

impl Drop for Server {
    fn drop(&mut self) {
        // It keeps no state, so that it can be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Pins this process to one core, if there are several.
pub(crate) fn pin(core: usize) {
    let cores = core_affinity::get_core_ids().unwrap_or_default();
    if let Some(core) = cores.get(core % cores.len().max(1)) {
        core_affinity::set_for_current(*core);
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
