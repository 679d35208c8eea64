//! `lido seed export`: writes the pools of a running `lido dev` as a seed file.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    path::Path,
    time::Duration,
};

use anyhow::{Context as _, bail};
use lido::seed::SeedFormat;
use serde_json::Value;

use super::SeedExportArguments;

/// The time that the server has to list everything.
const TIMEOUT: Duration = Duration::from_secs(120);

const ENDPOINT: &str = "http://127.0.0.1:9229";

/// Writes the file, or prints it if there is none.
///
/// # Errors
/// The server cannot be reached or has no seed, or the file cannot be written.
pub(crate) fn export(arguments: &SeedExportArguments) -> anyhow::Result<()> {
    let format = match &arguments.file {
        Some(file) => SeedFormat::of(file)?,
        None => SeedFormat::Toml,
    };
    let client = arguments.trust.client()?.timeout(TIMEOUT).build()?;
    let text = format.write(&fetch(&client, arguments.endpoint.as_deref().unwrap_or(ENDPOINT))?)?;
    match &arguments.file {
        Some(file) => write(file, &text)
            .with_context(|| format!("{} cannot be written; choose another file", file.display())),
        None => {
            // The reader may close the pipe early.
            let _ = io::stdout().lock().write_all(text.as_bytes());
            Ok(())
        }
    }
}

/// Asks the server for its pools.
fn fetch(client: &reqwest::Client, endpoint: &str) -> anyhow::Result<Value> {
    let url = format!("{}/_lido/seed", endpoint.trim_end_matches('/'));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (status, body) = runtime
        .block_on(async {
            let response = client.get(&url).send().await?;
            Ok::<_, reqwest::Error>((response.status(), response.bytes().await?))
        })
        .with_context(|| {
            format!("{url} does not answer; is lido dev running there? --endpoint names another address")
        })?;
    let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
    if status == reqwest::StatusCode::NOT_FOUND {
        bail!("the server at {endpoint} has no seed to export; only lido dev of this version has one");
    }
    if !status.is_success() {
        let message = answer.get("message").and_then(Value::as_str).unwrap_or("its log has the cause");
        bail!("the server at {endpoint} answers {status}: {message}");
    }
    Ok(answer)
}

/// Writes a file that only its owner can read, because it contains secrets.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.write_all(text.as_bytes())
}
