//! The check behind `/_lido/health`: whether the store does what service needs.
//!
//! A server that serves reads while no write succeeds, such as with a full disk, is not healthy. So a small write is
//! tried; a standby, which does not write, only reads.

use std::time::Duration;

use tokio::sync::Mutex;

use super::App;
use crate::store::StoreError;

/// The time for which the result of a check is returned again.
///
/// *Chosen*: the path is not authenticated, so requests for it must not cause more writes than this.
const CACHED: Duration = Duration::from_secs(1);

/// The longest time that a check waits for the store.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The result of the last check and the time of the clock at which it ended.
#[derive(Debug, Default)]
pub struct LastCheck(Mutex<Option<(Duration, Result<(), StoreError>)>>);

impl App {
    /// Checks that the store reads and writes. At most once a second the store is asked; requests in between get the
    /// last result. The log has the reason when the server becomes unhealthy, or is so for another reason, and when it is
    /// healthy again.
    ///
    /// # Errors
    /// The store does not respond or cannot write.
    pub async fn check_health(&self) -> Result<(), StoreError> {
        // Requests that arrive during a check wait for its result.
        let mut last = self.last_check.0.lock().await;
        if let Some((at, result)) = &*last
            && self.clock.elapsed().saturating_sub(*at) < CACHED
        {
            return result.clone();
        }
        let check = async {
            self.store.check_health().await?;
            if self.settings.is_standby { Ok(()) } else { self.store.probe_write().await }
        };
        let late = |_| Err(StoreError::Unavailable(format!("no answer within {TIMEOUT:?}")));
        let result = tokio::time::timeout(TIMEOUT, check).await.unwrap_or_else(late);
        let former = last.as_ref().map(|(_, result)| result);
        match &result {
            Err(fault) if former != Some(&result) => {
                tracing::error!(%fault, "unhealthy: the store does not respond or cannot write");
            }
            Ok(()) if former.is_some_and(Result::is_err) => tracing::info!("healthy again"),
            _ => {}
        }
        *last = Some((self.clock.elapsed(), result.clone()));
        result
    }
}
