//! The load: connections that send a request as soon as the previous one is answered. The benchmarks share this file.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use anyhow::{Context as _, ensure};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// The beginning of a successful response. Any other response stops the benchmark.
const GOOD: &[u8] = b"HTTP/1.1 200 ";

/// Returns a request for an operation, with a well-formed signature if it is an operation for administrators.
pub(crate) fn request(port: u16, operation: &str, body: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/x-amz-json-1.1\r\n\
         x-amz-target: AWSCognitoIdentityProviderService.{operation}\r\n{signature}content-length: {}\r\n\r\n{body}",
        body.len(),
        signature = match operation.starts_with("Admin") || operation == "ListUsers" {
            true => {
                "x-amz-date: 20261121T073000Z\r\n\
                 authorization: AWS4-HMAC-SHA256 Credential=dev/20261121/us-east-1/cognito-idp/aws4_request, \
                 SignedHeaders=host;x-amz-date, Signature=00\r\n"
            }
            false => "",
        },
    )
}

/// Sends the requests that `next` returns until it returns `None`, and returns the number of responses.
pub(crate) fn run(
    port: u16,
    connections: usize,
    next: impl FnMut() -> Option<Rc<str>> + 'static,
) -> anyhow::Result<u64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (next, answers) = (Rc::new(RefCell::new(next)), Rc::new(Cell::new(0)));
    let tasks = tokio::task::LocalSet::new();
    let connections: Vec<_> = (0..connections)
        .map(|_| tasks.spawn_local(connection(port, Rc::clone(&next), Rc::clone(&answers))))
        .collect();
    tasks.block_on(&runtime, async {
        for connection in connections {
            connection.await??;
        }
        anyhow::Ok(())
    })?;
    Ok(answers.get())
}

async fn connection(
    port: u16,
    next: Rc<RefCell<impl FnMut() -> Option<Rc<str>>>>,
    answers: Rc<Cell<u64>>,
) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 4096];
    let mut length = None;
    loop {
        let request = (next.borrow_mut())();
        let Some(request) = request else { return Ok(()) };
        stream.write_all(request.as_bytes()).await?;
        match length {
            None => length = Some(read_first_response(&mut stream, &mut buffer).await?),
            Some(length) => {
                let answer = buffer.get_mut(..length).context("the response is longer than the buffer")?;
                stream.read_exact(answer).await?;
                ensure!(answer.starts_with(GOOD), "the server answered {}", String::from_utf8_lossy(answer));
            }
        }
        answers.set(answers.get() + 1);
    }
}

/// Reads the first response and returns its length. All have the same length, since date and request id do.
async fn read_first_response(stream: &mut TcpStream, buffer: &mut [u8]) -> anyhow::Result<usize> {
    let mut length = 0;
    loop {
        let read = stream.read(buffer.get_mut(length..).unwrap_or_default()).await?;
        length += read;
        let text = String::from_utf8_lossy(buffer.get(..length).unwrap_or_default());
        if text.ends_with("\r\n\r\n{}") {
            ensure!(text.as_bytes().starts_with(GOOD), "the server answered {text}");
            return Ok(length);
        }
        ensure!(read > 0, "the server answered {text}");
    }
}
