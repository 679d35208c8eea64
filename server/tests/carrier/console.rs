//! `/_lido/…` of the two commands, and what a server does that stops while a request waits.

use std::{
    io::Write as _,
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;

use crate::server_process::Lido;

/// Starts `lido serve` in `folder`, with everything that it requires.
pub(crate) fn serve(folder: &std::path::Path) -> Lido {
    std::fs::write(folder.join("keys"), "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").expect("written");
    std::fs::write(folder.join("users.json"), "{\"users\": []}").expect("written");
    let line = "serve --listen 127.0.0.1:0 --store memory --key-file keys --credentials users.json \
                --public-url https://lido.example";
    Lido::start(folder, line)
}

/// The document of `lido dev` names every path, and `lido serve` answers all but one as it answers any unknown path.
#[test]
fn serve_answers_every_path_but_health_as_an_unknown_one() {
    let (dev, _folder) = Lido::in_memory();
    let document = dev.client().get("/_lido/openapi.json").json();
    let folder = tempfile::tempdir().expect("a folder");
    let serve = serve(folder.path());
    let mut client = serve.client();
    let mut answer = |method: &str, path: &str| {
        let body = if method == "GET" { "" } else { "{}" };
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {length}\r\n\r\n");
        client.send(head + body).expect("sent");
        let answer = client.read().expect("answered");
        (answer.status, answer.body)
    };
    let mut walked = 0;
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys() {
            let method = method.to_uppercase();
            let answered = answer(&method, path);
            if path.starts_with("/_lido/health") {
                assert_eq!(answered, (200, "{\"status\":\"ok\"}".to_owned()));
            } else {
                assert_eq!(answered, answer(&method, "/_lido/unknown"), "{method} {path}");
                assert_eq!(answered.0, 404, "{method} {path}");
                walked += 1;
            }
        }
    }
    assert!(walked >= 9, "{walked}");
}

#[test]
fn request_that_waits_ends_when_the_server_stops() {
    let (mut lido, _folder) = Lido::in_memory();
    let mut client = lido.client();
    client.send("GET /_lido/messages?wait=60s HTTP/1.1\r\nhost: lido\r\n\r\n").expect("sent");
    thread::sleep(Duration::from_millis(300));
    lido.signal(Signal::TERM);
    let answer = client.read().expect("answered");
    assert_eq!((answer.status, &*answer.body), (200, "{\"messages\":[],\"cursor\":\"0\"}"));
    assert!(lido.wait(Duration::from_secs(5)).success(), "{}", lido.log());
}

/// As many requests wait as can; once their clients are gone, others can wait.
#[test]
fn request_that_waits_ends_when_its_client_hangs_up() {
    let (lido, _folder) = Lido::in_memory();
    let status = || lido.client().get("/_lido/messages?wait=1ms").status;
    let deadline = Instant::now() + Duration::from_secs(60);
    // The request that asks for the status takes a place itself for a moment, and a client that comes in that moment is
    // refused for good. So clients are added until there is no place, not counted.
    let mut waiting = Vec::new();
    while status() != 429 {
        assert!(
            Instant::now() < deadline,
            "{} requests wait, and there is a place for one more",
            waiting.len()
        );
        let mut client = lido.client();
        client.send("GET /_lido/messages?wait=60s HTTP/1.1\r\nhost: lido\r\n\r\n").expect("sent");
        waiting.push(client);
    }
    assert!(waiting.len() >= 256, "{}", waiting.len());
    drop(waiting);
    while status() != 200 {
        assert!(Instant::now() < deadline, "the places of clients that hung up are not free");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The pipe ends with the program that holds its other end, however that program ends.
#[test]
fn server_stops_when_standard_input_is_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = "dev --listen 127.0.0.1:0 --store sqlite:lido.db --stop-with-stdin";
    let mut command = crate::server_process::command(folder.path(), line);
    let (read, write) = std::io::pipe().expect("a pipe");
    command.stdin(read);
    let mut lido = Lido::spawn(folder.path(), &mut command);
    drop(command);
    (&write).write_all(b"ignored\n").expect("written");
    thread::sleep(Duration::from_millis(200));
    assert_eq!(lido.client().get("/_lido/health").status, 200);
    drop(write);
    assert!(lido.wait(Duration::from_secs(10)).success(), "{}", lido.log());
    assert!(!folder.path().join("lido.db-wal").exists(), "the store was not closed");
    assert!(lido.log().contains("standard input was closed"), "{}", lido.log());
}
