//! A PostgreSQL cluster in a temporary folder, made with the `initdb` and `postgres` of the machine.
//!
//! [`Cluster::shared`] is one for all tests of a binary, without `fsync`, in which each test has a schema of its own.
//! [`Cluster::start`] is one that a test may kill and start again. Both end with the process, however it ends: a shell waits
//! for the end of its input. PostgreSQL refuses to run as root, so that the programs run as another user then.

use std::{
    fs,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// The user that owns the databases. It needs no password on the socket, and on TCP [`PASSWORD`] (SCRAM).
pub(crate) const USER: &str = "lido";

/// The password of [`USER`].
pub(crate) const PASSWORD: &str = "correct horse";

/// The settings of the cluster that tests share: it is lost with the process anyway.
const FAST: [&str; 2] = ["fsync=off", "full_page_writes=off"];

/// How long a program of the cluster may take.
const PATIENCE: Duration = Duration::from_secs(30);

static SHARED: LazyLock<Option<Cluster>> = LazyLock::new(|| Cluster::start(&FAST));
static SCHEMAS: AtomicUsize = AtomicUsize::new(0);

/// A cluster.
#[derive(Debug)]
pub(crate) struct Cluster {
    programs: PathBuf,
    /// The folder of everything: the data in `data`, the socket, the log.
    folder: PathBuf,
    port: u16,
    settings: Vec<String>,
    /// Ends the cluster and removes the folder when its input ends.
    watcher: Child,
}

/// Returns the folder of the newest `initdb` of this machine.
fn find_programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let programs = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let mut found: Vec<PathBuf> = programs.filter(|bin| bin.join("initdb").exists()).collect();
    found.sort_by_key(|bin| {
        let version = bin.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        version.and_then(|version| version.parse::<u32>().ok())
    });
    found.pop()
}

/// Returns a command that is run as another user if this one is root.
fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let is_root = Path::new("/proc/self").exists()
        && fs::metadata("/proc/self").is_ok_and(|process| {
            use std::os::unix::fs::MetadataExt as _;
            process.uid() == 0
        });
    if !is_root {
        return Command::new(program);
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = if users.lines().any(|line| line.starts_with("postgres:")) { "postgres" } else { "nobody" };
    let mut command = Command::new("setpriv");
    command.args([
        "--reuid",
        user,
        "--regid",
        if user == "nobody" { "nogroup" } else { user },
        "--clear-groups",
        "--",
    ]);
    command.arg(program);
    command.current_dir("/");
    command
}

fn run(command: &mut Command) -> Output {
    let output = command.output().expect("a program that starts");
    let text = || String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {}", text());
    output
}

/// Creates a folder that belongs to the user as whom the programs run.
fn new_folder(parent: &Path) -> PathBuf {
    let made = run(command("mktemp").arg("-d").arg(parent.join("lido-postgres.XXXXXX")));
    PathBuf::from(String::from_utf8(made.stdout).expect("text").trim())
}

/// Writes a file that only the user of the server can read.
fn write_file(path: &Path, text: &str) {
    let mut writing = command("sh");
    writing.args(["-c", r#"umask 077; cat >"$0""#]).arg(path).stdin(Stdio::piped());
    let mut writing = writing.spawn().expect("sh");
    writing.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("written");
    assert!(writing.wait().expect("ended").success());
}

impl Cluster {
    /// Returns the cluster that the tests of this binary share, or `None` where PostgreSQL is not installed and may be absent;
    /// then it prints which test is skipped.
    pub(crate) fn shared() -> Option<&'static Cluster> {
        SHARED.as_ref().or_else(skipped)
    }

    /// Creates and starts a cluster with these settings, such as `fsync=off`, or returns `None` as [`Cluster::shared`] does.
    pub(crate) fn start(settings: &[&str]) -> Option<Cluster> {
        Self::start_in(&std::env::temp_dir(), settings)
    }

    /// Creates and starts a cluster as [`Cluster::start`] does, in a folder of its own below `parent`.
    pub(crate) fn start_in(parent: &Path, settings: &[&str]) -> Option<Cluster> {
        let Some(programs) = find_programs() else { return skipped() };
        let folder = new_folder(parent);
        let password = folder.join("password");
        write_file(&password, PASSWORD);
        run(command(programs.join("initdb"))
            .args(["--no-sync", "--no-instructions", "-E", "UTF8", "--locale=C", "-U", USER])
            .args(["--auth-local=trust", "--auth-host=scram-sha-256"])
            .arg("--pwfile")
            .arg(&password)
            .arg("-D")
            .arg(folder.join("data")));
        Some(Self::run_in(programs, folder, settings.iter().map(|setting| (*setting).to_owned()).collect()))
    }

    /// Starts a standby of this cluster, for which each commit waits from now on.
    pub(crate) fn start_standby(&self) -> Cluster {
        let folder = new_folder(&std::env::temp_dir());
        let source = format!(
            "host={} port={} user={USER} dbname=replication application_name=standby",
            self.folder.display(),
            self.port
        );
        let mut backup = self.program("pg_basebackup");
        run(backup.args(["-R", "-c", "fast", "--no-sync", "-d", &source, "-D"]).arg(folder.join("data")));
        let standby = Self::run_in(self.programs.clone(), folder, self.settings.clone());
        self.psql("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.psql("SELECT pg_reload_conf()");
        let since = Instant::now();
        while self.psql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'").trim() != "1" {
            assert!(since.elapsed() < PATIENCE, "the standby does not follow: {}", standby.log());
            thread::sleep(Duration::from_millis(20));
        }
        standby
    }

    /// Makes a standby take over.
    pub(crate) fn promote(&self) {
        run(self.program("pg_ctl").args(["promote", "-D"]).arg(self.folder.join("data")));
    }

    /// Runs the cluster whose data is in a folder.
    fn run_in(programs: PathBuf, folder: PathBuf, settings: Vec<String>) -> Cluster {
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
        let watch = r#"read -r _; kill -QUIT "$(head -n 1 "$0/data/postmaster.pid")" 2>/dev/null; sleep 0.3; rm -rf "$0""#;
        let watcher =
            command("sh").args(["-c", watch]).arg(&folder).stdin(Stdio::piped()).spawn().expect("sh");
        let cluster = Cluster { programs, folder, port, settings, watcher };
        cluster.run_server();
        cluster
    }

    /// Starts the server, after [`Cluster::kill`] too, and waits until it answers.
    pub(crate) fn run_server(&self) {
        let mut server = command(self.programs.join("postgres"));
        server
            .arg("-D")
            .arg(self.folder.join("data"))
            .args(["-p", &self.port.to_string()])
            .arg("-k")
            .arg(&self.folder);
        for setting in ["listen_addresses=127.0.0.1", "max_connections=300", "shared_buffers=32MB"] {
            server.args(["-c", setting]);
        }
        for setting in &self.settings {
            server.args(["-c", setting]);
        }
        let log =
            command("sh").args(["-c", r#"cat >>"$0/log""#]).arg(&self.folder).stdin(Stdio::piped()).spawn();
        let log = log.expect("sh").stdin.take().expect("a pipe");
        server
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::from(std::os::fd::OwnedFd::from(log)));
        // It is awaited by the thread of its own, so that it leaves no zombie whose id looks like that of a process.
        let mut child = server.spawn().expect("a server that starts");
        thread::spawn(move || child.wait());
        let since = Instant::now();
        while !self.is_ready() {
            assert!(since.elapsed() < PATIENCE, "PostgreSQL does not start: {}", self.log());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Returns whether the server runs, or ended without removing what it says of itself.
    pub(crate) fn is_running(&self) -> bool {
        self.folder.join("data/postmaster.pid").exists()
    }

    fn is_ready(&self) -> bool {
        let mut asking = command(self.programs.join("pg_isready"));
        asking.arg("-q").arg("-h").arg(&self.folder).args(["-p", &self.port.to_string()]);
        asking.status().expect("pg_isready").success()
    }

    /// Returns what the server has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Ends the server at once, like a crash of the machine would (`SIGKILL`).
    pub(crate) fn kill(&self) {
        self.signal("KILL");
    }

    /// Ends the server in order: it ends its connections and closes its files.
    pub(crate) fn stop(&self) {
        self.signal("INT");
    }

    fn signal(&self, name: &str) {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).expect("a running server");
        let id = file.lines().next().expect("an id").trim().to_owned();
        run(Command::new("kill").args(["-s", name, &id]));
        let since = Instant::now();
        while Path::new("/proc").join(&id).exists() {
            assert!(since.elapsed() < PATIENCE, "PostgreSQL does not end: {}", self.log());
            thread::sleep(Duration::from_millis(10));
        }
        // The processes of its connections end when they notice. Until then the next server would not start.
        while name == "KILL" && self.has_processes() {
            assert!(since.elapsed() < PATIENCE, "PostgreSQL does not end: {}", self.log());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Returns whether a process has its data as its working folder, as all processes of a server do.
    fn has_processes(&self) -> bool {
        let data = self.folder.join("data");
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        processes
            .into_iter()
            .any(|process| fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == data))
    }

    /// Runs SQL as the owner of the databases, and returns what it prints.
    pub(crate) fn psql(&self, sql: &str) -> String {
        let mut asking = command(self.programs.join("psql"));
        // Also where the user may only read.
        asking.env("PGOPTIONS", "-c default_transaction_read_only=off");
        asking.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", USER, "-d", "postgres"]);
        asking.arg("-h").arg(&self.folder).args(["-p", &self.port.to_string(), "-c", sql]);
        String::from_utf8(run(&mut asking).stdout).expect("text")
    }

    /// Returns the URL of a new, empty schema, over the socket.
    pub(crate) fn new_schema(&self) -> String {
        let schema = format!("t{}", SCHEMAS.fetch_add(1, Ordering::Relaxed));
        self.psql(&format!("CREATE SCHEMA {schema}"));
        self.url_of(&schema)
    }

    /// Returns the URL of a schema over the socket.
    pub(crate) fn url_of(&self, schema: &str) -> String {
        let socket = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://{USER}@{socket}:{}/postgres?options=-csearch_path%3D{schema}", self.port)
    }

    /// Returns the URL of the database over TCP, with this password.
    pub(crate) fn tcp_url(&self, password: &str) -> String {
        let password = password.replace(' ', "%20");
        format!("postgres://{USER}:{password}@127.0.0.1:{}/postgres", self.port)
    }

    /// Writes a file into the folder of the data, such as a certificate or `postgresql.auto.conf`. The server reads it at its
    /// next start.
    pub(crate) fn write_data_file(&self, name: &str, text: &str) {
        write_file(&self.folder.join("data").join(name), text);
    }

    /// Returns the port of TCP and of the socket.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Returns the folder with the data (`data`), the socket and the log.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns a command of PostgreSQL, such as `pg_basebackup`, that runs as the user of the server.
    pub(crate) fn program(&self, name: &str) -> Command {
        command(self.programs.join(name))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        let _ = self.watcher.wait();
    }
}

/// Says that the test is skipped, and fails it where nothing may be.
fn skipped<T>() -> Option<T> {
    let required = |name| std::env::var_os(name).is_some_and(|value| value == "1");
    let test = thread::current().name().unwrap_or("a test").to_owned();
    let text = format!("{test}: skipped: PostgreSQL (initdb) is not installed");
    assert!(!required("LIDO_REQUIRE_POSTGRES") && !required("LIDO_REQUIRE_SHARED"), "{text}");
    eprintln!("{text}");
    None
}
