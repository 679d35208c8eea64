//! A disk that is full: health says so, reads are answered, and nothing that was acknowledged is lost.

use std::time::Duration;

use serde_json::json;

use super::{
    Measure,
    lab::{Lab, Setup, wait_until},
};

/// Blocks of 512 bytes: files of the server may have one MiB. What is beyond it cannot be written, as on a full disk. The
/// signal that comes with it is ignored, since a full disk sends none.
const LIMIT: &str = "trap '' 25; ulimit -f 2048;";

/// Creates users until that fails.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let server = lab.start(Setup::dev("--store sqlite:lido.db")?.limited(LIMIT))?;
    let mut client = server.client()?;
    let ids = client.create(json!({}), json!({}))?;
    let mut acknowledged = 0;
    let mut failure = String::new();
    for index in 0..4_000 {
        let value = "x".repeat(1_000);
        let user = json!({
            "UserPoolId": ids.pool, "Username": format!("user{index}"), "MessageAction": "SUPPRESS",
            "UserAttributes": super::client::attribute_list(&[("name", &value)])
        });
        let answer = client.call("AdminCreateUser", &user)?;
        if answer.status != 200 {
            failure = super::client::error_of(&answer);
            break;
        }
        acknowledged += 1;
    }
    let mut health = 0;
    let is_told = wait_until(Duration::from_secs(10), || {
        health = server
            .client()
            .and_then(|mut client| client.get("/_lido/health", ""))
            .map_or(0, |answer| answer.status);
        health == 503
    });
    let read = client.call("AdminGetUser", &json!({"UserPoolId": ids.pool, "Username": "user0"}))?.status;
    let has_panicked = server.log()?.contains("panicked");
    let setup = server.kill()?.limited("");
    let server = lab.start(setup)?;
    let mut client = server.client()?;
    let mut lost = Vec::new();
    for index in 0..acknowledged {
        let user = json!({"UserPoolId": ids.pool, "Username": format!("user{index}")});
        if client.call("AdminGetUser", &user)?.status != 200 {
            lost.push(format!("user{index}"));
        }
    }
    Ok(vec![
        Measure::new(
            format!("the write after {acknowledged} users"),
            &failure,
            "InternalErrorException",
            failure == "InternalErrorException",
        ),
        Measure::new("health, within 10 s", health, "503", is_told),
        Measure::new("a read", read, "200", read == 200),
        Measure::new("a panic", has_panicked, "false", !has_panicked),
        Measure::none("acknowledged users lost, with room again", &lost),
    ])
}
