//! `lido health`: its exit code and what it prints.

use crate::server_process::{Lido, run};

#[test]
fn health_command_tells_a_running_server_from_none() {
    let (lido, folder) = Lido::in_memory();
    for host in ["127.0.0.1", "0.0.0.0"] {
        let output = run(folder.path(), &format!("health --listen {host}:{}", lido.port));
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
    }
    let port = lido.port;
    drop(lido);
    let output = run(folder.path(), &format!("health --listen 127.0.0.1:{port}"));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let stderr = String::from_utf8(output.stderr).expect("text");
    let text =
        "does not answer: Connection refused (os error 111); is the server running, and on this address?";
    assert!(stderr.contains(text), "{stderr}");
}
