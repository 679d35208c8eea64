//! Every way in which a command line or a start fails: the exact text, which is one line with the cause once and the remedy,
//! and the exit code.
//!
//! Listed and not tried: the clients of `--smtp`, `--sms-webhook` and `--lambda-endpoint`, the threads and the signal
//! handlers fail only if the system gives no memory, and randomness never does on the systems that are supported.

use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt as _, fs::PermissionsExt as _},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    server_process::{Lido, command},
    tls::Authority,
};

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

/// The options of a server that starts, but for the store, the key file and the credentials.
const SERVE: &str = "serve --listen 127.0.0.1:0 --public-url https://a.example";

/// Runs a command that has to end by itself, and returns its exit code and what it printed to standard error.
fn end_of(command: &mut Command) -> (Option<i32>, String) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
    let until = Instant::now() + Duration::from_secs(30);
    while child.try_wait().expect("a child").is_none() {
        if Instant::now() > until {
            child.kill().expect("killed");
            panic!("{command:?} did not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().expect("ended");
    (output.status.code(), String::from_utf8(output.stderr).expect("text"))
}

/// Asserts the exit code and the only line that is not of the log.
fn assert_fails(command: &mut Command, code: i32, text: &str) {
    let (status, stderr) = end_of(command);
    let is_logged = |line: &&str| line.contains(" WARN ") || line.contains(" INFO ");
    let lines: Vec<_> = stderr.lines().filter(|line| !is_logged(line)).collect();
    assert_eq!(
        (status, lines.as_slice()),
        (Some(code), [format!("lido: {text}").as_str()].as_slice()),
        "{command:?}"
    );
}

/// Asserts it of each of the rows: the arguments, the exit code and the text.
fn assert_all_fail(folder: &Path, rows: &[(&str, i32, &str)]) {
    for (line, code, text) in rows {
        assert_fails(&mut command(folder, line), *code, text);
    }
}

/// Writes a file that only its owner can read.
pub(crate) fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    fs::write(folder.join(name), text).expect("written");
    fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o600)).expect("restricted");
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("folder")).expect("a folder");
    write(folder.path(), "key", KEY);
    write(folder.path(), "c.json", r#"{"users": []}"#);
    write(folder.path(), "bytes", b"\xff\xfe");
    write(folder.path(), "empty", "# nothing\n");
    write(folder.path(), "nonsense", "nonsense\n".repeat(2_000));
    folder
}

#[test]
fn configuration_file_that_cannot_be_used_is_named_with_the_line() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "key.toml", "region = \"local\"\n\nlissten = \"x\"\n");
    write(folder, "type.toml", "# a comment\nregion = 7\n");
    write(folder, "value.toml", "account-id = \"1\"\n");
    write(folder, "twice.toml", "region = \"a\"\nregion = \"b\"\n");
    write(folder, "syntax.toml", "nonsense\n");
    write(folder, "dev.toml", "allow-remote = true\n");
    assert_all_fail(
        folder,
        &[
            (
                "dev --config none.toml",
                1,
                "the configuration file none.toml cannot be read: No such file or directory (os error 2); check --config",
            ),
            (
                "dev --config folder",
                1,
                "the configuration file folder cannot be read: Is a directory (os error 21); check --config",
            ),
            (
                "dev --config bytes",
                1,
                "the configuration file bytes cannot be read: stream did not contain valid UTF-8; check --config",
            ),
            (
                "dev --config key.toml",
                1,
                "key.toml, line 3: unknown field `lissten`; lido dev --help lists the options, whose names without the \
                 dashes are the fields",
            ),
            ("dev --config type.toml", 1, "type.toml, line 2: invalid type: integer `7`, expected a string"),
            ("dev --config value.toml", 1, "value.toml, line 1: an account id must be twelve digits"),
            ("dev --config twice.toml", 1, "twice.toml, line 2: duplicate key"),
            ("dev --config syntax.toml", 1, "syntax.toml, line 1: key with no value, expected `=`"),
            (
                "serve --config dev.toml",
                1,
                "dev.toml, line 1: `allow-remote` is a setting of lido dev only; remove it to run lido serve",
            ),
            (
                "health --config none.toml",
                1,
                "the configuration file none.toml cannot be read: No such file or directory (os error 2); check --config",
            ),
        ],
    );
}

#[test]
fn wrong_command_line_is_refused_with_the_allowed_form() {
    let folder = folder();
    let listen = "it must be HOST:PORT, such as 127.0.0.1:9229 or [::1]:9229";
    let refused = |option: &str, value: &str, rule: &str| {
        let (name, shown) = option.split_once(' ').unwrap_or((option, option));
        let shown = if shown == option { option.to_owned() } else { format!("{name} {shown}") };
        (
            format!("dev {name}={value}"),
            format!("invalid value '{value}' for '{shown}': {rule}; see lido dev --help"),
        )
    };
    let values = [
        refused("--account-id <ID>", "1", "an account id must be twelve digits"),
        refused(
            "--admin-origin <ORIGIN>",
            "localhost:8000",
            "localhost:8000 is not an origin; write http:// or https:// and a host, with a port unless it is the default \
             one, and without a path, such as http://localhost:3000",
        ),
        refused(
            "--inbox-origin <ORIGIN>",
            "null",
            "null is not an origin; write http:// or https:// and a host, with a port unless it is the default one, and \
             without a path, such as http://localhost:3000",
        ),
        refused("--confirmation-code <CODE>", "12345", "a confirmation code must be six digits"),
        refused(
            "--issuer <URL>",
            "auth.example.com",
            "an issuer must be http:// or https://, a host in lower case, and a path without the pool id, such as \
             https://auth.example.com; {region} stands for the Region of the pool, and {poolId} may be the last segment",
        ),
        refused(
            "--lambda-endpoint <URL>",
            "localhost:3002",
            "a Lambda endpoint must be http:// or https:// and a host, such as http://127.0.0.1:3002",
        ),
        refused(
            "--log <LEVEL>",
            "loud",
            "a log level must be error, warn, info, debug, trace or off; levels of modules follow it: \
             info,lido::http=debug",
        ),
        refused("--log-format <FORMAT>", "xml", "the log format must be text or json"),
        refused(
            "--mail-from <ADDRESS>",
            "mary",
            "a From address must be a mail address, optionally with a name: no-reply@example.com or Example \
             <no-reply@example.com>",
        ),
        refused("--max-connections-per-address <NUMBER>", "0", "number would be zero for non-zero type"),
        refused(
            "--public-url <URL>",
            "auth.example.com",
            "a public URL must be http:// or https:// and a host without a path, such as https://auth.example.com",
        ),
        refused(
            "--refuse-from <RANGE>",
            "localhost",
            "localhost is not an IP address or range; write one like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32",
        ),
        refused(
            "--trusted-proxy <RANGE>",
            "192.0.2.0/33",
            "192.0.2.0/33 is not an IP address or range; write one like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32",
        ),
        refused(
            "--region <REGION>",
            "US",
            "a Region must be lower-case letters, digits and hyphens, such as us-east-1",
        ),
    ];
    for (line, text) in &values {
        assert_fails(&mut command(folder.path(), line), 2, text);
    }
    let mail_server = "a mail server must be smtp://HOST:PORT or smtps://HOST:PORT, with USER:PASSWORD@ before the host to log \
                       in; percent-encode special characters in the user and the password";
    assert_all_fail(
        folder.path(),
        &[
            (
                "serve",
                2,
                "lido serve requires --store STORE, --key-file FILE, --credentials FILE, --public-url URL; for \
                 development, use lido dev, which requires none of them",
            ),
            (
                "serve --store memory --key-file key --credentials c.json",
                2,
                "lido serve requires --public-url URL; for development, use lido dev, which requires none of them",
            ),
            (
                "dev --listen 127.0.0.1:99999",
                2,
                &format!("--listen 127.0.0.1:99999 is not an address of this machine; {listen}"),
            ),
            (
                "health --listen nonsense",
                2,
                &format!("--listen nonsense is not an address of this machine; {listen}"),
            ),
            (
                "dev --listen 0.0.0.0:0",
                2,
                "--listen 0.0.0.0:0 accepts connections from other machines, which could read every code of lido dev; add \
                 --allow-remote to permit it",
            ),
            (
                "dev --store memory --request-limits shared",
                2,
                "--request-limits shared needs PostgreSQL, and the store is memory; use --request-limits on, or --store \
                 postgres://…",
            ),
            (
                "dev --store sqlite:a.db --request-limits shared,UserList=off",
                2,
                "--request-limits shared needs PostgreSQL, and the store is sqlite:a.db; use --request-limits on, or \
                 --store postgres://…",
            ),
            (
                "dev --store postgres://db/lido --standby --request-limits shared",
                2,
                "--request-limits shared counts requests in the store, which --standby forbids; use --request-limits on",
            ),
            (
                "dev --standby=maybe",
                2,
                "invalid value 'maybe' for '--standby[=<true|false>]' [possible values: true, false]; see lido dev --help",
            ),
            // No value is quoted that can contain a password.
            (
                "dev --store disk",
                2,
                "invalid value for --store: the store must be sqlite:PATH, memory or postgres://…",
            ),
            ("dev --mail-from a@b.example", 2, "--mail-from requires --smtp URL"),
            ("dev --smtp ftp://u:secret@h", 2, &format!("invalid value for --smtp: {mail_server}")),
            (
                "dev --sms-webhook nonsense",
                2,
                "invalid value for --sms-webhook: a webhook must be an https:// or http:// URL",
            ),
            ("dev --sms-webhook https://a.example", 2, "--sms-webhook requires --sms-webhook-secret SECRET"),
            (
                "dev --sms-webhook-secret whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
                2,
                "--sms-webhook-secret requires --sms-webhook URL",
            ),
            ("serve --xyzzy", 2, "unexpected argument '--xyzzy' found; see lido serve --help"),
            (
                "dev --regio us-east-1",
                2,
                "unexpected argument '--regio' found; tip: a similar argument exists: '--region'; see lido dev --help",
            ),
            (
                "dev --region",
                2,
                "a value is required for '--region <REGION>' but none was supplied; see lido dev --help",
            ),
            (
                "devv",
                2,
                "unrecognized subcommand 'devv'; tip: a similar subcommand exists: 'dev'; see lido --help",
            ),
            (
                "completions",
                2,
                "the following required arguments were not provided: <SHELL>; see lido completions --help",
            ),
        ],
    );
}

#[test]
fn value_of_the_environment_is_refused_with_the_name_of_its_variable() {
    let folder = folder();
    let secret = |option: &str, variable: &str, rule: &str| {
        format!("invalid value for {option} (environment variable {variable}): {rule}")
    };
    let store = secret("--store", "LIDO_STORE", "the store must be sqlite:PATH, memory or postgres://…");
    let listen =
        "is not an address of this machine; it must be HOST:PORT, such as 127.0.0.1:9229 or [::1]:9229";
    let rows = [
        (
            "dev",
            "LIDO_REGION=US",
            "invalid value 'US' for '--region <REGION> (environment variable LIDO_REGION)': a Region must be lower-case \
             letters, digits and hyphens, such as us-east-1; see lido dev --help"
                .to_owned(),
        ),
        ("dev", "LIDO_STORE=hunter2", store.clone()),
        ("dev --store-timeout 5", "LIDO_STORE=hunter2", store.clone()),
        ("migrate", "LIDO_STORE=hunter2", store),
        (
            "dev",
            "LIDO_SMTP=ftp://u:hunter2@h",
            secret(
                "--smtp",
                "LIDO_SMTP",
                "a mail server must be smtp://HOST:PORT or smtps://HOST:PORT, with USER:PASSWORD@ before the host to log \
                 in; percent-encode special characters in the user and the password",
            ),
        ),
        (
            "dev",
            "LIDO_SMS_WEBHOOK=hunter2",
            secret("--sms-webhook", "LIDO_SMS_WEBHOOK", "a webhook must be an https:// or http:// URL"),
        ),
        (
            "dev --sms-webhook https://a.example",
            "LIDO_SMS_WEBHOOK_SECRET=hunter2",
            secret("--sms-webhook-secret", "LIDO_SMS_WEBHOOK_SECRET",
                "the webhook's secret must be 24 to 64 random bytes in base64, optionally after whsec_; create one with: \
                 head -c 32 /dev/urandom | base64",
            ),
        ),
        (
            "dev",
            "LIDO_MAIL_FROM=a@b.example",
            "--mail-from (environment variable LIDO_MAIL_FROM) requires --smtp URL".to_owned(),
        ),
        (
            "dev --standby",
            "LIDO_SEED=seed.toml",
            "--seed (environment variable LIDO_SEED) changes the store, which --standby forbids; remove one of them"
                .to_owned(),
        ),
        (
            "health",
            "LIDO_LISTEN=nonsense",
            format!("--listen (environment variable LIDO_LISTEN) nonsense {listen}"),
        ),
        // The command line overrides the variable, so it is what is wrong.
        (
            "dev --store=disk",
            "LIDO_STORE=memory",
            "invalid value for --store: the store must be sqlite:PATH, memory or postgres://…".to_owned(),
        ),
    ];
    for (line, variable, text) in rows {
        let (name, value) = variable.split_once('=').expect("a variable");
        assert_fails(command(folder.path(), line).env(name, value), 2, &text);
    }
}

#[test]
fn argument_that_is_not_unicode_is_refused() {
    let folder = folder();
    let mut server = command(folder.path(), "dev --region US");
    server.arg(OsStr::from_bytes(b"\xff"));
    let (code, text) = end_of(&mut server);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.starts_with("lido: "), "{text}");
}

#[test]
fn file_that_cannot_be_used_is_named_with_the_remedy() {
    let folder = folder();
    let folder = folder.path();
    let user = |more: &str| {
        format!(r#"{{"users": [{{"name": "ann", "accessKeyId": "A", "secretAccessKey": "secret"{more}}}]}}"#)
    };
    write(folder, "member.json", user(r#", "policy": []"#));
    write(folder, "expiry.json", user(r#", "sessionToken": "t", "expiresAt": "soon""#));
    write(
        folder,
        "policy.json",
        user(r#", "policies": [{"Statement": {"Effect": "Allow", "Action": "x", "Resource": "*"}}]"#),
    );
    write(
        folder,
        "twice.json",
        r#"{"users": [{"name": "ann", "accessKeyId": "A", "secretAccessKey": "s"},
                      {"name": "bob", "accessKeyId": "A", "secretAccessKey": "t"}]}"#,
    );
    let sender_key = format!("arn:aws:kms:us-east-1:000000000000:key/a {KEY}");
    write(folder, "sender-twice", sender_key.repeat(2));
    let serve = |rest: &str| format!("{SERVE} --store memory {rest}");
    let dev = |rest: &str| format!("dev --listen 127.0.0.1:0 --store memory {rest}");
    let form = "it must be JSON of the form {\"users\": [{\"name\", \"accessKeyId\", \"secretAccessKey\", \"policies\"}]}";
    let with_key = |rest: &str| serve(&format!("--key-file key --credentials {rest}"));
    let with_credentials = |rest: &str| serve(&format!("--credentials c.json --key-file {rest}"));
    let create = "create a key with: head -c 32 /dev/urandom | base64";
    let rows = [
        (
            with_credentials("none"),
            "there is no key file none; create one with: (umask 077; head -c 32 /dev/urandom | base64 > none)".to_owned(),
        ),
        (
            with_credentials("folder"),
            "the key file folder cannot be used: Is a directory (os error 21); check its path and permissions".to_owned(),
        ),
        (
            with_credentials("bytes"),
            "the key file bytes cannot be used: stream did not contain valid UTF-8; check its path and permissions"
                .to_owned(),
        ),
        (
            with_credentials("nonsense"),
            format!("line 1 of the key file nonsense is not 32 bytes in base64; {create}"),
        ),
        (
            with_credentials("empty"),
            "the key file empty contains no key; create one with: head -c 32 /dev/urandom | base64".to_owned(),
        ),
        (
            with_key("none"),
            "the credentials file none cannot be read: No such file or directory (os error 2); check --credentials"
                .to_owned(),
        ),
        (
            with_key("folder"),
            "the credentials file folder cannot be read: Is a directory (os error 21); check --credentials".to_owned(),
        ),
        (
            with_key("nonsense"),
            format!("the credentials file nonsense is invalid at line 1, column 2: {form}"),
        ),
        (
            with_key("member.json"),
            format!("the credentials file member.json is invalid at line 1, column 84: {form}"),
        ),
        (
            with_key("expiry.json"),
            "the credentials file expiry.json is invalid: expiresAt of user ann needs a sessionToken, and must be in RFC \
             3339 form, such as 2026-11-21T07:30:00Z"
                .to_owned(),
        ),
        (
            with_key("policy.json"),
            "the credentials file policy.json is invalid: policy 1 of user ann: statement 1: `x` is not an action; write \
             one like cognito-idp:AdminGetUser or *"
                .to_owned(),
        ),
        (
            with_key("twice.json"),
            "the credentials file twice.json is invalid: the access key id of user bob occurs twice; give every user its \
             own"
            .to_owned(),
        ),
        (
            dev("--lambda-credentials none"),
            "the Lambda credentials none cannot be read: No such file or directory (os error 2); check \
             --lambda-credentials"
                .to_owned(),
        ),
        (
            dev("--lambda-credentials nonsense"),
            "the Lambda credentials nonsense are not JSON with AccessKeyId and SecretAccessKey; create the file with: aws \
             configure export-credentials > nonsense"
                .to_owned(),
        ),
        (
            dev("--sender-key-file none"),
            "the sender key file none cannot be read: No such file or directory (os error 2); check --sender-key-file"
                .to_owned(),
        ),
        (
            dev("--sender-key-file nonsense"),
            "line 1 of the sender key file nonsense must be a KMSKeyID, a space and 32 bytes in base64".to_owned(),
        ),
        (
            dev("--sender-key-file sender-twice"),
            "line 2 of the sender key file sender-twice repeats the KMSKeyID of an earlier line; remove one of them"
                .to_owned(),
        ),
        (
            dev("--address-file none/address.json"),
            "the address file none/address.json cannot be written: No such file or directory (os error 2); choose a file \
             in an existing folder with --address-file FILE"
                .to_owned(),
        ),
    ];
    for (line, text) in &rows {
        assert_fails(&mut command(folder, line), 1, text);
    }
}

#[test]
fn certificate_that_cannot_be_used_is_named_with_the_remedy() {
    let folder = folder();
    let folder = folder.path();
    let authority = Authority::new();
    authority.sign(&folder.join("a"), |_| {});
    authority.sign(&folder.join("b"), |_| {});
    write(folder, "damaged.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    write(folder, "odd.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    let serve = |rest: &str| format!("{SERVE} --store memory --key-file key --credentials c.json {rest}");
    let no_certificate = |path: &str| {
        format!(
            "the file {path} of --tls-cert has no certificate that can be read; it must be PEM, with the certificate of the \
             server first"
        )
    };
    let no_key = |path: &str| {
        format!(
            "the file {path} of --tls-key has no private key that can be read; it must be PEM, without a password"
        )
    };
    fs::create_dir_all(folder.join("odd/tls-ca.pem")).expect("a folder");
    let rows = [
        (
            serve("--tls-cert none --tls-key a/key.pem"),
            1,
            "the file none of --tls-cert cannot be read: No such file or directory (os error 2); check its path and \
             permissions"
                .to_owned(),
        ),
        (
            serve("--tls-cert a/cert.pem --tls-key none"),
            1,
            "the file none of --tls-key cannot be read: No such file or directory (os error 2); check its path and \
             permissions"
                .to_owned(),
        ),
        (serve("--tls-cert empty --tls-key a/key.pem"), 1, no_certificate("empty")),
        (serve("--tls-cert a/key.pem --tls-key a/key.pem"), 1, no_certificate("a/key.pem")),
        (serve("--tls-cert damaged.pem --tls-key a/key.pem"), 1, no_certificate("damaged.pem")),
        (serve("--tls-cert bytes --tls-key a/key.pem"), 1, no_certificate("bytes")),
        (serve("--tls-cert a/cert.pem --tls-key empty"), 1, no_key("empty")),
        (serve("--tls-cert a/cert.pem --tls-key a/cert.pem"), 1, no_key("a/cert.pem")),
        (
            serve("--tls-cert a/cert.pem --tls-key odd.pem"),
            1,
            "the private key in odd.pem is of a kind that cannot be used; use ECDSA (P-256), Ed25519 or RSA (2048 bits)"
                .to_owned(),
        ),
        (
            serve("--tls-cert a/cert.pem --tls-key b/key.pem"),
            1,
            "the private key in b/key.pem does not belong to the first certificate in a/cert.pem; check --tls-cert and \
             --tls-key"
                .to_owned(),
        ),
        (serve("--tls-cert a/cert.pem"), 2, "--tls-cert requires --tls-key FILE".to_owned()),
        (serve("--tls-key a/key.pem"), 2, "--tls-key requires --tls-cert FILE".to_owned()),
        (
            serve("--http-redirect 127.0.0.1:0"),
            2,
            "--http-redirect requires --tls-cert FILE and --tls-key FILE".to_owned(),
        ),
        (
            serve("--tls-cert a/cert.pem --tls-key a/key.pem --http-redirect 80"),
            2,
            "--http-redirect 80 is not an address of this machine; it must be HOST:PORT, such as 127.0.0.1:9229 or \
             [::1]:9229"
                .to_owned(),
        ),
        (
            serve("--tls-cert a/cert.pem --tls-key a/key.pem").replace("https://a", "http://a"),
            2,
            "--public-url http://a.example must begin with https://, because the server speaks HTTPS".to_owned(),
        ),
        (
            "dev --tls --tls-cert a/cert.pem --tls-key a/key.pem".to_owned(),
            2,
            "--tls makes a certificate by itself; remove it, or --tls-cert and --tls-key".to_owned(),
        ),
        (
            "dev --tls --http-redirect 0.0.0.0:0".to_owned(),
            2,
            "--http-redirect accepts connections from other machines; add --allow-remote to permit it".to_owned(),
        ),
        (
            "dev --tls --listen 127.0.0.1:0 --store sqlite:odd/lido.db".to_owned(),
            1,
            "the file odd/tls-ca.pem of --tls cannot be written: Is a directory (os error 21); check the permissions of its \
             folder"
                .to_owned(),
        ),
    ];
    for (line, code, text) in &rows {
        assert_fails(&mut command(folder, line), *code, text);
    }
    fs::create_dir(folder.join("made")).expect("a folder");
    for (from, to) in [("a/cert.pem", "tls-cert.pem"), ("b/key.pem", "tls-key.pem")] {
        fs::copy(folder.join(from), folder.join("made").join(to)).expect("copied");
    }
    assert_fails(
        &mut command(folder, "dev --tls --listen 127.0.0.1:0 --store sqlite:made/lido.db"),
        1,
        "the private key in made/tls-key.pem does not belong to the first certificate in made/tls-cert.pem; check \
         --tls-cert and --tls-key; remove the files of --tls, and the next start makes others",
    );
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("an address");
    assert_fails(
        &mut command(
            folder,
            &serve(&format!("--tls-cert a/cert.pem --tls-key a/key.pem --http-redirect {taken}")),
        ),
        1,
        &format!(
            "cannot listen on {taken}: Address already in use (os error 98); choose another address with --http-redirect \
             HOST:PORT, or port 0 for a free port"
        ),
    );
    assert_fails(
        &mut command(folder, "users --endpoint https://localhost:1 --ca-cert none"),
        1,
        "the file none of --ca-cert cannot be read; check its path: No such file or directory (os error 2)",
    );
    assert_fails(
        &mut command(folder, "users --endpoint https://localhost:1 --ca-cert empty"),
        1,
        "the file empty has no certificate in PEM; name another with --ca-cert",
    );
}

#[test]
fn address_that_cannot_be_used_is_named_with_the_remedy() {
    let folder = folder();
    let folder = folder.path();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("an address");
    let remedy = "choose another address with --listen HOST:PORT, or port 0 for a free port";
    // Port 1 needs a privilege that tests may have; the address of a documentation range is of no machine.
    assert_all_fail(
        folder,
        &[
            (
                &format!("dev --store memory --listen {taken}"),
                1,
                &format!("cannot listen on {taken}: Address already in use (os error 98); {remedy}"),
            ),
            (
                "dev --store memory --listen 192.0.2.1:0 --allow-remote",
                1,
                &format!(
                    "cannot listen on 192.0.2.1:0: Cannot assign requested address (os error 99); {remedy}"
                ),
            ),
            (
                &format!("dev --store memory --listen 127.0.0.1:0 --metrics {taken}"),
                1,
                &format!(
                    "cannot listen on {taken}: Address already in use (os error 98); choose another address with --metrics \
                     HOST:PORT, or port 0 for a free port"
                ),
            ),
            (
                "dev --store memory --metrics 0.0.0.0:0",
                2,
                "--metrics accepts connections from other machines; add --allow-remote to permit it",
            ),
            (
                "health --listen 127.0.0.1:1",
                1,
                "http://127.0.0.1:1/_lido/health does not answer: Connection refused (os error 111); is the server \
                 running, and on this address?",
            ),
        ],
    );
}

/// Changes the tables of a store as another program could, after its server has ended.
fn change_store(folder: &Path, sql: &str) {
    let store = rusqlite::Connection::open(folder.join("lido.db")).expect("the store");
    store.execute_batch(sql).expect("changed");
}

/// Starts a server on a new store, so that it has a pool, and ends it.
fn make_store(folder: &Path, store: &str) {
    let line = format!("dev --listen 127.0.0.1:0 --store sqlite:{store} --key-file key --log warn");
    Lido::start(folder, &line).client().new_pool();
    // Moves what is in the write-ahead log into the file.
    let store = rusqlite::Connection::open(folder.join(store)).expect("the store");
    store.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("moved");
}

#[test]
fn store_that_cannot_be_used_is_named_with_the_remedy() {
    let folder = folder();
    let folder = folder.path();
    let on = |store: &str| format!("{SERVE} --key-file key --credentials c.json --store sqlite:{store}");
    let check_path = "check the path and permissions of --store";
    assert_all_fail(
        folder,
        &[
            (&on("folder"), 1, &format!("the store folder cannot be opened: is a directory; {check_path}")),
            (
                &on("nonsense"),
                1,
                "the store nonsense cannot be used: file is not a database; --store must be a SQLite file of Lido or a new \
                 file",
            ),
            (
                &on("nonsense/lido.db"),
                1,
                &format!(
                    "the store nonsense/lido.db cannot be opened: File exists (os error 17); {check_path}"
                ),
            ),
            (
                &format!("{} --standby", on("none.db")),
                1,
                "there is no store none.db for a standby to serve; copy that of the main server to it, or start without \
                 --standby",
            ),
        ],
    );
    assert!(!folder.join("none.db").exists(), "a standby changes nothing");

    make_store(folder, "lido.db");
    write(folder, "other-key", KEY.replace('A', "B").replace("BBB=", "BBA="));
    assert_all_fail(
        folder,
        &[
            (
                &on("lido.db").replace("--key-file key", "--key-file other-key"),
                1,
                "the key file other-key does not belong to the store sqlite:lido.db: secrets there are sealed under a key \
                 that is not in the file; put the right key file back, or add the missing key to it as a further line",
            ),
            (
                &on("lido.db").replace("--key-file key", "--key-file none"),
                1,
                "there is no key file none, but the store sqlite:lido.db has secrets that are sealed under its keys; \
                 restore the key file, or start with a new store",
            ),
        ],
    );

    // Another process holds the file, as a backup by a copy in one transaction does.
    make_store(folder, "held.db");
    let holder = rusqlite::Connection::open(folder.join("held.db")).expect("the store");
    holder.execute_batch("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE").expect("held");
    assert_fails(
        &mut command(folder, &on("held.db")),
        1,
        "the store held.db cannot be used: database is locked; end the other program that uses the file, and start again",
    );
    drop(holder);

    let newer = "UPDATE format SET format = 99 WHERE kind = 0";
    change_store(folder, newer);
    assert_fails(
        &mut command(folder, &on("lido.db")),
        1,
        "the store lido.db may contain records of kind 0 in format 99, which this Lido cannot read; start it with the \
         newer Lido that wrote it",
    );
    change_store(folder, "INSERT INTO migration VALUES (99)");
    let text = end_of(&mut command(folder, &on("lido.db"))).1;
    let (before, after) =
        text.trim_end().split_once("knows only version ").expect("the text about newer tables");
    assert_eq!(before, "lido: the store lido.db has tables of version 99, and this Lido ");
    assert!(after.ends_with("; start it with the newer Lido that created them"), "{after}");

    make_store(folder, "damaged.db");
    let length = fs::metadata(folder.join("damaged.db")).expect("a file").len();
    let file = fs::OpenOptions::new().write(true).open(folder.join("damaged.db")).expect("opened");
    file.set_len(length / 2).expect("cut off");
    assert_fails(
        &mut command(folder, &on("damaged.db")),
        1,
        "the store damaged.db cannot be used: database disk image is malformed; restore it from a backup",
    );
}

/// Permissions do not hold for root, so that a server of root runs as another user here.
#[test]
fn store_that_may_not_be_written_is_named_with_the_remedy() {
    use std::os::unix::process::CommandExt as _;
    const NOBODY: u32 = 65_534;
    let folder = folder();
    let folder = folder.path();
    make_store(folder, "lido.db");
    for suffix in ["-wal", "-shm", "-lock"] {
        let _ = fs::remove_file(folder.join(format!("lido.db{suffix}")));
    }
    for (name, mode) in [("lido.db", 0o444), ("key", 0o444), ("c.json", 0o444), (".", 0o555)] {
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(mode)).expect("restricted");
    }
    let line = format!("{SERVE} --key-file key --credentials c.json --store sqlite:lido.db");
    let mut server = command(folder, &line);
    if rustix::process::geteuid().is_root() {
        server.uid(NOBODY);
        // The folder of the binary may be closed to others.
        match Command::new(env!("CARGO_BIN_EXE_lido")).arg("--version").uid(NOBODY).output() {
            Ok(output) if output.status.success() => {}
            _ => return println!("skipped: the user nobody cannot run the binary"),
        }
    }
    assert_fails(
        &mut server,
        1,
        "the store lido.db cannot be used: attempt to write a readonly database; check the path and permissions of --store",
    );
    let mut server = command(folder, &line.replace("lido.db", "new.db"));
    if rustix::process::geteuid().is_root() {
        server.uid(NOBODY);
    }
    assert_fails(
        &mut server,
        1,
        "the store new.db cannot be opened: Permission denied (os error 13); check the path and permissions of --store",
    );
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("opened");
}
