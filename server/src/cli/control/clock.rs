//! `lido clock`: shows the test clock and sets it.

use serde_json::json;

use super::{
    arguments::ClockArguments,
    clock_setting::ClockSetting,
    output::{self, text},
    server::Server,
};

/// Sets the clock, if the arguments say so, and shows it.
///
/// # Errors
/// The server does not answer or refuses.
pub(crate) fn run(arguments: &ClockArguments) -> anyhow::Result<()> {
    let server = Server::of(&arguments.server)?;
    let path = ["clock"];
    let clock = match &arguments.setting {
        None => server.get(&path, &[]),
        Some(ClockSetting::Forward(seconds)) => {
            server.post(&path, Some(&json!({ "advanceSeconds": seconds })))
        }
        Some(ClockSetting::To(now)) => server.put(&path, &json!({ "now": now })),
        Some(ClockSetting::Reset) => server.delete(&path),
    }?;
    match arguments.server.json {
        true => output::json(&clock)?,
        false => output::line(&text(&clock, "now"))?,
    };
    Ok(())
}
