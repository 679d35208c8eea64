//! The address of a mail server: `smtp(s)://user:pass@host:port`.

use std::{fmt, net::IpAddr, str::FromStr};

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use reqwest::Url;

/// The address of a mail server, with the login. `Debug` and `Display` omit the user and the password.
#[derive(Clone, PartialEq, Eq)]
pub struct MailServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) login: Option<Credentials>,
}

/// The use of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encryption {
    /// TLS from the start: `smtps`.
    Always,
    /// STARTTLS, before the login: `?tls=required`.
    Required,
    /// STARTTLS if the server offers it: `?tls=opportunistic`.
    IfOffered,
    /// No TLS: `?tls=none`.
    Never,
}

impl FromStr for MailServer {
    type Err = String;

    /// *Chosen*: `smtp` with a password requires STARTTLS unless the server is on this machine, because an attacker on
    /// the way could remove the server's offer of STARTTLS and read the password. The default port is 465 for `smtps`,
    /// else 587 with a login (RFC 8314) and 25 without.
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
            _ => return Err("a mail server needs both a user and a password, or neither".into()),
        };
        let is_loopback = host == "localhost" || host.parse().is_ok_and(|host: IpAddr| host.is_loopback());
        let encryption = match (url.scheme(), url.query()) {
            ("smtps", None) => Encryption::Always,
            ("smtps", Some(_)) => return Err("smtps:// always uses TLS, so it has no ?tls= parameter".into()),
            ("smtp", Some("tls=required")) => Encryption::Required,
            ("smtp", Some("tls=opportunistic")) => Encryption::IfOffered,
            ("smtp", Some("tls=none")) => Encryption::Never,
            ("smtp", None) if login.is_some() && !is_loopback => Encryption::Required,
            ("smtp", None) => Encryption::IfOffered,
            ("smtp", Some(_)) => {
                return Err(
                    "the only parameters of smtp:// are ?tls=required, ?tls=opportunistic and ?tls=none"
                        .into(),
                );
            }
            _ => return Err(FORM.into()),
        };
        let default_port = match (encryption, &login) {
            (Encryption::Always, _) => 465,
            (_, Some(_)) => 587,
            (_, None) => 25,
        };
        Ok(Self { host: host.to_owned(), port: url.port().unwrap_or(default_port), encryption, login })
    }
}

/// The error of a text that is not the address of a mail server.
const FORM: &str = "a mail server must be smtp://HOST:PORT or smtps://HOST:PORT, with USER:PASSWORD@ before the host to log \
                    in; percent-encode special characters in the user and the password";

fn decoded(text: &str) -> Result<String, String> {
    let decoded =
        percent_decode_str(text).decode_utf8().map_err(|_| "the user and the password must be UTF-8")?;
    if decoded.contains('\0') {
        return Err("the user and the password must not contain a zero byte".into());
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
    fn address_is_parsed_with_its_defaults() {
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
    fn invalid_address_is_refused_without_its_text() {
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
            let error = text.parse::<MailServer>().expect_err(text);
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
