//! A mail server on this machine: SMTP as `mailin` speaks it, with whatever trouble a test wants.
//!
//! Both test binaries use it, `it` within its process and `carrier` from outside.

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

/// How long a mail is waited for before a test has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A mail as it was handed in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    /// Head and body, byte by byte.
    pub(crate) raw: String,
    /// Who had logged in.
    pub(crate) user: Option<String>,
    pub(crate) is_encrypted: bool,
}

/// Where in the conversation a reply is given that a test asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Sender,
    Recipient,
    /// After the last dot.
    Data,
    /// After the last dot too, and although the mail is taken.
    TakenAndClosed,
}

/// How a server behaves.
#[derive(Clone, Default)]
pub(crate) struct Conduct {
    /// User and password, without which nobody sends.
    pub(crate) login: Option<(&'static str, &'static str)>,
    /// With this certificate, by STARTTLS.
    pub(crate) tls: Option<Arc<ServerConfig>>,
    /// TLS from the first byte.
    pub(crate) is_wrapped: bool,
    /// Before it says what becomes of a mail.
    pub(crate) delay: Duration,
}

/// The server. It listens for as long as it lives.
pub(crate) struct MailServer {
    pub(crate) address: SocketAddr,
    desk: Arc<Desk>,
}

#[derive(Default)]
struct Desk {
    conduct: Conduct,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    mails: Vec<Mail>,
    trouble: VecDeque<(Stage, u16)>,
    connections: usize,
    is_closed: bool,
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
    }
}

impl MailServer {
    pub(crate) fn start(conduct: Conduct) -> Self {
        Self::start_at("127.0.0.1:0".parse().expect("an address"), conduct)
    }

    pub(crate) fn start_at(address: SocketAddr, conduct: Conduct) -> Self {
        let listener = TcpListener::bind(address).expect("a port");
        let address = listener.local_addr().expect("an address");
        let desk = Arc::new(Desk { conduct, ..Desk::default() });
        let at = Arc::clone(&desk);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), desk) = (stream, Arc::clone(&at)) else { break };
                if desk.state().is_closed {
                    break;
                }
                desk.state().connections += 1;
                // Whoever hangs up is no concern of the test's; what was handed in is.
                thread::spawn(move || drop(converse(stream, &desk)));
            }
        });
        Self { address, desk }
    }

    /// The next time that a conversation gets there, it is answered so; one trouble after the other.
    pub(crate) fn trouble(&self, stage: Stage, code: u16) {
        self.desk.state().trouble.push_back((stage, code));
    }

    /// What was handed in so far.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.desk.state().mails.clone()
    }

    /// How many connections there have been.
    pub(crate) fn connections(&self) -> usize {
        self.desk.state().connections
    }

    /// Waits until there are so many mails.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Mail> {
        let until = Instant::now() + PATIENCE;
        loop {
            let mails = self.mails();
            if mails.len() >= count {
                return mails;
            }
            assert!(Instant::now() < until, "{} of {count} mails came", mails.len());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.desk.state().is_closed = true;
        // Wakes the listener, so that the port is free.
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

    /// A line with its end. Nothing beyond it is read, since TLS may begin there.
    fn line(&mut self) -> io::Result<Vec<u8>> {
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

    fn say(&mut self, response: &Response) -> io::Result<()> {
        let mut text = Vec::new();
        response.write_to(&mut text)?;
        match self {
            Self::Plain(stream) => stream.write_all(&text),
            Self::Tls(stream) => stream.write_all(&text),
        }
    }
}

fn converse(stream: TcpStream, desk: &Arc<Desk>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let conduct = &desk.conduct;
    let mut builder = SessionBuilder::new("mail.test");
    if conduct.login.is_some() {
        builder.enable_auth(AuthMechanism::Plain).enable_auth(AuthMechanism::Login);
    }
    if conduct.tls.is_none() || conduct.is_wrapped {
        builder.insecure_enable_plaintext_auth();
    } else {
        builder.enable_start_tls();
    }
    let is_encrypted = Arc::new(AtomicBool::new(conduct.is_wrapped));
    let peer: IpAddr = stream.peer_addr()?.ip();
    let meet = || {
        let (desk, is_encrypted) = (Arc::clone(desk), Arc::clone(&is_encrypted));
        builder.build(peer, Clerk { desk, is_encrypted, mail: Mail::default(), user: None })
    };
    let mut session = meet();
    let mut stream = match &conduct.tls {
        Some(config) if conduct.is_wrapped => Stream::encrypted(stream, config)?,
        _ => Stream::Plain(stream),
    };
    stream.say(&session.greeting())?;
    loop {
        let line = stream.line()?;
        let response = session.process(&line);
        if response.action != Action::NoReply {
            stream.say(&response)?;
        }
        if line == b".\r\n" && response.is_error {
            // `mailin` would take what follows for more of the mail that it has just refused.
            session = meet();
        }
        match (response.action, stream) {
            (Action::Close, _) => return Ok(()),
            (Action::UpgradeTls, Stream::Plain(plain)) => {
                let config = conduct.tls.as_ref().ok_or(io::ErrorKind::InvalidInput)?;
                stream = Stream::encrypted(plain, config)?;
                session.tls_active();
                is_encrypted.store(true, Ordering::Relaxed);
            }
            (_, same) => stream = same,
        }
    }
}

/// Takes mail in, one conversation long.
struct Clerk {
    desk: Arc<Desk>,
    is_encrypted: Arc<AtomicBool>,
    user: Option<String>,
    mail: Mail,
}

impl Clerk {
    /// The trouble that was asked for at this stage, or none.
    fn at(&self, stage: Stage) -> Response {
        let trouble = &mut self.desk.state().trouble;
        match trouble.front() {
            Some((at, code)) if *at == stage => {
                let answer = Response::custom(*code, format!("trouble with <{}>", self.mail.to.join(",")));
                trouble.pop_front();
                answer
            }
            _ => response::OK,
        }
    }

    fn log_in(&mut self, user: &str, password: &str) -> Response {
        if self.desk.conduct.login == Some((user, password)) {
            self.user = Some(user.to_owned());
            response::AUTH_OK
        } else {
            response::INVALID_CREDENTIALS
        }
    }
}

impl Handler for Clerk {
    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        self.mail = Mail {
            from: from.to_owned(),
            user: self.user.clone(),
            is_encrypted: self.is_encrypted.load(Ordering::Relaxed),
            ..Mail::default()
        };
        self.at(Stage::Sender)
    }

    fn rcpt(&mut self, to: &str) -> Response {
        self.mail.to.push(to.to_owned());
        self.at(Stage::Recipient)
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.mail.raw.push_str(std::str::from_utf8(line).map_err(io::Error::other)?);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        thread::sleep(self.desk.conduct.delay);
        let answer = self.at(Stage::Data);
        if answer.is_error {
            return answer;
        }
        let answer = self.at(Stage::TakenAndClosed);
        self.desk.state().mails.push(std::mem::take(&mut self.mail));
        answer
    }

    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        self.log_in(user, password)
    }

    fn auth_login(&mut self, user: &str, password: &str) -> Response {
        self.log_in(user, password)
    }
}
