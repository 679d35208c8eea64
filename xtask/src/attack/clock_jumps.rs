//! A clock that jumps, forward and back: no user is locked out until an old date, and no limit ends early.
//!
//! The clock of `lido dev` is an offset of its process. So a server that advanced it and starts again has a clock that was put
//! back.

use serde_json::{Value, json};

use super::{
    Measure,
    client::{Client, Ids, PASSWORD, error_of},
    lab::Lab,
};

const DAY: u64 = 86_400;

/// Makes the body of a request.
type Body = fn(&Ids) -> Value;

/// What a stranger uses up for a user, and what the user calls then.
const LOCKS: &[(&str, Body, &str, Body)] = &[
    ("InitiateAuth", |ids| sign_in(ids, "Wrong-Horse-1"), "InitiateAuth", |ids| sign_in(ids, PASSWORD)),
    ("ForgotPassword", named, "ForgotPassword", named),
];

/// Locks a user out while the clock is ten days ahead, puts it back, and tries at once and an hour later. Then it lets the clock
/// jump forward by a year.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut server = lab.dev("--store sqlite:lido.db")?;
    let mut client = server.client()?;
    let flows = json!({"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]});
    let ids = client.create(json!({"AutoVerifiedAttributes": ["email"]}), flows)?;
    client.create_user(&ids, "ann", &[("email", "ann@example.com"), ("email_verified", "true")])?;
    client.advance(10 * DAY)?;
    for (operation, input, _, _) in LOCKS {
        for _ in 0..25 {
            client.call(operation, &input(&ids))?;
        }
    }
    let locked = refused(&mut client, &ids)?;
    server = lab.start(server.kill()?)?;
    let mut client = server.client()?;
    // The first request after it moves the window of a limit to the new clock.
    refused(&mut client, &ids)?;
    // Longer than the longest lock-out, and than the window of a limit.
    client.advance(3_700)?;
    let later = refused(&mut client, &ids)?;
    client.advance(365 * DAY)?;
    let forward = refused(&mut client, &ids)?;
    Ok(vec![
        Measure::new(
            "refused while locked out",
            locked.len(),
            LOCKS.len().to_string(),
            locked.len() == LOCKS.len(),
        ),
        Measure::none("refused an hour after the clock was put back by ten days", &later),
        Measure::none("refused after a jump of a year", &forward),
        Measure::none("faults of the server", &server.faults()?),
    ])
}

/// Returns the calls of the user that are refused.
fn refused(client: &mut Client, ids: &Ids) -> anyhow::Result<Vec<String>> {
    let mut refused = Vec::new();
    for (_, _, operation, input) in LOCKS {
        let error = error_of(&client.call(operation, &input(ids))?);
        if error != "ok" {
            refused.push(format!("{operation}: {error}"));
        }
    }
    Ok(refused)
}

fn sign_in(ids: &Ids, password: &str) -> Value {
    let parameters = json!({"USERNAME": "ann", "PASSWORD": password});
    json!({"ClientId": ids.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters})
}

fn named(ids: &Ids) -> Value {
    json!({"ClientId": ids.client, "Username": "ann"})
}
