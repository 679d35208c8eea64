//! `lido confirm`: confirms a user without a code.

use super::{arguments::ConfirmArguments, choice, output, server::Server};

/// Confirms a user.
///
/// # Errors
/// The server does not answer or refuses, such as because the user is confirmed already.
pub(crate) fn run(arguments: &ConfirmArguments) -> anyhow::Result<()> {
    let server = Server::of(&arguments.server)?;
    let pool = choice::pool(&server, arguments.pool.pool.as_deref())?;
    let user = server.post(&["pools", &pool, "users", &arguments.user, "confirm"], None)?;
    match arguments.server.json {
        true => output::json(&user)?,
        false => output::line(&format!(
            "{} is {}",
            output::text(&user, "username"),
            output::text(&user, "status")
        ))?,
    };
    Ok(())
}
