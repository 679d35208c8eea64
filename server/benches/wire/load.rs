//! The load: connections that each send another request as soon as the last one is answered. Shared by the benchmarks
//! of this package.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use anyhow::{Context as _, ensure};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// What every answer begins with, or the benchmark has measured something else.
const GOOD: &[u8] = b"HTTP/1.1 200 ";

/// A request for an operation, with a signature of good form.
pub(crate) fn request(port: u16, operation: &str, body: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/x-amz-json-1.1\r\n\
         x-amz-target: AWSCognitoIdentityProviderService.{operation}\r\n{signature}content-length: {}\r\n\r\n{body}",
        body.len(),
        signature = match operation.starts_with("Admin") {
            true => {
                "x-amz-date: 20261121T073000Z\r\n\
                 authorization: AWS4-HMAC-SHA256 Credential=dev/20261121/us-east-1/cognito-idp/aws4_request, \
                 SignedHeaders=host;x-amz-date, Signature=00\r\n"
            }
            false => "",
        },
    )
}

/// Loads the server at `port` with what `next` gives, until it gives nothing more, and says how many were answered.
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
            None => length = Some(first_answer(&mut stream, &mut buffer).await?),
            Some(length) => {
                let answer = buffer.get_mut(..length).context("the answer is longer than any expected")?;
                stream.read_exact(answer).await?;
                ensure!(answer.starts_with(GOOD), "the server answered {}", String::from_utf8_lossy(answer));
            }
        }
        answers.set(answers.get() + 1);
    }
}

/// The length of the answer, which is the same each time: its head tells the time and the id in a fixed form.
async fn first_answer(stream: &mut TcpStream, buffer: &mut [u8]) -> anyhow::Result<usize> {
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
