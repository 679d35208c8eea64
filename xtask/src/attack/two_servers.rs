//! Two servers on one SQLite store: what may happen once happens once, and limits hold for both together.

use std::thread;

use serde_json::{Value, json};

use super::{
    Measure,
    client::{Client, Ids, PASSWORD, attribute_list, error_of},
    lab::{Lab, Setup},
};

const ROUNDS: usize = 25;
/// The wrong codes an hour at ConfirmSignUp, and how many are sent to each server.
const CODE_LIMIT: usize = 15;
const WRONG_CODES: usize = 20;

/// Sends the same requests to both at the same time.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut first = lab.dev("--store sqlite:lido.db")?;
    let folder = first.folder().to_string_lossy().into_owned();
    let mut second =
        lab.start(Setup::dev(&format!("--store sqlite:{folder}/lido.db --key-file {folder}/lido.key"))?)?;
    let mut clients = [first.client()?, second.client()?];
    let [client, _] = &mut clients;
    let ids = client.create(json!({"AutoVerifiedAttributes": ["email"]}), json!({}))?;
    let (mut not_once, mut unseen) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let name = format!("user{round}");
        for (operation, input) in
            [("SignUp", sign_up(&ids, &name)), ("ConfirmSignUp", confirm(&ids, &name, "123456"))]
        {
            let errors = both(&mut clients, operation, &input)?;
            if errors.iter().filter(|error| *error == "ok").count() != 1 {
                not_once.push(format!("{operation}: {}", errors.join(", ")));
            }
        }
        let user = json!({"UserPoolId": ids.pool, "Username": name});
        unseen.extend(both(&mut clients, "AdminGetUser", &user)?.into_iter().filter(|error| error != "ok"));
    }
    let [client, _] = &mut clients;
    client.output("SignUp", &sign_up(&ids, "eve"))?;
    let mut guesses = 0;
    for _ in 0..WRONG_CODES {
        let errors = both(&mut clients, "ConfirmSignUp", &confirm(&ids, "eve", "000000"))?;
        guesses += errors.iter().filter(|error| *error == "CodeMismatchException").count();
    }
    Ok(vec![
        Measure::none(format!("of {ROUNDS} races of each, not won once"), &not_once),
        Measure::none("users whom a server does not see", &unseen),
        Measure::new(
            "wrong codes compared for a user, by both",
            guesses,
            CODE_LIMIT.to_string(),
            guesses == CODE_LIMIT,
        ),
        Measure::none("faults of the first server", &first.faults()?),
        Measure::none("faults of the second server", &second.faults()?),
    ])
}

/// Calls an operation of both servers at the same time, and returns the errors.
fn both(clients: &mut [Client; 2], operation: &str, input: &Value) -> anyhow::Result<Vec<String>> {
    thread::scope(|scope| {
        let calls: Vec<_> =
            clients.iter_mut().map(|client| scope.spawn(move || client.call(operation, input))).collect();
        let join = |call: thread::ScopedJoinHandle<'_, anyhow::Result<_>>| {
            call.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a call panicked")))
        };
        calls.into_iter().map(|call| join(call).map(|answer| error_of(&answer))).collect()
    })
}

fn sign_up(ids: &Ids, name: &str) -> Value {
    json!({
        "ClientId": ids.client, "Username": name, "Password": PASSWORD,
        "UserAttributes": attribute_list(&[("email", &format!("{name}@example.com"))])
    })
}

fn confirm(ids: &Ids, name: &str, code: &str) -> Value {
    json!({"ClientId": ids.client, "Username": name, "ConfirmationCode": code})
}
