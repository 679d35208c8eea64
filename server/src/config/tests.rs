//! Precedence and completeness of the configuration. The environment is tested with the binary, in
//! `server/tests/carrier/configuration.rs`.

use std::{fs, path::Path};

use super::*;
use crate::cli::{Arguments, Command};

fn config(line: &[&str]) -> Result<Config, ConfigError> {
    match Arguments::of_line([&["lido"], line].concat()).expect("a command line").command {
        Command::Dev(arguments) => Config::for_dev(arguments),
        Command::Serve(arguments) => Config::for_serve(arguments),
        _ => panic!("it has no configuration"),
    }
}

fn dev_mode(confirmation_code: Option<ConfirmationCode>) -> Mode {
    Mode::Dev {
        seeds: Vec::new(),
        confirmation_code,
        address_file: None,
        stops_with_stdin: false,
        is_remote: false,
        admin_origins: vec![],
        inbox_origins: vec![],
    }
}

fn write_file(folder: &Path, text: &str) -> String {
    let path = folder.join("lido.toml");
    fs::write(&path, text).expect("written");
    path.to_str().expect("a name").to_owned()
}

#[test]
fn dev_without_options_has_the_defaults() {
    let config = config(&["dev"]).expect("complete");
    assert_eq!(config.listen, ["127.0.0.1:9229".parse().expect("an address")]);
    assert_eq!(config.store.to_string(), "sqlite:.lido/lido.db");
    assert_eq!((config.region(), &*config.account_id.0), ("us-east-1", "000000000000"));
    assert_eq!(config.mode, dev_mode(None));
}

#[test]
fn standby_is_off_unless_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = write_file(folder.path(), "standby = true");
    let is_standby = |line: &[&str]| config(line).expect("complete").is_standby;
    assert!(!is_standby(&["dev"]));
    assert!(is_standby(&["dev", "--standby"]));
    assert!(is_standby(&["dev", "--config", &file]));
    assert!(!is_standby(&["dev", "--config", &file, "--standby=false"]));
}

#[test]
fn only_serve_waits_before_it_stops() {
    let seconds = |line: &[&str]| config(line).expect("complete").drain_delay.as_secs();
    let required = "serve --store memory --credentials c --key-file k --public-url https://a.b";
    let serve: Vec<&str> = required.split(' ').collect();
    assert_eq!((seconds(&["dev"]), seconds(&serve)), (0, 5));
    assert_eq!(seconds(&["dev", "--drain-delay", "7"]), 7);
    assert_eq!(seconds(&[&serve[..], &["--drain-delay=0"]].concat()), 0);
}

#[test]
fn server_outlives_its_standard_input_unless_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = write_file(folder.path(), "stop-with-stdin = true");
    let stops = |line: &[&str]| {
        matches!(config(line).expect("complete").mode, Mode::Dev { stops_with_stdin: true, .. })
    };
    assert!(!stops(&["dev"]));
    assert!(stops(&["dev", "--stop-with-stdin"]));
    assert!(stops(&["dev", "--config", &file]));
    assert!(!stops(&["dev", "--config", &file, "--stop-with-stdin=false"]));
}

#[test]
fn reused_refresh_tokens_revoke_nothing_unless_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = write_file(folder.path(), "revoke-reused-refresh-tokens = true");
    let revokes = |line: &[&str]| config(line).expect("complete").revokes_reused_refresh_tokens;
    assert!(!revokes(&["dev"]));
    assert!(revokes(&["dev", "--revoke-reused-refresh-tokens"]));
    assert!(revokes(&["dev", "--config", &file]));
    assert!(!revokes(&["dev", "--config", &file, "--revoke-reused-refresh-tokens=false"]));
}

#[test]
fn argument_overrides_file_and_file_overrides_default() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "region = \"eu-west-1\"\naccount-id = \"123456789012\"\nconfirmation-code = \"111111\"\n\
                log-format = \"json\"\nlisten = \"127.0.0.1:1\"";
    let file = write_file(folder.path(), text);
    let config =
        config(&["dev", "--config", &file, "--region", "eu-north-1", "--confirmation-code", "222222"]);
    let config = config.expect("complete");
    assert_eq!(config.region, Some(Region("eu-north-1".into())));
    assert_eq!(config.account_id.0, "123456789012");
    assert_eq!(config.log_format, LogFormat::Json);
    assert_eq!(config.listen, ["127.0.0.1:1".parse().expect("an address")]);
    let code = Some(ConfirmationCode("222222".into()));
    assert_eq!(config.mode, dev_mode(code));
}

#[test]
fn serve_without_required_options_names_them() {
    let error =
        config(&["serve", "--store", "memory", "--credentials", "c"]).expect_err("not complete").to_string();
    assert!(error.contains("requires --key-file FILE, --public-url URL;"), "{error}");
    let all = [
        "serve",
        "--store",
        "memory",
        "--credentials",
        "c",
        "--key-file",
        "k",
        "--public-url",
        "https://a.b",
    ];
    assert_eq!(config(&all).expect("complete").mode, Mode::Serve);
}

#[test]
fn request_limits_default_is_on_in_serve_and_off_in_dev() {
    let serve = [
        "serve",
        "--store",
        "memory",
        "--credentials",
        "c",
        "--key-file",
        "k",
        "--public-url",
        "https://a.b",
    ];
    let limits = |line: &[&str]| config(line).expect("complete").request_limits;
    assert_eq!(limits(&["dev"]), RequestLimits::Off);
    assert_eq!(limits(&["dev", "--request-limits", "on"]), RequestLimits::On(Quotas::default()));
    assert_eq!(limits(&serve), RequestLimits::On(Quotas::default()));
    assert_eq!(limits(&[&serve[..], &["--request-limits", "off"]].concat()), RequestLimits::Off);
    let changed = "on,UserCreation=100".parse().map(RequestLimits::On);
    assert_eq!(Ok(limits(&[&serve[..], &["--request-limits", "on,UserCreation=100"]].concat())), changed);
}

#[test]
fn shared_request_limits_need_postgresql_that_may_be_written() {
    let limits = |store: &str, more: &[&str]| {
        let line = [&["dev", "--store", store, "--request-limits", "shared,UserList=off"], more].concat();
        config(&line).map(|config| config.request_limits).map_err(|error| error.to_string())
    };
    let shared = "on,UserList=off".parse().map(RequestLimits::Shared);
    assert_eq!(limits("postgres://a/b", &[]), shared);
    for store in ["memory", "sqlite:a.db"] {
        let error = limits(store, &[]).expect_err(store);
        assert!(error.contains("needs PostgreSQL") && error.contains(store), "{error}");
    }
    let error = limits("postgres://a/b", &["--standby"]).expect_err("a standby writes nothing");
    assert!(error.contains("which --standby forbids"), "{error}");
}

#[test]
fn address_ranges_are_repeated_or_comma_separated() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = write_file(
        folder.path(),
        "refuse-from = [\"192.0.2.0/24\", \"::1\"]\ntrusted-proxy = [\"10.0.0.1\"]",
    );
    let texts = |line: &[&str]| {
        let config = config(line).expect("complete");
        let text = |ranges: &[AddressRange]| {
            ranges.iter().map(|range| range.0.to_string()).collect::<Vec<_>>().join(" ")
        };
        (text(&config.refuse_from), text(&config.trusted_proxy))
    };
    assert_eq!(texts(&["dev"]), (String::new(), String::new()));
    assert_eq!(texts(&["dev", "--config", &file]), ("192.0.2.0/24 ::1/128".into(), "10.0.0.1/32".into()));
    let given =
        ["dev", "--config", &file, "--refuse-from", "192.0.2.1", "--refuse-from", "192.0.2.2,192.0.2.3"];
    assert_eq!(texts(&given), ("192.0.2.1/32 192.0.2.2/32 192.0.2.3/32".into(), "10.0.0.1/32".into()));
}

#[test]
fn serve_reads_required_settings_from_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let text =
        "store = \"sqlite:lido.db\"\ncredentials = \"c\"\nkey-file = \"k\"\npublic-url = \"https://a.b\"";
    let config = config(&["serve", "--config", &write_file(folder.path(), text)]).expect("complete");
    assert_eq!(config.store, StoreLocation::Sqlite(folder.path().join("lido.db")));
    assert_eq!(config.key_file, Some(folder.path().join("k")));
}

#[test]
fn dev_listens_on_loopback_unless_remote_is_allowed() {
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let error = config(&["dev", "--listen", listen]).expect_err("open to others").to_string();
        assert!(error.contains("--allow-remote") && error.contains(listen), "{error}");
        let allowed = config(&["dev", "--listen", listen, "--allow-remote"]).expect("allowed");
        assert!(matches!(allowed.mode, Mode::Dev { is_remote: true, .. }));
    }
    for listen in ["127.0.0.1:0", "[::1]:0", "localhost:0"] {
        assert!(config(&["dev", "--listen", listen]).is_ok(), "{listen}");
    }
    for listen in ["9229", "nowhere.invalid:1", ":1", "127.0.0.1"] {
        let error = config(&["dev", "--listen", listen]).expect_err("no address").to_string();
        assert!(error.contains("HOST:PORT"), "{error}");
    }
}

#[test]
fn missing_configuration_file_is_refused() {
    let error = config(&["dev", "--config", "/nonexistent/lido.toml"]).expect_err("no file").to_string();
    assert!(error.contains("/nonexistent/lido.toml cannot be read"), "{error}");
}

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[test]
fn mail_and_sms_settings_are_complete_and_hide_secrets() {
    let nothing = config(&["dev"]).expect("complete");
    assert_eq!((nothing.mail, nothing.sms), (None, None));
    let full =
        ["dev", "--smtp", "smtps://u:hunter2@a.example", "--sms-webhook", "https://b.example/sms?t=hunter2"];
    let full = config(&[&full[..], &["--sms-webhook-secret", SECRET]].concat()).expect("complete");
    let printed = format!("{full:?}");
    assert!(!printed.contains("hunter2") && !printed.contains("MfKQ"), "{printed}");
    let mail = full.mail.expect("mail");
    assert_eq!(mail.server.0.to_string(), "smtps://a.example:465");
    assert_eq!(mail.from, "no-reply@localhost".parse().expect("an address"));
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!(
        "smtp = \"smtp://h\"\npublic-url = \"https://a.b:8443\"\nsms-webhook = \"http://c\"\nsms-webhook-secret = \"{SECRET}\""
    );
    let from_file = config(&["dev", "--config", &write_file(folder.path(), &text)]).expect("complete");
    assert_eq!(from_file.mail.expect("mail").from, "no-reply@a.b".parse().expect("an address"));
    assert!(from_file.sms.is_some());
}

#[test]
fn invalid_mail_or_sms_setting_is_refused_without_its_secrets() {
    let cases: [(&[&str], &str); 6] = [
        (
            &["--smtp", "smtp://u:hunter2@h/path"],
            "invalid value for --smtp: a mail server must be smtp://HOST:PORT",
        ),
        (&["--mail-from", "a@b.c"], "--mail-from requires --smtp URL"),
        (&["--sms-webhook", "ftp://u:hunter2@h"], "invalid value for --sms-webhook: a webhook must be"),
        (&["--sms-webhook", "https://h"], "--sms-webhook requires --sms-webhook-secret SECRET"),
        (&["--sms-webhook-secret", SECRET], "--sms-webhook-secret requires --sms-webhook URL"),
        (
            &["--sms-webhook-secret", "hunter2"],
            "invalid value for --sms-webhook-secret: the webhook's secret must be",
        ),
    ];
    for (line, expected) in cases {
        let error = config(&[&["dev"], line].concat()).expect_err("not enough").to_string();
        assert!(error.starts_with(expected) && !error.contains("hunter2"), "{error}");
    }
}
