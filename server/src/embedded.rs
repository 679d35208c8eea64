//! A server for development inside another program, such as a test: what `lido dev` runs, without its command line, its
//! store on disk and its log.
//!
//! The package in `clients/rust` is made of it, and adds what a test wants: pools, users and codes. It is the only part of
//! this library that is meant for programs outside this workspace.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use tokio::runtime::{Builder, Handle, Runtime};
use zeroize::Zeroizing;

use crate::{
    app::{App, Settings},
    clock::Clock,
    credentials::Credentials,
    delivery::{Inbox, Transports},
    entropy::{Entropy, NoEntropy},
    http::{self, BuildError, HttpService, Limits},
    keys::Keys,
    maintenance,
    store::{Store, memory::MemoryBackend},
    triggers::Triggers,
};

/// The threads that serve requests. Passwords are derived on others.
const THREADS: usize = 2;

/// The connections that are open at once: few, so that the program keeps its open files for itself.
const CONNECTIONS: usize = 512;

/// The reason why an [`EmbeddedServer`] cannot start.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The threads cannot be started, or there is no free port.
    #[error("the threads of the server cannot be started, or no port is free: {0}")]
    System(#[from] io::Error),
    /// There are no random bytes for the keys.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The surfaces of the server contradict each other.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// A server on a free port of the loopback interface, with its store in memory, an inbox and a test clock.
///
/// It accepts any well-formed signature. It has threads of its own, so that it serves whatever runtime its user has, and
/// until it is dropped.
#[derive(Debug)]
pub struct EmbeddedServer {
    app: Arc<App>,
    address: SocketAddr,
    threads: Threads,
}

impl EmbeddedServer {
    /// Starts a server with `settings`. Its relying party is `localhost` unless they have another.
    ///
    /// # Errors
    /// The threads cannot be started, no port is free, or the system has no random bytes.
    pub async fn start(settings: Settings) -> Result<Self, EmbedError> {
        let app = Arc::new(app(settings)?);
        let service = Arc::new(HttpService::new(Arc::clone(&app), Credentials::AnyWellFormed)?);
        let threads = Threads::start()?;
        let listening = threads.handle().spawn(async {
            let listener = http::listen(&[SocketAddr::from((Ipv4Addr::LOCALHOST, 0))])?;
            let address = listener.local_addr()?;
            Ok::<_, io::Error>((listener, address))
        });
        let (listener, address) = listening.await.map_err(io::Error::other)??;
        let limits = Limits::of_connections(CONNECTIONS);
        threads.handle().spawn(http::serve(listener, service, limits, std::future::pending()));
        threads.handle().spawn(maintenance::send_due(Arc::clone(&app)));
        threads.handle().spawn(maintenance::sweep(Arc::clone(&app)));
        Ok(Self { app, address, threads })
    }

    /// Returns the address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns its settings.
    pub fn settings(&self) -> &Settings {
        &self.app.settings
    }

    /// Returns its clock, which can be advanced.
    pub fn clock(&self) -> &Clock {
        &self.app.clock
    }

    /// Returns its runtime, on which a client can live as long as it does.
    pub fn runtime(&self) -> &Handle {
        self.threads.handle()
    }
}

fn app(settings: Settings) -> Result<App, NoEntropy> {
    let entropy = Entropy::system();
    let key = Zeroizing::new(entropy.bytes()?);
    let keys = Arc::new(Keys::new(key, Vec::new(), entropy.clone()));
    let triggers = Triggers::unconfigured(entropy.clone());
    let relying_party = settings.relying_party.clone().or_else(|| Some("localhost".to_owned()));
    let settings = Settings { relying_party, ..settings };
    let transports = Transports::inbox(Inbox::new());
    let store = Store::new(MemoryBackend::default());
    Ok(App::new(store, Clock::system(), entropy, keys, transports, triggers, settings))
}

/// The threads of a server, which end when this is dropped.
#[derive(Debug)]
struct Threads {
    handle: Handle,
    /// Always there, until this is dropped.
    runtime: Option<Runtime>,
}

impl Threads {
    fn start() -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(THREADS).thread_name("lido").enable_all().build()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }

    fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // A runtime that is dropped waits for its threads, and panics where its owner is asynchronous.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
