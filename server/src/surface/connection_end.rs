//! The end of the connection of a request: what a request that waits on purpose has to watch.

use std::{future::pending, sync::Arc, time::Duration};

use http::request::Parts;
use tokio::{
    io::{Interest, Ready},
    net::{TcpStream, tcp::OwnedReadHalf},
    sync::watch,
    time::sleep,
};

/// The interval at which a connection with unread bytes is checked for its end.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// The end of a connection, an extension that [`crate::http`] adds to each request.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionEnd {
    socket: Arc<OwnedReadHalf>,
    /// Its sender is dropped when the server stops.
    stopping: watch::Receiver<()>,
}

impl ConnectionEnd {
    /// Returns the end of a connection. The sender of `stopping` is dropped when the server stops.
    pub(crate) fn new(socket: Arc<OwnedReadHalf>, stopping: watch::Receiver<()>) -> Self {
        Self { socket, stopping }
    }

    /// Waits until the client has closed its connection, or the server stops. A request without a connection, as in tests,
    /// waits for ever.
    pub(crate) async fn of(head: &Parts) {
        let Some(Self { socket, stopping }) = head.extensions.get::<ConnectionEnd>() else {
            return pending().await;
        };
        let mut stopping = stopping.clone();
        let stopped = async { while stopping.changed().await.is_ok() {} };
        tokio::select! {
            () = hung_up(socket.as_ref().as_ref()) => {}
            () = stopped => {}
        }
    }
}

/// Waits until the client has closed its sending half. It may still read: the request is answered in either case.
async fn hung_up(socket: &TcpStream) {
    match socket.peek(&mut [0]).await {
        Ok(0) | Err(_) => {}
        // There are bytes before the end: the next request, or with TLS the message that says that the end follows.
        Ok(_) => {
            while !socket.ready(Interest::READABLE).await.is_ok_and(Ready::is_read_closed) {
                sleep(LOOK_AGAIN).await;
            }
        }
    }
}
