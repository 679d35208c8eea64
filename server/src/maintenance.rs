//! What a server does without being asked: it sends the messages that are due, and removes expired records.
//!
//! A server spawns both, a standby neither, because both change the store. [`crate::delivery::Outbox`] knows what is due, and
//! [`crate::store::Store`] what is expired.

use std::{sync::Arc, time::Duration};

use tokio::time::MissedTickBehavior;

use crate::app::App;

/// The interval at which messages of the outbox that are due are sent.
const SEND_INTERVAL: Duration = Duration::from_secs(2);

/// The interval at which expired records are removed.
const SWEEP_INTERVAL: Duration = Duration::from_secs(30);

/// Sends the messages that are due, again and again. It never ends.
pub async fn send_due(app: Arc<App>) {
    let mut ticks = tokio::time::interval(SEND_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(fault) = app.outbox.start_due().await {
            tracing::error!(%fault, "the messages that are due could not be read from the outbox");
        }
    }
}

/// Removes expired records, and has the database learn of tables that have grown, again and again. It never ends.
pub async fn sweep(app: Arc<App>) {
    let mut ticks = tokio::time::interval(SWEEP_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(fault) = app.store.refresh_statistics().await {
            tracing::debug!(%fault, "the statistics of the store could not be refreshed");
        }
        match app.store.sweep_all(app.clock.now()).await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "expired records removed"),
            Err(fault) => tracing::error!(%fault, "expired records could not be removed from the store"),
        }
    }
}
