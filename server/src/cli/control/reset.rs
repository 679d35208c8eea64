//! `lido reset`: brings the server back to its start, or deletes a pool or the users of a pool.

use super::{arguments::ResetArguments, choice, output, server::Server};

/// Deletes what the arguments say.
///
/// # Errors
/// The server does not answer or refuses.
pub(crate) fn run(arguments: &ResetArguments) -> anyhow::Result<()> {
    let server = Server::of(&arguments.server)?;
    let named = arguments.pool.as_deref();
    let answer = match (arguments.users, named) {
        (true, _) => {
            let pool = choice::pool(&server, named)?;
            server.delete(&["pools", &pool, "users"])
        }
        (false, Some(pool)) => server.delete(&["pools", pool]),
        (false, None) => server.post(&["reset"], None),
    }?;
    if arguments.server.json {
        output::json(&answer)?;
        return Ok(());
    }
    let number = |member: &str| answer[member].as_u64().unwrap_or_default();
    let text = match (arguments.users, named) {
        (true, _) => format!("deleted: {} users", number("deleted")),
        (false, Some(pool)) => format!("deleted: the pool {}", output::plain(pool)),
        (false, None) => {
            let deleted = format!(
                "deleted: {} pools, {} messages, {} faults",
                number("pools"),
                number("messages"),
                number("faults")
            );
            match number("seeded") {
                0 => deleted,
                entries => format!("{deleted}; seeded: {entries} entries"),
            }
        }
    };
    output::line(&text)?;
    Ok(())
}
