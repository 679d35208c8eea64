//! A TCP proxy that cuts a connection after a given number of bytes.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// The direction in which bytes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    ToServer,
    ToClient,
}

/// A proxy in front of a server. It serves until the process ends.
pub(crate) struct Proxy {
    /// The port on which it listens.
    pub(crate) port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// How many more bytes pass in which direction before the connection that carries the next one is cut.
    cut: Mutex<Option<(Direction, usize)>>,
    /// Whether connections are refused and all that exist are cut as soon as they carry a byte.
    is_closed: AtomicBool,
}

impl Proxy {
    pub(crate) fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(server) else { continue };
                for stream in [&client, &server] {
                    stream.set_nodelay(true).expect("set");
                }
                for (from, to, direction) in
                    [(&client, &server, Direction::ToServer), (&server, &client, Direction::ToClient)]
                {
                    let (from, to) = (from.try_clone().expect("a socket"), to.try_clone().expect("a socket"));
                    let state = Arc::clone(&shared);
                    thread::spawn(move || copy(from, to, direction, &state));
                }
            }
        });
        Self { port, state }
    }

    /// Cuts the connection that carries the byte after the next `after` ones in a direction.
    pub(crate) fn cut_after(&self, direction: Direction, after: usize) {
        *self.state.cut.lock().expect("no panic") = Some((direction, after));
    }

    /// Cuts nothing any more. Returns whether nothing was cut.
    pub(crate) fn disarm(&self) -> bool {
        self.state.cut.lock().expect("no panic").take().is_some()
    }

    /// Cuts every connection, or lets new ones be made again.
    pub(crate) fn set_closed(&self, is_closed: bool) {
        self.state.is_closed.store(is_closed, Ordering::SeqCst);
    }
}

/// Copies until the end, or until it is cut.
fn copy(mut from: TcpStream, mut to: TcpStream, direction: Direction, state: &State) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).unwrap_or(0);
        let (pass, is_cut) = {
            let mut cut = state.cut.lock().expect("no panic");
            match *cut {
                _ if state.is_closed.load(Ordering::SeqCst) => (0, true),
                Some((counted, left)) if counted == direction && left < read => {
                    *cut = None;
                    (left, true)
                }
                Some((counted, left)) if counted == direction => {
                    *cut = Some((counted, left - read));
                    (read, false)
                }
                _ => (read, false),
            }
        };
        if to.write_all(&buffer[..pass]).is_err() || is_cut || read == 0 {
            let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
            return;
        }
    }
}
