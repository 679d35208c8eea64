//! The load: 32 connections that each send the same request again as soon as it is answered.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const CONNECTIONS: usize = 32;

/// A ConfirmSignUp as an SDK sends it, of some 350 bytes.
pub(crate) const BODY: &str = r#"{"ClientId":"1example23456789abcdefghij","SecretHash":"K2VKdqUXA9vdVKkKm5eTkGZpfFuX7FdLyVCF1Hqs5oE=","Username":"mary.major@example.com","ConfirmationCode":"123456","ForceAliasCreation":false,"UserContextData":{"IpAddress":"192.0.2.1","EncodedData":"AmazonCognitoAdvancedSecurityData"},"ClientMetadata":{"campaign":"spring","locale":"en-GB"}}"#;

/// Loads the server at `port` for `time` and gives the number of answers.
pub(crate) fn run(port: u16, time: Duration) -> anyhow::Result<u64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answers = Rc::new(Cell::new(0));
    let tasks = tokio::task::LocalSet::new();
    let until = Instant::now() + time;
    let connections: Vec<_> =
        (0..CONNECTIONS).map(|_| tasks.spawn_local(connection(port, until, Rc::clone(&answers)))).collect();
    tasks.block_on(&runtime, async {
        for connection in connections {
            connection.await??;
        }
        anyhow::Ok(())
    })?;
    Ok(answers.get())
}

async fn connection(port: u16, until: Instant, answers: Rc<Cell<u64>>) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let request = format!(
        "POST / HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/x-amz-json-1.1\r\n\
         x-amz-target: AWSCognitoIdentityProviderService.ConfirmSignUp\r\ncontent-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let mut buffer = vec![0; 4096];
    let length = first_answer(&mut stream, request.as_bytes(), &mut buffer).await?;
    let answer = buffer.get_mut(..length).context("the answer is longer than any expected")?;
    while Instant::now() < until {
        stream.write_all(request.as_bytes()).await?;
        stream.read_exact(answer).await?;
        answers.set(answers.get() + 1);
    }
    Ok(())
}

/// The length of the answer, which is the same each time: its head tells the time in a fixed form.
async fn first_answer(stream: &mut TcpStream, request: &[u8], buffer: &mut [u8]) -> anyhow::Result<usize> {
    stream.write_all(request).await?;
    let mut length = 0;
    loop {
        length += stream.read(buffer.get_mut(length..).unwrap_or_default()).await?;
        let text = String::from_utf8_lossy(buffer.get(..length).unwrap_or_default());
        if text.ends_with("\r\n\r\n{}") {
            ensure!(text.starts_with("HTTP/1.1 200 "), "the server answered {text}");
            return Ok(length);
        }
        ensure!(length < buffer.len() && !text.is_empty(), "the server answered {text}");
    }
}
