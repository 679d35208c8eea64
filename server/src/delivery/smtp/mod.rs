//! Mail by SMTP.
//!
//! [`MailServer`] is where mail is handed in, `mail` what a mail looks like. Here is the conversation: connections are
//! kept for the next mail, and a fault is told apart by whether another try may help.
//!
//! Certificates are checked against those of the system. The connections of `lettre` are used without its pool: the
//! pool takes a connection back that was broken off in the middle of a mail, and its next user would take the answers
//! to that mail for answers to its own.

mod mail;
mod server;

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use lettre::{
    message::Mailbox,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        extension::ClientId,
    },
};
use tokio::time::Instant;

use self::server::Encryption;
pub use self::server::MailServer;
use super::{Deliver, DeliveryFault, Outgoing};

/// How long a connection may take to be there.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a connection is kept that nobody uses; servers close theirs after minutes.
const IDLE: Duration = Duration::from_secs(30);

/// How many connections are kept.
const MOST_KEPT: usize = 8;

/// The most of a server's words that the log gets, in characters.
const MOST_WORDS: usize = 300;

/// Delivers mail to a server.
pub struct Smtp {
    server: MailServer,
    tls: Option<TlsParameters>,
    hello: ClientId,
    from: Mailbox,
    kept: Mutex<Vec<Kept>>,
}

/// A connection that waits for the next mail.
struct Kept {
    connection: AsyncSmtpConnection,
    since: Instant,
}

/// Whom mails come from where their pool does not say: an address, perhaps with a name before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailFrom(Mailbox);

impl std::str::FromStr for MailFrom {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "a sender is a mail address, also with a name: no-reply@example.com, or Example <no-reply@example.com>";
        mail::mailbox(text).map(Self).ok_or_else(|| form.to_owned())
    }
}

impl Smtp {
    /// Delivers to `server`, and says that mails are from `from` where their pool does not say.
    ///
    /// # Errors
    /// The certificates of the system cannot be used.
    pub fn new(server: MailServer, from: MailFrom) -> Result<Self, Error> {
        let tls = match server.encryption {
            Encryption::Never => None,
            Encryption::Always | Encryption::Required | Encryption::IfOffered => {
                Some(TlsParameters::new(server.host.clone())?)
            }
        };
        Ok(Self { server, tls, hello: ClientId::default(), from: from.0, kept: Mutex::default() })
    }

    /// A connection that answers: one that was kept, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Error> {
        while let Some(mut kept) = self.take_kept() {
            if kept.since.elapsed() < IDLE && kept.connection.test_connected().await {
                return Ok(kept.connection);
            }
        }
        self.connect().await
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let MailServer { host, port, encryption, login } = &self.server;
        let tls = |when: &[Encryption]| self.tls.clone().filter(|_| when.contains(encryption));
        let from_the_start = tls(&[Encryption::Always]);
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            (host.as_str(), *port),
            Some(CONNECT),
            &self.hello,
            from_the_start,
            None,
        )
        .await?;
        if let Some(tls) = tls(&[Encryption::Required]) {
            connection.starttls(tls, &self.hello).await?;
        } else if let Some(tls) = tls(&[Encryption::IfOffered]).filter(|_| connection.can_starttls()) {
            connection.starttls(tls, &self.hello).await?;
        }
        if let Some(login) = login {
            let login: &Credentials = login;
            connection.auth(DEFAULT_MECHANISMS, login).await?;
        }
        Ok(connection)
    }

    fn take_kept(&self) -> Option<Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MOST_KEPT && !connection.has_broken() {
            kept.push(Kept { connection, since: Instant::now() });
        }
    }
}

#[async_trait]
impl Deliver for Smtp {
    async fn deliver(&self, message: &Outgoing) -> Result<(), DeliveryFault> {
        let mail =
            mail::build(message, &self.from).map_err(|bad| DeliveryFault::Permanent(bad.to_string()))?;
        // Whatever goes wrong before the mail is handed in is no fault of the mail's: a wrong password is put right.
        let mut connection = self.connection().await.map_err(|error| {
            DeliveryFault::Temporary(format!("{}: {}", self.server, told(&error, message)))
        })?;
        let sent = connection.send(mail.envelope(), &mail.formatted()).await;
        self.keep(connection);
        sent.map(drop).map_err(|error| fault(&error, message))
    }
}

/// A mail that the server, or its lack of SMTPUTF8, refuses for good will not be taken later either. That one must log
/// in first is about this server and not about the mail.
fn fault(error: &Error, message: &Outgoing) -> DeliveryFault {
    let status = error.status().map(u16::from);
    let is_about_login = matches!(status, Some(503 | 530 | 534 | 535 | 538));
    let text = told(error, message);
    if (error.is_permanent() && !is_about_login) || error.is_client() {
        DeliveryFault::Permanent(text)
    } else {
        DeliveryFault::Temporary(text)
    }
}

/// What the log gets of a fault. Servers repeat addresses, with the domain in ASCII, and some the mail itself.
fn told(error: &Error, message: &Outgoing) -> String {
    let address = &message.to.value;
    let user = address.rsplit_once('@').map_or(address.as_str(), |(user, _)| user);
    let text = error.to_string().replace(&format!("{user}@"), "***@");
    let text = text.replace(message.code.expose(), "******");
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST_WORDS).collect()
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({})", self.server)
    }
}
