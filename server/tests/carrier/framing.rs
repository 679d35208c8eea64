//! The framing of HTTP/1.1: what RFC 9112 says to refuse is refused, and nothing behind it is read as a request.

use crate::{raw_client::Client, server_process::Lido};

/// Returns a request with these lines after the request line, and this body. If it is served, the status is 200.
fn request(lines: &str, body: &str) -> String {
    format!("GET /_lido/health HTTP/1.1\r\n{lines}\r\n{body}")
}

/// Sends bytes and returns the statuses of all responses, until the server closes or waits for more.
fn statuses(lido: &Lido, bytes: &str) -> Vec<u16> {
    let mut client: Client = lido.client();
    // The server may close before everything is sent.
    let _ = client.send(bytes);
    let _ = client.shutdown_writing();
    let mut statuses = Vec::new();
    while let Ok(answer) = client.read() {
        statuses.push(answer.status);
    }
    assert!(client.is_closed());
    statuses
}

#[test]
fn head_with_wrong_framing_is_refused_and_its_connection_closed() {
    let (lido, _folder) = Lido::in_memory();
    let smuggled = "GET /_lido/health HTTP/1.1\r\nhost: a\r\n\r\n";
    // (what RFC 9112 says to refuse, section, lines)
    let cases = [
        ("no Host", "3.2", "content-length: 2\r\n"),
        ("two equal Hosts", "3.2", "host: a\r\nhost: a\r\ncontent-length: 2\r\n"),
        ("two different Hosts", "3.2", "host: a\r\nhost: b\r\ncontent-length: 2\r\n"),
        ("a list of Hosts", "3.2", "host: a, b\r\ncontent-length: 2\r\n"),
        ("a Host with a path", "3.2", "host: a/b\r\ncontent-length: 2\r\n"),
        ("a Host with a user", "3.2", "host: u@a\r\ncontent-length: 2\r\n"),
        ("bare CR in a value", "2.2", "host: a\r\nx: 1\r2\r\ncontent-length: 2\r\n"),
        ("bare CR in a name", "2.2", "host: a\r\nx\r: 1\r\ncontent-length: 2\r\n"),
        ("bare CR at the end of a line", "2.2", "host: a\r\nx: 1\r\r\ncontent-length: 2\r\n"),
        ("blank before the colon", "5.1", "host: a\r\ncontent-length : 2\r\n"),
        ("blank before the first header", "2.2", " host: a\r\ncontent-length: 2\r\n"),
        ("folded line", "5.2", "host: a\r\nx: 1\r\n 2\r\ncontent-length: 2\r\n"),
        ("line without a colon", "5", "host: a\r\nx\r\ncontent-length: 2\r\n"),
        ("empty name", "5", "host: a\r\n: 1\r\ncontent-length: 2\r\n"),
        ("NUL in a value", "5", "host: a\r\nx: \0\r\ncontent-length: 2\r\n"),
        ("sign in Content-Length", "6.3", "host: a\r\ncontent-length: +2\r\n"),
        ("empty Content-Length", "6.3", "host: a\r\ncontent-length: \r\n"),
        ("two lengths", "6.3", "host: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n"),
        ("list of lengths", "6.3", "host: a\r\ncontent-length: 2, 3\r\n"),
        ("length and encoding", "6.1", "host: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n"),
        ("unknown encoding", "6.1", "host: a\r\ntransfer-encoding: identity\r\n"),
        ("chunked is not the last", "6.3", "host: a\r\ntransfer-encoding: chunked, gzip\r\n"),
        ("chunked twice", "6.1", "host: a\r\ntransfer-encoding: chunked, chunked\r\n"),
    ];
    for (what, section, lines) in cases {
        let bytes = request(lines, "{}") + smuggled;
        assert_eq!(statuses(&lido, &bytes), [400], "{what} (section {section})");
    }
    let version = request("host: a\r\ncontent-length: 2\r\n", "{}").replace("HTTP/1.1", "HTTP/1.2");
    assert_eq!(statuses(&lido, &(version + smuggled)), [400]);
}

#[test]
fn chunks_with_wrong_framing_are_refused_and_their_connection_closed() {
    let (lido, _folder) = Lido::in_memory();
    let smuggled = "GET /_lido/health HTTP/1.1\r\nhost: a\r\n\r\n";
    let cases = [
        ("bare LF after the size", "2\n{}\r\n0\r\n\r\n"),
        ("bare LF after the last size", "2\r\n{}\r\n0\n\r\n"),
        ("bare LF after the data", "2\r\n{}\n0\r\n\r\n"),
        ("bare LF at the end", "2\r\n{}\r\n0\r\n\n"),
        ("bare LF in an extension", "2;a=\"\n\"\r\n{}\r\n0\r\n\r\n"),
        ("bare LF after an extension", "2;a\n{}\r\n0\r\n\r\n"),
        ("bare CR after the size", "2\r{}\r\n0\r\n\r\n"),
        ("bare CR in an extension", "2;a\rb\r\n{}\r\n0\r\n\r\n"),
        ("bare CR in a trailer", "2\r\n{}\r\n0\r\nx: 1\r2\r\n\r\n"),
        ("bare LF in a trailer", "2\r\n{}\r\n0\r\nx: 1\ny: 2\r\n\r\n"),
        ("a trailer", "2\r\n{}\r\n0\r\nx: y\r\n\r\n"),
        ("no size", "\r\n{}\r\n0\r\n\r\n"),
        ("sign before the size", "+2\r\n{}\r\n0\r\n\r\n"),
        ("prefix before the size", "0x2\r\n{}\r\n0\r\n\r\n"),
        ("blank before the size", " 2\r\n{}\r\n0\r\n\r\n"),
        ("size too large", "10000000000000002\r\n{}\r\n0\r\n\r\n"),
        ("more data than the size", "1\r\n{}\r\n0\r\n\r\n"),
        ("less data than the size", "3\r\n{}\r\n0\r\n\r\n"),
    ];
    for (what, body) in cases {
        let bytes = request("host: a\r\ntransfer-encoding: chunked\r\n", body) + smuggled;
        let answers = statuses(&lido, &bytes);
        assert!(answers.len() <= 1 && answers.iter().all(|status| *status == 400), "{what}: {answers:?}");
    }
}

/// What RFC 9112 allows is served, and a chunked request is the last of its connection.
#[test]
fn request_with_allowed_framing_is_served() {
    let (lido, _folder) = Lido::in_memory();
    let next = request("host: a\r\ncontent-length: 2\r\n", "{}");
    let cases = [
        ("a length", "host: a\r\ncontent-length: 2\r\n", "{}", 2),
        ("empty Host", "host:\r\ncontent-length: 2\r\n", "{}", 2),
        ("Host with a port", "host: [::1]:9229\r\ncontent-length: 2\r\n", "{}", 2),
        ("no body", "host: a\r\n", "", 2),
        ("bare LF at the ends of lines", "host: a\ncontent-length: 2\n", "{}", 2),
        ("chunks", "host: a\r\ntransfer-encoding: chunked\r\n", "1\r\n{\r\n01;x=y\r\n}\r\n0\r\n\r\n", 1),
        (
            "an encoding before a length",
            "host: a\r\ntransfer-encoding: chunked\r\ncontent-length: 2\r\n",
            "2\r\n{}\r\n0\r\n\r\n",
            1,
        ),
    ];
    for (what, lines, body, count) in cases {
        let bytes = request(lines, body) + &next;
        assert_eq!(statuses(&lido, &bytes), vec![200; count], "{what}");
    }
    assert_eq!(statuses(&lido, "GET /_lido/health HTTP/1.0\r\n\r\n"), [200], "HTTP/1.0 needs no Host");
}
