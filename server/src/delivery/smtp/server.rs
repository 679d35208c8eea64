//! The address of a mail server: `smtp(s)://user:pass@host:port`.

use std::{fmt, net::IpAddr, str::FromStr};

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use reqwest::Url;

/// A mail server, and how to be let in. `Debug` and `Display` leave user and password out.
#[derive(Clone, PartialEq, Eq)]
pub struct MailServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) login: Option<Credentials>,
}

/// When the conversation is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encryption {
    /// From the first byte: `smtps`.
    Always,
    /// By STARTTLS before anything of worth is said: `?tls=required`.
    Required,
    /// By STARTTLS where the server offers it: `?tls=opportunistic`.
    IfOffered,
    /// Never: `?tls=none`.
    Never,
}

impl FromStr for MailServer {
    type Err = String;

    /// *Chosen*: `smtp` with a password insists on STARTTLS, unless the server is this very machine; whoever sits in
    /// between could otherwise take the offer away and read the password. The port is 465 for `smtps`, 587 where one
    /// logs in (RFC 8314), and 25 where not.
    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|_| FORM)?;
        let host = url.host_str().unwrap_or_default();
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:_".contains(&byte);
        let is_bare = matches!(url.path(), "" | "/") && url.fragment().is_none();
        if host.is_empty() || !host.bytes().all(is_host) || !is_bare || url.port() == Some(0) {
            return Err(FORM.into());
        }
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => {
                Some(Credentials::new(decoded(user)?, decoded(password)?))
            }
            _ => return Err("a mail server wants both a user and a password, or neither".into()),
        };
        let is_here = host == "localhost" || host.parse().is_ok_and(|host: IpAddr| host.is_loopback());
        let encryption = match (url.scheme(), url.query()) {
            ("smtps", None) => Encryption::Always,
            ("smtps", Some(_)) => return Err("smtps:// is encrypted from the start and takes no tls=".into()),
            ("smtp", Some("tls=required")) => Encryption::Required,
            ("smtp", Some("tls=opportunistic")) => Encryption::IfOffered,
            ("smtp", Some("tls=none")) => Encryption::Never,
            ("smtp", None) if login.is_some() && !is_here => Encryption::Required,
            ("smtp", None) => Encryption::IfOffered,
            ("smtp", Some(_)) => {
                return Err("after the ? there may be tls=required, tls=opportunistic or tls=none".into());
            }
            _ => return Err(FORM.into()),
        };
        let usual_port = match (encryption, &login) {
            (Encryption::Always, _) => 465,
            (_, Some(_)) => 587,
            (_, None) => 25,
        };
        Ok(Self { host: host.to_owned(), port: url.port().unwrap_or(usual_port), encryption, login })
    }
}

const FORM: &str = "a mail server is smtp://HOST:PORT or smtps://HOST:PORT, with USER:PASSWORD@ before the host where one \
                    logs in; what is special in an address is percent-encoded in user and password";

fn decoded(text: &str) -> Result<String, String> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| "user and password must be UTF-8")?;
    if decoded.contains('\0') {
        return Err("user and password must not hold a zero byte".into());
    }
    Ok(decoded.into_owned())
}

impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.encryption == Encryption::Always { "smtps" } else { "smtp" };
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{scheme}://{open}{}{close}:{}", self.host, self.port)
    }
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailServer({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_says() {
        let cases = [
            ("smtp://localhost", "smtp://localhost:25", Encryption::IfOffered, false),
            ("smtp://mail.example.com:2525/", "smtp://mail.example.com:2525", Encryption::IfOffered, false),
            ("smtp://u:p@mail.example.com", "smtp://mail.example.com:587", Encryption::Required, true),
            ("smtp://u:p@127.0.0.1:1025", "smtp://127.0.0.1:1025", Encryption::IfOffered, true),
            ("smtp://u:p@[::1]:1025", "smtp://[::1]:1025", Encryption::IfOffered, true),
            ("smtp://u:p@a.example?tls=opportunistic", "smtp://a.example:587", Encryption::IfOffered, true),
            ("smtp://a.example?tls=required", "smtp://a.example:25", Encryption::Required, false),
            ("smtp://localhost?tls=none", "smtp://localhost:25", Encryption::Never, false),
            ("smtps://u:p@a.example", "smtps://a.example:465", Encryption::Always, true),
        ];
        for (text, shown, encryption, logs_in) in cases {
            let server: MailServer = text.parse().expect(text);
            assert_eq!((server.to_string(), server.encryption), (shown.to_owned(), encryption), "{text}");
            assert_eq!(server.login.is_some(), logs_in, "{text}");
        }
    }

    #[test]
    fn user_and_password_are_decoded_and_hidden() {
        let server: MailServer =
            "smtps://ann%40example.com:p%3A%2F%40%C3%A4@a.example".parse().expect("good");
        assert_eq!(server.login, Some(Credentials::new("ann@example.com".into(), "p:/@ä".into())));
        assert_eq!(format!("{server:?}"), "MailServer(smtps://a.example:465)");
    }

    #[test]
    fn what_is_no_mail_server() {
        for text in [
            "",
            "localhost",
            "localhost:25",
            "http://a.example",
            "smtp://",
            "smtp://a.example/path",
            "smtp://a.example#x",
            "smtp://a.example:99999",
            "smtp://a.example:0",
            "smtp://a.example?tls=yes",
            "smtps://a.example?tls=none",
            "smtp://user@a.example",
            "smtp://:secret@a.example",
            "smtp://u:%FF@a.example",
            "smtp://u:%00@a.example",
            "smtp://a b",
        ] {
            let fault = text.parse::<MailServer>().expect_err(text);
            assert!(!fault.contains("secret"), "{fault}");
        }
    }
}
