//! The binary `lido`: reads the command line, builds, serves, stops.
//!
//! Whatever keeps it from starting ends here in one line that says what to do about it, with exit code 1, or 2 where
//! the command line is to blame. Next: [`cli`] and [`config`] for what can be said, and the library's `http` for what
//! is served.

mod cli;
mod config;

use std::{
    io::{self, Write as _},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use clap::{CommandFactory as _, Parser as _, error::ErrorKind};
use lido::{
    app::App,
    http::{self, Front, Gate},
    operations::listed,
};
use tokio::time::MissedTickBehavior;

use crate::{
    cli::{Arguments, Command, first_screen, logging},
    config::{Config, ConfigError, Mode},
};

/// How often the outbox is looked through for messages whose hour has come.
const SEND_EVERY: Duration = Duration::from_secs(2);

/// How often what means nothing any more is removed, and how much at a time.
const SWEEP: (Duration, usize) = (Duration::from_secs(30), 1_000);

/// How long the outbox may take to empty itself at the end; what is left is sent after the next start.
const LAST_MESSAGES: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let config = match Arguments::parse().command {
        Command::Dev(arguments) => Config::of_dev(arguments),
        Command::Serve(arguments) => Config::of_serve(arguments),
        Command::Operations => return list_operations(),
    };
    let started = match config {
        Ok(config) => start(config),
        Err(ConfigError::Usage(text)) => {
            Arguments::command().error(ErrorKind::MissingRequiredArgument, text).exit();
        }
        Err(fault @ ConfigError::File(_)) => Err(fault.into()),
    };
    match started {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("lido: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

fn list_operations() -> ExitCode {
    let mut out = io::stdout().lock();
    for one in listed() {
        let state = if one.is_served { "served" } else { "validated" };
        let callers = if one.is_signed { "signed" } else { "public" };
        // Whoever closes the pipe has seen enough.
        if writeln!(out, "{:<44} {callers}  {state}", one.name).is_err() {
            break;
        }
    }
    ExitCode::SUCCESS
}

fn start(config: Config) -> anyhow::Result<()> {
    logging::start(&config.log, config.log_format)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the system gives no threads")?;
    let (app, gate) = config::build::build(&config)?;
    let app = Arc::new(app);
    let finished = runtime.block_on(run(&config, Arc::clone(&app), gate));
    // Whatever is still under way ends here; then the store, whose last owner this is, is closed.
    runtime.shutdown_timeout(Duration::from_millis(100));
    drop(app);
    finished
}

async fn run(config: &Config, app: Arc<App>, gate: Gate) -> anyhow::Result<()> {
    let front = Arc::new(Front::new(Arc::clone(&app), gate)?);
    let limits = http::Limits::of_system();
    let mut stop = Stop::new()?;
    let listener = http::listen(&config.listen).with_context(|| {
        let wanted: Vec<String> = config.listen.iter().map(ToString::to_string).collect();
        format!("cannot listen on {}; choose another with --listen HOST:PORT, or port 0", wanted.join(", "))
    })?;
    let address = listener.local_addr().context("the system does not tell the port")?;
    let endpoint = format!("http://{address}");
    if let Mode::Dev { is_remote: true, .. } = config.mode {
        tracing::warn!(%address, "whoever reaches this address may read every code, because of --allow-remote");
    }
    if let Some(url) = &config.public_url {
        tracing::info!(store = %config.store, public_url = url.0, "ready");
    }
    announce(&format!("lido listening on {endpoint}\n{}", first_screen::lines(config, &endpoint)));

    // A standby sends nothing and sweeps nothing: both change the store.
    let timers = match config.is_standby {
        true => Vec::new(),
        false => vec![tokio::spawn(send_due(Arc::clone(&app))), tokio::spawn(sweep(Arc::clone(&app)))],
    };
    let all_finished = http::serve(listener, front, limits, stop.told()).await;
    timers.iter().for_each(|timer| timer.abort());
    if !all_finished {
        tracing::warn!("some requests took too long to be finished and were broken off");
    }
    if !config.is_standby && tokio::time::timeout(LAST_MESSAGES, empty(&app)).await.is_err() {
        tracing::info!("messages are left in the outbox; they leave after the next start");
    }
    Ok(())
}

/// Standard output is for whoever started the server; that they do not listen is no reason to stop.
fn announce(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

async fn send_due(app: Arc<App>) {
    let mut ticks = tokio::time::interval(SEND_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(fault) = app.outbox.send_due().await {
            tracing::error!(%fault, "the outbox could not be looked through");
        }
    }
}

async fn sweep(app: Arc<App>) {
    let mut ticks = tokio::time::interval(SWEEP.0);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match app.store.sweep(app.clock.now(), SWEEP.1).await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "swept"),
            Err(fault) => tracing::error!(%fault, "the store could not be swept"),
        }
    }
}

/// Sends what is due until nothing is, and waits for what is under way. What was tried is not due again so soon, so
/// this ends.
async fn empty(app: &App) {
    while matches!(app.outbox.send_due().await, Ok(count) if count > 0) {}
    app.outbox.finish().await;
}

/// The signals to stop: SIGTERM and Ctrl-C. Whoever gives a second one does not want to wait.
struct Stop {
    signals: tokio::sync::mpsc::Receiver<()>,
}

impl Stop {
    fn new() -> anyhow::Result<Self> {
        let (tell, signals) = tokio::sync::mpsc::channel(1);
        #[cfg(unix)]
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
            .context("the system does not tell of SIGTERM")?;
        #[cfg(unix)]
        let mut interrupt = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())
            .context("the system does not tell of Ctrl-C")?;
        tokio::spawn(async move {
            for is_second in [false, true] {
                #[cfg(unix)]
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                #[cfg(not(unix))]
                if tokio::signal::ctrl_c().await.is_err() {
                    return;
                }
                if is_second {
                    // What was answered is on disk already.
                    std::process::exit(1);
                }
                tracing::info!("stopping; a second signal stops at once");
                // It is waited for as long as the server runs.
                let _ = tell.send(()).await;
            }
        });
        Ok(Self { signals })
    }

    /// Until the first signal.
    async fn told(&mut self) {
        if self.signals.recv().await.is_none() {
            std::future::pending().await
        }
    }
}
