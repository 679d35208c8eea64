//! The transport of mail over SMTP.
//!
//! [`MailServer`] is the address of the server, and `mail` builds a mail. Here are the connections, which are reused,
//! and the decision whether a fault is temporary.
//!
//! Certificates are checked against those of the system. `lettre`'s connections are used without its pool: the pool
//! would reuse a connection that was dropped in the middle of a mail, and take the replies to that mail for replies to
//! the next.

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
use super::{DeliveryFault, OutgoingMessage, Transport};

/// The timeout of a new TCP connection. The outbox limits the time of the commands after it, with that of the whole
/// mail.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an idle connection is kept. Mail servers close theirs after some minutes.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// The most idle connections that are kept.
const MAX_IDLE: usize = 8;

/// The most characters of a server's reply in the log.
const MAX_REPLY: usize = 300;

/// A transport of mail through one mail server.
pub struct Smtp {
    server: MailServer,
    tls: Option<TlsParameters>,
    hello: ClientId,
    from: Mailbox,
    idle: Mutex<Vec<IdleConnection>>,
}

/// A connection that is kept for the next mail.
struct IdleConnection {
    connection: AsyncSmtpConnection,
    since: Instant,
}

/// The default From address, for pools without one: an address with an optional name before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailFrom(Mailbox);

impl std::str::FromStr for MailFrom {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "a From address must be a mail address, optionally with a name: no-reply@example.com or \
                    Example <no-reply@example.com>";
        mail::mailbox(text).map(Self).ok_or_else(|| form.to_owned())
    }
}

impl Smtp {
    /// Returns a transport through `server`, with `from` as the default From address.
    ///
    /// # Errors
    /// The system's certificates cannot be loaded.
    pub fn new(server: MailServer, from: MailFrom) -> Result<Self, Error> {
        let tls = match server.encryption {
            Encryption::Never => None,
            Encryption::Always | Encryption::Required | Encryption::IfOffered => {
                Some(TlsParameters::new(server.host.clone())?)
            }
        };
        Ok(Self { server, tls, hello: ClientId::default(), from: from.0, idle: Mutex::default() })
    }

    /// Connects as for a mail, with TLS and login as configured, and ends without sending one. Returns what was agreed.
    ///
    /// # Errors
    /// The cause, in the words of the mail server where it has some.
    pub async fn try_connection(&self) -> Result<String, String> {
        let text = |error: Error| {
            let text = error.to_string();
            let text = match std::error::Error::source(&error) {
                Some(source) if !text.contains(&source.to_string()) => format!("{text}: {source}"),
                _ => text,
            };
            text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_REPLY).collect::<String>()
        };
        let mut connection = self.connect().await.map_err(text)?;
        let is_encrypted = connection.is_encrypted();
        // The mail server has answered, whatever it says to the end.
        let _ = connection.quit().await;
        let tls = if is_encrypted { "connected with TLS" } else { "connected without TLS" };
        let login = if self.server.login.is_some() { ", and logged in" } else { "" };
        Ok(format!("{tls}{login}"))
    }

    /// Returns a connection that responds: an idle one, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Error> {
        while let Some(mut idle) = self.take_idle() {
            if idle.since.elapsed() < IDLE_TIMEOUT && idle.connection.test_connected().await {
                return Ok(idle.connection);
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
            Some(CONNECT_TIMEOUT),
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

    fn take_idle(&self) -> Option<IdleConnection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MAX_IDLE && !connection.has_broken() {
            idle.push(IdleConnection { connection, since: Instant::now() });
        }
    }
}

#[async_trait]
impl Transport for Smtp {
    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), DeliveryFault> {
        let mail =
            mail::build(message, &self.from).map_err(|error| DeliveryFault::Permanent(error.to_string()))?;
        let mut connection = self.connection().await.map_err(|error| {
            connection_fault(&error, format!("{}: {}", self.server, log_text(&error, message)))
        })?;
        let sent = connection.send(mail.envelope(), &mail.formatted()).await;
        self.keep(connection);
        sent.map(drop).map_err(|error| delivery_fault(&error, message))
    }
}

/// Returns the fault of a connection that could not be made.
///
/// It is never permanent: what the server refuses, such as a wrong password, the operator can correct. Without a reply
/// of the server it is that of a server that is unreachable, or with which TLS is impossible.
fn connection_fault(error: &Error, text: String) -> DeliveryFault {
    let has_replied = error.status().is_some() || error.is_response() || error.is_client();
    if has_replied { DeliveryFault::Temporary(text) } else { DeliveryFault::NoResponse(text) }
}

/// Returns the fault of a mail that could not be sent.
///
/// It is permanent if the server permanently refuses the mail, or if it lacks SMTPUTF8. A reply that a login is
/// required is temporary, because it concerns the configuration and not the mail.
fn delivery_fault(error: &Error, message: &OutgoingMessage) -> DeliveryFault {
    let status = error.status().map(u16::from);
    let is_about_login = matches!(status, Some(503 | 530 | 534 | 535 | 538));
    let text = log_text(error, message);
    if (error.is_permanent() && !is_about_login) || error.is_client() {
        DeliveryFault::Permanent(text)
    } else if error.is_timeout() {
        DeliveryFault::NoResponse(text)
    } else {
        DeliveryFault::Temporary(text)
    }
}

/// Returns the text of an error for the log, without the recipient and the code: servers quote addresses, with the
/// domain in ASCII, and some quote the mail.
fn log_text(error: &Error, message: &OutgoingMessage) -> String {
    let address = &message.to.value;
    let user = address.rsplit_once('@').map_or(address.as_str(), |(user, _)| user);
    let text = error.to_string().replace(&format!("{user}@"), "***@");
    let text = text.replace(message.code.expose(), "******");
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_REPLY).collect()
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({})", self.server)
    }
}

#[cfg(test)]
mod tests {
    use tokio::{io::AsyncWriteExt as _, net::TcpListener};

    use super::*;
    use crate::delivery::fake;

    async fn fault_at(port: u16) -> DeliveryFault {
        let server = format!("smtp://127.0.0.1:{port}?tls=none").parse().expect("a server");
        let from = "no-reply@example.com".parse().expect("an address");
        let smtp = Smtp::new(server, from).expect("a transport");
        smtp.deliver(&fake::mail("1")).await.expect_err("no mail server")
    }

    #[tokio::test]
    async fn mail_server_that_cannot_be_reached_has_not_responded() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let busy = async {
            loop {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                stream.write_all(b"421 busy\r\n").await.expect("sent");
            }
        };
        let fault = tokio::select! { fault = fault_at(port) => fault, () = busy => unreachable!() };
        assert!(matches!(fault, DeliveryFault::Temporary(_)), "a reply: {fault}");
        drop(listener);
        let fault = fault_at(port).await;
        assert!(matches!(fault, DeliveryFault::NoResponse(_)), "refused: {fault}");
    }
}
