//! `lido users`: lists the users of a pool.

use serde_json::Value;

use super::{
    arguments::UsersArguments,
    choice,
    output::{self, text},
    server::Server,
};

/// The users that are read at once.
const PAGE: &str = "200";

/// Lists users, page by page.
///
/// # Errors
/// The server does not answer or refuses, or there is no pool.
pub(crate) fn run(arguments: &UsersArguments) -> anyhow::Result<()> {
    let server = Server::of(&arguments.server)?;
    let pool = choice::pool(&server, arguments.pool.pool.as_deref())?;
    let mut token: Option<String> = None;
    loop {
        let mut query = vec![("limit", PAGE)];
        query.extend(arguments.filter.as_deref().map(|filter| ("filter", filter)));
        query.extend(token.as_deref().map(|token| ("nextToken", token)));
        let page = server.get(&["pools", &pool, "users"], &query)?;
        for user in page["users"].as_array().into_iter().flatten() {
            let is_read = if arguments.server.json { output::json(user)? } else { output::line(&row(user))? };
            if !is_read {
                return Ok(());
            }
        }
        match page["nextToken"].as_str() {
            Some(next) => token = Some(next.to_owned()),
            None => return Ok(()),
        }
    }
}

/// Returns the line of a user: username, status, contacts and sub.
fn row(user: &Value) -> String {
    let (username, sub) = (text(user, "username"), text(user, "sub"));
    let mut status = text(user, "status");
    if user["enabled"] == false {
        status.push_str(" (disabled)");
    }
    let contacts: Vec<String> =
        ["email", "phone_number"].iter().map(|name| text(&user["attributes"], name)).collect();
    let contacts: Vec<&str> = contacts.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    // The username of a user who signs in by an address is the sub.
    let sub = if sub == username { String::new() } else { sub };
    format!("{username:<24}  {status:<22}  {:<32}  {sub}", contacts.join(", ")).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn row_has_what_a_person_looks_for() {
        let user = json!({
            "username": "ann", "sub": "s-1", "status": "CONFIRMED", "enabled": false,
            "attributes": {"email": "ann@example.com", "phone_number": "+15550100", "name": "Ann"},
        });
        let expected =
            "ann                       CONFIRMED (disabled)    ann@example.com, +15550100        s-1";
        assert_eq!(row(&user), expected);
    }
}
