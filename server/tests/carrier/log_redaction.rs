//! The log contains no secret at any level or in any format, and neither do traces.

use std::time::Duration;

use rustix::process::Signal;

use crate::{
    functions::Functions,
    http_sink::HttpSink,
    known_secrets::KnownSecrets,
    recording_client::RecordingClient,
    server_process::{Lido, command},
    user_lifecycle,
};

/// A key of the collector.
const COLLECTOR_KEY: &str = "K3y-0f-the-c0llector";

#[test]
fn secrets_of_every_operation_are_not_logged() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let functions = runtime.block_on(Functions::serve());
    let endpoint = functions.endpoint();
    for (format, has_traces) in [("text", true), ("json", false)] {
        let collector = HttpSink::start();
        let folder = tempfile::tempdir().expect("a folder");
        let line = format!(
            "dev --listen 127.0.0.1:0 --store sqlite:lido.db --lambda-endpoint {endpoint} --log trace --log-format {format}"
        );
        let mut command = command(folder.path(), &line);
        if has_traces {
            command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url());
            command.env("OTEL_EXPORTER_OTLP_HEADERS", format!("authorization=Bearer%20{COLLECTOR_KEY}"));
        }
        let mut lido = Lido::spawn(folder.path(), &mut command);
        let mut client = RecordingClient::new(lido.client());
        user_lifecycle::run(&mut client, &functions);
        user_lifecycle::add_stored_secrets(&mut client, folder.path());
        let log = lido.log();
        let secrets = &client.secrets;
        assert_eq!(secrets.missing(), [""; 0], "no operation sends these secrets");
        println!("{} secrets, {} bytes of log", secrets.count(), log.len());
        assert_eq!(secrets.find_in(&log), [""; 0], "{log}");
        assert!(!log.contains("Signature="), "{log}");
        check_access_log(&log, format);
        lido.signal(Signal::TERM);
        assert!(lido.wait(Duration::from_secs(30)).success());
        assert!(!lido.log().contains(COLLECTOR_KEY), "{}", lido.log());
        if has_traces {
            check_traces(&collector, secrets);
        }
    }
}

/// Asserts that the collector has received spans of the requests, and no secret in them.
fn check_traces(collector: &HttpSink, secrets: &KnownSecrets) {
    let spans = collector.spans();
    for name in ["SignUp", "RespondToAuthChallenge", "ChangePassword", "store commit", "deliver mail"] {
        assert!(spans.iter().any(|span| span.name == name), "{name}");
    }
    assert!(spans.iter().any(|span| span.name.starts_with("trigger ")));
    let received: String =
        collector.received().iter().map(|received| format!("{:?}", received.traces())).collect();
    println!("{} spans, {} bytes of them as text", spans.len(), received.len());
    assert_eq!(secrets.find_in(&received), [""; 0]);
}

/// Asserts that the log has a line for each request, with operation and status.
fn check_access_log(log: &str, format: &str) {
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("answered")).collect();
    for operation in ["SignUp", "RespondToAuthChallenge", "ChangePassword", "DeleteUser"] {
        let of = |line: &&&str| line.contains(operation);
        assert!(lines.iter().filter(of).any(|line| line.contains("200")), "{operation}: {log}");
        assert!(lines.iter().filter(of).any(|line| line.contains("400")), "{operation}: {log}");
    }
    if format == "json" {
        for line in log.lines() {
            let line: serde_json::Value = serde_json::from_str(line).expect("a JSON object a line");
            assert!(line["span"]["id"].is_string() || line["message"] != "answered", "{line}");
        }
    }
}
