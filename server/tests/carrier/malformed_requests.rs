//! Malformed requests are answered or their connections closed, without a panic and without more memory.

use std::{
    io::Write as _,
    thread,
    time::{Duration, Instant},
};

use crate::{
    raw_client::{Client, post},
    server_process::Lido,
};

/// The memory of an idle server, and some more for a body or two that are being read.
const MAX_MEMORY_MIB: u64 = 96;

/// A random number generator with the same output in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("it fits")
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_le_bytes()[3]).collect()
    }
}

/// Sends bytes on a new connection, and asserts that the server answers and closes it, or only closes it.
fn assert_answered_or_closed(lido: &Lido, bytes: &[u8]) {
    let mut client = lido.client();
    // The server may close before everything is sent.
    let _ = client.send(bytes);
    let _ = client.shutdown_writing();
    assert!(client.is_closed(), "neither answered nor closed: {:?}", String::from_utf8_lossy(bytes));
}

#[test]
fn random_bytes_are_answered_or_closed() {
    let (lido, _folder) = Lido::in_memory();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..300 {
        let count = random.below(4096) + 1;
        assert_answered_or_closed(&lido, &random.bytes(count));
    }
    lido.check_health(MAX_MEMORY_MIB);
}

#[test]
fn requests_with_changed_bytes_are_answered_or_closed() {
    let (lido, _folder) = Lido::in_memory();
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let body = r#"{"UserPoolId":"us-east-1_abcdefghi","Username":"ann","ClientMetadata":{"a":"b"},"Odd":[1.5e3,null,{}]}"#;
    let good = post("AdminConfirmSignUp", body).into_bytes();
    for _ in 0..600 {
        let mut bytes = good.clone();
        for _ in 0..=random.below(4) {
            let place = random.below(bytes.len());
            match random.below(3) {
                0 => bytes[place] = random.bytes(1)[0],
                1 => drop(bytes.remove(place)),
                _ => bytes.insert(place, random.bytes(1)[0]),
            }
        }
        assert_answered_or_closed(&lido, &bytes);
    }
    lido.check_health(MAX_MEMORY_MIB);
}

#[test]
fn deeply_nested_bodies_are_refused() {
    let (lido, _folder) = Lido::in_memory();
    let mut client = lido.client();
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"ClientMetadata\":", "}"), ("{\"Odd\":[", "]}")] {
        for depth in [200, 100_000] {
            let closed = format!("{}{}", open.repeat(depth), close.repeat(depth));
            for body in [open.repeat(depth), closed] {
                client.send(post("SignUp", &body)).expect("sent");
                let answer = client.read().expect("answered");
                assert_eq!(answer.status, 400, "{answer:?}");
                assert!(answer.body.contains("Exception"), "{answer:?}");
            }
        }
    }
    lido.check_health(MAX_MEMORY_MIB);
}

#[test]
fn bodies_of_100_mb_are_refused() {
    let (lido, _folder) = Lido::in_memory();
    let length = 100_000_000;
    let with_length = format!("POST / HTTP/1.1\r\nhost: lido\r\ncontent-length: {length}\r\n\r\n");
    let chunked = "POST / HTTP/1.1\r\nhost: lido\r\ntransfer-encoding: chunked\r\n\r\n".to_owned();
    let waiting = with_length.replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n");
    // Refused by its length before the body is sent.
    let mut client = lido.client();
    client.send(&waiting).expect("sent");
    assert_eq!(client.read().expect("answered").status, 413);
    assert!(client.is_closed());
    for (head, chunk) in [
        (with_length, vec![b' '; 1 << 16]),
        (chunked, [b"10000\r\n".to_vec(), vec![b' '; 1 << 16], b"\r\n".to_vec()].concat()),
    ] {
        let mut client = lido.client();
        client.send(&head).expect("sent");
        for _ in 0..length >> 16 {
            if client.send(&chunk).is_err() {
                break;
            }
        }
        let answer = client.read().expect("answered");
        assert_eq!(answer.status, 413, "{answer:?}");
        assert!(answer.body.contains("RequestEntityTooLargeException"), "{answer:?}");
        assert!(client.is_closed());
    }
    lido.check_health(MAX_MEMORY_MIB);
}

#[test]
fn large_bodies_that_never_end_keep_memory_bounded() {
    let (lido, _folder) = Lido::in_memory();
    let mut clients: Vec<Client> = (0..200).map(|_| lido.client()).collect();
    let almost = vec![b' '; 2_000_000];
    let head = "POST / HTTP/1.1\r\nhost: lido\r\ncontent-length: 2097152\r\n\r\n";
    thread::scope(|scope| {
        for part in clients.chunks_mut(25) {
            let almost = &almost;
            scope.spawn(move || {
                for client in part {
                    let _ = client.send(head).and_then(|()| client.send(almost));
                }
            });
        }
    });
    // Other requests are answered meanwhile.
    assert_eq!(lido.client().call("SignUp", &serde_json::json!({})).status, 400);
    lido.check_health(MAX_MEMORY_MIB + 64);
    let refused = clients.iter_mut().filter_map(|client| {
        client.set_timeout(Duration::from_millis(50));
        client.read().ok()
    });
    let refused = refused.inspect(|answer| assert_eq!(answer.status, 503, "{answer:?}")).count();
    println!("{refused} of 200 were refused with 503");
    assert!(refused >= 150);
}

#[test]
fn slow_heads_and_half_requests_time_out() {
    let (lido, _folder) = Lido::in_memory();
    let whole = post("SignUp", "{}");
    let started = Instant::now();
    let mut halves: Vec<Client> = (1..whole.len() - 2)
        .map(|length| {
            let mut client = lido.client();
            client.send(&whole.as_bytes()[..length]).expect("sent");
            client
        })
        .collect();
    let mut slow: Vec<Client> = (0..50).map(|_| lido.client()).collect();
    let mut sent = 0;
    // A byte every half second does not extend the timeout.
    while started.elapsed() < Duration::from_secs(11) {
        for client in &mut slow {
            let _ = client.send(&whole.as_bytes()[sent..=sent]);
        }
        sent += 1;
        thread::sleep(Duration::from_millis(500));
    }
    let head = whole.find("\r\n\r\n").expect("a head") + 4;
    for client in slow.iter_mut().chain(halves.iter_mut().take(head - 1)) {
        client.set_timeout(Duration::from_secs(3));
        assert!(client.is_closed(), "the server did not close after ten seconds");
    }
    // These clients close after half a body.
    drop(halves);
    lido.check_health(MAX_MEMORY_MIB);
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let (lido, _folder) = Lido::in_memory();
    let mut client = lido.client();
    let mut row = String::new();
    for number in 0..300 {
        let operation = if number % 2 == 0 { "SignUp" } else { "Nonsense" };
        row += &post(operation, "{}");
    }
    client.send(row).expect("sent");
    for number in 0..300 {
        let answer = client.read().expect("answered");
        let expected =
            if number % 2 == 0 { "InvalidParameterException" } else { "UnknownOperationException" };
        assert!(answer.body.contains(expected), "{number}: {answer:?}");
    }
    lido.check_health(MAX_MEMORY_MIB);
}

#[test]
fn heads_too_large_or_malformed_are_refused() {
    let (lido, _folder) = Lido::in_memory();
    let long = "a".repeat(1 << 20);
    let many: String = (0..1000).map(|number| format!("x-{number}: y\r\n")).collect();
    let cases = [
        (format!("POST /{long} HTTP/1.1\r\n\r\n"), &[414, 431][..]),
        (format!("POST / HTTP/1.1\r\nx: {long}\r\n\r\n"), &[431]),
        (format!("POST / HTTP/1.1\r\n{many}\r\n"), &[431]),
        ("POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n".into(), &[400]),
        ("POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n".into(), &[400]),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), &[400, 505]),
        ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".into(), &[400]),
    ];
    for (text, expected) in cases {
        let mut client = lido.client();
        let _ = client.send(&text);
        match client.read() {
            Ok(answer) => assert!(expected.contains(&answer.status), "{answer:?} to {:.60}", text),
            // The answer may be lost, since a server that closes with unread data resets the connection.
            Err(error) => println!("closed: {error} to {text:.60}"),
        }
        assert!(client.is_closed());
    }
    let _ = std::io::stdout().flush();
    lido.check_health(MAX_MEMORY_MIB);
}
