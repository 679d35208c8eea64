//! A `lido` in a process of its own, in a folder of its own, whose environment holds nothing of ours.

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

/// A command that runs the binary.
pub(crate) fn command(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lido"));
    command.current_dir(folder).args(line.split_whitespace()).env_clear();
    command
}

/// Runs the binary to its end.
pub(crate) fn run(folder: &Path, line: &str) -> Output {
    command(folder, line).output().expect("it runs")
}

/// A running server.
pub(crate) struct Lido {
    child: Child,
    folder: PathBuf,
    /// Where it listens.
    pub(crate) port: u16,
    /// Kept open: whoever closes the other end of a pipe is heard of.
    _stdout: BufReader<ChildStdout>,
}

impl Lido {
    /// Starts `lido` with this line in `folder`, and waits until it is ready. It logs to the file `log` there.
    pub(crate) fn start(folder: &Path, line: &str) -> Self {
        Self::of(folder, &mut command(folder, line))
    }

    /// Starts a command that was made ready.
    pub(crate) fn of(folder: &Path, command: &mut Command) -> Self {
        let log = File::options().create(true).append(true).open(folder.join("log")).expect("a log");
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("it starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("it says where it listens");
        let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        let Some(port) = port.filter(|_| line.starts_with("lido listening on http://")) else {
            panic!("it did not start: {line}{}", fs::read_to_string(folder.join("log")).unwrap_or_default());
        };
        Self { child, folder: folder.to_owned(), port, _stdout: stdout }
    }

    /// A `lido dev` that forgets everything, for tests of something else than the store.
    pub(crate) fn in_memory() -> (Self, TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let line = "dev --listen 127.0.0.1:0 --store memory --confirmation-code 123456 --log warn";
        (Self::start(folder.path(), line), folder)
    }

    pub(crate) fn client(&self) -> Client {
        Client::connect(self.port)
    }

    /// All that it has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).expect("a log")
    }

    /// Resident memory now and at its highest, in KiB; nothing where the system does not tell.
    pub(crate) fn memory(&self) -> Option<(u64, u64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse().ok()
        };
        Some((field("VmRSS:")?, field("VmHWM:")?))
    }

    /// It still answers, nothing in it has panicked, and its memory has stayed below `mib`.
    pub(crate) fn check_sound(&self, mib: u64) {
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
        kill_process(pid, signal).expect("it is told");
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self, most: Duration) -> ExitStatus {
        let until = Instant::now() + most;
        loop {
            match self.child.try_wait().expect("it is ours") {
                Some(status) => return status,
                None if Instant::now() > until => panic!("it has not ended within {most:?}: {}", self.log()),
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
