//! Several servers on one store, which are killed and restarted while they are used.

use std::{
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicU16, Ordering},
    },
};

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    raw_client::Client,
    server_process::{Lido, command},
};

/// The code of every message.
pub(crate) const CODE: &str = "123456";

/// How servers are started.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// The value of `--store`.
    pub(crate) store: String,
    /// The value of `--smtp`, if mail is sent.
    pub(crate) smtp: Option<String>,
    /// The value of `--request-limits`, unless there are none.
    pub(crate) request_limits: Option<String>,
    /// By how many seconds the clock of each server is ahead; 0 for those that are not listed.
    pub(crate) clocks_ahead: Vec<u64>,
}

/// Servers, each in its own process. They share the folder with the key file, and a pool and its app client.
pub(crate) struct Servers {
    settings: Settings,
    folder: TempDir,
    slots: Vec<Mutex<Option<Lido>>>,
    ports: Vec<AtomicU16>,
    pub(crate) pool: String,
    pub(crate) client: String,
}

impl Servers {
    /// Starts servers, the first one before the others, and creates the pool.
    pub(crate) fn start(count: usize, settings: Settings) -> Self {
        let mut servers = Self {
            settings,
            folder: tempfile::tempdir().expect("a folder"),
            slots: (0..count).map(|_| Mutex::default()).collect(),
            ports: (0..count).map(|_| AtomicU16::new(0)).collect(),
            pool: String::new(),
            client: String::new(),
        };
        for index in 0..count {
            servers.restart(index);
        }
        let text = |value: &Value| value.as_str().expect("an id").to_owned();
        let mut admin = servers.connect(0).expect("it runs");
        let pool =
            json!({"PoolName": "shared", "AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]});
        servers.pool = text(&admin.expect_output("CreateUserPool", &pool)["UserPool"]["Id"]);
        let client = json!({
            "UserPoolId": servers.pool, "ClientName": "app", "PreventUserExistenceErrors": "LEGACY",
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
            "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
        });
        let client = admin.expect_output("CreateUserPoolClient", &client);
        servers.client = text(&client["UserPoolClient"]["ClientId"]);
        servers
    }

    pub(crate) fn count(&self) -> usize {
        self.slots.len()
    }

    /// Returns a connection to a server, or `None` if it is not running.
    pub(crate) fn connect(&self, index: usize) -> Option<Client> {
        match self.ports[index].load(Ordering::SeqCst) {
            0 => None,
            port => Client::try_connect(port).ok(),
        }
    }

    /// Kills a server without warning, if it is running.
    pub(crate) fn kill(&self, index: usize) {
        self.ports[index].store(0, Ordering::SeqCst);
        let mut slot = self.slots[index].lock().expect("no panic");
        if let Some(mut lido) = slot.take() {
            lido.signal(Signal::KILL);
            lido.wait(std::time::Duration::from_secs(10));
        }
    }

    /// Starts a server, and sets its clock. One that is running is killed before.
    pub(crate) fn restart(&self, index: usize) {
        self.kill(index);
        let folder = self.folder_of(index);
        let mut command = command(&folder, "dev --listen 127.0.0.1:0 --log warn,lido::rates=info");
        command.args(["--store", &self.settings.store, "--confirmation-code", CODE]);
        command.args(["--key-file", &self.folder.path().join("keys").display().to_string()]);
        if let Some(smtp) = &self.settings.smtp {
            command.args(["--smtp", smtp]);
        }
        if let Some(limits) = &self.settings.request_limits {
            command.args(["--request-limits", limits]);
        }
        let lido = Lido::spawn(&folder, &mut command);
        match self.settings.clocks_ahead.get(index) {
            None | Some(0) => {}
            Some(ahead) => drop(lido.client().advance(*ahead)),
        }
        let port = lido.port;
        *self.slots[index].lock().expect("no panic") = Some(lido);
        self.ports[index].store(port, Ordering::SeqCst);
    }

    /// Starts the servers that were killed.
    pub(crate) fn restart_stopped(&self) {
        let is_stopped = |index: &usize| self.ports[*index].load(Ordering::SeqCst) == 0;
        (0..self.count()).filter(is_stopped).for_each(|index| self.restart(index));
    }

    /// Returns what all servers have logged.
    pub(crate) fn logs(&self) -> String {
        let read = |index| std::fs::read_to_string(self.folder_of(index).join("log")).unwrap_or_default();
        (0..self.count()).map(read).collect()
    }

    fn folder_of(&self, index: usize) -> PathBuf {
        let folder = self.folder.path().join(index.to_string());
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    }
}
