//! The log contains no secret at any level or in any format.

use crate::{functions::Functions, recording_client::RecordingClient, server_process::Lido, user_lifecycle};

#[test]
fn secrets_of_every_operation_are_not_logged() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let functions = runtime.block_on(Functions::serve());
    let endpoint = functions.endpoint();
    for format in ["text", "json"] {
        let folder = tempfile::tempdir().expect("a folder");
        let line = format!(
            "dev --listen 127.0.0.1:0 --store sqlite:lido.db --lambda-endpoint {endpoint} --log trace --log-format {format}"
        );
        let lido = Lido::start(folder.path(), &line);
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
    }
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
