//! Describes what there is, as a seed file does.

use serde_json::{Map, Value};

use super::check::POOLS;
use crate::{
    app::App,
    operations::seed::{NOUNS, list_pools},
};

/// Returns the contents of a seed file that describes all pools with what is in them, for [`super::SeedFormat::write`]. They
/// have secrets in clear.
///
/// # Errors
/// The store, or a secret in it, cannot be read: the reason, for the operator.
pub async fn export(app: &App) -> Result<Value, String> {
    let mut pools = Vec::new();
    for (id, mut pool) in list_pools(app).await.map_err(|rejection| rejection.reason)? {
        for noun in NOUNS {
            let (mut entries, mut after) = (Vec::new(), None);
            loop {
                let page = noun.list(app, &id, after.as_deref()).await;
                let page = page.map_err(|failure| failure.into_rejection(*noun).reason)?;
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
    Ok(Value::Object(Map::from_iter([(POOLS.to_owned(), Value::Array(pools))])))
}
