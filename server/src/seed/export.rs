//! Writes what there is as a seed file.

use serde_json::{Map, Value};

use super::{check::POOLS, document::Format};
use crate::{
    app::App,
    operations::seed::{NOUNS, list_pools},
};

/// The format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// TOML.
    Toml,
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

impl ExportFormat {
    /// Returns the format that is named by an extension, such as `toml`, or `None` if there is no such format.
    pub fn named(name: &str) -> Option<Self> {
        match Format::of(std::path::Path::new(&format!("seed.{name}"))).ok()? {
            Format::Toml => Some(Self::Toml),
            Format::Json => Some(Self::Json),
            Format::Yaml => Some(Self::Yaml),
        }
    }
}

/// Returns a seed file that describes all pools with their contents. It contains secrets in clear.
///
/// # Errors
/// The store, or a secret in it, cannot be read: the reason, for the operator.
pub async fn export(app: &App, format: ExportFormat) -> Result<String, String> {
    let mut pools = Vec::new();
    for (id, mut pool) in list_pools(app).await.map_err(|rejection| rejection.reason)? {
        for noun in NOUNS {
            let (mut entries, mut after) = (Vec::new(), None);
            loop {
                let page =
                    noun.list(app, &id, after.as_deref()).await.map_err(|rejection| rejection.reason)?;
                let Some((last, _)) = page.last() else { break };
                after = Some(last.clone());
                entries.extend(page.into_iter().map(|(_, entry)| Value::Object(entry)));
            }
            if !entries.is_empty() {
                pool.insert(noun.list_key().to_owned(), Value::Array(entries));
            }
        }
        pools.push(Value::Object(pool));
    }
    let file = Value::Object(Map::from_iter([(POOLS.to_owned(), Value::Array(pools))]));
    match format {
        ExportFormat::Toml => toml::to_string_pretty(&file).map_err(|error| error.to_string()),
        ExportFormat::Json => {
            serde_json::to_string_pretty(&file).map(|text| text + "\n").map_err(|error| error.to_string())
        }
        ExportFormat::Yaml => serde_saphyr::to_string(&file).map_err(|error| error.to_string()),
    }
}
