//! Runs the binary `lido` in its own process, with its own folder and without our environment variables.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::raw_client::Client;

/// Returns a command that runs the binary in `folder` with the arguments in `line`.
pub(crate) fn command(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lido"));
    command.current_dir(folder).args(line.split_whitespace()).env_clear();
    command
}

/// Runs the binary and waits for its end.
pub(crate) fn run(folder: &Path, line: &str) -> Output {
    command(folder, line).output().expect("it runs")
}

/// A running server, killed when dropped.
pub(crate) struct Lido {
    child: Child,
    folder: PathBuf,
    /// The port on which it listens.
    pub(crate) port: u16,
    /// Kept open, since writing to a closed pipe would be an error.
    stdout: BufReader<ChildStdout>,
}

impl Lido {
    /// Starts `lido` in `folder` with the arguments in `line`, and waits until it listens. It logs to the file `log` there.
    pub(crate) fn start(folder: &Path, line: &str) -> Self {
        Self::spawn(folder, &mut command(folder, line))
    }

    /// Starts a command as [`Lido::start`] does.
    pub(crate) fn spawn(folder: &Path, command: &mut Command) -> Self {
        let log = File::options().create(true).append(true).open(folder.join("log")).expect("a log");
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("it starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("its first line");
        let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        let Some(port) = port.filter(|_| line.starts_with("lido listening on http")) else {
            panic!("it did not start: {line}{}", fs::read_to_string(folder.join("log")).unwrap_or_default());
        };
        Self { child, folder: folder.to_owned(), port, stdout }
    }

    /// Starts `lido dev` with the memory store.
    pub(crate) fn in_memory() -> (Self, TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let line = "dev --listen 127.0.0.1:0 --store memory --confirmation-code 123456 --log warn";
        (Self::start(folder.path(), line), folder)
    }

    pub(crate) fn client(&self) -> Client {
        Client::connect(self.port)
    }

    /// Returns what `lido dev` prints after its address, up to the line about the test clock.
    pub(crate) fn first_screen(&mut self) -> String {
        let mut text = String::new();
        while !text.contains("Test clock:") {
            assert_ne!(self.stdout.read_line(&mut text).expect("its output"), 0, "{text}");
        }
        text
    }

    /// Returns everything logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).expect("a log")
    }

    /// Returns the resident memory now and at its highest, in KiB. Returns `None` without `/proc`.
    pub(crate) fn memory(&self) -> Option<(u64, u64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse().ok()
        };
        Some((field("VmRSS:")?, field("VmHWM:")?))
    }

    /// Asserts that the server is healthy, has not panicked, and has never used more than `mib` MiB.
    pub(crate) fn check_health(&self, mib: u64) {
        let health = self.client().get("/_lido/health");
        assert_eq!((health.status, &*health.body), (200, "{\"status\":\"ok\"}"));
        let log = self.log();
        assert!(!log.contains("panic"), "{log}");
        if let Some((now, highest)) = self.memory() {
            println!("memory: {} MiB now, {} MiB at its highest", now / 1024, highest / 1024);
            assert!(highest < mib * 1024, "{highest} KiB is more than {mib} MiB");
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).expect("a pid")).expect("a pid");
        kill_process(pid, signal).expect("a running process");
    }

    /// Waits for its end, for at most `timeout`.
    pub(crate) fn wait(&mut self, timeout: Duration) -> ExitStatus {
        let until = Instant::now() + timeout;
        loop {
            match self.child.try_wait().expect("a child process") {
                Some(status) => return status,
                None if Instant::now() > until => {
                    panic!("it has not ended within {timeout:?}: {}", self.log())
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }
}

impl Drop for Lido {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
