//! The pool and the app client that a command is about: the ones that it names, or the only ones there are.

use anyhow::bail;
use serde_json::Value;

use super::{output::plain, server::Server};

/// The most that an error lists.
const LISTED: &str = "20";

/// Returns the pool: the one that is named, or the only one.
///
/// # Errors
/// There is none, or there are several: the error lists them.
pub(super) fn pool(server: &Server, named: Option<&str>) -> anyhow::Result<String> {
    match named {
        Some(id) => Ok(id.to_owned()),
        None => {
            let listed = server.get(&["pools"], &[("limit", LISTED)])?;
            only(&listed["pools"], "user pool", "--pool", "create one with CreateUserPool")
        }
    }
}

/// Returns the app client: the one that is named, or the only one of the pool.
///
/// # Errors
/// There is none, or there are several: the error lists them.
pub(super) fn client(server: &Server, pool: &str, named: Option<&str>) -> anyhow::Result<String> {
    match named {
        Some(id) => Ok(id.to_owned()),
        None => {
            let listed = server.get(&["pools", pool, "clients"], &[("limit", LISTED)])?;
            only(&listed["clients"], "app client", "--client", "create one with CreateUserPoolClient")
        }
    }
}

fn only(listed: &Value, noun: &str, option: &str, remedy: &str) -> anyhow::Result<String> {
    let listed: Vec<(&str, &str)> = listed
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| Some((item["id"].as_str()?, item["name"].as_str()?)))
        .collect();
    match listed.as_slice() {
        [] => bail!("there is no {noun}; {remedy}"),
        [(id, _)] => Ok((*id).to_owned()),
        several => {
            let names: Vec<String> =
                several.iter().map(|(id, name)| format!("{option} {id} ({})", plain(name))).collect();
            bail!("there are several {noun}s; name one: {}", names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_one_is_chosen_and_several_are_listed() {
        let choose = |listed: Value| {
            only(&listed, "user pool", "--pool", "create one").map_err(|error| error.to_string())
        };
        assert_eq!(choose(json!([])), Err("there is no user pool; create one".to_owned()));
        assert_eq!(choose(json!([{"id": "a", "name": "x"}])), Ok("a".to_owned()));
        let several = json!([{"id": "a", "name": "x"}, {"id": "b", "name": "\u{1b}[2J"}]);
        let text = "there are several user pools; name one: --pool a (x), --pool b (\\u{1b}[2J)";
        assert_eq!(choose(several), Err(text.to_owned()));
    }
}
