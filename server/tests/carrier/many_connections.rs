//! Ten thousand idle connections, or as many as the system allows, and more than the server allows.

use std::{
    net::TcpStream,
    process::Command,
    time::{Duration, Instant},
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::server_process::Lido;

/// Raises the limit of open files of this process as far as possible, and returns it.
fn raise_file_limit() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    let now = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(now).unwrap_or(usize::MAX)
}

#[test]
fn ten_thousand_idle_connections_are_held() {
    // Other tests of this process have open files too. The server has the same limit.
    let count = raise_file_limit().saturating_sub(1_000).min(10_000);
    let (lido, _folder) = Lido::in_memory();
    let before = lido.memory();
    let started = Instant::now();
    let idle: Vec<TcpStream> =
        (0..count).map(|_| TcpStream::connect(("127.0.0.1", lido.port)).expect("connected")).collect();
    println!("{count} connections in {:?}", started.elapsed());
    let request_started = Instant::now();
    assert_eq!(lido.client().call("SignUp", &serde_json::json!({})).status, 400);
    assert!(request_started.elapsed() < Duration::from_secs(5), "a request on another connection was slow");
    if let (Some((before, _)), Some((now, _))) = (before, lido.memory()) {
        let bytes = now.saturating_sub(before) * 1024 / count.max(1) as u64;
        println!("{bytes} bytes of memory a connection");
        assert!(bytes < 8 * 1024);
    }
    lido.check_health(128);
    drop(idle);
    lido.check_health(128);
}

/// Idle connections of one client must not keep others out. The server derives its limit from that of open files.
#[test]
fn idle_connections_of_one_client_give_way_and_are_logged() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new("sh");
    command.current_dir(folder.path()).env_clear();
    command.args(["-c", "ulimit -n 100 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_lido")]);
    command.args(["dev", "--listen", "127.0.0.1:0", "--store", "memory", "--log", "warn"]);
    let lido = Lido::spawn(folder.path(), &mut command);
    let idle: Vec<TcpStream> =
        (0..200).map(|_| TcpStream::connect(("127.0.0.1", lido.port)).expect("connected")).collect();
    for _ in 0..10 {
        let started = Instant::now();
        assert_eq!(lido.client().call("SignUp", &serde_json::json!({})).status, 400);
        assert!(started.elapsed() < Duration::from_secs(5), "it waited for {:?}", started.elapsed());
    }
    let log = lido.log();
    assert_eq!(log.matches("all connections are in use").count(), 1, "{log}");
    drop(idle);
}
