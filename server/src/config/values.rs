//! The types of single settings, each checked when it is parsed: from the command line, the environment or the file.
//!
//! Values for mail and SMS are in [`super::delivery`].

use std::{fmt, net::IpAddr, path::PathBuf, str::FromStr};

use ipnet::{IpNet, Ipv4Net};
use lido::{
    app::IssuerTemplate, rates::Quotas, store::postgres::PostgresUrl, triggers::lambda::LambdaEndpoint,
};
use lido_domain::id::is_region;
use serde::Deserialize;
use tracing_subscriber::EnvFilter;
use url::Url;

/// Lets `serde` parse a type by its `FromStr`.
macro_rules! parse_from_string {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }
    )*};
}

parse_from_string!(
    StoreLocation,
    Region,
    AccountId,
    AddressRange,
    ConfirmationCode,
    PublicUrl,
    Issuer,
    PageOrigin,
    LambdaUrl,
    RequestLimits,
    LogFilter,
    LogFormat
);

/// The location of the store.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum StoreLocation {
    Postgres(PostgresUrl),
    Sqlite(PathBuf),
    Memory,
}

impl FromStr for StoreLocation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path)) {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            None if text == "memory" => Ok(Self::Memory),
            _ => match text.parse() {
                Ok(url) => Ok(Self::Postgres(url)),
                Err(_) => Err("the store must be sqlite:PATH, memory or postgres://…".into()),
            },
        }
    }
}

impl fmt::Display for StoreLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Without the password.
            Self::Postgres(url) => url.fmt(f),
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Memory => f.write_str("memory"),
        }
    }
}

/// An AWS Region. User pool ids begin with it, and their pattern allows word characters and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Region(pub(crate) String);

impl FromStr for Region {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if is_region(text) {
            Ok(Self(text.into()))
        } else {
            Err("a Region must be lower-case letters, digits and hyphens, such as us-east-1".into())
        }
    }
}

/// The id of an AWS account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct AccountId(pub(crate) String);

impl FromStr for AccountId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.into()))
        } else {
            Err("an account id must be twelve digits".into())
        }
    }
}

impl Default for AccountId {
    fn default() -> Self {
        Self("000000000000".into())
    }
}

/// The fixed code of every message.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct ConfirmationCode(pub(crate) String);

impl FromStr for ConfirmationCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.into()))
        } else {
            Err("a confirmation code must be six digits".into())
        }
    }
}

/// The request-rate limits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum RequestLimits {
    /// No limits.
    Off,
    /// Limits per category of operations, of this server.
    On(Quotas),
    /// The same, of all servers of the store together.
    Shared(Quotas),
}

impl FromStr for RequestLimits {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_first = |rest: &&str| rest.is_empty() || rest.starts_with(',');
        match text.strip_prefix("shared").filter(is_first) {
            Some(changes) => format!("on{changes}").parse().map(Self::Shared),
            None if text == "off" => Ok(Self::Off),
            None => text.parse().map(Self::On),
        }
    }
}

/// An IP address or a range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct AddressRange(pub(crate) IpNet);

impl FromStr for AddressRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let range = text.parse().or_else(|_| text.parse().map(|address: IpAddr| address.into()));
        let range = range.map_err(|_| {
            format!(
                "{text} is not an IP address or range; write one like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32"
            )
        })?;
        Ok(Self(as_ipv4(range).map_or(range, IpNet::V4)))
    }
}

/// Converts a range of IPv4-mapped IPv6 addresses to IPv4, the form in which the addresses of clients are compared.
fn as_ipv4(range: IpNet) -> Option<Ipv4Net> {
    let IpNet::V6(range) = range else { return None };
    Ipv4Net::new(range.addr().to_ipv4_mapped()?, range.prefix_len().checked_sub(96)?).ok()
}

/// The base URL that clients use: scheme and host, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct PublicUrl(pub(crate) String);

impl PublicUrl {
    /// Returns the host without the port.
    pub(super) fn host(&self) -> &str {
        let host = self.0.split_once("://").map_or(self.0.as_str(), |(_, host)| host);
        match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        }
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let base = text.strip_suffix('/').unwrap_or(text);
        let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://")).unwrap_or_default();
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
        if !host.is_empty() && host.bytes().all(is_host) {
            Ok(Self(base.into()))
        } else {
            Err("a public URL must be http:// or https:// and a host without a path, such as https://auth.example.com"
                .into())
        }
    }
}

/// The issuer of tokens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Issuer(pub(crate) IssuerTemplate);

impl FromStr for Issuer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self)
    }
}

/// The origin of web pages, as browsers write it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct PageOrigin(pub(crate) String);

impl FromStr for PageOrigin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let origin = url.map(|url| url.origin().ascii_serialization());
        // Browsers leave out the path and the default port, and write the host in lower case.
        origin.filter(|origin| origin == text).map(Self).ok_or_else(|| {
            format!(
                "{text} is not an origin; write http:// or https:// and a host, with a port unless it is the default \
                 one, and without a path, such as http://localhost:3000"
            )
        })
    }
}

/// The endpoint that invokes Lambda functions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct LambdaUrl(pub(crate) LambdaEndpoint);

impl FromStr for LambdaUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self)
    }
}

/// The levels of events that are logged.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct LogFilter(pub(crate) String);

impl FromStr for LogFilter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A word that is not a level would be taken for the name of a module, and disable all other modules.
        let is_level = |word: &str| {
            word.contains('=') || (!word.is_empty() && word.parse::<tracing::metadata::LevelFilter>().is_ok())
        };
        if text.split(',').all(|word| is_level(word.trim())) && EnvFilter::try_new(text).is_ok() {
            Ok(Self(text.into()))
        } else {
            Err("a log level must be error, warn, info, debug, trace or off; levels of modules follow it: info,lido::http=debug".into())
        }
    }
}

impl Default for LogFilter {
    fn default() -> Self {
        Self("info".into())
    }
}

/// The format of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum LogFormat {
    /// Text lines.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("the log format must be text or json".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_values<T: FromStr>(valid: &[&str], invalid: &[&str]) {
        for text in valid {
            assert!(text.parse::<T>().is_ok(), "{text} is valid");
        }
        for text in invalid {
            assert!(text.parse::<T>().is_err(), "{text} is invalid");
        }
    }

    #[test]
    fn value_is_accepted_in_its_form_only() {
        check_values::<StoreLocation>(
            &["memory", "sqlite:a/b.db", "sqlite:/x", "postgres://", "postgresql://u:p@h/d"],
            &["", "sqlite:", "sqlite://", "disk", "Memory", "postgres:x", "mysql://h"],
        );
        check_values::<Region>(&["us-east-1", "local"], &["", "US", "a b", "a_b", &"a".repeat(46)]);
        check_values::<AccountId>(&["123456789012"], &["", "12345678901", "12345678901x"]);
        check_values::<ConfirmationCode>(
            &["000000", "123456"],
            &["", "12345", "1234567", "12345x", "１２３４５６"],
        );
        check_values::<PublicUrl>(
            &["https://a.example", "http://localhost:9229/", "http://[::1]:1"],
            &["", "a.example", "https://", "https://a/b", "https://a?b", "ftp://a", "https://a b"],
        );
        check_values::<Issuer>(
            &["https://a.example", "https://cognito-idp.{region}.amazonaws.com/{poolId}"],
            &["", "a.example", "https://a.example/{pool}"],
        );
        check_values::<LambdaUrl>(
            &["http://127.0.0.1:3002", "https://lambda.eu-west-1.amazonaws.com/", "http://proxy/lambda"],
            &["", "localhost:3002", "ftp://a", "http://user:secret@a", "http://a?b"],
        );
        check_values::<RequestLimits>(
            &["off", "on", "on,UserCreation=1,UserList=off", "shared", "shared,UserList=off"],
            &["", "On", "off,UserList=1", "on,X=1", "shared,X=1", "sharedUserList=1", "on,shared"],
        );
        check_values::<AddressRange>(
            &["192.0.2.7", "192.0.2.0/24", "::1", "2001:db8::/32"],
            &["", "localhost", "192.0.2.0/33", "192.0.2"],
        );
        check_values::<PageOrigin>(
            &["http://localhost:3000", "https://admin.example", "http://[::1]:3000", "http://127.0.0.1"],
            &[
                "",
                "*",
                "null",
                "localhost:3000",
                "http://localhost:3000/",
                "http://localhost:80",
                "http://Localhost:3000",
                "http://u@localhost:3000",
                "ftp://localhost",
                "http://",
            ],
        );
        check_values::<LogFilter>(
            &["info", "off", "warn,lido::http=debug"],
            &["", "loud", "info,lido", "lido=loud"],
        );
        check_values::<LogFormat>(&["text", "json"], &["", "JSON", "xml"]);
    }

    #[test]
    fn ipv4_mapped_range_becomes_ipv4() {
        for (text, range) in [
            ("::ffff:192.0.2.7", "192.0.2.7/32"),
            ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
            ("192.0.2.7", "192.0.2.7/32"),
            ("2001:db8::1", "2001:db8::1/128"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(
                text.parse::<AddressRange>().map(|range| range.0.to_string()),
                Ok(range.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn store_location_displays_as_it_is_written() {
        for text in ["memory", "sqlite:a/b.db", "postgres://u@h/d"] {
            assert_eq!(text.parse::<StoreLocation>().expect("good").to_string(), text);
        }
        assert_eq!("sqlite:///x/y".parse(), Ok(StoreLocation::Sqlite("/x/y".into())));
        assert_eq!("https://a.example/".parse(), Ok(PublicUrl("https://a.example".into())));
    }

    #[test]
    fn public_url_host_has_no_port() {
        let cases = [
            ("https://a.example", "a.example"),
            ("http://a.example:80", "a.example"),
            ("http://[::1]:9229", "[::1]"),
            ("http://[::1]", "[::1]"),
        ];
        for (url, host) in cases {
            assert_eq!(url.parse::<PublicUrl>().expect(url).host(), host);
        }
    }
}
