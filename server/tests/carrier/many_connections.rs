//! Ten thousand connections, or as many as the system allows.

use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::server_process::Lido;

/// What this process may open, raised as far as it goes.
fn files() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    let now = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(now).unwrap_or(usize::MAX)
}

#[test]
fn ten_thousand_idle_connections_are_held() {
    // The other tests of this process have files open, too; and the server has the same limit.
    let count = files().saturating_sub(1_000).min(10_000);
    let (lido, _folder) = Lido::in_memory();
    let before = lido.memory();
    let started = Instant::now();
    let crowd: Vec<TcpStream> =
        (0..count).map(|_| TcpStream::connect(("127.0.0.1", lido.port)).expect("connected")).collect();
    println!("{count} connections in {:?}", started.elapsed());
    let asked = Instant::now();
    assert_eq!(lido.client().call("SignUp", &serde_json::json!({})).status, 400);
    assert!(asked.elapsed() < Duration::from_secs(5), "one more is served at once");
    if let (Some((before, _)), Some((now, _))) = (before, lido.memory()) {
        let bytes = now.saturating_sub(before) * 1024 / count.max(1) as u64;
        println!("{bytes} bytes of memory a connection");
        assert!(bytes < 8 * 1024);
    }
    lido.check_sound(128);
    drop(crowd);
    lido.check_sound(128);
}
