//! The settings of traces: the standard environment variables of OpenTelemetry, which `docs/traces.md` lists.
//!
//! A value that OpenTelemetry would ignore, or replace by its default, keeps the server from starting: traces that are
//! missing are noticed when they are needed. What the exporter and the SDK read by themselves is only checked here.

use std::{ffi::OsString, time::Duration};

use http::{HeaderName, HeaderValue, header};

use super::ConfigError;

/// The most time for a request to the collector.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// The variables that are read as numbers by the SDK. None may be 0.
const NUMBERS: [&str; 4] = [
    "OTEL_BSP_EXPORT_TIMEOUT",
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
    "OTEL_BSP_MAX_QUEUE_SIZE",
    "OTEL_BSP_SCHEDULE_DELAY",
];

/// The most spans of a queue or a batch: the SDK reserves the memory of all at the start.
const MAX_SPANS: u64 = 1_000_000;

/// The headers that the HTTP client sets itself.
const OF_THE_CLIENT: [HeaderName; 4] =
    [header::CONTENT_LENGTH, header::CONTENT_TYPE, header::HOST, header::TRANSFER_ENCODING];

/// The settings of traces that are sent to a collector.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TraceSettings {
    /// The URL to which traces are posted.
    pub(crate) endpoint: String,
    /// The scheme, host and port of the URL, for the log.
    pub(crate) collector: String,
    pub(crate) timeout: Duration,
    pub(crate) sampling: Sampling,
    /// Whether the variables name the service.
    pub(crate) has_service_name: bool,
}

/// Which traces are recorded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sampling {
    /// The share of traces, from 0 to 1.
    pub(crate) share: f64,
    /// Whether a request that names a trace is recorded if that trace is.
    pub(crate) follows_parent: bool,
}

/// The environment.
struct Variables<F>(F);

impl TraceSettings {
    /// Returns the settings in the environment, or `None` if it names no collector.
    ///
    /// # Errors
    /// A variable has a value that is not served.
    pub(crate) fn from_environment() -> Result<Option<Self>, ConfigError> {
        Self::read(&Variables(|name: &str| std::env::var_os(name)))
    }

    fn read<F: Fn(&str) -> Option<OsString>>(variables: &Variables<F>) -> Result<Option<Self>, ConfigError> {
        let Some((name, base, is_whole)) = variables.endpoint()? else { return Ok(None) };
        if variables.is_disabled()? {
            return Ok(None);
        }
        let (endpoint, collector) = endpoint(name, &base, is_whole)?;
        variables.check_protocol()?;
        variables.check_headers()?;
        for name in NUMBERS {
            variables.number(name)?;
        }
        let timeout = match variables.number("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT")? {
            Some(timeout) => Some(timeout),
            None => variables.number("OTEL_EXPORTER_OTLP_TIMEOUT")?,
        };
        let sampling = variables.sampling()?;
        let has_service_name = variables.check_resource()?;
        let timeout = timeout.map_or(DEFAULT_TIMEOUT, Duration::from_millis);
        Ok(Some(Self { endpoint, collector, timeout, sampling, has_service_name }))
    }
}

impl<F: Fn(&str) -> Option<OsString>> Variables<F> {
    /// Returns the value of a variable. An empty one counts as not set, as OpenTelemetry specifies it.
    fn get(&self, name: &str) -> Result<Option<String>, ConfigError> {
        match (self.0)(name).map(OsString::into_string) {
            Some(Ok(value)) => Ok(Some(value.trim().to_owned()).filter(|value| !value.is_empty())),
            Some(Err(_)) => Err(refused(format!("{name} is not UTF-8; set it to text"))),
            None => Ok(None),
        }
    }

    /// Returns the first of two variables that is set, with its name.
    fn first_of(&self, names: [&'static str; 2]) -> Result<Option<(&'static str, String)>, ConfigError> {
        for name in names {
            if let Some(value) = self.get(name)? {
                return Ok(Some((name, value)));
            }
        }
        Ok(None)
    }

    /// Returns the URL of the collector with the name of its variable, and whether it is the whole URL for traces.
    fn endpoint(&self) -> Result<Option<(&'static str, String, bool)>, ConfigError> {
        const OF_TRACES: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
        let found = self.first_of([OF_TRACES, "OTEL_EXPORTER_OTLP_ENDPOINT"])?;
        Ok(found.map(|(name, value)| (name, value, name == OF_TRACES)))
    }

    fn is_disabled(&self) -> Result<bool, ConfigError> {
        const DISABLED: &str = "OTEL_SDK_DISABLED";
        let is_disabled = match self.get(DISABLED)?.map(|value| value.to_ascii_lowercase()).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(value) => return Err(refused(format!("{DISABLED} is {value}; set it to true or false"))),
        };
        const EXPORTER: &str = "OTEL_TRACES_EXPORTER";
        match self.get(EXPORTER)?.as_deref() {
            None | Some("otlp") => Ok(is_disabled),
            Some("none") => Ok(true),
            Some(value) => Err(refused(format!("{EXPORTER} is {value}; set it to otlp or none"))),
        }
    }

    /// Checks what is sent: protobuf over HTTP, if asked for compressed by gzip, with the trace context of W3C.
    fn check_protocol(&self) -> Result<(), ConfigError> {
        let names = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
        match self.first_of(names)? {
            Some((name, value)) if value != "http/protobuf" => {
                return Err(refused(format!(
                    "{name} is {value}, and Lido sends http/protobuf alone; set it so, and the endpoint to the port of the \
                     collector for it, which usually is 4318"
                )));
            }
            _ => {}
        }
        let names = ["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"];
        match self.first_of(names)? {
            Some((name, value)) if value != "gzip" && value != "none" => {
                return Err(refused(format!("{name} is {value}; set it to gzip or none")));
            }
            _ => {}
        }
        for what in ["CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"] {
            for name in [format!("OTEL_EXPORTER_OTLP_TRACES_{what}"), format!("OTEL_EXPORTER_OTLP_{what}")] {
                if self.get(&name)?.is_some() {
                    return Err(refused(format!(
                        "{name} is not served; remove it, and name an authority that the system does not know in \
                         SSL_CERT_FILE"
                    )));
                }
            }
        }
        const PROPAGATORS: &str = "OTEL_PROPAGATORS";
        let propagators = self.get(PROPAGATORS)?.unwrap_or_default();
        match propagators
            .split(',')
            .map(str::trim)
            .find(|name| !matches!(*name, "" | "tracecontext" | "baggage"))
        {
            Some(name) => Err(refused(format!(
                "{PROPAGATORS} has {name}, and Lido takes over the trace context of W3C alone; set it to tracecontext"
            ))),
            None => Ok(()),
        }
    }

    /// Checks the headers, which the exporter reads. The error quotes nothing of them: they have secrets.
    fn check_headers(&self) -> Result<(), ConfigError> {
        let names = ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"];
        let [own, general] = names;
        // The exporter takes the first that is set, also if it is empty.
        if (self.0)(own).is_some() && self.get(own)?.is_none() && self.get(general)?.is_some() {
            return Err(refused(format!("{own} is empty, so that {general} would not be sent; unset it")));
        }
        let Some((name, value)) = self.first_of(names)? else { return Ok(()) };
        let is_header = |part: &str| {
            part.split_once('=').is_some_and(|(name, value)| {
                let value = percent_encoding::percent_decode_str(value.trim());
                let value = value.decode_utf8().ok();
                HeaderName::try_from(name.trim()).is_ok_and(|name| !OF_THE_CLIENT.contains(&name))
                    && value.is_some_and(|value| HeaderValue::try_from(&*value).is_ok())
            })
        };
        match value.split(',').position(|part| !is_header(part)) {
            Some(at) => Err(refused(format!(
                "entry {} of {name} is not name=value of a header that may be set; percent-encode what is not a plain character",
                at + 1
            ))),
            None => Ok(()),
        }
    }

    fn number(&self, name: &str) -> Result<Option<u64>, ConfigError> {
        let Some(value) = self.get(name)? else { return Ok(None) };
        let max = if name.ends_with("_SIZE") { MAX_SPANS } else { u64::from(u32::MAX) };
        match value.parse() {
            Ok(number) if (1..=max).contains(&number) => Ok(Some(number)),
            _ => Err(refused(format!("{name} is {value}; set it to a whole number from 1 to {max}"))),
        }
    }

    fn sampling(&self) -> Result<Sampling, ConfigError> {
        const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
        let sampler = self.get(SAMPLER)?.unwrap_or_else(|| "parentbased_always_on".to_owned());
        let (name, follows_parent) = match sampler.strip_prefix("parentbased_") {
            Some(name) => (name, true),
            None => (&*sampler, false),
        };
        let share = match name {
            "always_on" => 1.0,
            "always_off" => 0.0,
            "traceidratio" => self.share()?,
            _ => {
                return Err(refused(format!(
                    "{SAMPLER} is {sampler}; set it to always_on, always_off or traceidratio, or one of these after \
                     parentbased_"
                )));
            }
        };
        Ok(Sampling { share, follows_parent })
    }

    fn share(&self) -> Result<f64, ConfigError> {
        const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
        let Some(value) = self.get(ARGUMENT)? else { return Ok(1.0) };
        let share = value.parse().ok().filter(|share| (0.0..=1.0).contains(share));
        share.ok_or_else(|| {
            refused(format!("{ARGUMENT} is {value}; set it to the share of traces, from 0 to 1"))
        })
    }

    /// Checks the attributes of the service, which the SDK reads. Returns whether they name it.
    fn check_resource(&self) -> Result<bool, ConfigError> {
        const ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";
        let attributes = self.get(ATTRIBUTES)?.unwrap_or_default();
        let mut has_name = self.get("OTEL_SERVICE_NAME")?.is_some();
        for (at, part) in attributes.split(',').filter(|part| !part.trim().is_empty()).enumerate() {
            match part.split_once('=').map(|(name, _)| name.trim()) {
                None | Some("") => {
                    return Err(refused(format!(
                        "entry {} of {ATTRIBUTES} is not name=value; write name=value,name=value",
                        at + 1
                    )));
                }
                Some(name) => has_name |= name == "service.name",
            }
        }
        Ok(has_name)
    }
}

/// Returns the URL to which traces are posted, and what of it is logged. The error quotes nothing of the URL, which may have a
/// password.
fn endpoint(name: &str, base: &str, is_whole: bool) -> Result<(String, String), ConfigError> {
    let is_endpoint = |url: &url::Url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
            && (is_whole || url.query().is_none())
    };
    let Some(url) = url::Url::parse(base).ok().filter(is_endpoint) else {
        return Err(refused(format!(
            "{name} is not http:// or https:// and a host, such as http://127.0.0.1:4318; keys of the collector belong in \
             OTEL_EXPORTER_OTLP_HEADERS"
        )));
    };
    let collector = url.origin().ascii_serialization();
    // As OpenTelemetry specifies it, the variable for all signals is the base of the URL for each.
    let whole =
        if is_whole { url.to_string() } else { format!("{}/v1/traces", url.as_str().trim_end_matches('/')) };
    Ok((whole, collector))
}

fn refused(text: String) -> ConfigError {
    ConfigError::Usage(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the settings of these variables.
    fn read(variables: &[(&str, &str)]) -> Result<Option<TraceSettings>, ConfigError> {
        TraceSettings::read(&Variables(|name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        }))
    }

    const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");

    #[test]
    fn traces_are_off_unless_an_endpoint_is_set_and_the_sdk_on() {
        for variables in [
            &[][..],
            &[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")],
            // Those of other programs in the same environment.
            &[("OTEL_SERVICE_NAME", "x"), ("OTEL_TRACES_SAMPLER", "xray")],
            &[ENDPOINT, ("OTEL_SDK_DISABLED", "TRUE")],
            &[ENDPOINT, ("OTEL_TRACES_EXPORTER", "none")],
        ] {
            assert_eq!(read(variables).expect("good"), None, "{variables:?}");
        }
        assert!(read(&[ENDPOINT, ("OTEL_SDK_DISABLED", "false")]).expect("good").is_some());
    }

    #[test]
    fn endpoint_of_traces_is_used_as_it_is_and_that_of_all_signals_as_a_base() {
        const OF_TRACES: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
        let cases: [(&[(&str, &str)], &str); 3] = [
            (&[ENDPOINT], "http://collector:4318/v1/traces"),
            (
                &[("OTEL_EXPORTER_OTLP_ENDPOINT", "https://a.example/otlp/")],
                "https://a.example/otlp/v1/traces",
            ),
            (&[ENDPOINT, (OF_TRACES, "http://b.example/x?y=z")], "http://b.example/x?y=z"),
        ];
        for (variables, endpoint) in cases {
            assert_eq!(read(variables).expect("good").expect("on").endpoint, endpoint);
        }
        let read = read(&[(OF_TRACES, "https://b.example/x?token=secret")]).expect("good").expect("on");
        assert_eq!(read.collector, "https://b.example");
    }

    #[test]
    fn sampler_and_timeout_are_those_of_the_variables() {
        let sampling = |share, follows_parent| Sampling { share, follows_parent };
        let cases: [(&[(&str, &str)], Sampling); 4] = [
            (&[], sampling(1.0, true)),
            (&[("OTEL_TRACES_SAMPLER", "always_off")], sampling(0.0, false)),
            (
                &[("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0.25")],
                sampling(0.25, false),
            ),
            (&[("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")], sampling(1.0, true)),
        ];
        for (variables, expected) in cases {
            let variables: Vec<_> = variables.iter().copied().chain([ENDPOINT]).collect();
            let settings = read(&variables).expect("good").expect("on");
            assert_eq!((settings.sampling, settings.timeout), (expected, DEFAULT_TIMEOUT), "{variables:?}");
        }
        let timeouts =
            [ENDPOINT, ("OTEL_EXPORTER_OTLP_TIMEOUT", "1"), ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2000")];
        assert_eq!(read(&timeouts).expect("good").expect("on").timeout, Duration::from_secs(2));
    }

    #[test]
    fn service_has_the_name_that_either_variable_gives() {
        let has_name =
            |name, value| read(&[ENDPOINT, (name, value)]).expect("good").expect("on").has_service_name;
        assert!(has_name("OTEL_SERVICE_NAME", "users"));
        assert!(has_name("OTEL_RESOURCE_ATTRIBUTES", "a=b, service.name=users"));
        assert!(!has_name("OTEL_RESOURCE_ATTRIBUTES", "service.namespace=users,"));
    }

    #[test]
    fn value_that_is_not_served_is_refused_and_no_secret_quoted() {
        for (name, value) in [
            ("OTEL_SDK_DISABLED", "yes"),
            ("OTEL_TRACES_EXPORTER", "console"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector:4318"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://user:s3cret@collector:4318"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"),
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", "ca.pem"),
            ("OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "key.pem"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "0"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "1000001"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "Content-Length=5"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=good,s3cret"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "api key=s3cret"),
            ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "api-key=s3cret%0A"),
            ("OTEL_TRACES_SAMPLER", "xray"),
            ("OTEL_PROPAGATORS", "tracecontext,b3"),
            ("OTEL_RESOURCE_ATTRIBUTES", "a"),
        ] {
            let error = read(&[(name, value), ENDPOINT]).expect_err(value).to_string();
            assert!(error.contains(name) && error.contains(';') && !error.contains("s3cret"), "{error}");
        }
        let hidden = [
            ENDPOINT,
            ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", ""),
            ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=s3cret"),
        ];
        let error = read(&hidden).expect_err("hidden").to_string();
        assert!(error.contains("unset it") && !error.contains("s3cret"), "{error}");
        assert!(read(&hidden[..2]).is_ok(), "there is nothing to hide");
        let ratio = [ENDPOINT, ("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "2")];
        assert!(read(&ratio).is_err());
    }
}
