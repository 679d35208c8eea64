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
        (true, _) => format!("deleted: {}", counted(number("deleted"), "user")),
        (false, Some(pool)) => format!("deleted: the pool {}", output::plain(pool)),
        (false, None) => {
            let counts = [("pools", "pool"), ("messages", "message"), ("faults", "fault")]
                .map(|(member, noun)| counted(number(member), noun));
            let deleted = format!("deleted: {}", counts.join(", "));
            match number("seeded") {
                0 => deleted,
                entries => format!("{deleted}; seeded: {}", counted(entries, "entry")),
            }
        }
    };
    output::line(&text)?;
    Ok(())
}

/// Returns the number with the noun in the singular or the plural.
fn counted(number: u64, noun: &str) -> String {
    match (number, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {noun}s"),
    }
}
