//! Runs a server: starts it, serves until a signal stops it, and shuts it down.
//!
//! [`crate::config::build`] builds its parts; the library's `http` serves connections and requests.

use std::{
    future::pending,
    io::{self, Write as _},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, anyhow};
use lido::{
    app::App,
    http::{self, Gate, HttpService, Listener, MetricsPage, Redirect},
    maintenance::{send_due, sweep},
    seed::SeedReport,
    tls::reload::CertificateWatch,
};
use tokio::{net::TcpListener, task::JoinHandle};

use super::{
    VERSION,
    address_file::AddressFile,
    first_screen, logging,
    stop::{StopCause, StopSignals},
    tls,
    traces::Traces,
};
use crate::config::{
    Config, Mode, TraceSettings,
    build::{Parts, build},
};

/// The time that the outbox has to send its messages at shutdown. The others are sent after the next start.
const OUTBOX_SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// The connections of `--http-redirect` that are open at once. Each is closed after its response.
const REDIRECT_CONNECTIONS: usize = 256;

/// The connections of `--metrics` that are open at once.
const METRICS_CONNECTIONS: usize = 16;

/// Runs a server until a signal stops it.
///
/// # Errors
/// The server cannot start, for example because its address is in use.
pub(crate) fn run(config: Config) -> anyhow::Result<()> {
    let traces = TraceSettings::from_environment()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the threads of the server cannot be started")?;
    let traces = traces.map(|settings| Traces::start(&settings, runtime.handle())).transpose()?;
    logging::start(&config.log, config.log_format, traces.as_ref())?;
    let Parts { app, gate, lock } = runtime.block_on(build(&config))?;
    let app = Arc::new(app);
    let result = runtime.block_on(serve(&config, Arc::clone(&app), gate));
    if let Some(traces) = traces {
        traces.flush();
    }
    // Ends the remaining tasks, so that the store is closed when its last owner, the app, is dropped.
    runtime.shutdown_timeout(Duration::from_millis(100));
    drop(app);
    drop(lock);
    result
}

async fn serve(config: &Config, app: Arc<App>, gate: Gate) -> anyhow::Result<()> {
    let service = Arc::new(HttpService::new(Arc::clone(&app), gate)?);
    let limits = http::Limits {
        connections_per_address: config.max_connections_per_address,
        ..http::Limits::of_system()
    };
    let stops_with_stdin = matches!(config.mode, Mode::Dev { stops_with_stdin: true, .. });
    let mut stop = StopSignals::new(stops_with_stdin)?;
    let watch = config.tls.as_ref().map(|settings| tls::start(&settings.source, &app.clock)).transpose()?;
    let tls = watch.as_ref().map(CertificateWatch::tls);
    let reloading = tls::reload(config, watch)?;
    let listener = listen("--listen", &config.listen)?;
    let seeded = seed(&app).await?;
    let address = listener.local_addr().context("the port of the listener is unknown")?;
    let redirect = redirect(config, address.port())?;
    let metrics = serve_metrics(config, &app, &service)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let endpoint = format!("{scheme}://{address}");
    if let Mode::Dev { is_remote: true, .. } = config.mode {
        tracing::warn!(%address, "every client that reaches this address can read every code, because of --allow-remote");
    }
    if !address.ip().is_loopback() && config.max_connections_per_address.is_none() {
        tracing::warn!(
            %address,
            "one client can use all connections; set --max-connections-per-address, and --trusted-proxy for the \
             addresses of proxies"
        );
    }
    if let Some(url) = &config.public_url {
        tracing::info!(store = %config.store, public_url = url.0, "ready");
    }
    let address_file = match &config.mode {
        Mode::Dev { address_file: Some(path), .. } => {
            Some(AddressFile::write(path, &endpoint, config.region(), config.authority())?)
        }
        _ => None,
    };
    announce(&format!("lido listening on {endpoint}\n{}", first_screen::lines(config, &endpoint, &seeded)));

    let notice = tokio::spawn(log_upgrade_notice(Arc::clone(&app)));
    // A standby does neither, because both change the store.
    let timers = match config.is_standby {
        true => Vec::new(),
        false => vec![tokio::spawn(send_due(Arc::clone(&app))), tokio::spawn(sweep(Arc::clone(&app)))],
    };
    let listener = Listener::from(listener).with_tls(tls);
    let stopped = drain(&app, &mut stop, config.drain_delay);
    let all_finished = http::serve(listener, service, limits, stopped).await;
    drop(address_file);
    timers.iter().chain([&notice, &reloading]).chain(&redirect).chain(&metrics).for_each(|task| task.abort());
    if !all_finished {
        tracing::warn!("some requests did not finish in time and were aborted");
    }
    if !config.is_standby && tokio::time::timeout(OUTBOX_SHUTDOWN_TIMEOUT, flush_outbox(&app)).await.is_err()
    {
        tracing::info!("the outbox still has messages; they are sent after the next start");
    }
    Ok(())
}

/// Waits for the signal that stops the server. After SIGTERM it serves on for `delay`, and says that it is not ready.
async fn drain(app: &App, stop: &mut StopSignals, delay: Duration) {
    if stop.received().await == StopCause::Terminate && !delay.is_zero() {
        app.drain.begin();
        tracing::info!(?delay, "not ready from now on; requests are still accepted for a while");
        tokio::time::sleep(delay).await;
    }
}

fn listen(option: &str, addresses: &[SocketAddr]) -> anyhow::Result<TcpListener> {
    http::listen(addresses).map_err(|error| {
        let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        anyhow!(
            "cannot listen on {}: {error}; choose another address with {option} HOST:PORT, or port 0 for a free port",
            addresses.join(", ")
        )
    })
}

/// Starts the listener of `--http-redirect`, if it is set. `port` is that of the listener with TLS.
fn redirect(config: &Config, port: u16) -> anyhow::Result<Option<JoinHandle<()>>> {
    let addresses = config.tls.as_ref().map(|tls| tls.redirect.as_slice()).unwrap_or_default();
    if addresses.is_empty() {
        return Ok(None);
    }
    let listener = listen("--http-redirect", addresses)?;
    let redirect = match &config.public_url {
        Some(url) => Redirect::to_url(url.0.clone()),
        None => Redirect::to_port(port),
    };
    let limits = http::Limits::of_connections(REDIRECT_CONNECTIONS);
    tracing::info!(address = %listener.local_addr()?, "plain HTTP is redirected");
    Ok(Some(tokio::spawn(async move {
        http::serve_redirect(listener, redirect, limits, pending()).await;
    })))
}

/// Starts the listener of `--metrics`, if it is set.
fn serve_metrics(
    config: &Config,
    app: &Arc<App>,
    service: &HttpService,
) -> anyhow::Result<Option<JoinHandle<()>>> {
    if config.metrics.is_empty() {
        return Ok(None);
    }
    let listener = listen("--metrics", &config.metrics)?;
    let page = MetricsPage::new(VERSION.as_str(), Arc::clone(app), service.metrics());
    let limits = http::Limits::of_connections(METRICS_CONNECTIONS);
    tracing::info!(address = %listener.local_addr()?, "metrics are served at /metrics");
    Ok(Some(tokio::spawn(async move {
        http::serve_metrics(listener, page, limits, pending()).await;
    })))
}

/// Puts the contents of the seed files into the store, before the server serves its first request.
async fn seed(app: &App) -> anyhow::Result<SeedReport> {
    let seeds = &app.settings.seeds;
    if seeds.is_empty() {
        return Ok(SeedReport::default());
    }
    let report = lido::seed::seed(app, seeds).await?;
    tracing::info!(
        created = report.created,
        changed = report.changed,
        unchanged = report.unchanged,
        "seeded"
    );
    Ok(report)
}

/// Prints to standard output. An error, such as a closed pipe, does not stop the server.
fn announce(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

async fn log_upgrade_notice(app: Arc<App>) {
    match app.store.upgrade_notice().await {
        Ok(notice) => notice.log(),
        Err(fault) => tracing::error!(%fault, "the pools of a former build could not be read from the store"),
    }
}

/// Sends messages until none is due, and waits for those in flight. It ends, because a message that failed is not due
/// again at once.
async fn flush_outbox(app: &App) {
    while matches!(app.outbox.send_due().await, Ok(count) if count > 0) {}
    app.outbox.finish().await;
}
