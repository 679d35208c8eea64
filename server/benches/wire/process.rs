//! A server in a process of its own on one core, the load on another; shared by the benchmarks of this package.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::Context as _;

/// A server in a process of its own: this program again, told to serve.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
}

impl Server {
    /// Starts this program with `serve` and these arguments. It prints its port on one line, and what else it has to
    /// say, which comes back beside it.
    pub(crate) fn start(arguments: &[&str]) -> anyhow::Result<(Self, String)> {
        let program = std::env::current_exe()?;
        let mut child = Command::new(program).arg("serve").args(arguments).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let (port, said) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        let port = port.parse().context("the server did not start")?;
        Ok((Self { child, port }, said.to_owned()))
    }

    /// Its processor time so far.
    pub(crate) fn processor_time(&self) -> Duration {
        processor_time(self.child.id())
    }
}

/// The processor time of a process so far, as Linux tells it; zero elsewhere.
pub(crate) fn processor_time(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The second field is a name that may hold anything but ends at the last parenthesis.
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks =
        |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
    // The kernel tells hundredths of a second, whatever its own clock.
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

impl Drop for Server {
    fn drop(&mut self) {
        // It holds nothing that could be lost.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Puts this process on one core, where there are several.
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
