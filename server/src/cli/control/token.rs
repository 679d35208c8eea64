//! `lido token`: signs a user in without a password.

use serde_json::json;

use super::{
    arguments::TokenArguments,
    choice,
    output::{self, text},
    server::Server,
};

/// Prints the tokens of a user, or one of them.
///
/// # Errors
/// The server does not answer or refuses, or there is no app client.
pub(crate) fn run(arguments: &TokenArguments) -> anyhow::Result<()> {
    let server = Server::of(&arguments.server)?;
    let pool = choice::pool(&server, arguments.pool.pool.as_deref())?;
    let client = choice::client(&server, &pool, arguments.client.as_deref())?;
    let body = json!({ "clientId": client });
    let tokens = server.post(&["pools", &pool, "users", &arguments.user, "tokens"], Some(&body))?;
    if arguments.server.json {
        output::json(&tokens)?;
        return Ok(());
    }
    let (id, access, refresh) =
        (text(&tokens, "idToken"), text(&tokens, "accessToken"), text(&tokens, "refreshToken"));
    let printed = match (arguments.id, arguments.access, arguments.refresh) {
        (true, _, _) => id,
        (_, true, _) => access,
        (_, _, true) => refresh,
        _ => format!("IdToken       {id}\nAccessToken   {access}\nRefreshToken  {refresh}"),
    };
    output::line(&printed)?;
    Ok(())
}
