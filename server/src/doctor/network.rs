//! What is reached by address: the server's own addresses, mail, SMS, functions, the collector of traces.

use std::{net::SocketAddr, time::Duration};

use lido::{
    delivery::smtp::Smtp,
    http,
    store::{Store, postgres::PostgresBackend, sqlite::SqliteBackend},
};
use lido_domain::id::PoolId;
use serde_json::Value;

use super::{Finding, State};
use crate::{
    cli::health::reachable,
    config::{Config, StoreLocation, TraceSettings},
};

/// How long each of them may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Checks the addresses.
pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let client = reqwest::Client::builder().no_proxy().timeout(TIMEOUT).build();
    let client = match client {
        Ok(client) => client,
        Err(error) => {
            return vec![Finding::of_error("network", &error, "check the certificates of this machine")];
        }
    };
    let (runs, finding) = check_listen(config).await;
    let mut findings = vec![finding];
    // A server that runs has them.
    if !runs {
        let redirect = config.tls.as_ref().map(|tls| tls.redirect.as_slice()).unwrap_or_default();
        findings.extend(check_free("metrics", "--metrics", &config.metrics));
        findings.extend(check_free("HTTP redirect", "--http-redirect", redirect));
    }
    findings.extend(check_public_url(config, &client, runs).await);
    findings.push(check_mail(config).await);
    findings.push(match &config.sms {
        None => Finding::warning(
            "SMS",
            "--sms-webhook is not set, so no SMS is sent: operations that send one fail with CodeDeliveryFailureException",
            "set --sms-webhook, unless no user pool sends SMS",
        ),
        Some(sms) => check_reached("SMS", &client, sms.address.0.as_str(), "check --sms-webhook, and that its server runs").await,
    });
    if let Some(endpoint) = &config.lambda_endpoint {
        let remedy = "check --lambda-endpoint, and that what invokes the functions runs";
        findings.push(check_reached("Lambda", &client, endpoint.0.as_str(), remedy).await);
    }
    match TraceSettings::from_environment() {
        Ok(None) => {}
        Ok(Some(traces)) => {
            let remedy = "check OTEL_EXPORTER_OTLP_ENDPOINT, and that the collector runs";
            let reached = check_reached("traces", &client, &traces.endpoint, remedy).await;
            // The server works without a collector.
            findings.push(Finding { state: reached.state.min(State::Warning), ..reached });
        }
        Err(error) => findings.push(Finding::of_error("traces", &error, "see docs/traces.md")),
    }
    findings
}

/// Checks that the address is free, or that a server of Lido has it. Returns whether one runs.
async fn check_listen(config: &Config) -> (bool, Finding) {
    let shown: Vec<String> = config.listen.iter().map(ToString::to_string).collect();
    let shown = shown.join(", ");
    match http::listen(&config.listen) {
        Ok(_) => (false, Finding::ok("listen", format!("{shown} is free; no server runs there now"))),
        Err(error) => match config.listen.first() {
            Some(address) if is_lido(*address, config.tls.is_some()).await => {
                (true, Finding::ok("listen", format!("a server of Lido runs at {shown}")))
            }
            _ => (
                false,
                Finding::wrong(
                    "listen",
                    format!("cannot listen on {shown}: {error}"),
                    "end the other program that has it, or choose another address with --listen",
                ),
            ),
        },
    }
}

/// Checks that one of the addresses of an option is free. Returns `None` if it has none.
fn check_free(check: &'static str, option: &str, addresses: &[SocketAddr]) -> Option<Finding> {
    let shown: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let shown = shown.join(", ");
    let remedy = format!("end the other program that has it, or choose another address with {option}");
    (!addresses.is_empty()).then(|| match http::listen(addresses) {
        Ok(_) => Finding::ok(check, format!("{shown} is free")),
        Err(error) => Finding::wrong(check, format!("cannot listen on {shown}: {error}"), remedy),
    })
}

async fn is_lido(address: SocketAddr, uses_tls: bool) -> bool {
    let scheme = if uses_tls { "https" } else { "http" };
    // The certificate is for the name that clients use, not for this address, and nothing secret is sent.
    let client = reqwest::Client::builder().no_proxy().timeout(TIMEOUT).tls_danger_accept_invalid_certs(true);
    let Ok(client) = client.build() else { return false };
    let url = format!("{scheme}://{}/_lido/health", reachable(address));
    get(&client, &url).await.is_ok_and(|answer| answer.is_health())
}

/// Checks that the public URL leads to a server of Lido, and that this server tells the issuer of the configuration.
async fn check_public_url(config: &Config, client: &reqwest::Client, runs: bool) -> Vec<Finding> {
    let Some(url) = &config.public_url else { return Vec::new() };
    let base = url.0.trim_end_matches('/');
    let mend = if runs {
        "check --public-url, the name in DNS, and the proxy before the server"
    } else {
        "start the server and run this again; then check --public-url, the name in DNS, and the proxy"
    };
    let health = format!("{base}/_lido/health");
    match get(client, &health).await {
        Err(cause) => {
            let text = format!("{health} does not answer: {cause}");
            // Without a server nothing can answer.
            let finding = match runs {
                true => Finding::wrong("public URL", text, mend),
                false => Finding::warning("public URL", text, mend),
            };
            return vec![finding];
        }
        Ok(answer) if !answer.is_health() => {
            let text = format!("{health} answers {}, and not as a server of Lido", answer.status);
            return vec![Finding::wrong("public URL", text, mend)];
        }
        Ok(answer) if answer.status != 200 => {
            let text = format!("the server at {base} is not healthy");
            return vec![Finding::wrong("public URL", text, "read its log, which has the cause")];
        }
        Ok(_) => {}
    }
    let mut findings = vec![Finding::ok("public URL", format!("{base} leads to a server of Lido"))];
    if let Some(pool) = first_pool(config).await {
        findings.push(check_issuer(config, client, base, &pool).await);
    }
    findings
}

/// Compares the issuer that the discovery document of a pool names with that of the configuration.
async fn check_issuer(config: &Config, client: &reqwest::Client, base: &str, pool: &PoolId) -> Finding {
    let expected = match &config.issuer {
        Some(issuer) => issuer.0.issuer(pool),
        None => format!("{base}/{pool}"),
    };
    let document = format!("{base}/{pool}/.well-known/openid-configuration");
    let found = match get(client, &document).await {
        Err(cause) => {
            return Finding::wrong(
                "issuer",
                format!("{document} does not answer: {cause}"),
                "check the proxy before the server",
            );
        }
        Ok(answer) => answer.json.get("issuer").and_then(Value::as_str).map(str::to_owned),
    };
    match found {
        Some(found) if found == expected => Finding::ok("issuer", format!("tokens of {pool} name {found}")),
        Some(found) => Finding::wrong(
            "issuer",
            format!("the server at {base} names {found}, and this configuration {expected}"),
            "restart the server with this configuration, or check --public-url and --issuer",
        ),
        None => Finding::wrong(
            "issuer",
            format!("{document} is not there, so that the server at {base} has another store"),
            "check --public-url and --store",
        ),
    }
}

/// Returns a pool of the store, if the store can be read and has one.
async fn first_pool(config: &Config) -> Option<PoolId> {
    let store = match &config.store {
        StoreLocation::Sqlite(path) => Store::new(SqliteBackend::open_existing(path).ok()?),
        StoreLocation::Postgres(url) => {
            Store::new(PostgresBackend::open(url, config.store_limits.clone(), true).await.ok()?)
        }
        StoreLocation::Memory => return None,
    };
    Some(store.list_pools(None, 1).await.ok()?.first()?.pool.id.clone())
}

async fn check_mail(config: &Config) -> Finding {
    let Some(mail) = &config.mail else {
        return Finding::warning(
            "mail",
            "--smtp is not set, so no mail is sent: operations that send one fail with CodeDeliveryFailureException",
            "set --smtp, unless no user pool sends mail",
        );
    };
    let server = &mail.server.0;
    let remedy =
        "check --smtp: host, port, user and password, and whether the server offers STARTTLS (?tls=)";
    let tried = match Smtp::new(server.clone(), mail.from.0.clone()) {
        Ok(smtp) => tokio::time::timeout(2 * TIMEOUT, smtp.try_connection()).await,
        Err(error) => return Finding::wrong("mail", format!("{server}: {error}"), remedy),
    };
    match tried {
        Ok(Ok(text)) => Finding::ok("mail", format!("{server}: {text}")),
        Ok(Err(cause)) => Finding::wrong("mail", format!("{server}: {cause}"), remedy),
        Err(_) => Finding::wrong("mail", format!("{server} does not answer in time"), remedy),
    }
}

/// Checks that something answers at a URL, whatever it answers. Nothing is asked of it.
async fn check_reached(check: &'static str, client: &reqwest::Client, url: &str, remedy: &str) -> Finding {
    match client.head(url).send().await {
        Ok(_) => Finding::ok(check, format!("{} answers", without_path(url))),
        Err(error) => {
            Finding::wrong(check, format!("{} does not answer: {}", without_path(url), cause(error)), remedy)
        }
    }
}

/// Returns a URL without what may be secret in it.
fn without_path(url: &str) -> String {
    match reqwest::Url::parse(url) {
        Ok(parsed) => parsed.origin().ascii_serialization(),
        Err(_) => "the address".to_owned(),
    }
}

/// An answer.
struct Answer {
    status: u16,
    json: Value,
}

impl Answer {
    /// Returns whether it is that of `/_lido/health`.
    fn is_health(&self) -> bool {
        matches!(self.status, 200 | 503) && self.json.get("status").is_some_and(Value::is_string)
    }
}

async fn get(client: &reqwest::Client, url: &str) -> Result<Answer, String> {
    let answer = async {
        let response = client.get(url).send().await?;
        Ok::<_, reqwest::Error>((response.status().as_u16(), response.bytes().await?))
    };
    let (status, body) = answer.await.map_err(cause)?;
    Ok(Answer { status, json: serde_json::from_slice(&body).unwrap_or_default() })
}

/// Returns the cause alone: the errors around it repeat the URL.
fn cause(error: reqwest::Error) -> String {
    anyhow::Error::from(error).root_cause().to_string()
}
