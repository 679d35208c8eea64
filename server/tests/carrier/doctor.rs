//! `lido doctor`: a set-up that is right, and ones that are broken, each of which must name its cause.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    path::Path,
    thread,
};

use serde_json::{Value, json};

use crate::{
    http_sink::HttpSink,
    mail_server::{MailBehavior, MailServer},
    postgres_cluster::Cluster,
    server_process::{Lido, command, run},
};

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const OTHER_KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

const ADMIN: &str = r#"{"users": [{"name": "admin", "accessKeyId": "AKIAADMIN", "secretAccessKey": "secret",
    "policies": [{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]}]}"#;

/// Writes a file that only its owner can read.
fn write(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, text).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("restricted");
}

/// A folder with a key file, credentials, and a store with a user pool under that key.
fn sound_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(&folder.path().join("lido.key"), KEY);
    write(&folder.path().join("c.json"), ADMIN);
    let lido =
        Lido::start(folder.path(), "dev --listen 127.0.0.1:0 --store sqlite:lido.db --key-file lido.key");
    lido.client().new_pool();
    drop(lido);
    folder
}

/// A finding of the doctor.
#[derive(Debug)]
struct Finding {
    check: String,
    state: String,
    text: String,
    remedy: String,
}

/// Runs the doctor, and returns its exit code and findings.
fn diagnose(folder: &Path, line: &str) -> (i32, Vec<Finding>) {
    let output = run(folder, &format!("doctor --json {line}"));
    let text = String::from_utf8(output.stdout.clone()).expect("text");
    let read = |line: &str| {
        let finding: Value = serde_json::from_str(line).expect("JSON");
        let member = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
        Finding {
            check: member("check"),
            state: member("state"),
            text: member("text"),
            remedy: member("remedy"),
        }
    };
    let findings: Vec<Finding> = text.lines().map(read).collect();
    assert!(!findings.is_empty(), "{output:?}");
    (output.status.code().expect("a code"), findings)
}

/// Returns the findings that are wrong.
fn wrong(findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().filter(|finding| finding.state == "wrong").collect()
}

const SOUND: &str = "--store sqlite:lido.db --key-file lido.key --credentials c.json --listen 127.0.0.1:0";

#[test]
fn sound_set_up_with_a_running_server_has_nothing_wrong() {
    let folder = sound_folder();
    let folder = folder.path();
    let mail = MailServer::start(MailBehavior::default());
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let settings = format!(
        "--store sqlite:lido.db --key-file lido.key --credentials c.json --listen 127.0.0.1:{free} \
         --public-url http://127.0.0.1:{free} --smtp smtp://{}?tls=none",
        mail.address
    );
    let _lido = Lido::start(folder, &format!("serve {settings}"));
    let (code, findings) = diagnose(folder, &settings);
    assert_eq!((code, wrong(&findings).len()), (0, 0), "{findings:?}");
    for check in [
        "configuration",
        "key file",
        "credentials",
        "store",
        "keys",
        "clock",
        "disk",
        "listen",
        "public URL",
        "issuer",
        "mail",
    ] {
        let found = findings.iter().find(|finding| finding.check == check);
        assert!(found.is_some_and(|finding| finding.state == "ok"), "{check}: {found:?}");
    }
    // For people.
    let output = run(folder, &format!("doctor {settings}"));
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("ok      keys: the key file opens the secrets of the store\n"), "{text}");
    assert!(
        text.contains("warning SMS: --sms-webhook is not set") && text.contains("mend: set --sms-webhook"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'), "colours belong to a terminal");
    assert_eq!(mail.mails().len(), 0, "no mail is sent");
}

/// Answers every connection with a fixed response, as another program at the address would.
fn other_program() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut bytes = [0; 1024];
            let _ = stream.read(&mut bytes);
            let _ = stream
                .write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno");
        }
    });
    port
}

/// Returns a port that nothing listens on.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

#[test]
fn each_broken_set_up_names_its_cause() {
    let folder = sound_folder();
    let folder = folder.path();
    write(&folder.join("other.key"), OTHER_KEY);
    write(&folder.join("bad.key"), "hello");
    write(&folder.join("bad.json"), "{");
    write(&folder.join("text.db"), &"no database, but text that is as long as a header of SQLite ".repeat(9));
    fs::create_dir(folder.join("folder.db")).expect("made");
    write(&folder.join("lambda.json"), "{}");
    let mail = MailServer::start(MailBehavior { login: Some(("user", "right")), ..MailBehavior::default() });
    let (other, closed) = (other_program(), closed_port());
    let url = "--public-url http://127.0.0.1:1";
    let replaced = |from: &str, to: &str| format!("{} {url}", SOUND.replace(from, to));
    let with = |more: &str| format!("{SOUND} {url} {more}");
    let cases = [
        (SOUND.to_owned(), "configuration", "lido serve requires --public-url URL"),
        (replaced("lido.key", "none.key"), "key file", "there is no key file none.key"),
        (
            replaced("lido.key", "bad.key"),
            "key file",
            "line 1 of the key file bad.key is not 32 bytes in base64",
        ),
        (replaced("lido.key", "other.key"), "keys", "does not belong to the store sqlite:lido.db"),
        (replaced("c.json", "bad.json"), "credentials", "bad.json"),
        (replaced("c.json", "none.json"), "credentials", "none.json"),
        (
            format!("{SOUND} --public-url https://127.0.0.1:1 --tls-cert none.pem --tls-key none.pem"),
            "TLS",
            "none.pem",
        ),
        (replaced("lido.db", "text.db"), "store", "file is not a database"),
        (replaced("lido.db", "folder.db"), "store", "folder.db"),
        (replaced("sqlite:lido.db", "postgres://lido@127.0.0.1:1/lido"), "store", "127.0.0.1:1"),
        (replaced("127.0.0.1:0", &format!("127.0.0.1:{other}")), "listen", "cannot listen on"),
        (with(&format!("--metrics 127.0.0.1:{other}")), "metrics", "cannot listen on"),
        (
            format!("{SOUND} --public-url http://127.0.0.1:{other}"),
            "public URL",
            "answers 404, and not as a server of Lido",
        ),
        (with(&format!("--smtp smtp://127.0.0.1:{closed}?tls=none")), "mail", "Connection refused"),
        (with(&format!("--smtp smtp://{}?tls=required", mail.address)), "mail", "STARTTLS"),
        (with(&format!("--smtp smtp://user:wrong@{}?tls=none", mail.address)), "mail", "535"),
        (
            with(&format!("--lambda-endpoint http://127.0.0.1:{closed}")),
            "Lambda",
            "does not answer: Connection refused",
        ),
        (
            with("--lambda-endpoint http://127.0.0.1:1 --lambda-credentials lambda.json"),
            "Lambda credentials",
            "lambda.json",
        ),
        (
            with(&format!(
                "--sms-webhook http://127.0.0.1:{closed}/secret --sms-webhook-secret AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            )),
            "SMS",
            "does not answer: Connection refused",
        ),
    ];
    assert!(cases.len() >= 10);
    for (line, check, expected) in &cases {
        let (code, findings) = diagnose(folder, line);
        assert_eq!(code, 1, "{line}: {findings:?}");
        let found = findings.iter().find(|finding| finding.state == "wrong" && finding.check == *check);
        let found = found.unwrap_or_else(|| panic!("{line}: nothing wrong with {check} in {findings:?}"));
        assert!(found.text.contains(expected) || found.remedy.contains(expected), "{line}: {found:?}");
        assert!(!found.remedy.is_empty(), "it says how to mend it: {found:?}");
        for finding in &findings {
            let shown = format!("{finding:?}");
            assert!(
                !shown.contains("wrong@") && !shown.contains("/secret") && !shown.contains(KEY),
                "{shown}"
            );
        }
    }
}

#[test]
fn server_with_another_issuer_or_store_than_the_configuration_is_told() {
    let folder = sound_folder();
    let folder = folder.path();
    let free = closed_port();
    let settings = format!(
        "--store sqlite:lido.db --key-file lido.key --credentials c.json --listen 127.0.0.1:{free} --public-url http://127.0.0.1:{free}"
    );
    let _lido = Lido::start(folder, &format!("serve {settings}"));
    let (code, findings) = diagnose(folder, &format!("{settings} --issuer https://issuer.example"));
    let found = wrong(&findings);
    assert!(code == 1 && found.len() == 1 && found[0].check == "issuer", "{findings:?}");
    assert!(found[0].text.contains("and this configuration https://issuer.example/us-east-1_"), "{found:?}");
    let other = sound_folder();
    let (_, findings) = diagnose(other.path(), &settings);
    let found = wrong(&findings);
    assert!(found.len() == 1 && found[0].text.contains("has another store"), "{findings:?}");
}

#[test]
fn what_is_not_safe_is_a_warning_and_nothing_is_changed() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = sound_folder();
    let folder = folder.path();
    for name in ["lido.key", "lido.db", "c.json"] {
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o644)).expect("opened");
    }
    let closed = closed_port();
    let (code, findings) = diagnose(folder, &format!("{SOUND} --public-url http://127.0.0.1:{closed}"));
    assert_eq!(code, 0, "{findings:?}");
    for (check, expected) in [
        ("key file", "chmod 600 lido.key"),
        ("credentials", "chmod 600 c.json"),
        ("store files", "chmod 600 lido.db"),
        ("public URL", "start the server and run this again"),
        ("mail", "set --smtp"),
    ] {
        let found = findings.iter().find(|finding| finding.check == check && finding.state == "warning");
        assert!(found.is_some_and(|finding| finding.remedy.contains(expected)), "{check}: {findings:?}");
    }
    let empty = tempfile::tempdir().expect("a folder");
    write(&empty.path().join("lido.key"), KEY);
    write(&empty.path().join("c.json"), r#"{"users": []}"#);
    let (code, findings) = diagnose(empty.path(), &format!("{SOUND} --public-url http://127.0.0.1:{closed}"));
    assert_eq!(code, 0, "{findings:?}");
    let store = findings.iter().find(|finding| finding.check == "store").expect("checked");
    assert!(store.state == "warning" && store.text.contains("there is no store lido.db yet"), "{store:?}");
    assert!(!empty.path().join("lido.db").exists(), "no store is made");
}

#[test]
fn doctor_reaches_a_database_and_compares_its_clock() {
    let Some(cluster) = Cluster::shared() else { return };
    let folder = sound_folder();
    let url = cluster.new_schema();
    let line =
        format!("doctor --json {} --public-url http://127.0.0.1:1", SOUND.replace("sqlite:lido.db", &url));
    let output = command(folder.path(), &line).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("run lido migrate"), "{text}");
    let migrated = command(folder.path(), "migrate").env("LIDO_STORE", &url).output().expect("it runs");
    assert!(migrated.status.success(), "{migrated:?}");
    let output = command(folder.path(), &line).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let findings: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    for check in ["store", "clocks", "keys"] {
        let found = findings.iter().find(|finding| finding["check"] == check);
        assert!(found.is_some_and(|finding| finding["state"] == "ok"), "{check}: {text}");
    }
    let unsafe_setting = findings.iter().find(|finding| finding["check"] == "database").expect("told");
    assert_eq!(unsafe_setting["state"], json!("warning"), "the cluster of the tests has fsync=off: {text}");
}

#[test]
fn collector_of_traces_is_reached_and_the_variables_are_checked() {
    let folder = sound_folder();
    let (collector, closed) = (HttpSink::start().url(), format!("http://127.0.0.1:{}", closed_port()));
    let line = format!("doctor --json {SOUND} --public-url http://127.0.0.1:1");
    for (endpoint, sampler, state, told) in [
        (&collector, "always_on", "ok", "answers"),
        (&closed, "always_on", "warning", "check OTEL_EXPORTER_OTLP_ENDPOINT"),
        (&collector, "xray", "wrong", "set it to always_on"),
    ] {
        let mut command = command(folder.path(), &line);
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint).env("OTEL_TRACES_SAMPLER", sampler);
        let text = String::from_utf8(command.output().expect("it runs").stdout).expect("text");
        let finding = text.lines().find(|line| line.contains("\"traces\"")).expect("checked");
        assert!(finding.contains(&format!("\"{state}\"")) && finding.contains(told), "{finding}");
    }
}
