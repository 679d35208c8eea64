//! The end of the connection of a request: what a request that waits on purpose has to watch.

use http::request::Parts;
use tokio::sync::watch;

/// The end of a connection, an extension that [`crate::http`] adds to each request.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionEnd {
    /// Its sender is dropped when the server stops.
    stopping: watch::Receiver<()>,
}

impl ConnectionEnd {
    /// Returns the end of a connection. The sender of `stopping` is dropped when the server stops.
    pub(crate) fn new(stopping: watch::Receiver<()>) -> Self {
        Self { stopping }
    }

    /// Waits until the server stops. It waits for ever for a request without a connection, as in tests.
    pub(crate) async fn of(head: &Parts) {
        match head.extensions.get::<ConnectionEnd>() {
            Some(end) => {
                let mut stopping = end.stopping.clone();
                while stopping.changed().await.is_ok() {}
            }
            None => std::future::pending().await,
        }
    }
}
