//! What the server sends to: a mail server, and an HTTP server that stands for the SMS webhook and for AWS Lambda.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::Context as _;

/// How a mail server answers the end of a mail.
#[derive(Clone, Copy, Debug)]
pub(super) enum MailBehavior {
    /// It takes the mail after this time.
    Accepts(Duration),
    /// It says that the address does not exist.
    Refuses,
    /// It takes connections, and says nothing.
    Hangs,
}

/// A mail server.
pub(super) struct MailServer {
    pub(super) port: u16,
    received: Arc<AtomicUsize>,
}

impl MailServer {
    pub(super) fn start(behavior: MailBehavior) -> anyhow::Result<Self> {
        let received = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&received);
        let port = serve(move |stream| drop(serve_mail(stream, behavior, &count)))?;
        Ok(Self { port, received })
    }

    /// Returns how many mails it took.
    pub(super) fn received(&self) -> usize {
        self.received.load(Ordering::SeqCst)
    }
}

fn serve_mail(stream: TcpStream, behavior: MailBehavior, received: &AtomicUsize) -> std::io::Result<()> {
    if matches!(behavior, MailBehavior::Hangs) {
        // Until the client hangs up.
        return BufReader::new(stream).read_to_end(&mut Vec::new()).map(drop);
    }
    let mut writer = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    writer.write_all(b"220 fake\r\n")?;
    while let Some(line) = lines.next() {
        let line = line?.to_ascii_uppercase();
        let answer: &[u8] = match line.get(..4) {
            Some("EHLO") => b"250 fake\r\n",
            Some("RCPT") if matches!(behavior, MailBehavior::Refuses) => b"550 no such user\r\n",
            Some("DATA") => b"354 go on\r\n",
            Some("QUIT") => b"221 bye\r\n",
            _ => b"250 ok\r\n",
        };
        writer.write_all(answer)?;
        if line == "DATA" {
            for line in lines.by_ref() {
                if line? == "." {
                    break;
                }
            }
            if let MailBehavior::Accepts(delay) = behavior {
                thread::sleep(delay);
            }
            received.fetch_add(1, Ordering::SeqCst);
            writer.write_all(b"250 taken\r\n")?;
        }
    }
    Ok(())
}

/// A request that the HTTP server took.
#[derive(Clone, Debug)]
pub(super) struct Post {
    pub(super) body: String,
}

/// How an HTTP server answers.
#[derive(Clone, Copy, Debug)]
pub(super) enum HttpBehavior {
    /// It answers with the body that it was sent.
    Echoes,
    /// It takes connections, and says nothing.
    Hangs,
}

/// An HTTP server that answers every request with the body that it was sent, as a Lambda function does that changes
/// nothing.
pub(super) struct HttpServer {
    pub(super) port: u16,
    posts: Arc<Mutex<Vec<Post>>>,
}

impl HttpServer {
    pub(super) fn start(behavior: HttpBehavior) -> anyhow::Result<Self> {
        let posts = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&posts);
        let port = serve(move |stream| drop(serve_http(stream, behavior, &taken)))?;
        Ok(Self { port, posts })
    }

    /// Returns what it took so far.
    pub(super) fn posts(&self) -> Vec<Post> {
        self.posts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve_http(stream: TcpStream, behavior: HttpBehavior, posts: &Mutex<Vec<Post>>) -> std::io::Result<()> {
    if matches!(behavior, HttpBehavior::Hangs) {
        // Until the client hangs up.
        return BufReader::new(stream).read_to_end(&mut Vec::new()).map(drop);
    }
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(std::io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let body = String::from_utf8_lossy(&body).into_owned();
        writer.write_all(
            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).as_bytes(),
        )?;
        posts.lock().unwrap_or_else(PoisonError::into_inner).push(Post { body });
    }
}

/// Accepts connections on a thread, and serves each on one of its own. They end with this process.
fn serve(handle: impl Fn(TcpStream) + Clone + Send + 'static) -> anyhow::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("listening")?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handle = handle.clone();
            thread::spawn(move || handle(stream));
        }
    });
    Ok(port)
}
