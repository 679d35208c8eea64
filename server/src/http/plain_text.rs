//! The answer to plain HTTP on a port that speaks TLS: clients that have the wrong scheme are told so.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

const TEXT: &str = "This port speaks HTTPS only: use https:// in the URL.\n";

/// The time that a client has to read the answer.
const TIMEOUT: Duration = Duration::from_secs(1);

/// The most bytes of a request that are read and thrown away.
const MAX_BYTES: u64 = 64 * 1024;

/// Answers a connection whose first byte is not that of a handshake. The request is neither parsed nor logged: it may
/// contain a password.
pub(super) async fn refuse_plain_text(mut stream: TcpStream) {
    let _ = timeout(TIMEOUT, answer(&mut stream)).await;
}

async fn answer(stream: &mut TcpStream) -> io::Result<()> {
    let length = TEXT.len();
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{TEXT}"
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    // A socket that is closed with bytes unread is reset, and a client that is reset may lose the answer.
    let mut rest = stream.take(MAX_BYTES);
    let mut buffer = [0; 1024];
    while rest.read(&mut buffer).await? > 0 {}
    Ok(())
}
