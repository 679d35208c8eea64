//! Single values of the configuration, each checked where it is read: on the command line, in the environment and in
//! the file alike.

use std::{fmt, net::IpAddr, path::PathBuf, str::FromStr};

use ipnet::{IpNet, Ipv4Net};
use lido::{rates::Quotas, triggers::lambda::LambdaEndpoint};
use serde::Deserialize;
use tracing_subscriber::EnvFilter;

/// A type that is read from text wherever it is given.
macro_rules! read_from_text {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }
    )*};
}

read_from_text!(
    StoreLocation,
    Region,
    AccountId,
    AddressRange,
    ConfirmationCode,
    PublicUrl,
    LambdaUrl,
    RequestLimits,
    LogFilter,
    LogFormat
);

/// Where users and pools are kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum StoreLocation {
    Sqlite(PathBuf),
    Memory,
}

impl FromStr for StoreLocation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path)) {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            None if text == "memory" => Ok(Self::Memory),
            _ => Err("a store is sqlite:PATH or memory".into()),
        }
    }
}

impl fmt::Display for StoreLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Memory => f.write_str("memory"),
        }
    }
}

/// A Region. Pool ids begin with it, and their pattern allows word characters and hyphens in it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Region(pub(crate) String);

impl FromStr for Region {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        // A pool id is at most 55 characters long, of which ten are the underscore and what follows it.
        if (1..=45).contains(&text.len()) && text.bytes().all(is_word) {
            Ok(Self(text.into()))
        } else {
            Err("a Region is written like us-east-1".into())
        }
    }
}

impl Default for Region {
    fn default() -> Self {
        Self("us-east-1".into())
    }
}

/// An AWS account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct AccountId(pub(crate) String);

impl FromStr for AccountId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.into()))
        } else {
            Err("an account id is twelve digits".into())
        }
    }
}

impl Default for AccountId {
    fn default() -> Self {
        Self("000000000000".into())
    }
}

/// The code that every message carries.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct ConfirmationCode(pub(crate) String);

impl FromStr for ConfirmationCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.into()))
        } else {
            Err("a confirmation code is six digits".into())
        }
    }
}

/// How many requests a second are taken.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum RequestLimits {
    /// As many as come.
    Off,
    /// So many of each category.
    On(Quotas),
}

impl FromStr for RequestLimits {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" { Ok(Self::Off) } else { text.parse().map(Self::On) }
    }
}

/// An address, or all that begin alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct AddressRange(pub(crate) IpNet);

impl FromStr for AddressRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let range = text.parse().or_else(|_| text.parse().map(|address: IpAddr| address.into()));
        let range = range.map_err(|_| {
            format!(
                "{text} is no address and no range; write one like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32"
            )
        })?;
        Ok(Self(as_ipv4(range).map_or(range, IpNet::V4)))
    }
}

/// A range of IPv4 in the clothes of IPv6: requests are compared in their own.
fn as_ipv4(range: IpNet) -> Option<Ipv4Net> {
    let IpNet::V6(range) = range else { return None };
    Ipv4Net::new(range.addr().to_ipv4_mapped()?, range.prefix_len().checked_sub(96)?).ok()
}

/// The address that clients use: scheme and host, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct PublicUrl(pub(crate) String);

impl PublicUrl {
    /// The host, without its port.
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
            Err("a public URL is http:// or https:// and a host, without a path: https://auth.example.com"
                .into())
        }
    }
}

/// Where functions are called.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct LambdaUrl(pub(crate) LambdaEndpoint);

impl FromStr for LambdaUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self)
    }
}

/// What is logged.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct LogFilter(pub(crate) String);

impl FromStr for LogFilter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A word that is no level would be taken for the name of a module and silence everything else.
        let is_level = |word: &str| {
            word.contains('=') || (!word.is_empty() && word.parse::<tracing::metadata::LevelFilter>().is_ok())
        };
        if text.split(',').all(|word| is_level(word.trim())) && EnvFilter::try_new(text).is_ok() {
            Ok(Self(text.into()))
        } else {
            Err("what to log is error, warn, info, debug, trace or off, also by module: info,lido::store=debug".into())
        }
    }
}

impl Default for LogFilter {
    fn default() -> Self {
        Self("info".into())
    }
}

/// How it is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines, a JSON object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("logs are text or json".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads<T: FromStr>(good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(text.parse::<T>().is_ok(), "{text} is good");
        }
        for text in bad {
            assert!(text.parse::<T>().is_err(), "{text} is bad");
        }
    }

    #[test]
    fn what_each_value_may_be() {
        reads::<StoreLocation>(
            &["memory", "sqlite:a/b.db", "sqlite:/x"],
            &["", "sqlite:", "sqlite://", "disk", "Memory"],
        );
        reads::<Region>(&["us-east-1", "local"], &["", "US", "a b", "a_b", &"a".repeat(46)]);
        reads::<AccountId>(&["123456789012"], &["", "12345678901", "12345678901x"]);
        reads::<ConfirmationCode>(&["000000", "123456"], &["", "12345", "1234567", "12345x", "１２３４５６"]);
        reads::<PublicUrl>(
            &["https://a.example", "http://localhost:9229/", "http://[::1]:1"],
            &["", "a.example", "https://", "https://a/b", "https://a?b", "ftp://a", "https://a b"],
        );
        reads::<LambdaUrl>(
            &["http://127.0.0.1:3002", "https://lambda.eu-west-1.amazonaws.com/", "http://proxy/lambda"],
            &["", "localhost:3002", "ftp://a", "http://user:secret@a", "http://a?b"],
        );
        reads::<RequestLimits>(
            &["off", "on", "on,UserCreation=1,UserList=off"],
            &["", "On", "off,UserList=1", "on,X=1"],
        );
        reads::<AddressRange>(
            &["192.0.2.7", "192.0.2.0/24", "::1", "2001:db8::/32"],
            &["", "localhost", "192.0.2.0/33", "192.0.2"],
        );
        reads::<LogFilter>(
            &["info", "off", "warn,lido::store=debug"],
            &["", "loud", "info,lido", "lido=loud"],
        );
        reads::<LogFormat>(&["text", "json"], &["", "JSON", "xml"]);
    }

    #[test]
    fn a_range_is_of_its_own_family() {
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
    fn a_store_is_printed_as_it_is_written() {
        for text in ["memory", "sqlite:a/b.db"] {
            assert_eq!(text.parse::<StoreLocation>().expect("good").to_string(), text);
        }
        assert_eq!("sqlite:///x/y".parse(), Ok(StoreLocation::Sqlite("/x/y".into())));
        assert_eq!("https://a.example/".parse(), Ok(PublicUrl("https://a.example".into())));
    }

    #[test]
    fn the_host_of_a_public_url() {
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
