//! Mistakes of an operator: a wrong key file, a full disk, settings that are not safe, two servers on one store.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::json;

use crate::server_process::{Lido, run};

const KEYS: [&str; 3] = [
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
    "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=",
];

const SERVE: &str = "serve --listen 127.0.0.1:0 --store sqlite:lido.db --public-url https://a.example --key-file key \
                     --credentials c.json --log info";

/// Writes a file that only its owner can read.
fn write(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, text).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("restricted");
}

fn folder_for_serve() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(&folder.path().join("c.json"), "{\"users\": []}");
    folder
}

fn write_keys(folder: &Path, keys: &[usize]) {
    let lines: Vec<&str> = keys.iter().filter_map(|number| KEYS.get(*number).copied()).collect();
    write(&folder.join("key"), &lines.join("\n"));
}

/// Starts and stops a server, and returns what it logged.
fn start_and_stop(folder: &Path, line: &str) -> String {
    let _ = fs::remove_file(folder.join("log"));
    let lido = Lido::start(folder, line);
    assert_eq!(lido.client().get("/_lido/health").status, 200);
    lido.log()
}

/// Returns the error of a server that does not start.
fn refusal(folder: &Path, line: &str) -> String {
    let output = run(folder, line);
    assert_eq!(output.status.code(), Some(1), "{line}: it started or crashed");
    let error = String::from_utf8(output.stderr).expect("text");
    assert_eq!(error.lines().filter(|line| line.starts_with("lido: ")).count(), 1, "{error}");
    error
}

#[test]
fn key_file_that_does_not_belong_to_the_store_is_refused() {
    let folder = folder_for_serve();
    let folder = folder.path();
    write_keys(folder, &[0]);
    let log = start_and_stop(folder, SERVE);
    assert!(
        log.contains("the store is new and empty") && !log.contains("WARN lido::config::key_file"),
        "{log}"
    );
    assert!(!start_and_stop(folder, SERVE).contains("new and empty"), "told once");

    let wrong = ["the key file key does not belong to the store sqlite:lido.db", "as a further line"];
    for keys in [&[1][..], &[1, 2]] {
        write_keys(folder, keys);
        let error = refusal(folder, SERVE);
        assert!(wrong.iter().all(|text| error.contains(text)), "{error}");
    }
    write_keys(folder, &[1, 0]);
    start_and_stop(folder, SERVE);
    write_keys(folder, &[0]);
    assert!(refusal(folder, SERVE).contains(wrong[0]), "the key that now seals is gone");

    fs::remove_file(folder.join("key")).expect("removed");
    let error = refusal(folder, SERVE);
    assert!(error.contains("restore the key file") && !error.contains("urandom"), "{error}");
}

#[test]
fn dev_makes_no_key_for_a_store_that_has_secrets() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, line) = (folder.path(), "dev --listen 127.0.0.1:0");
    assert!(!start_and_stop(folder, line).contains("WARN"), "nothing to tell about a new folder");
    let key = folder.join(".lido/lido.key");
    let kept = fs::read_to_string(&key).expect("a key");
    fs::remove_file(&key).expect("removed");
    let error = refusal(folder, line);
    assert!(error.contains("there is no key file .lido/lido.key") && error.contains("restore"), "{error}");
    assert!(!key.exists(), "no key was made");
    write(&key, &kept);
    start_and_stop(folder, line);
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(folder.join(format!(".lido/lido.db{suffix}")));
    }
    let log = start_and_stop(folder, line);
    assert!(log.contains("WARN") && log.contains("its key file was there before"), "{log}");
}

/// The disk is full where a file may not grow: `ulimit -f` holds for root too, unlike permissions.
#[test]
fn server_on_a_full_disk_is_unhealthy() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = "trap '' XFSZ; ulimit -f 1000; exec \"$@\"";
    let mut command = Command::new("/bin/sh");
    command.current_dir(folder.path()).env_clear().stdin(Stdio::null());
    command.args([
        "-c",
        script,
        "sh",
        env!("CARGO_BIN_EXE_lido"),
        "dev",
        "--listen",
        "127.0.0.1:0",
        "--log",
        "error",
    ]);
    let lido = Lido::spawn(folder.path(), &mut command);
    let (pool, _) = lido.client().new_pool();
    assert_eq!(lido.client().get("/_lido/health").status, 200);
    let mut client = lido.client();
    let is_full = (0..1_000).any(|number| {
        let group = json!({"UserPoolId": pool, "GroupName": format!("g{number}")});
        client.call("CreateGroup", &group).status == 500
    });
    assert!(is_full, "the disk never got full");
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let health = lido.client().get("/_lido/health");
    assert_eq!((health.status, &*health.body), (503, "{\"status\":\"unavailable\"}"));
    assert!(
        lido.log().contains("unhealthy: the store does not respond or cannot write fault="),
        "{}",
        lido.log()
    );
    client.expect_output("DescribeUserPool", &json!({"UserPoolId": pool}));
}

#[test]
fn settings_that_are_not_safe_are_warned_of_once() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder_for_serve();
    let folder = folder.path();
    write_keys(folder, &[0]);
    let readable = "other users of this machine can read the store";
    let log = start_and_stop(folder, SERVE);
    for text in [readable, "uses http to another machine", "are lost when", "another process uses"] {
        assert!(!log.contains(text), "{log}");
    }
    assert_eq!(log.matches("--smtp is not set").count(), 1, "{log}");

    fs::set_permissions(folder.join("lido.db"), fs::Permissions::from_mode(0o644)).expect("opened");
    let line = SERVE.replace("https://a.example", "http://a.example");
    let log = start_and_stop(folder, &line);
    for text in [readable, "uses http to another machine"] {
        assert_eq!(log.matches(text).count(), 1, "{log}");
    }
    let log = start_and_stop(folder, &SERVE.replace("sqlite:lido.db", "memory"));
    assert_eq!(log.matches("are lost when this server stops").count(), 1, "{log}");
}

#[test]
fn serve_without_a_mail_server_names_the_pools_that_verify_by_mail() {
    let folder = folder_for_serve();
    let folder = folder.path();
    write_keys(folder, &[0]);
    let dev = Lido::start(folder, "dev --listen 127.0.0.1:0 --store sqlite:lido.db --key-file key");
    dev.client().new_pool();
    assert!(!dev.log().contains("--smtp"), "dev has its inbox: {}", dev.log());
    drop(dev);
    let log = start_and_stop(folder, SERVE);
    assert_eq!(log.matches("--smtp is not set, but user pools verify contacts by mail").count(), 1, "{log}");
    assert!(log.contains("pools=1") && log.contains("--sms-webhook is not set, so no SMS is sent"), "{log}");
}

#[test]
fn second_server_on_one_store_warns() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = "dev --listen 127.0.0.1:0 --log warn";
    let first = Lido::start(folder.path(), line);
    let (pool, _) = first.client().new_pool();
    assert!(!first.log().contains("another process"), "{}", first.log());
    let second = Lido::start(folder.path(), line);
    assert!(second.log().contains("another process uses this store"), "{}", second.log());
    second.client().expect_output("DescribeUserPool", &json!({"UserPoolId": pool}));
    drop((first, second));
    fs::remove_file(folder.path().join("log")).expect("removed");
    let third = Lido::start(folder.path(), line);
    assert!(!third.log().contains("another process"), "the lock ends with its process: {}", third.log());
}
