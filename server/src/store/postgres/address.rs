//! The address of a database, as libpq reads it: the URL, the `PG…` variables, and the password file.
//!
//! The driver parses a part of this. What it does not know is here, and [`super::tls`] has the modes of TLS. A password is
//! in the driver's configuration alone, and no text of this module quotes one.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rustls::ClientConfig;
use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};

use super::tls::{self, Certificates, TlsMode};

/// The URL of a database: `postgres://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE`, each part of which may be absent.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl(String);

impl FromStr for PostgresUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            true => Ok(Self(text.to_owned())),
            false => Err("a URL of PostgreSQL starts with postgres://".to_owned()),
        }
    }
}

/// Without the password.
impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("postgres", ""));
        write!(f, "{scheme}://")?;
        let address = match rest.rsplit_once('@') {
            // A password that is not encoded may contain any sign, so that all before the last @ counts as one.
            Some((before, after)) => {
                let user = before.split([':', '/', '?']).next().unwrap_or_default();
                write!(f, "{user}@")?;
                after
            }
            None => rest,
        };
        let (place, options) = address.split_once('?').unwrap_or((address, ""));
        f.write_str(place)?;
        let options: Vec<&str> =
            options.split('&').filter(|option| !option.is_empty() && !option.contains("password")).collect();
        if options.is_empty() { Ok(()) } else { write!(f, "?{}", options.join("&")) }
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({self})")
    }
}

/// The reason why an address cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// An option has a wrong value, or is not known.
    #[error("{0}")]
    Option(String),
    /// A file cannot be read.
    #[error("the file {path} of {option} cannot be used: {source}")]
    File {
        /// The option that names the file.
        option: &'static str,
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
}

/// The address of a database, with all that connecting needs.
#[derive(Clone, Debug)]
pub struct PostgresAddress {
    url: PostgresUrl,
    config: Config,
    mode: TlsMode,
    tls: Option<ClientConfig>,
}

/// The options that can be set by a variable, and that the driver knows by the same name and values.
const PASSED_ON: [(&str, &str); 6] = [
    ("options", "PGOPTIONS"),
    ("application_name", "PGAPPNAME"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("channel_binding", "PGCHANNELBINDING"),
    ("sslnegotiation", "PGSSLNEGOTIATION"),
    ("load_balance_hosts", "PGLOADBALANCEHOSTS"),
];

/// The options that are read here, with their variables.
const READ_HERE: [(&str, &str); 8] = [
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
    ("passfile", "PGPASSFILE"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
    ("tcp_user_timeout", ""),
    ("keepalives_count", ""),
];

/// The options of libpq that change nothing here.
const IGNORED: [&str; 4] = ["client_encoding", "fallback_application_name", "sslcompression", "gssencmode"];

/// The options of a URL that are read here, by name.
struct Options<'a> {
    here: Vec<(String, String)>,
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Options<'_> {
    fn get(&self, name: &str) -> Option<String> {
        let here = self.here.iter().find(|(option, _)| option == name).map(|(_, value)| value.clone());
        here.or_else(|| {
            let (_, variable) = READ_HERE.iter().find(|(option, _)| *option == name)?;
            (self.variable)(variable)
        })
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.get(name).filter(|path| !path.is_empty()).map(PathBuf::from)
    }

    /// Returns the file in the folder `.postgresql` of the user's home, if there is one.
    fn home_file(&self, name: &str) -> Option<PathBuf> {
        let home = (self.variable)("HOME")?;
        Some(Path::new(&home).join(name)).filter(|path| path.exists())
    }
}

impl PostgresAddress {
    /// Reads the address: the URL, then the variables of this process, then the files that they name.
    ///
    /// # Errors
    /// An option is wrong, or a file cannot be read.
    pub fn read(url: &PostgresUrl) -> Result<Self, AddressError> {
        Self::read_with(url, &|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// Reads the address with other variables.
    ///
    /// # Errors
    /// As [`PostgresAddress::read`].
    pub fn read_with(
        url: &PostgresUrl,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, AddressError> {
        let (place, query) = url.0.split_once('?').unwrap_or((&url.0, ""));
        let mut options = Options { here: Vec::new(), variable };
        let mut passed: Vec<(String, String)> = Vec::new();
        for option in query.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
            if READ_HERE.iter().any(|(known, _)| *known == name) {
                options.here.push((name.to_owned(), value));
            } else if !IGNORED.contains(&name) {
                passed.push((name.to_owned(), value));
            }
        }
        for (name, named) in PASSED_ON {
            if !passed.iter().any(|(passed, _)| passed == name)
                && let Some(value) = variable(named)
            {
                passed.push((name.to_owned(), value));
            }
        }
        let mut config = parse(place, &passed)?;
        fill_in(&mut config, &options)?;
        if config.get_password().is_none()
            && let Some(password) = password_from_file(&config, &options)?
        {
            config.password(password);
        }
        let is_local = config.get_hosts().iter().all(is_unix);
        let mode = mode(&options)?;
        let tls = match mode {
            TlsMode::Disable => None,
            _ if is_local => None,
            mode => Some(tls::client_config(mode, &certificates(&options))?),
        };
        config.ssl_mode(match (&tls, mode) {
            (None, _) => SslMode::Disable,
            (Some(_), TlsMode::Prefer) => SslMode::Prefer,
            (Some(_), _) => SslMode::Require,
        });
        Ok(Self { url: url.clone(), config, mode, tls })
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    pub(super) fn tls(&self) -> Option<&ClientConfig> {
        self.tls.as_ref()
    }

    /// Returns the URL.
    pub fn url(&self) -> &PostgresUrl {
        &self.url
    }

    /// Returns whether the connection leaves this machine without the certificate and the name of the other end being
    /// verified.
    pub fn is_unverified(&self) -> bool {
        let is_remote = |host: &Host| match host {
            Host::Tcp(name) => {
                name != "localhost"
                    && !name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
            }
            #[cfg(unix)]
            Host::Unix(_) => false,
        };
        let hosts = self.config.get_hosts();
        let goes_out = hosts.iter().any(is_remote)
            || (hosts.is_empty() && self.config.get_hostaddrs().iter().any(|address| !address.is_loopback()));
        goes_out && self.mode != TlsMode::VerifyFull
    }
}

fn is_unix(host: &Host) -> bool {
    match host {
        Host::Tcp(_) => false,
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn parse(place: &str, options: &[(String, String)]) -> Result<Config, AddressError> {
    let encoded: Vec<String> = options
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    let parsed = format!("{place}?{}", encoded.join("&")).parse::<Config>();
    // The driver names the option and quotes no value.
    parsed.map_err(|error| {
        let reason = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
        AddressError::Option(format!("the URL of the database is wrong: {reason}"))
    })
}

/// Fills in what the URL does not say.
fn fill_in(config: &mut Config, options: &Options<'_>) -> Result<(), AddressError> {
    let variable = options.variable;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        for address in variable("PGHOSTADDR").iter().flat_map(|all| all.split(',')) {
            config.hostaddr(address.parse().map_err(|_| wrong("PGHOSTADDR"))?);
        }
        let default = || match Path::new("/var/run/postgresql").is_dir() {
            true => "/var/run/postgresql".to_owned(),
            false => "localhost".to_owned(),
        };
        match variable("PGHOST") {
            Some(hosts) => hosts.split(',').for_each(|host| {
                config.host(host);
            }),
            None if config.get_hostaddrs().is_empty() => {
                config.host(default());
            }
            None => {}
        }
    }
    if config.get_ports().is_empty() {
        for port in variable("PGPORT").iter().flat_map(|all| all.split(',')) {
            config.port(port.parse().map_err(|_| wrong("PGPORT"))?);
        }
    }
    if let (None, Some(user)) = (config.get_user(), variable("PGUSER")) {
        config.user(user);
    }
    if let (None, Some(database)) = (config.get_dbname(), variable("PGDATABASE")) {
        config.dbname(database);
    }
    if let (None, Some(password)) = (config.get_password(), variable("PGPASSWORD")) {
        config.password(password);
    }
    if let Some(millis) = options.get("tcp_user_timeout") {
        let millis = millis.parse().map_err(|_| wrong("tcp_user_timeout"))?;
        config.tcp_user_timeout(Duration::from_millis(millis));
    }
    if let Some(count) = options.get("keepalives_count") {
        config.keepalives_retries(count.parse().map_err(|_| wrong("keepalives_count"))?);
    }
    let attributes = options.get("target_session_attrs").unwrap_or_else(|| "any".to_owned());
    config.target_session_attrs(match attributes.as_str() {
        "any" => tokio_postgres::config::TargetSessionAttrs::Any,
        "read-write" | "primary" => tokio_postgres::config::TargetSessionAttrs::ReadWrite,
        "read-only" | "standby" => tokio_postgres::config::TargetSessionAttrs::ReadOnly,
        _ => return Err(wrong("target_session_attrs")),
    });
    Ok(())
}

fn wrong(option: &str) -> AddressError {
    AddressError::Option(format!("the value of {option} is wrong"))
}

fn mode(options: &Options<'_>) -> Result<TlsMode, AddressError> {
    let has_roots =
        || options.path("sslrootcert").is_some() || options.home_file(".postgresql/root.crt").is_some();
    Ok(match options.get("sslmode").as_deref() {
        Some("disable") => TlsMode::Disable,
        None | Some("allow" | "prefer") => TlsMode::Prefer,
        // libpq does the same, for the sake of former versions.
        Some("require") if has_roots() => TlsMode::VerifyCa,
        Some("require") => TlsMode::Require,
        Some("verify-ca") => TlsMode::VerifyCa,
        Some("verify-full") => TlsMode::VerifyFull,
        Some(_) => {
            return Err(AddressError::Option(
                "the value of sslmode is wrong; it must be disable, prefer, require, verify-ca or verify-full".into(),
            ));
        }
    })
}

fn certificates(options: &Options<'_>) -> Certificates {
    Certificates {
        roots: options.path("sslrootcert").or_else(|| options.home_file(".postgresql/root.crt")),
        client: options.path("sslcert").or_else(|| options.home_file(".postgresql/postgresql.crt")),
        key: options.path("sslkey").or_else(|| options.home_file(".postgresql/postgresql.key")),
    }
}

/// Returns the password of the first line of the password file that matches the first host.
fn password_from_file(config: &Config, options: &Options<'_>) -> Result<Option<String>, AddressError> {
    let named = options.path("passfile");
    let Some(path) = named.clone().or_else(|| options.home_file(".pgpass")) else { return Ok(None) };
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(source) if named.is_some() => {
            return Err(AddressError::File { option: "passfile", path, source });
        }
        Err(_) => return Ok(None),
    };
    if is_open_to_others(&path) {
        tracing::warn!(path = %path.display(), "the password file is ignored, because others can read it; restrict it with chmod 600");
        return Ok(None);
    }
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        // The folder of the default socket is named localhost there.
        #[cfg(unix)]
        Some(Host::Unix(path)) if path != Path::new("/var/run/postgresql") => path.display().to_string(),
        _ => "localhost".to_owned(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432).to_string();
    let user = config.get_user().unwrap_or_default();
    let wanted = [&host, &port, config.get_dbname().unwrap_or(user), user];
    Ok(text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = fields_of(line);
        let [fields @ .., password] = fields.as_slice() else { return None };
        let matches = fields.len() == wanted.len()
            && fields.iter().zip(wanted).all(|(field, wanted)| field == "*" || field == wanted);
        matches.then(|| password.clone())
    }))
}

/// Splits a line of the password file: `\:` and `\\` are a colon and a backslash of a field.
fn fields_of(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut signs = line.chars();
    while let Some(sign) = signs.next() {
        let taken = match sign {
            '\\' => signs.next(),
            ':' => {
                fields.push(String::new());
                None
            }
            other => Some(other),
        };
        if let Some(field) = fields.last_mut() {
            field.extend(taken);
        }
    }
    fields
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
