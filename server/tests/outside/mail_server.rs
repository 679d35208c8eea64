//! A fake mail server. It serves SMTP with `mailin`, and fails as a test wants.
//!
//! Both test binaries use it.

use std::{
    collections::VecDeque,
    io::{self, Read, Write},
    net::{IpAddr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use mailin::{Action, AuthMechanism, Handler, Response, SessionBuilder, response};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// How long to wait for a mail before the test fails.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A received mail.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    /// The headers and the body, unchanged.
    pub(crate) raw: String,
    /// The user of the SMTP login, if any.
    pub(crate) user: Option<String>,
    pub(crate) is_encrypted: bool,
}

/// The stage of an SMTP session at which it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Sender,
    Recipient,
    /// At the end of the mail.
    Data,
    /// At the end of the mail, after the mail was accepted.
    DataAccepted,
}

/// The behavior of a mail server.
#[derive(Clone, Default)]
pub(crate) struct MailBehavior {
    /// The user and password that are required, if any.
    pub(crate) login: Option<(&'static str, &'static str)>,
    /// The certificate for STARTTLS, if any.
    pub(crate) tls: Option<Arc<ServerConfig>>,
    /// Whether TLS is used from the first byte instead.
    pub(crate) is_wrapped: bool,
    /// How long it waits before it answers the end of a mail.
    pub(crate) delay: Duration,
}

/// The server, stopped when dropped.
pub(crate) struct MailServer {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    behavior: MailBehavior,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    mails: Vec<Mail>,
    failures: VecDeque<(Stage, u16)>,
    connections: usize,
    is_closed: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
    }
}

impl MailServer {
    pub(crate) fn start(behavior: MailBehavior) -> Self {
        Self::start_at("127.0.0.1:0".parse().expect("an address"), behavior)
    }

    pub(crate) fn start_at(address: SocketAddr, behavior: MailBehavior) -> Self {
        let listener = TcpListener::bind(address).expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared { behavior, ..Shared::default() });
        let at = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), shared) = (stream, Arc::clone(&at)) else { break };
                if shared.state().is_closed {
                    break;
                }
                shared.state().connections += 1;
                // A client that disconnects is no error; tests check the mails.
                thread::spawn(move || drop(serve_session(stream, &shared)));
            }
        });
        Self { address, shared }
    }

    /// Makes the next session that reaches `stage` fail with a reply code. Several failures happen one after the other.
    pub(crate) fn fail_at(&self, stage: Stage, code: u16) {
        self.shared.state().failures.push_back((stage, code));
    }

    /// Returns the mails received so far.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.shared.state().mails.clone()
    }

    /// Returns the number of connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.shared.state().connections
    }

    /// Waits until `count` mails were received, and returns all.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Mail> {
        let until = Instant::now() + TIMEOUT;
        loop {
            let mails = self.mails();
            if mails.len() >= count {
                return mails;
            }
            assert!(Instant::now() < until, "{} of {count} mails were received", mails.len());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.shared.state().is_closed = true;
        // Wakes the listener, so that it ends and frees the port.
        drop(TcpStream::connect(self.address));
    }
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Stream {
    fn encrypted(stream: TcpStream, config: &Arc<ServerConfig>) -> io::Result<Self> {
        let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
        Ok(Self::Tls(Box::new(StreamOwned::new(connection, stream))))
    }

    /// Reads a line with its end, and nothing after it, since TLS may begin there.
    fn read_line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        let mut byte = [0];
        while !line.ends_with(b"\n") {
            match self {
                Self::Plain(stream) => stream.read_exact(&mut byte)?,
                Self::Tls(stream) => stream.read_exact(&mut byte)?,
            }
            line.push(byte[0]);
        }
        Ok(line)
    }

    fn send(&mut self, response: &Response) -> io::Result<()> {
        let mut text = Vec::new();
        response.write_to(&mut text)?;
        match self {
            Self::Plain(stream) => stream.write_all(&text),
            Self::Tls(stream) => stream.write_all(&text),
        }
    }
}

fn serve_session(stream: TcpStream, shared: &Arc<Shared>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    let behavior = &shared.behavior;
    let mut builder = SessionBuilder::new("mail.test");
    if behavior.login.is_some() {
        builder.enable_auth(AuthMechanism::Plain).enable_auth(AuthMechanism::Login);
    }
    if behavior.tls.is_none() || behavior.is_wrapped {
        builder.insecure_enable_plaintext_auth();
    } else {
        builder.enable_start_tls();
    }
    let is_encrypted = Arc::new(AtomicBool::new(behavior.is_wrapped));
    let peer: IpAddr = stream.peer_addr()?.ip();
    let new_session = || {
        let (shared, is_encrypted) = (Arc::clone(shared), Arc::clone(&is_encrypted));
        builder.build(peer, SmtpSession { shared, is_encrypted, mail: Mail::default(), user: None })
    };
    let mut session = new_session();
    let mut stream = match &behavior.tls {
        Some(config) if behavior.is_wrapped => Stream::encrypted(stream, config)?,
        _ => Stream::Plain(stream),
    };
    stream.send(&session.greeting())?;
    loop {
        let line = stream.read_line()?;
        let response = session.process(&line);
        if response.action != Action::NoReply {
            stream.send(&response)?;
        }
        if line == b".\r\n" && response.is_error {
            // `mailin` would read the following lines as a part of the mail that it refused.
            session = new_session();
        }
        match (response.action, stream) {
            (Action::Close, _) => return Ok(()),
            (Action::UpgradeTls, Stream::Plain(plain)) => {
                let config = behavior.tls.as_ref().ok_or(io::ErrorKind::InvalidInput)?;
                stream = Stream::encrypted(plain, config)?;
                session.tls_active();
                is_encrypted.store(true, Ordering::Relaxed);
            }
            (_, same) => stream = same,
        }
    }
}

/// The state of an SMTP session.
struct SmtpSession {
    shared: Arc<Shared>,
    is_encrypted: Arc<AtomicBool>,
    user: Option<String>,
    mail: Mail,
}

impl SmtpSession {
    /// Returns the reply at a stage: the next failure if it is for this stage, or OK.
    fn reply_at(&self, stage: Stage) -> Response {
        let failures = &mut self.shared.state().failures;
        match failures.front() {
            Some((at, code)) if *at == stage => {
                let answer = Response::custom(*code, format!("trouble with <{}>", self.mail.to.join(",")));
                failures.pop_front();
                answer
            }
            _ => response::OK,
        }
    }

    fn log_in(&mut self, user: &str, password: &str) -> Response {
        if self.shared.behavior.login == Some((user, password)) {
            self.user = Some(user.to_owned());
            response::AUTH_OK
        } else {
            response::INVALID_CREDENTIALS
        }
    }
}

impl Handler for SmtpSession {
    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        self.mail = Mail {
            from: from.to_owned(),
            user: self.user.clone(),
            is_encrypted: self.is_encrypted.load(Ordering::Relaxed),
            ..Mail::default()
        };
        self.reply_at(Stage::Sender)
    }

    fn rcpt(&mut self, to: &str) -> Response {
        self.mail.to.push(to.to_owned());
        self.reply_at(Stage::Recipient)
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.mail.raw.push_str(std::str::from_utf8(line).map_err(io::Error::other)?);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        thread::sleep(self.shared.behavior.delay);
        let answer = self.reply_at(Stage::Data);
        if answer.is_error {
            return answer;
        }
        let answer = self.reply_at(Stage::DataAccepted);
        self.shared.state().mails.push(std::mem::take(&mut self.mail));
        answer
    }

    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        self.log_in(user, password)
    }

    fn auth_login(&mut self, user: &str, password: &str) -> Response {
        self.log_in(user, password)
    }
}
