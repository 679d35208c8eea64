//! No secret is in the log, however much is logged.

use serde_json::json;

use crate::{child::Lido, client::post};

#[test]
fn no_password_code_or_signature_is_logged() {
    for format in ["text", "json"] {
        let folder = tempfile::tempdir().expect("a folder");
        let line =
            format!("dev --listen 127.0.0.1:0 --store sqlite:lido.db --log trace --log-format {format}");
        let lido = Lido::start(folder.path(), &line);
        let mut asking = lido.client();
        let (_, client) = asking.new_pool();
        let mail = json!([{"Name": "email", "Value": "ann@example.com"}]);
        let user = json!({"ClientId": client, "Username": "ann", "Password": "S3cret-Passw0rd", "UserAttributes": mail});
        asking.done("SignUp", &user);
        asking.call("SignUp", &user);
        let inbox = asking.get("/_lido/messages?username=ann").json();
        let code = inbox["messages"][0]["code"].as_str().expect("a code").to_owned();
        let wrong = format!("{:06}", (code.parse::<u32>().expect("digits") + 1) % 1_000_000);
        for given in [&wrong, &code] {
            asking.call(
                "ConfirmSignUp",
                &json!({"ClientId": client, "Username": "ann", "ConfirmationCode": given}),
            );
        }
        asking.send(post("SignUp", "{\"Password\": \"S3cret-Passw0rd\", \"ClientId\": 7")).expect("sent");
        assert_eq!(asking.read().expect("answered").status, 400);
        let log = lido.log();
        for secret in ["S3cret-Passw0rd", &code, &wrong, "Signature=", "ann@example.com"] {
            assert!(!is_logged(secret, &log), "{secret} in {log}");
        }
        let lines: Vec<&str> = log.lines().filter(|line| line.contains("answered")).collect();
        assert_eq!(lines.len(), 8, "one line a request: {log}");
        assert!(lines[2].contains("SignUp") && lines[2].contains("200"), "{}", lines[2]);
        if format == "json" {
            for line in log.lines() {
                let line: serde_json::Value = serde_json::from_str(line).expect("a JSON object a line");
                assert!(line["span"]["id"].is_string() || line["message"] != "answered", "{line}");
            }
        }
    }
}

/// The digits of a code may stand in a time or in a longer id by chance; by themselves they would be the code.
fn is_logged(secret: &str, log: &str) -> bool {
    if secret.bytes().all(|byte| byte.is_ascii_digit()) {
        log.split(|char: char| !char.is_alphanumeric()).any(|word| word == secret)
    } else {
        log.contains(secret)
    }
}
