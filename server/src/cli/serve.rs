//! Runs a server: starts it, serves until a signal stops it, and shuts it down.
//!
//! Its parts are made by [`crate::config::build`]; connections and requests are the library's `http`.

use std::{
    io::{self, Write as _},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use lido::{
    app::App,
    http::{self, Gate, HttpService},
};
use tokio::time::MissedTickBehavior;

use super::{first_screen, logging, stop::StopSignal};
use crate::config::{Config, Mode, build::build};

/// How often the outbox is searched for messages that are due.
const SEND_EVERY: Duration = Duration::from_secs(2);

/// How often expired records are removed, and how many at a time.
const SWEEP: (Duration, usize) = (Duration::from_secs(30), 1_000);

/// How long the outbox may take to send its messages at shutdown. The rest is sent after the next start.
const LAST_MESSAGES: Duration = Duration::from_secs(5);

/// Runs a server until it is told to stop.
///
/// # Errors
/// It cannot start, for example because its address is in use.
pub(crate) fn run(config: Config) -> anyhow::Result<()> {
    logging::start(&config.log, config.log_format)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the system gives no threads")?;
    let (app, gate) = build(&config)?;
    let app = Arc::new(app);
    let finished = runtime.block_on(serve(&config, Arc::clone(&app), gate));
    // Ends the tasks that are left; then the store, whose last owner this is, is closed.
    runtime.shutdown_timeout(Duration::from_millis(100));
    drop(app);
    finished
}

async fn serve(config: &Config, app: Arc<App>, gate: Gate) -> anyhow::Result<()> {
    let service = Arc::new(HttpService::new(Arc::clone(&app), gate)?);
    let limits = http::Limits::of_system();
    let mut stop = StopSignal::new()?;
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
    let all_finished = http::serve(listener, service, limits, stop.received()).await;
    timers.iter().for_each(|timer| timer.abort());
    if !all_finished {
        tracing::warn!("some requests took too long to be finished and were broken off");
    }
    if !config.is_standby && tokio::time::timeout(LAST_MESSAGES, empty(&app)).await.is_err() {
        tracing::info!("messages are left in the outbox; they leave after the next start");
    }
    Ok(())
}

/// Prints to standard output. A reader that is gone does not stop the server.
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

/// Sends messages until none is due, and waits for those in flight. A message that was tried is not due again so soon,
/// so this ends.
async fn empty(app: &App) {
    while matches!(app.outbox.send_due().await, Ok(count) if count > 0) {}
    app.outbox.finish().await;
}
