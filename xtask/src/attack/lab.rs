//! Starts servers, each in a folder of its own, and measures their processes.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use serde_json::json;
use tempfile::TempDir;

use super::{client::Client, signing};

/// The built server binary.
pub(super) struct Lab {
    lido: PathBuf,
}

/// How to start a server.
pub(super) struct Setup {
    folder: TempDir,
    arguments: Vec<String>,
    /// Commands of the shell that starts it, such as `ulimit -n 100;`.
    limits: String,
}

/// A running server, killed when dropped.
pub(super) struct Server {
    child: Child,
    setup: Setup,
    pub(super) port: u16,
    /// Kept open, since writing to a closed pipe would be an error.
    _stdout: BufReader<ChildStdout>,
}

/// Memory and processor time of a process.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    /// The most resident memory so far.
    pub(super) peak_mib: u64,
    pub(super) cpu: Duration,
}

impl Lab {
    /// Builds the server alone, as it is released.
    pub(super) fn build(is_release: bool) -> anyhow::Result<Self> {
        let root = crate::workspace()?;
        let mut build = vec!["build", "--quiet", "--package", "lido-server", "--bin", "lido"];
        build.extend(is_release.then_some("--release"));
        let status = Command::new(env!("CARGO")).args(build).current_dir(&root).status()?;
        if !status.success() {
            bail!("cargo ended with {status}");
        }
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        Ok(Self { lido: target.join(if is_release { "release" } else { "debug" }).join("lido") })
    }

    /// Returns the names of all operations.
    pub(super) fn operations(&self) -> anyhow::Result<Vec<String>> {
        let output = Command::new(&self.lido).arg("operations").output()?;
        let text = String::from_utf8(output.stdout)?;
        Ok(text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
    }

    /// Starts `lido dev` with further arguments, separated by blanks. Codes are 123456.
    pub(super) fn dev(&self, arguments: &str) -> anyhow::Result<Server> {
        self.start(Setup::dev(arguments)?)
    }

    /// Starts a server.
    pub(super) fn start(&self, setup: Setup) -> anyhow::Result<Server> {
        self.try_start(setup)?.map_err(|(status, log)| anyhow::anyhow!("lido ended with {status}: {log}"))
    }

    /// Starts a server, or returns how it ended and what it logged.
    pub(super) fn try_start(&self, setup: Setup) -> anyhow::Result<Result<Server, (ExitStatus, String)>> {
        let folder = setup.folder.path();
        let log = File::options().create(true).append(true).open(folder.join("log"))?;
        // By a shell, which can limit what the server may use.
        let mut child = Command::new("/bin/sh")
            .arg("-c")
            .arg(format!("{} exec \"$@\"", setup.limits))
            .arg("sh")
            .arg(&self.lido)
            .args(&setup.arguments)
            .current_dir(folder)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("starting lido")?;
        let mut stdout = BufReader::new(child.stdout.take().context("the server has no output")?);
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        match port.filter(|_| line.starts_with("lido listening on http://127.0.0.1:")) {
            Some(port) => Ok(Ok(Server { child, setup, port, _stdout: stdout })),
            None => {
                let _ = child.kill();
                Ok(Err((child.wait()?, fs::read_to_string(folder.join("log"))?)))
            }
        }
    }
}

impl Setup {
    /// `lido dev`, with codes that are 123456.
    pub(super) fn dev(arguments: &str) -> anyhow::Result<Self> {
        Self::new(&format!("dev --listen 127.0.0.1:0 --log warn --confirmation-code 123456 {arguments}"))
    }

    /// `lido serve` with a SQLite store, a key and the credentials of [`signing`].
    pub(super) fn serve(arguments: &str) -> anyhow::Result<Self> {
        let setup = Self::new(&format!(
            "serve --listen 127.0.0.1:0 --log warn --store sqlite:lido.db --key-file lido.key \
             --credentials credentials.json --public-url http://127.0.0.1 {arguments}"
        ))?;
        setup.write("lido.key", &format!("{}=\n", "A".repeat(43)))?;
        let policy = json!({
            "Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}
        });
        let user = json!({
            "name": "ops", "accessKeyId": signing::KEY, "secretAccessKey": signing::SECRET, "policies": [policy]
        });
        setup.write("credentials.json", &json!({ "users": [user] }).to_string())?;
        Ok(setup)
    }

    fn new(line: &str) -> anyhow::Result<Self> {
        let arguments = line.split_whitespace().map(str::to_owned).collect();
        Ok(Self { folder: tempfile::tempdir()?, arguments, limits: String::new() })
    }

    /// Adds commands of the shell that starts the server.
    pub(super) fn limited(self, limits: &str) -> Self {
        Self { limits: limits.to_owned(), ..self }
    }

    /// Returns the folder of the server.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the same setup in a copy of the folder, without its log.
    pub(super) fn copy(&self) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        for entry in fs::read_dir(self.folder())? {
            let path = entry?.path();
            let name = path.file_name().context("a file without a name")?;
            if name != "log" {
                fs::copy(&path, folder.path().join(name))?;
            }
        }
        Ok(Self { folder, arguments: self.arguments.clone(), limits: self.limits.clone() })
    }

    /// Writes a file that only its owner can read.
    pub(super) fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        use std::os::unix::fs::OpenOptionsExt as _;

        let path = self.folder().join(name);
        let mut file = File::options().create(true).truncate(true).write(true).mode(0o600).open(&path)?;
        Ok(file.write_all(text.as_bytes())?)
    }
}

impl Server {
    pub(super) fn client(&self) -> anyhow::Result<Client> {
        Client::connect(self.port)
    }

    pub(super) fn folder(&self) -> &Path {
        self.setup.folder()
    }

    pub(super) fn log(&self) -> anyhow::Result<String> {
        Ok(fs::read_to_string(self.folder().join("log"))?)
    }

    /// Returns what the process has used so far.
    pub(super) fn usage(&self) -> anyhow::Result<Usage> {
        let read = |file: &str| {
            let path = format!("/proc/{}/{file}", self.child.id());
            fs::read_to_string(&path).with_context(|| format!("reading {path}; has the server ended?"))
        };
        let status = read("status")?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        // User and system time are the 14th and 15th field; the name, in parentheses, may have blanks.
        let stat = read("stat")?;
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        // Linux counts a hundred ticks a second, whatever its clock does.
        Ok(Usage { peak_mib: peak.context("no VmHWM")? / 1024, cpu: Duration::from_millis(ticks * 10) })
    }

    /// Kills the process, and returns the setup to start it again in the same folder.
    pub(super) fn kill(mut self) -> anyhow::Result<Setup> {
        self.child.kill()?;
        self.child.wait()?;
        let empty = Setup { folder: tempfile::tempdir()?, arguments: Vec::new(), limits: String::new() };
        Ok(std::mem::replace(&mut self.setup, empty))
    }

    /// Returns what is wrong with the server, if anything: it has ended, it has panicked, it does not answer.
    pub(super) fn faults(&mut self) -> anyhow::Result<Vec<String>> {
        let mut faults = Vec::new();
        if let Some(status) = self.child.try_wait()? {
            faults.push(format!("it ended with {status}"));
        }
        if self.log()?.contains("panicked") {
            faults.push("it panicked".to_owned());
        }
        let health = self.client().and_then(|mut client| client.get("/_lido/health", ""));
        match health {
            Ok(answer) if answer.status == 200 => {}
            Ok(answer) => faults.push(format!("its health is {}", answer.status)),
            Err(error) => faults.push(format!("it does not answer: {error:#}")),
        }
        Ok(faults)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until `done` or `timeout`, and returns whether it is done.
pub(super) fn wait_until(timeout: Duration, mut done: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    loop {
        if done() {
            return true;
        }
        if started.elapsed() > timeout {
            return false;
        }
        sleep(Duration::from_millis(20));
    }
}
